"""Land use: cropland, pasture, irrigation (half a degree), and the mosaic of small fields (5.5 km)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.build.grids import Grid, land_cover, land_share, table_grid
from matcher.build.zonal import zonal

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("cropland", "crop_mosaic", "pasture", "irrigated")
SOURCES: tuple[str, ...] = ("isimip_landuse", "land", "lc")
TOGETHER = "grids"

LEAST_CROPLAND = 0.005
"""Least cropland, share of area, for the irrigated part of it to be known."""

_COLUMNS = {"irrigated": "X2006.1", "cropland": "X2006.3", "pasture": "X2006.4"}
_WATER = 0
_CROP_CLASSES = (12, 14)


def irrigated_share(irrigated: NDArray[np.float64], cropland: NDArray[np.float64]) -> NDArray[np.float64]:
    """Irrigated part of the cropland, 0..1; NaN where there is next to no cropland.

    Parameters
    ----------
    irrigated, cropland
        Shares of area, shape (n,).
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.clip(irrigated / cropland, 0.0, 1.0)
    return np.where(cropland >= LEAST_CROPLAND, share, np.nan)


def mosaic_grid(cover: Grid, land: NDArray[np.float32]) -> Grid:
    """1 on cropland and mosaic of small fields, 0 on other land and inland water; the sea has no value.

    Parameters
    ----------
    cover
        IGBP classes.
    land
        Share of each cell that is land or inland water, 0..1.
    """
    classes = cover.values
    fields = np.isin(classes, _CROP_CLASSES).astype(np.float32)
    fields[(classes == _WATER) & (land < 0.5)] = np.nan
    return Grid(cover.frame, fields)


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Columns ``cropland``, ``crop_mosaic`` and ``pasture`` (shares of area), ``irrigated`` (share of cropland)."""
    import pandas as pd

    table = pd.read_csv(sources.path("isimip_landuse"))
    grid = table_grid(
        table["x"].to_numpy(), table["y"].to_numpy(), table[list(_COLUMNS.values())].to_numpy(), 0.5
    )
    (use,) = zonal(regions, grid.frame, lambda coverage: coverage.mean(grid))
    found = dict(zip(_COLUMNS, use.T, strict=True))
    cover = land_cover(sources)
    mosaic = mosaic_grid(cover, land_share(sources, cover.frame))
    (fields,) = zonal(regions, mosaic.frame, lambda coverage: coverage.mean(mosaic))
    return pd.DataFrame(
        {
            "cropland": found["cropland"],
            "crop_mosaic": fields,
            "pasture": found["pasture"],
            "irrigated": irrigated_share(found["irrigated"], found["cropland"]),
        },
        index=regions.index,
    )
