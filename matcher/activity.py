"""Activity: how many ties each region has with which country, kept where the list of ties may not be.

Counts of regions say how sought after a region is, and by whom; the pairs themselves are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.folds import neighbours
from matcher.precedents import GAPS, Activity, wanted_sizes
from matcher.provinces import provinces_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from matcher.neighbours import Neighbours
    from matcher.pairspace import PairSpace
    from matcher.pool import Pool

Facts = tuple["Mapping[str, int]", *tuple["Sequence[float]", ...]]
"""Country to number of ties, and for each trait of `GAPS` the sum of the partners' bins and the number of known ones."""


def read_activity(
    pool: Pool, near: Neighbours, a: NDArray[np.int64], b: NDArray[np.int64]
) -> dict[str, Facts]:
    """Return region_id to its number of ties with each country, and of what size its partners are.

    Parameters
    ----------
    pool, near
        The regions, and what makes them count for one another.
    a, b
        Ends of the ties, shape (t,).
    """
    one, two = np.concatenate([a, b]), np.concatenate([b, a])
    wanted = [wanted_sizes(near.sizes[term], one, two) for term in GAPS]
    ids = pool.atlas.region_ids[pool.rows]
    pairs, counts = np.unique(np.stack([one, pool.country[two]], axis=1), axis=0, return_counts=True)
    found: dict[str, dict[str, int]] = {}
    for (region, country), count in zip(pairs.tolist(), counts.tolist(), strict=True):
        found.setdefault(str(ids[region]), {})[str(pool.codes[country])] = count
    sizes = {str(ids[i]): [totals[:, i].astype(int).tolist() for totals in wanted] for i in np.unique(one)}
    return {name: (with_country, *sizes[name]) for name, with_country in found.items()}


def activity_of(
    space: PairSpace, provinces: Mapping[tuple[str, str], int], activity: Mapping[str, Facts]
) -> Activity:
    """Return what counts say of the regions of a space; regions and countries that it lacks are passed over."""
    from scipy.sparse import csr_array

    pool = space.pool
    where = {name: i for i, name in enumerate(pool.atlas.region_ids[pool.rows].tolist())}
    country = {str(code): i for i, code in enumerate(pool.codes)}
    wanted = {term: np.zeros((2, len(pool))) for term in GAPS}
    entries = []
    for name, (with_country, *sizes) in activity.items():
        if (row := where.get(name)) is None:
            continue
        for term, size in zip(GAPS, sizes, strict=True):
            wanted[term][:, row] = size
        entries += [(row, country[code], count) for code, count in with_country.items() if code in country]
    rows, columns, counts = np.array(entries, np.int64).reshape(-1, 3).T
    shape = (len(pool), int(pool.country.max(initial=0)) + 1)
    table = csr_array((counts.astype(np.float32), (rows, columns)), shape=shape)
    return Activity(neighbours(space, rows, rows), provinces_of(pool, provinces), table, wanted)
