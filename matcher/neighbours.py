"""Neighbours: which regions count for one another when it comes to known ties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.candidates import EARTH_RADIUS_KM
from matcher.provinces import read_provinces
from matcher.remembered import remembered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from matcher.pool import Pool

NEIGHBOURS = 20
REACH_KM = 40.0
"""The weight of a neighbour falls to a half at so many km."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What makes regions count for one another, n regions.

    Attributes
    ----------
    near
        Up to 20 neighbours on the map, weight 1 / (1 + km / 40); sparse, shape (n, n).
    province, country
        Number of each region's province (-1 for none) and country, shape (n,).
    sizes
        Term of `GAPS` to the bin of each region in its trait, `BINS` unknown, shape (n,).
    seat
        The same for the rank of its seat, shape (n,).
    """

    near: Any
    province: NDArray[np.int64]
    country: NDArray[np.int64]
    sizes: Mapping[str, NDArray[np.int64]]
    seat: NDArray[np.int64]


def find_neighbours(
    pool: Pool, sizes: Mapping[str, NDArray[np.int64]], seat: NDArray[np.int64], among: NDArray[np.int64]
) -> Neighbours:
    """Find the neighbours of all regions among those that have ties.

    Parameters
    ----------
    pool
        The regions, n of them.
    sizes
        Term of `GAPS` to bins, shape (n,).
    seat
        Bins of the rank of the seats, shape (n,).
    among
        Positions that may be neighbours: only regions with ties matter.
    """
    return Neighbours(_nearest(pool, np.unique(among)), read_provinces(pool)[1], pool.country, sizes, seat)


def _nearest(pool: Pool, among: NDArray[np.int64]) -> Any:
    from scipy.sparse import csr_array

    shape = (len(pool), len(pool))
    parts = remembered("near", pool, __file__, among.tobytes(), lambda: _find_nearest(pool, among))
    return csr_array((parts["data"], parts["indices"], parts["indptr"]), shape=shape)


def _find_nearest(pool: Pool, among: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """Return data, indices and indptr of the sparse matrix of neighbours."""
    from scipy.sparse import csr_array
    from scipy.spatial import KDTree

    rows, columns, weights = [], [], []
    n, points = len(pool), pool.points.astype(np.float64)
    for code in np.unique(pool.country[among]):
        own = among[pool.country[among] == code]
        asking = np.arange(pool.start[code], pool.end[code])
        k = min(NEIGHBOURS + 1, len(own))
        chord, found = KDTree(points[own]).query(points[asking], k=np.arange(1, k + 1))
        neighbour = own[found]
        other = neighbour != asking[:, None]
        # One more was asked for, so that enough are left without the region itself.
        other &= np.cumsum(other, axis=1) <= NEIGHBOURS
        rows.append(np.broadcast_to(asking[:, None], other.shape)[other])
        columns.append(neighbour[other])
        weights.append(1.0 / (1.0 + chord[other] * EARTH_RADIUS_KM / REACH_KM))
    entries = (
        np.concatenate([np.empty(0), *weights]).astype(np.float32),
        tuple(np.concatenate([np.empty(0, np.int64), *ends]) for ends in (rows, columns)),
    )
    found = csr_array(entries, shape=(n, n))
    return {"data": found.data, "indices": found.indices, "indptr": found.indptr}
