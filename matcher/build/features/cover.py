"""Land cover and what it says of forest and open water."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.build import grids
from matcher.build.zonal import zonal

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("cover", "forest_share", "water_share")
SOURCES: tuple[str, ...] = ("lc", "land")

CLASSES = {
    **dict.fromkeys((1, 2, 3, 4, 5), "forest"),
    **dict.fromkeys((6, 7), "shrub"),
    **dict.fromkeys((8, 9), "savanna"),
    10: "grass",
    11: "wetland",
    12: "crop",
    14: "mosaic",
    13: "urban",
    15: "ice",
    16: "barren",
    0: "water",
}
"""IGBP class -> name. Savanna and mosaic take in much smallholder land (Purwakarta 25 and 51 %)."""


ALL_LAND = 0.99
"""A cell of water with any sea in it, by the finer mask, is taken for sea."""


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Shares of area by the majority land cover of 0.05 deg cells.

    - ``cover:<class>``: shares over the land of the region and its inland water. Cells of water with sea in them
      are left out: how far an outline reaches into the sea is a habit of map makers, not a landscape. An
      island smaller than a cell takes the land cells beside it, or has no value.
    - ``forest_share``: classes 1-5. ``water_share``: inland water.

    Weak under some 300 km2, where a region has a dozen cells.
    """
    import pandas as pd

    grid = grids.land_cover(sources)
    is_sea = np.equal(grid.values, 0) & (grids.land_share(sources, grid.frame) < ALL_LAND)
    (shares,) = zonal(regions, grid.frame, lambda cover: cover.shares(grid, CLASSES, ~is_sea))
    names = list(dict.fromkeys(CLASSES.values()))
    table = pd.DataFrame(shares, columns=[f"cover:{name}" for name in names], index=regions.index)
    table["forest_share"] = table["cover:forest"]
    table["water_share"] = table["cover:water"]
    return table.astype(np.float32)
