"""Sunshine and humidity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.build import grids
from matcher.build.zonal import zonal

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("sunshine", "humidity")
SOURCES: tuple[str, ...] = ("sun",)
TOGETHER = "grids"

REACH = 6
"""Cells of 1/4 deg: an island that the land grid leaves out takes the nearest land within 160 km. Six cells apart the grid's
own land differs by .09 kWh and .19 g in the median, a twentieth of the spread over the world."""


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Means over each region of a 1/4 deg land grid, read between its cell centres.

    - ``sunshine``, kWh/m2/d: mean global horizontal irradiation.
    - ``humidity``, g/kg: mean specific humidity.
    """
    import pandas as pd

    grid = grids.sunshine(sources)
    (means,) = zonal(regions, grids.FINE, lambda cover: cover.smooth_mean(grid, reach=REACH))
    return pd.DataFrame(means, columns=list(FEATURES), index=regions.index).astype("float32")
