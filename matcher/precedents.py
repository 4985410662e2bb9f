"""Precedents: known ties between regions like A and regions like B, and how active the regions around are.

Regions are "like" one another here in two ways: they are neighbours of one country, or they are alike in size and kind
within it. A region is never its own neighbour, and so a tie is never its own precedent: what is counted for a pair
would be counted the same if the pair itself were not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.candidates import EARTH_RADIUS_KM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.pool import Pool

NEIGHBOURS = 12
REACH_KM = 40.0
"""The weight of a neighbour falls to a half at so many km."""
TERMS = (
    "precedents near",
    "precedents alike",
    "ties with the country nearby",
    "activity nearby",
    "activity of the like",
)
# What parts the bins of a weighted count; the first bin is "none".
CUTS = np.array([1e-9, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0])
OWN = "own ties"
OWN_CUTS = np.array([0.5, 1.5, 2.5, 3.5, 5.5, 8.5, 12.5, 18.5, 28.5])


@dataclass(frozen=True, slots=True)
class Neighbours:
    """For each region the regions of its country that count for it, as sparse matrices of shape (n, n).

    Attributes
    ----------
    near
        Up to 12 neighbours on the map, weight 1 / (1 + km / 40).
    alike
        Up to 12 neighbours in size and kind, weights summing to 1.
    """

    near: Any
    alike: Any


def find_neighbours(
    points: NDArray[np.float32],
    country: NDArray[np.int64],
    kind: NDArray[np.float32],
    among: NDArray[np.int64] | None = None,
) -> Neighbours:
    """Find the neighbours of all regions among those that have ties.

    Parameters
    ----------
    points
        Unit vectors, shape (n, 3).
    country
        Shape (n,).
    kind
        What makes regions alike, shape (n, k), of like scale.
    among
        Positions that may be neighbours: only regions with ties matter. None for all.
    """
    among = np.arange(len(country)) if among is None else np.unique(among)
    return Neighbours(
        _nearest(points.astype(np.float64), country, among, _by_distance),
        _nearest(kind.astype(np.float64), country, among, lambda gap: np.full_like(gap, 1.0 / NEIGHBOURS)),
    )


def _by_distance(chord: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1.0 / (1.0 + chord * EARTH_RADIUS_KM / REACH_KM)


def _nearest(
    space: NDArray[np.float64], country: NDArray[np.int64], among: NDArray[np.int64], weigh: Any
) -> Any:
    from scipy.sparse import csr_array
    from scipy.spatial import KDTree

    rows, columns, weights = [], [], []
    n = len(country)
    for code in np.unique(country[among]):
        own = among[country[among] == code]
        asking = np.flatnonzero(country == code)
        k = min(NEIGHBOURS + 1, len(own))
        gap, found = KDTree(space[own]).query(space[asking], k=np.arange(1, k + 1))
        neighbour = own[found]
        other = neighbour != asking[:, None]
        # 13 were asked for so that 12 are left without the region itself.
        other &= np.cumsum(other, axis=1) <= NEIGHBOURS
        rows.append(np.broadcast_to(asking[:, None], other.shape)[other])
        columns.append(neighbour[other])
        weights.append(weigh(gap)[other])
    if not rows:
        return csr_array((n, n), dtype=np.float32)
    entries = (np.concatenate(weights).astype(np.float32), (np.concatenate(rows), np.concatenate(columns)))
    return csr_array(entries, shape=(n, n))


class Known:
    """Known ties, ready to be asked about pairs.

    Parameters
    ----------
    neighbours
        Of all regions.
    country
        Country of each region, shape (n,).
    a, b
        Ends of the ties, shape (t,).
    """

    def __init__(
        self,
        neighbours: Neighbours,
        country: NDArray[np.int64],
        a: NDArray[np.int64],
        b: NDArray[np.int64],
    ) -> None:
        from scipy.sparse import csr_array

        n = len(country)
        ends = (np.concatenate([a, b]), np.concatenate([b, a]))
        self.country = country
        self.ties = csr_array((np.ones(len(ends[0]), np.float32), ends), shape=(n, n))
        self.own = np.bincount(ends[0], minlength=n).astype(np.float32)
        self.near, self.alike = neighbours.near, neighbours.alike
        where = csr_array(
            (np.ones(n, np.float32), (np.arange(n), country)), shape=(n, int(country.max(initial=0)) + 1)
        )
        self.with_country = (self.near @ (self.ties @ where)).tocsr()
        self.activity = {
            "activity nearby": self.near @ self.own,
            "activity of the like": self.alike @ self.own,
        }

    def of_pairs(
        self, query: NDArray[np.int64], candidate: NDArray[np.int64]
    ) -> dict[str, NDArray[np.float32]]:
        """Return each of `TERMS` for pairs, shape (m,)."""
        values = {}
        for name, kernel in (("precedents near", self.near), ("precedents alike", self.alike)):
            found = np.empty(len(query), np.float32)
            for start in range(0, len(query), 20_000):
                part = slice(start, start + 20_000)
                partners = kernel[query[part]] @ self.ties
                found[part] = partners.multiply(kernel[candidate[part]]).sum(axis=1)
            values[name] = found
        values["ties with the country nearby"] = np.asarray(
            self.with_country[candidate, self.country[query]], np.float32
        ).ravel()
        for name, activity in self.activity.items():
            values[name] = activity[candidate]
        return values

    def of_queries(self, query: NDArray[np.int64]) -> dict[str, NDArray[np.float32]]:
        """Return the terms that depend on the query for all candidates, shape (q, n)."""
        return {
            "precedents near": (self.near[query] @ self.ties @ self.near.T).toarray(),
            "precedents alike": (self.alike[query] @ self.ties @ self.alike.T).toarray(),
            "ties with the country nearby": self.with_country.T[self.country[query]].toarray(),
        }


def country_rates(pool: Pool, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the smoothed rate of ties between countries, shape (c, c): ties over pairs of regions.

    The counts are pulled toward what the two countries' own activity would give if they chose at random, with the
    weight of 0.3 such ties.
    """
    size = len(pool.codes)
    ties = np.zeros((size, size))
    np.add.at(ties, (pool.country[a], pool.country[b]), 1.0)
    ties += ties.T
    active = ties.sum(axis=1)
    expected = np.outer(active + 0.5, active + 0.5) / (ties.sum() + 0.5 * size)
    places = (pool.end - pool.start).astype(np.float64)
    rates: NDArray[np.float64] = (ties + 0.3 * expected) / np.outer(places, places)
    return rates
