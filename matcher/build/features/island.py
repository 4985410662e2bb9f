"""How large the land is that a region lies on: an island, or a continent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.build.landmass import landmass_km2

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("landmass_km2",)
SOURCES: tuple[str, ...] = ("land",)


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Column ``landmass_km2``: connected land (30 arcsec cells) around each region's point.

    0 where the point lies in a sea cell: an islet smaller than a cell.
    """
    import pandas as pd

    land = landmass_km2(sources, regions["lat"].to_numpy(dtype=float), regions["lon"].to_numpy(dtype=float))
    return pd.DataFrame({"landmass_km2": land}, index=regions.index)
