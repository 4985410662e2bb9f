"""Plausibility: how much more often real partnerships look like this pair than random pairs of the same two countries.

A second opinion beside the likeness, learned from known partnerships, and never mixed into it. It is a sum over terms
(`pairspace`, and `precedents` where known ties are loaded), each a table of log-odds, so it splits exactly into them.
It says what partnerships have looked like, not whether one would be good; and a pair that is not listed is unknown, not
unsuitable.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.additive import Penalty, Shape, fit_tables, sum_tables
from matcher.errors import DataError
from matcher.files import read_bytes, write_atomically
from matcher.pairspace import PairScorer, PairSpace
from matcher.precedents import CUTS, OWN, OWN_CUTS, TERMS, Known, Neighbours, country_rates, find_neighbours
from matcher.samples import draw_samples
from matcher.splits import draw

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from matcher.pool import Pool
    from matcher.samples import Samples

FORMAT = 1
FILE = "plausibility.json"
FOLDS = 8
"""The terms of known ties are learned from places that the known ties do not name: an eighth of them at a time."""
KNOWN_SHAPES = {term: Shape(len(CUTS) + 1, extra=0) for term in TERMS} | {
    OWN: Shape(len(OWN_CUTS) + 1, extra=0)
}
_SIDES = ("side ", "ties with", "activity", OWN)


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a pair's plausibility: `points` of log-odds; the parts sum to the whole."""

    term: str
    points: float


class Plausibility:
    """The learned second opinion.

    Attributes
    ----------
    cuts
        Trait to the values that part its bins.
    tables
        Term to log-odds of each bin. A random pair of the same two countries has 0 on average in every term.
    known_tables
        The same for the terms of known ties, on top of `tables`.
    intercept, known_intercept
        Log-odds of a pair whose terms are all 0, without and with the terms of known ties.
    countries
        Codes of a country pair to its number of learned ties.
    about
        How it was learned.
    """

    def __init__(
        self,
        cuts: Mapping[str, NDArray[np.float64]],
        tables: Mapping[str, NDArray[np.float64]],
        known_tables: Mapping[str, NDArray[np.float64]],
        intercepts: tuple[float, float],
        countries: Mapping[tuple[str, str], int],
        about: Mapping[str, Any],
    ) -> None:
        self.cuts, self.tables, self.known_tables = dict(cuts), dict(tables), dict(known_tables)
        self.intercept, self.known_intercept = intercepts
        self.countries, self.about = dict(countries), dict(about)

    # ------------------------------------------------------------------ fitting

    @classmethod
    def fit(
        cls,
        space: PairSpace,
        a: NDArray[np.int64],
        b: NDArray[np.int64],
        *,
        seed: int = 0,
        penalty: Penalty | None = None,
    ) -> Plausibility:
        """Learn from known ties.

        Parameters
        ----------
        space
            The regions in bins.
        a, b
            Positions of the ties' ends in the pool, shape (t,).
        seed
            Of the random pairs.
        """
        pool = space.pool
        samples = draw_samples(pool, a, b, seed)
        bins = space.of_pairs(samples.query, samples.other)
        tables, intercept = fit_tables(bins, space.shapes, samples.real, samples.weight, penalty=penalty)
        offset = sum_tables(bins, list(space.shapes), tables) + intercept
        near = neighbours(space, a, b)
        known_bins = folded_bins(space, near, samples, a, b)
        known_tables, shift = fit_tables(
            known_bins, KNOWN_SHAPES, samples.real, samples.weight, offset, penalty or Penalty(bend=3.0)
        )
        codes = [
            sorted(pair)
            for pair in zip(pool.codes[pool.country[a]], pool.codes[pool.country[b]], strict=True)
        ]
        counts: dict[tuple[str, str], int] = {}
        for one, two in codes:
            counts[str(one), str(two)] = counts.get((str(one), str(two)), 0) + 1
        about = {"ties": len(a), "samples": len(samples), "seed": seed, "atlas_version": pool.atlas.version}
        return cls(space.cuts, tables, known_tables, (intercept, intercept + shift), counts, about)

    # ------------------------------------------------------------------ scoring

    def scorer(self, space: PairSpace, known: Known | None = None) -> Any:
        """Return a function from positions of queries, shape (q,), to log-odds with the whole pool, shape (q, n).

        The side of the query, the same for all its candidates, is left out.
        """
        base = PairScorer(space, self.tables)
        if known is None:
            return lambda query: base(query) + np.float32(self.intercept)
        tables = {term: table.astype(np.float32) for term, table in self.known_tables.items()}
        fixed = np.full(len(space.pool), self.known_intercept, np.float32)
        for term, activity in known.activity.items():
            fixed += tables[term][np.searchsorted(CUTS, activity, side="right")]
        fixed += tables[OWN][np.searchsorted(OWN_CUTS, known.own, side="right")]

        def score(query: NDArray[np.int64]) -> NDArray[np.float32]:
            result = base(query)
            result += fixed
            for term, values in known.of_queries(query).items():
                table = tables[term]
                result += table[0]
                row, column = np.nonzero(values)  # few pairs have precedents
                result[row, column] += (table - table[0])[
                    np.searchsorted(CUTS, values[row, column], side="right")
                ]
            return result

        return score

    def prior(self, pool: Pool) -> NDArray[np.float32]:
        """Return the logarithm of how often regions of two countries are partners at all, shape (c, c)."""
        where = {code: i for i, code in enumerate(pool.codes)}
        pairs = [
            (where[one], where[two], count)
            for (one, two), count in self.countries.items()
            if one in where and two in where
        ]
        one, two, count = (
            (np.array(column, np.int64) for column in zip(*pairs, strict=True))
            if pairs
            else [np.empty(0, np.int64)] * 3
        )
        return np.log(
            country_rates(pool, np.repeat(pool.start[one], count), np.repeat(pool.start[two], count))
        ).astype(np.float32)

    def explain(self, space: PairSpace, a: int, b: int, known: Known | None = None) -> tuple[Term, ...]:
        """Split the log-odds of a pair into its terms, both sides counted; largest first. They sum to the score."""
        one, two = np.array([a]), np.array([b])
        parts: dict[str, float] = {"any pair": self.intercept if known is None else self.known_intercept}
        for query, other, first in ((one, two, True), (two, one, False)):
            bins = dict(zip(space.shapes, space.of_pairs(query, other)[0], strict=True))
            tables = dict(self.tables)
            if known is not None:
                bins |= {name: values[0] for name, values in known_bins(known, query, other).items()}
                tables |= self.known_tables
            for term, table in tables.items():
                side = term.startswith(_SIDES)
                if side or first:
                    label = f"{term} ({'B' if first else 'A'})" if side else term
                    parts[label] = float(table[bins[term]])
        return tuple(
            Term(name, points) for name, points in sorted(parts.items(), key=lambda item: -abs(item[1]))
        )

    # ------------------------------------------------------------------ storage

    def save(self, folder: Path) -> None:
        """Write ``plausibility.json``: tables and counts per pair of countries, no tie and no region."""
        content: dict[str, Any] = {
            "format": FORMAT,
            "about": self.about,
            "intercepts": [self.intercept, self.known_intercept],
            "cuts": {name: [float(v) for v in values] for name, values in self.cuts.items()},
            "tables": {name: [round(float(v), 6) for v in table] for name, table in self.tables.items()},
            "known_tables": {name: [round(float(v), 6) for v in t] for name, t in self.known_tables.items()},
            "countries": {"-".join(pair): count for pair, count in sorted(self.countries.items())},
        }
        content["sha256"] = _digest(content)
        write_atomically(folder / FILE, json.dumps(content, ensure_ascii=False).encode())

    @classmethod
    def load(cls, folder: Path) -> Plausibility:
        """Read ``plausibility.json``; runs no code of it and checks its hash.

        Raises
        ------
        DataError
            The file is missing, changed, cut short or of another format.
        """
        path = folder / FILE
        try:
            content = json.loads(read_bytes(path))
            stated = content.pop("sha256")
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise DataError(
                f"{path} is no plausibility model: {error}; restore it or learn it again"
            ) from error
        if content.get("format") != FORMAT or stated != _digest(content):
            raise DataError(
                f"{path} was changed, cut short or is of another format; restore it or learn it again"
            )
        arrays = {
            part: {name: np.array(values) for name, values in content[part].items()}
            for part in ("cuts", "tables", "known_tables")
        }
        return cls(
            arrays["cuts"],
            arrays["tables"],
            arrays["known_tables"],
            (content["intercepts"][0], content["intercepts"][1]),
            {(key[:2], key[3:]): count for key, count in content["countries"].items()},
            content["about"],
        )


def neighbours(space: PairSpace, a: NDArray[np.int64], b: NDArray[np.int64]) -> Neighbours:
    """Return the neighbours of all regions among the ends of ties."""
    names = [name for name in space.values if name.startswith("at home:")]
    kind = np.stack([np.nan_to_num(space.values[name], nan=0.5) for name in names], axis=1)
    return find_neighbours(
        space.pool.points, space.pool.country, kind.astype(np.float32), np.concatenate([a, b])
    )


def known_bins(
    known: Known, query: NDArray[np.int64], other: NDArray[np.int64]
) -> dict[str, NDArray[np.int64]]:
    """Return the bins of pairs in the terms of known ties."""
    bins = {
        term: np.searchsorted(CUTS, values, side="right").astype(np.int64)
        for term, values in known.of_pairs(query, other).items()
    }
    return bins | {OWN: np.searchsorted(OWN_CUTS, known.own[other], side="right").astype(np.int64)}


def folded_bins(
    space: PairSpace,
    near: Neighbours,
    samples: Samples,
    a: NDArray[np.int64],
    b: NDArray[np.int64],
) -> NDArray[np.int32]:
    """Return the bins of samples in the terms of known ties, as if an end of each sample's tie were a new place.

    Places fall into `FOLDS` parts by the hash of their id. The samples of a tie see only ties without the places
    of the part that one of its ends is in: so nothing of the tie itself is seen, and one end has no known tie.
    """
    ids = space.pool.atlas.region_ids[space.pool.rows]
    ends = np.unique(np.concatenate([a, b]))
    fold = np.full(len(ids), -1)
    fold[ends] = (draw(ids[ends], "fold") * FOLDS).astype(np.int64)
    # Which of the two ends is new alternates by a hash too.
    coin = draw((f"{ids[i]}|{ids[j]}" for i, j in zip(a, b, strict=True)), "new end") < 0.5
    of_tie = fold[np.where(coin, a, b)]
    result = np.zeros((len(samples), len(KNOWN_SHAPES)), np.int32)
    for part in range(FOLDS):
        mine = of_tie[samples.tie] == part
        seen = (fold[a] != part) & (fold[b] != part)
        known = Known(near, space.pool.country, a[seen], b[seen])
        bins = known_bins(known, samples.query[mine], samples.other[mine])
        result[mine] = np.stack([bins[term] for term in KNOWN_SHAPES], axis=1)
    return result


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
