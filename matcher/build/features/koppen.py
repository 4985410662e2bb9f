"""Koppen-Geiger climate classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.build import grids
from matcher.build.zonal import zonal

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("koppen",)
SOURCES: tuple[str, ...] = ("kg",)

REACH = 11
"""Cells of 3 km: an island that the map leaves out takes the climate within some 30 km."""


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Shares of each region's area by class (``koppen:Af`` ...), by the map of 1986-2010 (100 arcsec).

    Cells that the map calls ocean are left out; a region with nothing else takes the nearest classed cells beside it.
    """
    import pandas as pd

    grid, codes = grids.koppen(sources)
    (shares,) = zonal(regions, grid.frame, lambda cover: cover.shares(grid, codes, reach=REACH))
    columns = [f"koppen:{code}" for code in codes.values()]
    return pd.DataFrame(shares, columns=columns, index=regions.index).astype("float32")
