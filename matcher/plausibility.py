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

from matcher.activity import activity_of, read_activity
from matcher.additive import Penalty, fit_tables, sum_tables
from matcher.errors import DataError
from matcher.files import read_bytes, write_atomically
from matcher.folds import folded_bins, neighbours
from matcher.pairscorer import PairScorer
from matcher.pairspace import Bounds, PairSpace
from matcher.pool import country_rates
from matcher.precedents import ACTIVITY_SHAPES, KNOWN_SHAPES, ONE_SIDED, Activity, Known
from matcher.provinces import tally
from matcher.samples import draw_samples

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from matcher.pool import Pool

FORMAT = 2
FILE = "plausibility.json"
_PARTS = ("tables", "activity_tables", "known_tables")
LICENCE = "CC BY-SA 4.0: learned from lists of Wikipedia and Wikidata"
_SIDES = ("side ", "size ", "there ", "kind", *ONE_SIDED)


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a pair's plausibility: `points` of log-odds; the parts sum to the whole."""

    term: str
    points: float


class Plausibility:
    """The learned second opinion.

    Attributes
    ----------
    bounds
        What parts the bins.
    tables
        Term to log-odds of each bin. A random pair of the same two countries has 0 on average in every term.
    activity_tables
        The same for the activity of regions and provinces, on top of `tables`; empty for none.
    known_tables
        The same for all terms of known ties, where a file of them is loaded: in place of `activity_tables`.
    intercepts
        Log-odds of a pair whose terms are all 0: without ties, with activity, with known ties.
    countries, provinces
        Codes of two countries, and ids of two provinces, to their number of learned ties.
    activity
        Id of a region to its number of learned ties with each country, and the mean rank in size of the partners.
    about
        How it was learned.
    """

    def __init__(
        self,
        bounds: Bounds,
        tables: Mapping[str, NDArray[np.float64]],
        activity_tables: Mapping[str, NDArray[np.float64]],
        known_tables: Mapping[str, NDArray[np.float64]],
        intercepts: tuple[float, float, float],
        countries: Mapping[tuple[str, str], int],
        provinces: Mapping[tuple[str, str], int],
        activity: Mapping[str, tuple[Mapping[str, int], float | None]],
        about: Mapping[str, Any],
    ) -> None:
        self.bounds, self.tables = bounds, dict(tables)
        self.activity_tables, self.known_tables = dict(activity_tables), dict(known_tables)
        self.intercepts = intercepts
        self.countries, self.provinces = dict(countries), dict(provinces)
        self.activity, self.about = dict(activity), dict(about)

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
        terms: Collection[str] | None = None,
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
        penalty
            How strongly the tables are held.
        terms
            The terms to learn, and none of known ties; None for all.
        """
        pool = space.pool
        samples = draw_samples(pool, a, b, seed)
        bins, shapes = space.of_pairs(samples.query, samples.other), space.shapes
        if terms is not None:
            kept = [i for i, term in enumerate(shapes) if term in terms]
            bins, shapes = bins[:, kept], {term: shape for term, shape in shapes.items() if term in terms}
        tables, intercept = fit_tables(bins, shapes, samples.real, samples.weight, penalty=penalty)
        offset = sum_tables(bins, list(shapes), tables) + intercept
        about = {"ties": len(a), "samples": len(samples), "seed": seed, "atlas_version": pool.atlas.version}
        about["licence"] = LICENCE
        countries = _count_countries(pool, a, b)
        if terms is not None:
            return cls(
                space.bounds, tables, {}, {}, (intercept, intercept, intercept), countries, {}, {}, about
            )
        near = neighbours(space, a, b)
        found = folded_bins(space, near, samples, a, b)
        stages, shifts = [], []
        for wanted in (ACTIVITY_SHAPES, KNOWN_SHAPES):
            columns = [i for i, term in enumerate(KNOWN_SHAPES) if term in wanted]
            stage, shift = fit_tables(
                found[:, columns], wanted, samples.real, samples.weight, offset, penalty or Penalty(bend=20.0)
            )
            stages.append(stage)
            shifts.append(intercept + shift)
        intercepts = (intercept, shifts[0], shifts[1])
        counts = tally(pool, a, b), read_activity(pool, near, a, b)
        return cls(space.bounds, tables, stages[0], stages[1], intercepts, countries, *counts, about)

    def evidence(self, space: PairSpace) -> Activity | None:
        """Return what is known of ties without a file of them: how active regions and provinces are."""
        return activity_of(space, self.provinces, self.activity) if self.activity_tables else None

    def _with(self, evidence: Activity | None) -> tuple[dict[str, NDArray[np.float64]], float]:
        """Return the tables of ties that fit what is known, and the intercept."""
        if evidence is None:
            return {}, self.intercepts[0]
        if isinstance(evidence, Known):
            return self.known_tables, self.intercepts[2]
        return self.activity_tables, self.intercepts[1]

    # ------------------------------------------------------------------ scoring

    def scorer(self, space: PairSpace, evidence: Activity | None = None) -> Any:
        """Return a function from positions of queries, shape (q,), to log-odds with the whole pool, shape (q, n).

        The side of the query, the same for all its candidates, is left out.

        Parameters
        ----------
        space
            The regions in bins.
        evidence
            Known ties, or the activity that was learned from (see `evidence`), or None for neither.
        """
        base = PairScorer(space, self.tables)
        wide, intercept = self._with(evidence)
        tables = {term: table.astype(np.float32) for term, table in wide.items()}
        fixed = np.full(len(space.pool), intercept, np.float32)
        for term, bins in ({} if evidence is None else evidence.fixed).items():
            fixed += tables[term][bins]

        def score(query: NDArray[np.int64]) -> NDArray[np.float32]:
            result = base(query)
            result += fixed
            if evidence is not None:
                for row, q in enumerate(query):
                    for term, bins in evidence.of_query(int(q)).items():
                        result[row] += tables[term][bins]
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

    def explain(self, space: PairSpace, a: int, b: int, evidence: Activity | None = None) -> tuple[Term, ...]:
        """Split the log-odds of a pair into its terms, both sides counted; largest first. They sum to the score."""
        one, two = np.array([a]), np.array([b])
        wide, intercept = self._with(evidence)
        parts: dict[str, float] = {"any pair": intercept}
        for query, other, first in ((one, two, True), (two, one, False)):
            bins = dict(zip(space.shapes, space.of_pairs(query, other)[0], strict=True))
            if evidence is not None:
                bins |= {name: values[0] for name, values in evidence.of_pairs(query, other).items()}
            for term, table in (self.tables | wide).items():
                side = term.startswith(_SIDES)
                if side or first:
                    label = f"{term} ({'B' if first else 'A'})" if side else term
                    parts[label] = float(table[bins[term]])
        return tuple(
            Term(name, points) for name, points in sorted(parts.items(), key=lambda item: -abs(item[1]))
        )

    # ------------------------------------------------------------------ storage

    def save(self, folder: Path) -> None:
        """Write ``plausibility.json``: tables, and counts per region and per pair of countries and of provinces.

        No pair of regions is written.
        """
        content: dict[str, Any] = {
            "format": FORMAT,
            "about": self.about,
            "intercepts": list(self.intercepts),
            "cuts": {name: [float(v) for v in values] for name, values in self.bounds.cuts.items()},
            "kinds": self.bounds.kinds,
            "codes": self.bounds.countries,
            **{part: _rounded(getattr(self, part)) for part in _PARTS},
            "countries": [[*pair, count] for pair, count in sorted(self.countries.items())],
            "provinces": [[*pair, count] for pair, count in sorted(self.provinces.items())],
            "activity": [[name, *facts] for name, facts in sorted(self.activity.items())],
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
            for part in ("cuts", *_PARTS)
        }
        low, middle, high = content["intercepts"]
        counts = [{(one, two): n for one, two, n in content[part]} for part in ("countries", "provinces")]
        return cls(
            Bounds(arrays["cuts"], tuple(content["kinds"]), tuple(content["codes"])),
            arrays["tables"],
            arrays["activity_tables"],
            arrays["known_tables"],
            (low, middle, high),
            counts[0],
            counts[1],
            {name: (with_country, wanted) for name, with_country, wanted in content["activity"]},
            content["about"],
        )


def _count_countries(pool: Pool, a: NDArray[np.int64], b: NDArray[np.int64]) -> dict[tuple[str, str], int]:
    """Return the number of ties of each pair of countries."""
    counts: dict[tuple[str, str], int] = {}
    for pair in zip(pool.codes[pool.country[a]], pool.codes[pool.country[b]], strict=True):
        one, two = sorted(map(str, pair))
        counts[one, two] = counts.get((one, two), 0) + 1
    return counts


def _rounded(tables: Mapping[str, NDArray[np.float64]]) -> dict[str, list[float]]:
    return {name: [round(float(value), 6) for value in table] for name, table in tables.items()}


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
