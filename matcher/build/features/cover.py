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

FEATURES: tuple[str, ...] = ("cover", "forest_share", "water_share", "forest_type")
SOURCES: tuple[str, ...] = ("lc", "land")
TOGETHER = "grids"

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


FORESTS = {
    1: "needleleaf_evergreen",
    2: "broadleaf_evergreen",
    3: "needleleaf_deciduous",
    4: "broadleaf_deciduous",
    5: "mixed_forest",
}
LEAST_FOREST = 0.01
"""With less closed forest than this its type is the chance of a cell."""
ALL_LAND = 0.99
"""A cell of water with any sea in it, by the finer mask, is taken for sea."""


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Shares of area by the majority land cover of 0.05 deg cells.

    - ``cover:<class>``: shares over the land of the region and its inland water. Cells of water with sea in them
      are left out: how far an outline reaches into the sea is a habit of map makers, not a landscape. An
      island smaller than a cell takes the land cells beside it, or has no value.
    - ``forest_share``: classes 1-5. ``water_share``: inland water.
    - ``forest_type:<class>``: shares of these five in the closed forest; unknown where there is next to none.

    Weak under some 300 km2, where a region has a dozen cells.
    """
    import pandas as pd

    grid = grids.land_cover(sources)
    is_sea = np.equal(grid.values, 0) & (grids.land_share(sources, grid.frame) < ALL_LAND)
    shares, forests = zonal(
        regions,
        grid.frame,
        lambda cover: cover.shares(grid, CLASSES, ~is_sea),
        lambda cover: cover.shares(grid, FORESTS, ~is_sea, reach=0),
    )
    names = list(dict.fromkeys(CLASSES.values()))
    table = pd.DataFrame(shares, columns=[f"cover:{name}" for name in names], index=regions.index)
    table["forest_share"] = table["cover:forest"]
    table["water_share"] = table["cover:water"]
    forests[~(table["cover:forest"].to_numpy() >= LEAST_FOREST)] = np.nan
    types = [f"forest_type:{name}" for name in FORESTS.values()]
    table = table.join(pd.DataFrame(forests, columns=types, index=regions.index))
    return table.astype(np.float32)
