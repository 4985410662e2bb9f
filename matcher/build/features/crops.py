"""Crops: the mix of ten crops by harvested area, and how much of the rice is irrigated (MIRCA2000, half a degree)."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import numpy as np

from matcher.build.grids import Frame, Grid, land_share
from matcher.build.zonal import zonal

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("crop_mix", "rice_irrigated")
SOURCES: tuple[str, ...] = ("land", "mirca", "mirca_asc")

CROPS: tuple[str, ...] = (
    "wheat", "maize", "rice", "barley", "millet", "sorghum", "soybean", "rapeseed", "cotton", "potato",
)  # fmt: skip

LEAST_CROPS = 0.2
"""Least harvested area of the ten crops, ha per km2 of land, for a mix to be known: 500 ha in a half-degree cell of
2,500 km2. A density serves communes and provinces alike."""
LEAST_RICE = 0.04
"""Least harvested rice, ha per km2 of land, for its irrigated share to be known: 100 ha in such a cell."""
LEAST_LAND = 0.02
"""A cell with less land than this takes this much, so that a rounding error is not taken for a dense crop."""

FRAME = Frame(360, 720, -180.0, 90.0, 0.5)
# The text grids hold twice the irrigated wheat of the Punjab, which is right, and the only potatoes.
_TEXT_GRIDS = {"wheat": "01", "potato": "10"}
_NC_NAMES = {"soybean": "soy"}

KM_PER_DEGREE = 111.195


def cell_km2(frame: Frame) -> NDArray[np.float64]:
    """Area of the cells of each row on a sphere, km2, shape (rows, 1)."""
    side = frame.step * KM_PER_DEGREE
    area: NDArray[np.float64] = (side * side * np.cos(np.radians(frame.lats)))[:, None]
    return area


def harvested(sources: Sources) -> NDArray[np.float32]:
    """Harvested ha in each cell, shape (10 crops, 2: rain-fed and irrigated, 360, 720), north first; no data is 0."""
    return np.stack(
        [_text(sources, crop) if crop in _TEXT_GRIDS else _netcdf(sources, crop) for crop in CROPS]
    )


def _text(sources: Sources, crop: str) -> NDArray[np.float32]:
    grids = []
    for water in ("rfc", "irc"):
        name = f"annual_area_harvested_{water}_crop{_TEXT_GRIDS[crop]}_ha_30mn.asc.gz"
        with gzip.open(sources.path("mirca_asc", name), "rt", encoding="ascii") as lines:
            values = np.loadtxt(lines, skiprows=6, dtype=np.float32)
        grids.append(np.where(values > 0, values, 0.0).astype(np.float32))
    return np.stack(grids)


def _netcdf(sources: Sources, crop: str) -> NDArray[np.float32]:
    import netCDF4

    with netCDF4.Dataset(sources.path("mirca", f"{_NC_NAMES.get(crop, crop)}.nc4")) as data:
        values = np.ma.filled(data["area"][:].astype(np.float64), 0.0)
    return np.where((values > 0) & (values < 1e9), values, 0.0).astype(np.float32)


def density(area: NDArray[np.float32], land: NDArray[np.float32]) -> NDArray[np.float32]:
    """Harvested ha per km2 of land.

    Parameters
    ----------
    area
        ha in each cell, shape (..., 360, 720).
    land
        Share of each cell that is land, 0..1, shape (360, 720).
    """
    result: NDArray[np.float32] = (area / (cell_km2(FRAME) * np.maximum(land, LEAST_LAND))).astype(np.float32)
    return result


def shares(mean: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Crop shares and irrigated share of rice.

    Parameters
    ----------
    mean
        Harvested ha per km2 of land, shape (n, 10 crops, 2: rain-fed and irrigated).

    Returns
    -------
    mix, rice_irrigated
        Shapes (n, 10) and (n,); NaN below `LEAST_CROPS` and `LEAST_RICE`.
    """
    both = mean.sum(axis=2)
    total = both.sum(axis=1, keepdims=True)
    rice = CROPS.index("rice")
    with np.errstate(invalid="ignore", divide="ignore"):
        mix = np.where(total >= LEAST_CROPS, both / total, np.nan)
        irrigated = np.where(both[:, rice] >= LEAST_RICE, mean[:, rice, 1] / both[:, rice], np.nan)
    return mix, irrigated


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Columns ``crop_mix:<crop>`` (shares that sum to 1) and ``rice_irrigated`` (share of the rice area).

    Cells count by their harvested area on the region's land: a cell's hectares are first divided by its land, so
    that a coastal cell is not thinned out by its sea.
    """
    import pandas as pd

    land = land_share(sources, FRAME)
    bands = density(harvested(sources), land).reshape(-1, FRAME.rows, FRAME.cols)
    grid = Grid(FRAME, np.where(land > 0, bands, np.nan).astype(np.float32))
    (mean,) = zonal(regions, FRAME, lambda coverage: coverage.mean(grid, land))
    mix, irrigated = shares(mean.reshape(len(regions), len(CROPS), 2))
    table = pd.DataFrame(mix, index=regions.index, columns=[f"crop_mix:{crop}" for crop in CROPS])
    return table.assign(rice_irrigated=irrigated)
