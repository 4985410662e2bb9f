"""Precedents: known ties between regions like A and regions like B, and how active the regions around are.

Regions are "like" one another here in two ways: they are neighbours of one country, or they are in one province. A
region is never its own neighbour. Being near in size and kind inside the country was tried in place of being near on
the map, zones of 2 by 3 degrees in place of provinces, and ties of the one end itself with neighbours of the other: none
of these added anything. What the ties of a region itself say stands in `popularity`.

==========================  =====================================================================
precedents near             ties between neighbours of A and neighbours of B
ties of the provinces       ties between the two provinces, against what their activity lets expect
size of known partners      how far each side is from the rank in size of the other's known partners
seats of known partners     the same for the people of the seats
ties of the province there  of one side: its province's ties with the other's country, against the expected
ties nearby                 of one side: ties of its neighbours with the other's country
activity nearby             of one side: ties of its neighbours
==========================  =====================================================================
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.additive import Shape
from matcher.popularity import PARTNERS, PARTNERS_SHAPE, POPULARITY_SHAPES, Popularity
from matcher.provinces import PROVINCE_SHAPES, PROVINCE_SIDE, Provinces, count_pairs
from matcher.traits import BINS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from matcher.neighbours import Neighbours

_WEIGHTED = np.array(
    [1e-9, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0]
)
PRECEDENTS = "precedents near"
# Term to the values that part its bins; the first bin is "none".
CUTS = {
    PRECEDENTS: _WEIGHTED,
    "ties nearby": _WEIGHTED,
    "activity nearby": _WEIGHTED,
}
# Term to the trait in which each side is held against the other's known partners.
GAPS = {"size of known partners": "at home:population", "seats of known partners": "seat_population"}
KNOWN_SHAPES = (
    PROVINCE_SHAPES
    | {term: Shape(len(cuts) + 1, extra=0) for term, cuts in CUTS.items()}
    | {term: Shape(BINS) for term in GAPS}
    | POPULARITY_SHAPES
    | PARTNERS_SHAPE
)
ACTIVITY_SHAPES = {term: shape for term, shape in KNOWN_SHAPES.items() if term not in {PRECEDENTS, PARTNERS}}
ONE_SIDED = (PROVINCE_SIDE, "ties nearby", "activity nearby", "own ties")
_CHUNK = 20_000
_SIZES = np.append(np.arange(BINS, dtype=np.float32), np.float32(np.nan))
"""What the bins of a trait are held to be, for the gap of two: the last is "unknown"."""


class Activity:
    """What is known of each region's ties by themselves: how many with which country, with partners of what size.

    Parameters
    ----------
    neighbours
        Of all regions, n of them.
    provinces
        Ties between provinces.
    with_country
        Ties of each region with each country; sparse, shape (n, c).
    wanted
        Term of `GAPS` to the sum of the bins of the known partners and the number of them, shape (2, n).
    ties
        Ties of regions with each other, where they are known; sparse, shape (n, n).
    listed
        Regions whose own ties count for themselves, shape (n,); None for all. Those of the others count for neighbours
        and provinces all the same.

    Attributes
    ----------
    fixed
        Bins in the terms that depend on the candidate alone, shape (n,).
    """

    def __init__(
        self,
        neighbours: Neighbours,
        provinces: Provinces,
        with_country: Any,
        wanted: Mapping[str, NDArray[np.float64]],
        ties: Any = None,
        listed: NDArray[np.bool_] | None = None,
    ) -> None:
        self.near, self.country = neighbours.near, neighbours.country
        self.provinces, self.with_country = provinces, with_country
        self.totals = {term: totals if listed is None else totals * listed for term, totals in wanted.items()}
        wanted = self.totals
        self.wanted = {term: _mean(*totals) for term, totals in wanted.items()}
        self.steps = neighbours.sizes
        self.sizes = {term: _SIZES[bins] for term, bins in self.steps.items()}
        self.wanting = {term: np.flatnonzero(np.isfinite(values)) for term, values in self.wanted.items()}
        self.nearby = (self.near @ with_country).tocsr()
        # By column: what one region is asked with.
        self.columns = {"ties nearby": self.nearby.tocsc()}
        self.own = np.asarray(with_country.sum(axis=1)).ravel().astype(np.float32)
        own = (with_country, ties) if listed is None else (_rows(with_country, listed), _rows(ties, listed))
        self.popularity = Popularity(neighbours.country, neighbours.seat, *own)
        self.fixed = {
            "activity nearby": _cut("activity nearby", self.near @ self.own)
        } | self.popularity.fixed

    def of_pairs(self, query: NDArray[np.int64], other: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
        """Return the bin of pairs, shape (m,), in each term of `ACTIVITY_SHAPES`."""
        there = self.country[query]
        bins = self.provinces.of_pairs(query, other) | self.popularity.of_pairs(query, other)
        bins["ties nearby"] = _cut("ties nearby", np.asarray(self.nearby[other, there]).ravel())
        bins["activity nearby"] = self.fixed["activity nearby"][other]
        for term, size in self.sizes.items():
            wanted = self.wanted[term]
            bins[term] = _gap_bins(size[other] - wanted[query], size[query] - wanted[other])
        return bins

    def of_query(self, query: int) -> dict[str, NDArray[np.int64]]:
        """Return the bin of one region with each other, shape (n,), in the terms that depend on both."""
        bins = self.provinces.of_query(query) | self.popularity.of_query(query)
        there = self.country[query]
        for term, table in self.columns.items():
            part = slice(table.indptr[there], table.indptr[there + 1])
            bins[term] = self._scattered(term, table.indices[part], table.data[part])
        return bins | {term: self._gaps(term, query, wanted) for term, wanted in self.wanted.items()}

    @cached_property
    def near_back(self) -> Any:
        """By the neighbour, those that it is a neighbour of."""
        return self.near.T.tocsr()

    def holds(self, query: int, other: int) -> bool:
        """Tell whether a tie of two regions can be among those that were counted."""
        one, two = self.country[query], self.country[other]
        by_country = self.with_country[query, two] >= 1 and self.with_country[other, one] >= 1
        return bool(by_country and self.provinces.holds(query, other))

    def without(
        self, query: int, other: int, counted: Mapping[str, NDArray[np.int64]] | None = None
    ) -> dict[str, NDArray[np.int64]]:
        """Return the bin of one region with each other, shape (n,), as if a tie of it that was counted were not known.

        Its terms are those of `of_query` and of `fixed`. Bins are right in the other's country and all others but the
        query's own, where nobody asks. A tie is never its own precedent, so those stay. `counted` is what `fixed` and
        `of_query` give, where it is at hand.
        """
        there = self.country[query]
        own, with_there = self.own.copy(), self.with_country[:, [there]].toarray().ravel()
        own[other] -= 1.0
        with_there[other] -= 1.0
        around = self.near_back[[other]].indices
        bins = dict(self.of_query(query) | self.fixed if counted is None else counted)
        bins |= self.provinces.of_query(query, other) | self.popularity.of_query(query, other)
        for term, ties in (("ties nearby", with_there), ("activity nearby", own)):
            bins[term] = bins[term].copy()
            bins[term][around] = _cut(term, self.near[around] @ ties)
        for term, size in self.sizes.items():
            # Only the two ends want something else without it.
            wanted = self.wanted[term].copy()
            for one, two in ((query, other), (other, query)):
                if not np.isnan(size[two]):
                    total, partners = self.totals[term][:, one]
                    wanted[[one]] = _mean(np.array([total - size[two]]), np.array([partners - 1]))
            bins[term] = self._gaps(term, query, wanted)
        return bins

    def _gaps(self, term: str, query: int, wanted: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return the bin of one region with each other in a term of `GAPS`, shape (n,)."""
        size, mine, some = self.sizes[term], wanted[query], self.wanting[term]
        # Most regions want nothing that is known: of those the size alone counts, and that is one of a few.
        bins = _gap_bins(_SIZES - mine, np.full_like(_SIZES, np.nan))[self.steps[term]]
        bins[some] = _gap_bins(size[some] - mine, size[query] - wanted[some])
        return bins

    def _scattered(
        self, term: str, where: NDArray[np.int64], values: NDArray[np.float32]
    ) -> NDArray[np.int64]:
        bins = np.zeros(len(self.country), np.int64)
        bins[where] = _cut(term, values)
        return bins


class Known(Activity):
    """Known ties themselves: the activity of both ends, and the ties between their neighbours.

    Parameters
    ----------
    neighbours
        Of all regions, n of them.
    a, b
        Ends of the ties, shape (t,).
    listed
        See `Activity`.
    """

    def __init__(
        self,
        neighbours: Neighbours,
        a: NDArray[np.int64],
        b: NDArray[np.int64],
        listed: NDArray[np.bool_] | None = None,
    ) -> None:
        country, province = neighbours.country, neighbours.province
        n = len(country)
        one, two = np.concatenate([a, b]), np.concatenate([b, a])
        self.ties = count_pairs(one, two, (n, n))
        super().__init__(
            neighbours,
            Provinces(province, country, province[one], province[two]),
            count_pairs(one, country[two], (n, int(country.max(initial=0)) + 1)),
            {term: wanted_sizes(size, one, two) for term, size in neighbours.sizes.items()},
            self.ties,
            listed,
        )

    def of_pairs(self, query: NDArray[np.int64], other: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
        """Return the bin of pairs, shape (m,), in each term of `KNOWN_SHAPES`."""
        found = np.empty(len(query), np.float32)
        for start in range(0, len(query), _CHUNK):
            part = slice(start, start + _CHUNK)
            partners = self.near[query[part]] @ self.ties
            found[part] = partners.multiply(self.near[other[part]]).sum(axis=1)
        return super().of_pairs(query, other) | {PRECEDENTS: _cut(PRECEDENTS, found)}

    def of_query(self, query: int) -> dict[str, NDArray[np.int64]]:
        """Return the bin of one region with each other, shape (n,), in the terms that depend on both."""
        found = (self.near[np.array([query])] @ self.ties @ self.near_back).tocoo()
        scattered = self._scattered(PRECEDENTS, found.coords[1], found.data)
        return super().of_query(query) | {PRECEDENTS: scattered}


def wanted_sizes(
    size: NDArray[np.int64], one: NDArray[np.int64], two: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the sum of the bins of each region's known partners, and the number of these, shape (2, n)."""
    n, sized = len(size), size[two] < BINS
    partners = np.bincount(one[sized], minlength=n)
    return np.stack([np.bincount(one[sized], weights=size[two][sized], minlength=n), partners])


def _mean(total: NDArray[np.float64], partners: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the mean of each, NaN for none."""
    mean: NDArray[np.float64] = np.divide(
        total, partners, out=np.full(len(total), np.nan), where=partners > 0.5
    )
    return mean.astype(np.float32)


def _rows(table: Any, kept: NDArray[np.bool_]) -> Any:
    """Return a sparse table with all other rows empty."""
    from scipy.sparse import diags_array

    return None if table is None else diags_array(kept.astype(np.float32)).tocsr() @ table


def _cut(term: str, values: NDArray[Any]) -> NDArray[np.int64]:
    return np.searchsorted(CUTS[term], values, side="right").astype(np.int64)


def _gap_bins(one: NDArray[np.float32], two: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the bin of the mean of those of two gaps that are known."""
    first, second = np.abs(one), np.abs(two)
    gap = np.where(np.isnan(first), second, np.where(np.isnan(second), first, (first + second) / 2.0))
    unknown = np.isnan(gap)
    bins: NDArray[np.int64] = np.minimum(np.where(unknown, 0.0, gap).astype(np.int64), BINS - 1)
    return np.where(unknown, BINS, bins)
