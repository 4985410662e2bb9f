"""Crops: the mix of ten crops by harvested area, and how intensely and how wet they are grown (half a degree).

Harvested areas are of MIRCA2000, the cropland that they are set against of ISIMIP.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import numpy as np

from matcher.build.features.landuse import LEAST_CROPLAND
from matcher.build.grids import Frame, Grid, land_share, table_grid
from matcher.build.zonal import zonal

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("crop_mix", "rice_irrigated", "rainfed", "cropping_intensity")
SOURCES: tuple[str, ...] = ("land", "mirca", "mirca_asc", "isimip_landuse")
TOGETHER = "grids"

CROPS: tuple[str, ...] = (
    "wheat", "maize", "rice", "barley", "millet", "sorghum", "soybean", "rapeseed", "cotton", "potato",
)  # fmt: skip

LEAST_CROPS = 0.2
"""Least harvested area of the ten crops, ha per km2 of land, for a mix to be known: 500 ha in a half-degree cell of
2,500 km2. A density serves communes and provinces alike."""
LEAST_RICE = 0.04
"""Least harvested rice, ha per km2 of land, for its irrigated share to be known: 100 ha in such a cell."""
MOST_INTENSE = 3.0
"""Three harvests a year of ten crops; more is a fault of the two sources against each other."""
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


def rainfed_share(mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Part of the harvested area of the ten crops that is rain-fed, shape (n,); NaN where `shares` knows no mix.

    Parameters
    ----------
    mean
        As for `shares`.
    """
    total = mean.sum(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total >= LEAST_CROPS, mean[:, :, 0].sum(axis=1) / total, np.nan)


def intensity(mean: NDArray[np.float64], cropland: NDArray[np.float64]) -> NDArray[np.float64]:
    """Harvested ha of the ten crops a year and ha of cropland, 0..`MOST_INTENSE`, shape (n,).

    Above 1 where fields bear twice a year, far below 1 where orchards, cane, vegetables and other crops fill them;
    NaN where there is next to no cropland.

    Parameters
    ----------
    mean
        As for `shares`.
    cropland
        Share of the land, shape (n,).
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = mean.sum(axis=(1, 2)) / (100.0 * cropland)
    return np.where(cropland >= LEAST_CROPLAND, np.minimum(ratio, MOST_INTENSE), np.nan)


def cropland_share(sources: Sources, land: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cropland as a share of the land of each cell, shape (360, 720); cells without figures have none."""
    import pandas as pd

    table = pd.read_csv(sources.path("isimip_landuse"))
    share = table_grid(table["x"].to_numpy(), table["y"].to_numpy(), table["X2006.3"].to_numpy(), FRAME.step)
    on_land: NDArray[np.float32] = np.nan_to_num(share.values) / np.maximum(land, LEAST_LAND)
    return np.minimum(on_land, np.float32(1.0))


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Columns ``crop_mix:<crop>`` (sum 1), ``rice_irrigated``, ``rainfed`` (shares) and ``cropping_intensity``.

    Cells count by their harvested area on the region's land: a cell's hectares are first divided by its land, so
    that a coastal cell is not thinned out by its sea.
    """
    import pandas as pd

    land = land_share(sources, FRAME)
    bands = density(harvested(sources), land).reshape(-1, FRAME.rows, FRAME.cols)
    bands = np.concatenate([bands, cropland_share(sources, land)[None]])
    grid = Grid(FRAME, np.where(land > 0, bands, np.nan).astype(np.float32))
    (found,) = zonal(regions, FRAME, lambda coverage: coverage.mean(grid, land))
    mean, cropland = found[:, :-1].reshape(len(regions), len(CROPS), 2), found[:, -1]
    mix, irrigated = shares(mean)
    table = pd.DataFrame(mix, index=regions.index, columns=[f"crop_mix:{crop}" for crop in CROPS])
    return table.assign(
        rice_irrigated=irrigated, rainfed=rainfed_share(mean), cropping_intensity=intensity(mean, cropland)
    )
