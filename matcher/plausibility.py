"""Plausibility: how many times as likely a region is to be chosen as a random one of its country.

A second opinion beside the likeness, learned from known partnerships, and never mixed into it. It is a sum over terms
(`pairspace`, and `precedents` where known ties are loaded), each a table of logarithms, so it splits exactly into them.
It says what partnerships have looked like, not whether one would be good; and a pair that is not listed is unknown, not
unsuitable.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.activity import activity_of, read_activity
from matcher.additive import Penalty, fit_choices, sum_tables
from matcher.errors import DataError
from matcher.files import content_sha256, read_bytes, write_atomically
from matcher.folds import folded_bins, neighbours
from matcher.pairscorer import PairScorer
from matcher.pairspace import Bounds, PairSpace
from matcher.pool import smoothed_rates
from matcher.precedents import ACTIVITY_SHAPES, GAPS, KNOWN_SHAPES, ONE_SIDED, Activity, Known
from matcher.provinces import tally
from matcher.samples import draw_samples
from matcher.slopes import find_slope, set_apart

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from matcher.activity import Facts
    from matcher.additive import Shape
    from matcher.pool import Pool

FORMAT = 6
FILE = "plausibility.json"
_PARTS = ("tables", "activity_tables", "known_tables")
LICENCE = "CC BY-SA 4.0: learned from lists of Wikipedia and Wikidata"
# The largest places of a country are drawn often: partnerships fall on them, and there the order is decided.
_PER_TIE, _TILTS = 24, (0.0, 0.7, 1.1)
_AGAIN = 60  # steps of a search that begins near its end
_PENALTY = Penalty(bend=100.0, ridge=20.0)  # the best of those tried on the validation part
RANDOM = "a random region of the country"
_SIDES = ("side ", "size ", "there ", "asks ", "kind", *ONE_SIDED)


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a pair's plausibility: a natural logarithm in `points`; the parts sum to the whole."""

    term: str
    points: float


class Plausibility:
    """The learned second opinion.

    Attributes
    ----------
    bounds
        What parts the bins.
    tables
        Term to the natural logarithm of each bin's rate. A random pair of the same two countries has 0 on average in
        every term.
    activity_tables
        The same for the activity of regions and provinces; empty for none.
    known_tables
        In their place where a file of ties is loaded: what the ties themselves tell too.
    countries, provinces
        Codes of two countries, and ids of two provinces, to their number of learned ties.
    activity
        Id of a region to its number of learned ties with each country, and of what size the partners are.
    about
        How it was learned.
    """

    def __init__(
        self,
        bounds: Bounds,
        tables: Mapping[str, NDArray[np.float64]],
        activity_tables: Mapping[str, NDArray[np.float64]],
        known_tables: Mapping[str, NDArray[np.float64]],
        countries: Mapping[tuple[str, str], int],
        provinces: Mapping[tuple[str, str], int],
        activity: Mapping[str, Facts],
        about: Mapping[str, Any],
    ) -> None:
        self.bounds, self.tables = bounds, dict(tables)
        self.activity_tables, self.known_tables = dict(activity_tables), dict(known_tables)
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
        per_tie: int = _PER_TIE,
        calibrated: bool = True,
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
        per_tie
            Random partners for each end of a tie.
        calibrated
            Hold the chances to those of ties that were not learned from, by a slope; no order depends on it.
        """
        pool = space.pool
        samples = draw_samples(pool, a, b, seed, per_tie=per_tie, tilts=_TILTS, by_ties=True)
        bins, shapes = space.of_pairs(samples.query, samples.other), space.shapes
        if terms is not None:
            kept = [i for i, term in enumerate(shapes) if term in terms]
            bins, shapes = bins[:, kept], {term: shape for term, shape in shapes.items() if term in terms}
        about = {"ties": len(a), "samples": len(samples), "seed": seed, "atlas_version": pool.atlas.version}
        about["licence"] = LICENCE
        countries = _count_countries(pool, a, b)

        real = samples.real > 0
        # The chosen one stands for itself among the candidates; the random ones for all of them.
        weights = np.where(real, 1.0 / samples.candidates, samples.weight)
        question = samples.question

        def learn(
            bins: NDArray[np.int32],
            shapes: Mapping[str, Shape],
            offset: NDArray[np.float64] | None = None,
            part: NDArray[np.bool_] | slice = slice(None),
            **search: Any,
        ) -> dict[str, NDArray[np.float64]]:
            given = None if offset is None else offset[part]
            choices = (question[part], real[part], weights[part])
            return fit_choices(bins[part], shapes, *choices, given, penalty or _PENALTY, **search)

        if terms is not None:
            return cls(space.bounds, learn(bins, shapes), {}, {}, countries, {}, {}, about)
        near = neighbours(space, a, b)
        found = folded_bins(space, near, samples, a, b)
        active = [i for i, term in enumerate(KNOWN_SHAPES) if term in ACTIVITY_SHAPES]
        shapes = {**shapes, **ACTIVITY_SHAPES}
        bins = np.concatenate([bins, found[:, active]], axis=1)
        tables = learn(bins, shapes)
        plain = sum_tables(bins, list(space.shapes), tables)
        known = learn(found, KNOWN_SHAPES, plain)
        # Tables say more of the ties that they were fitted to than of others; how much more, ties of other places tell.
        apart, about["slope"] = set_apart(pool, a, b), 1.0
        if calibrated and apart.any() and not apart.all():
            again = learn(bins, shapes, part=~apart[samples.tie], begin=tables, iterations=_AGAIN)
            slope = about["slope"] = round(
                find_slope(space, near, (a, b), np.flatnonzero(apart), again, seed), 3
            )
            tables, known = ({t: slope * table for t, table in each.items()} for each in (tables, known))
        activity = {term: tables.pop(term) for term in ACTIVITY_SHAPES}
        counts = tally(pool, a, b), read_activity(pool, near, a, b)
        return cls(space.bounds, tables, activity, known, countries, *counts, about)

    def evidence(self, space: PairSpace) -> Activity | None:
        """Return what is known of ties without a file of them: how active regions and provinces are."""
        return activity_of(space, self.provinces, self.activity) if self.activity_tables else None

    def _with(self, evidence: Activity | None) -> dict[str, NDArray[np.float64]]:
        """Return the tables of ties that fit what is known."""
        if evidence is None:
            return {}
        return self.known_tables if isinstance(evidence, Known) else self.activity_tables

    # ------------------------------------------------------------------ scoring

    def scorer(self, space: PairSpace, evidence: Activity | None = None) -> Any:
        """Return a function from positions of queries, shape (q,), to scores with the whole pool, shape (q, n).

        A score is the natural logarithm of how many times as likely the query is to choose the candidate as to
        choose a random region of the candidate's country: over each country the mean of these rates is 1.

        Parameters
        ----------
        space
            The regions in bins.
        evidence
            Known ties, or the activity that was learned from (see `evidence`), or None for neither.
        """
        base = PairScorer(space, self.tables)
        tables = {term: table.astype(np.float32) for term, table in self._with(evidence).items()}
        fixed = np.zeros(len(space.pool), np.float32)
        sizes = space.pool.end - space.pool.start
        for term, bins in ({} if evidence is None else evidence.fixed).items():
            fixed += tables[term][bins]

        def score(query: NDArray[np.int64]) -> NDArray[np.float32]:
            result = base(query)
            result += fixed
            part = np.empty(result.shape[1], np.float32)
            if evidence is not None:
                for row, q in enumerate(query):
                    for term, bins in evidence.of_query(int(q)).items():
                        if term in tables:  # an older model has no table for a newer term
                            # Bins are in their tables: told to hold them there, numpy looks up without a check.
                            result[row] += np.take(tables[term], bins, out=part, mode="clip")
            for row, scores in enumerate(result):
                result[row] -= np.repeat(_log_means(scores, space.pool), sizes)
            return result

        return score

    def without(
        self,
        pool: Pool,
        scores: NDArray[np.float32],
        evidence: Activity,
        query: int,
        other: int,
        counted: Mapping[str, NDArray[np.int64]] | None = None,
    ) -> NDArray[np.float32]:
        """Return the scores of a query as if its tie with another region had not been counted, shape (n,).

        Parameters
        ----------
        pool
            The regions.
        scores
            Of the query, as the scorer with this evidence gives them.
        evidence
            What was counted; the tie is in it.
        query, other
            Ends of the tie.
        counted
            What `Activity.fixed` and `Activity.of_query` give for the query, where it is at hand.
        """
        tables = self._with(evidence)
        counted = evidence.fixed | evidence.of_query(query) if counted is None else counted
        result = scores.copy()
        for term, bins in evidence.without(query, other, counted).items():
            if term in tables and term in counted:
                # One tie moves few of them.
                moved = np.flatnonzero(bins != counted[term])
                table = tables[term]
                result[moved] += (table[bins[moved]] - table[counted[term][moved]]).astype(np.float32)
        return result - np.repeat(_log_means(result, pool), pool.end - pool.start)

    def prior(self, pool: Pool, without: tuple[int, int] | None = None) -> NDArray[np.float32]:
        """Return the logarithm of how often regions of two countries are partners at all, shape (c, c).

        Parameters
        ----------
        pool
            The regions.
        without
            Two countries, as positions in `Pool.codes`, of whose ties one does not count.
        """
        where = {code: i for i, code in enumerate(pool.codes)}
        ties = np.zeros((len(where), len(where)))
        for (one, two), count in self.countries.items():
            if one in where and two in where:
                ties[where[one], where[two]] += count
        if without is not None:
            ties[tuple(sorted(without))] -= 1.0
        return np.log(smoothed_rates(pool, ties + ties.T)).astype(np.float32)

    def explain(self, space: PairSpace, a: int, b: int, evidence: Activity | None = None) -> tuple[Term, ...]:
        """Split the plausibility of a pair into its terms, largest first; they sum to it.

        Each end is asked for the other, and the mean of the two scores taken: what one side draws, and what a random
        region of its country earns, counts half.
        """
        one, two = np.array([a]), np.array([b])
        tables = self.tables | self._with(evidence)
        score = self.scorer(space, evidence)
        parts: dict[str, float] = {}
        for query, other, end in ((one, two, "B"), (two, one, "A")):
            bins = dict(zip(space.shapes, space.of_pairs(query, other)[0], strict=True))
            if evidence is not None:
                bins |= {name: values[0] for name, values in evidence.of_pairs(query, other).items()}
            values = {term: float(table[bins[term]]) for term, table in tables.items()}
            for term, value in values.items():
                if is_one_sided(term):
                    parts[f"{term} ({end})"] = value / 2.0
                elif end == "B":
                    parts[term] = value
            # The scorer takes off what a random region of the other's country earns.
            rate = float(score(query)[0, other[0]])
            parts[f"{RANDOM} ({end})"] = (rate - sum(values.values())) / 2.0
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
            "cuts": {name: [float(v) for v in values] for name, values in self.bounds.cuts.items()},
            "kinds": self.bounds.kinds,
            "codes": self.bounds.countries,
            **{part: _rounded(getattr(self, part)) for part in _PARTS},
            "countries": [[*pair, count] for pair, count in sorted(self.countries.items())],
            "provinces": [[*pair, count] for pair, count in sorted(self.provinces.items())],
            "activity": [[name, *facts] for name, facts in sorted(self.activity.items())],
        }
        content["sha256"] = content_sha256(content)
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
        if content.get("format") != FORMAT or stated != content_sha256(content):
            raise DataError(
                f"{path} was changed, cut short or is of another format; restore it or learn it again"
            )
        arrays = {
            part: {name: np.array(values) for name, values in content[part].items()}
            for part in ("cuts", *_PARTS)
        }
        counts = [{(one, two): n for one, two, n in content[part]} for part in ("countries", "provinces")]
        return cls(
            Bounds(arrays["cuts"], tuple(content["kinds"]), tuple(content["codes"])),
            arrays["tables"],
            arrays["activity_tables"],
            arrays["known_tables"],
            counts[0],
            counts[1],
            {name: (with_country, *wanted) for name, with_country, *wanted in content["activity"]},
            content["about"],
        )


def is_one_sided(term: str) -> bool:
    """Tell whether a term is about one of the two regions, so that each end has its own."""
    return term.startswith(_SIDES) and term not in GAPS


def _log_means(scores: NDArray[np.float32], pool: Pool) -> NDArray[np.float32]:
    """Return the logarithm of the mean rate over the regions of each country, shape (c,), from scores of shape (n,)."""
    sizes = pool.end - pool.start
    top = np.maximum.reduceat(scores, pool.start)
    total = np.add.reduceat(np.exp(scores - np.repeat(top, sizes)), pool.start)
    means: NDArray[np.float32] = top + np.log(total / sizes).astype(np.float32)
    return means


def _count_countries(pool: Pool, a: NDArray[np.int64], b: NDArray[np.int64]) -> dict[tuple[str, str], int]:
    """Return the number of ties of each pair of countries."""
    counts: dict[tuple[str, str], int] = {}
    for pair in zip(pool.codes[pool.country[a]], pool.codes[pool.country[b]], strict=True):
        one, two = sorted(map(str, pair))
        counts[one, two] = counts.get((one, two), 0) + 1
    return counts


def _rounded(tables: Mapping[str, NDArray[np.float64]]) -> dict[str, list[float]]:
    return {name: [round(float(value), 6) for value in table] for name, table in tables.items()}
