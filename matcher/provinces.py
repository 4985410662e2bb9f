"""Provinces: how many ties there are between the provinces of two regions, against what is to be expected.

Counts between provinces say nothing of a single partnership's ends, so that they may be kept where the list of
partnerships may not, and many ties follow old bonds of provinces: Burgundy with Rhineland-Palatinate, for one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.additive import Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from matcher.pool import Pool

PROVINCE_PAIR, PROVINCE_SIDE = "ties of the provinces", "ties of the province there"
PROVINCE_CUTS = np.linspace(-2.0, 4.0, 13)
PROVINCE_SHAPES = {term: Shape(len(PROVINCE_CUTS) + 1, extra=0) for term in (PROVINCE_PAIR, PROVINCE_SIDE)}


def read_provinces(pool: Pool) -> tuple[list[str], NDArray[np.int64]]:
    """Return the ids of all provinces, and each region's as a position among them, -1 for none."""
    return pool.provinces


def tally(pool: Pool, a: NDArray[np.int64], b: NDArray[np.int64]) -> dict[tuple[str, str], int]:
    """Return the number of ties of each pair of provinces, in alphabetical order of their ids."""
    names, province = read_provinces(pool)
    counts: dict[tuple[str, str], int] = {}
    for one, two in zip(province[a].tolist(), province[b].tolist(), strict=True):
        if one >= 0 and two >= 0:
            first, second = sorted((names[one], names[two]))
            counts[first, second] = counts.get((first, second), 0) + 1
    return counts


def provinces_of(pool: Pool, counts: Mapping[tuple[str, str], int]) -> Provinces:
    """Return what a tally says of the regions of a pool; provinces that the atlas does not have are passed over."""
    names, province = read_provinces(pool)
    where = {name: i for i, name in enumerate(names)}
    pairs = [(where[a], where[b], n) for (a, b), n in counts.items() if a in where and b in where]
    a, b, n = np.array(pairs, np.int64).reshape(-1, 3).T
    a, b = np.repeat(a, n), np.repeat(b, n)
    return Provinces(province, pool.country, np.concatenate([a, b]), np.concatenate([b, a]))


class Provinces:
    """Ties between provinces, against what their activity lets expect.

    The figure of two provinces is log2 of (ties + 1/2) over (expected ties + 1/2), where a tie with the other country is
    expected to fall on each of its provinces by the province's share in all ties of its country; of the two sides'
    expectations the geometric mean is taken, so that the figure is the same from both.

    Parameters
    ----------
    part, country
        Numbers of each region's province (-1 for none) and country, shape (n,).
    left, right
        Provinces at the ends of the ties, each tie both ways, shape (2 t,); -1 for none.

    Attributes
    ----------
    fixed
        Terms that depend on the candidate alone: none.
    """

    def __init__(
        self,
        part: NDArray[np.int64],
        country: NDArray[np.int64],
        left: NDArray[np.int64],
        right: NDArray[np.int64],
    ) -> None:
        self.fixed: dict[str, NDArray[np.int64]] = {}
        self.country = country
        # The last one is that of regions in none: it has no ties.
        size, countries = int(part.max(initial=-1)) + 2, int(country.max(initial=0)) + 1
        self.part = np.where(part < 0, size - 1, part)
        self.home = np.zeros(size, np.int64)
        self.home[self.part] = country
        known = (left >= 0) & (right >= 0)
        left, right = left[known], right[known]
        self.ties = count_pairs(left, right, (size, size))
        self.to_country = count_pairs(left, self.home[right], (size, countries)).toarray()
        self.between = np.zeros((countries, countries))
        np.add.at(self.between, self.home, self.to_country)
        self.active = np.bincount(right, minlength=size).astype(np.float64)
        self.share = self._shares(self.active)

    def of_pairs(self, query: NDArray[np.int64], other: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
        """Return the bin of pairs, shape (m,), in each term of `PROVINCE_SHAPES`."""
        p, r, there = self.part[query], self.part[other], self.country[query]
        pair = _lift(np.asarray(self.ties[p, r]).ravel(), self._expected(p, r))
        side = _lift(self.to_country[r, there], self.between[self.home[r], there] * self.share[r])
        return {PROVINCE_PAIR: self._bins(pair, p, r), PROVINCE_SIDE: self._bins(side, r, r)}

    def of_query(self, query: int, without: int | None = None) -> dict[str, NDArray[np.int64]]:
        """Return the bin of one region with each other, shape (n,); a tie with the region `without` does not count."""
        p, every, there = self.part[query], np.arange(len(self.home)), self.country[query]
        own, none = np.full(len(every), p), len(every) - 1
        ties, to_country, share = self.ties[[p]].toarray()[0], self.to_country[p], self.share
        # From every province to the home of the query's and to its own country: one, where an atlas is sound.
        homes = np.array([self.home[p], there])
        columns, between = self.to_country[:, homes], self.between[:, there]
        if without is not None and p != none and (r := self.part[without]) != none:
            ties, to_country, between, active = (
                values.copy() for values in (ties, to_country, between, self.active)
            )
            for left, right in ((p, r), (r, p)):
                ties[right] -= left == p
                to_country[self.home[right]] -= left == p
                columns[left] -= homes == self.home[right]
                between[self.home[left]] -= there == self.home[right]
                active[right] -= 1.0
            share = self._shares(active)
        pair = _lift(ties, np.sqrt(to_country[self.home] * share * columns[:, 0] * share[p]))
        side = _lift(columns[:, 1], between[self.home] * share)
        return {
            PROVINCE_PAIR: self._bins(pair, own, every)[self.part],
            PROVINCE_SIDE: self._bins(side, every, every)[self.part],
        }

    def holds(self, query: int, other: int) -> bool:
        """Tell whether a tie of two regions can be among those that were counted; in no province, it is not counted."""
        p, r, none = self.part[query], self.part[other], len(self.home) - 1
        return bool(none in (p, r) or self.ties[p, r] >= 1)

    def _shares(self, active: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the share of each province in the ties of its country, pulled toward an even share."""
        whole = np.bincount(self.home, weights=active)[self.home]
        even = 1.0 / np.bincount(self.home)[self.home]
        share: NDArray[np.float64] = (active + 5.0 * even) / (whole + 5.0)
        return share

    def _expected(self, p: NDArray[np.int64], r: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the ties to expect between provinces: the geometric mean of what either side's lets expect."""
        there = self.to_country[p, self.home[r]] * self.share[r]
        back = self.to_country[r, self.home[p]] * self.share[p]
        expected: NDArray[np.float64] = np.sqrt(there * back)
        return expected

    def _bins(
        self, figure: NDArray[np.float64], one: NDArray[np.int64], two: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        none = len(self.home) - 1
        known = np.where((one == none) | (two == none), 0.0, figure)
        return np.searchsorted(PROVINCE_CUTS, known, side="right").astype(np.int64)


def _lift(observed: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.log2((observed + 0.5) / (expected + 0.5))


def count_pairs(rows: NDArray[np.int64], columns: NDArray[np.int64], shape: tuple[int, int]) -> Any:
    """Return a sparse matrix that counts pairs."""
    from scipy.sparse import csr_array

    return csr_array((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
