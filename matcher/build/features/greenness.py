"""Greenness of the year's peak, and how much it changes with the seasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.build import grids
from matcher.build.zonal import zonal

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("greenness", "green_season")
SOURCES: tuple[str, ...] = ("ndvi",)
TOGETHER = "grids"


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Means over each region of the vegetation index (NDVI, 0.05 deg).

    - ``greenness``, index: highest of the year. ``green_season``, index: highest minus lowest.
    """
    import pandas as pd

    grid = grids.greenness(sources)
    (means,) = zonal(regions, grid.frame, lambda cover: cover.mean(grid))
    columns = {"greenness": means[:, 0], "green_season": means[:, 0] - means[:, 1]}
    return pd.DataFrame(columns, index=regions.index).astype("float32")
