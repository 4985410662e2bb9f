"""Soil: acidity of the topsoil (HWSD, 5.5 km)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.build.grids import Frame, Grid
from matcher.build.zonal import zonal

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("soil_ph",)
SOURCES: tuple[str, ...] = ("ph_soil",)
TOGETHER = "grids"

FRAME = Frame(3600, 7200, -180.0, 90.0, 0.05)


def acidity(sources: Sources) -> Grid:
    """Topsoil pH in water; NaN on water, ice and rock. The file is south first."""
    import netCDF4

    with netCDF4.Dataset(sources.path("ph_soil")) as data:
        values = np.ma.filled(data["T_PH_H2O"][:].astype(np.float32), np.nan)[::-1]
    # a pH of 2 or less is a fill value, not a soil
    return Grid(FRAME, np.where(values > 2.0, values, np.nan).astype(np.float32))


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Column ``soil_ph``: mean pH over the cells that have soil."""
    import pandas as pd

    grid = acidity(sources)
    (mean,) = zonal(regions, FRAME, lambda coverage: coverage.mean(grid))
    return pd.DataFrame({"soil_ph": mean}, index=regions.index)
