"""Namesakes: regions that are called alike, or that hold towns called alike.

A Friedberg looks for the other Friedberg. The names are those of the atlas's index, folded there so that spellings of
one name meet: of the unit in every language, of the town that it is named after, and of the towns inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.atlas import Atlas

FILE = "names.parquet"
NONE, TOWN, OWN = range(3)
"""What two regions share: no name, that of a town inside one of them, or that by which both are known."""
# An own name shared by both weighs 1 in the product of two regions' names; one with a town's in it far less.
_TOWN_WEIGHT, _LEAST, _OWN_LEAST = 1e-3, 1e-9, 0.5
_CHUNK = 100_000


class Namesakes:
    """The names that more than one region of a pool goes by.

    Parameters
    ----------
    atlas
        The atlas; one without an index of names has no namesakes.
    rows
        Rows of the atlas, shape (n,).
    """

    def __init__(self, atlas: Atlas, rows: NDArray[np.int64]) -> None:
        from scipy.sparse import csr_array

        self.atlas, self.rows = atlas, rows
        region, name, own = _read(atlas, rows)
        weight = np.where(own, 1.0, _TOWN_WEIGHT).astype(np.float32)
        size = int(name.max(initial=-1)) + 1
        self.names = csr_array((weight, (region, name)), shape=(len(rows), size))
        self.regions = self.names.T.tocsr()

    def of_pairs(self, query: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return what pairs share, shape (m,): `NONE`, `TOWN` or `OWN`."""
        result = np.empty(len(query), np.int64)
        for start in range(0, len(query), _CHUNK):
            part = slice(start, start + _CHUNK)
            common = self.names[query[part]].multiply(self.names[other[part]])
            result[part] = _level(np.asarray(common.sum(axis=1)).ravel())
        return result

    def of_query(self, query: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the regions that share a name with one, and what they share; itself too."""
        found = (self.names[[query]] @ self.regions).tocoo()
        return found.coords[1].astype(np.int64), _level(found.data)

    def shared(self, one: int, two: int) -> str:
        """Return the longest name that two regions share, as the atlas writes it for the first; "" for none."""
        if self.of_pairs(np.array([one]), np.array([two]))[0] == NONE:
            return ""
        from pyarrow.parquet import read_table

        ids = self.atlas.region_ids[self.rows[[one, two]]].tolist()
        table = read_table(
            self.atlas.store.checked(FILE),
            columns=["key", "text", "region_id"],
            filters=[("region_id", "in", ids)],
        )
        names = list(zip(*(table[name].to_pylist() for name in ("region_id", "key", "text")), strict=True))
        keys = [{key for region, key, _ in names if region == each} for each in ids]
        found = sorted(
            (-len(key), text) for region, key, text in names if region == ids[0] and key in keys[1]
        )
        return str(found[0][1])


def _read(
    atlas: Atlas, rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Return the region and the number of each name that several regions have, and whether it is its own."""
    if FILE not in atlas.manifest["files"]:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, bool)
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow.parquet import read_table

    table = read_table(atlas.store.checked(FILE), columns=["key", "region_id", "kind"])
    place = pc.index_in(table["region_id"], pa.array(atlas.region_ids[rows])).to_numpy()
    name = pc.index_in(table["key"], pc.unique(table["key"])).to_numpy()
    own = pc.not_equal(table["kind"], "town").to_numpy()
    known = np.isfinite(place)
    region, name, own = place[known].astype(np.int64), name[known].astype(np.int64), own[known]
    several = np.bincount(name)[name] > 1
    return region[several], name[several], own[several]


def _level(common: NDArray[np.float32]) -> NDArray[np.int64]:
    return np.searchsorted([_LEAST, _OWN_LEAST], common, side="right").astype(np.int64)
