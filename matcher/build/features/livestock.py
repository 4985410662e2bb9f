"""Livestock: the regional background of poultry and of mammals (one degree, 111 km)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.build.grids import Grid, table_grid
from matcher.build.zonal import zonal

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("poultry", "livestock")
SOURCES: tuple[str, ...] = ("hot2",)

LEAST_LAND_KM2 = 50.0
"""Cells with less land are left out: their densities are noise."""


def density_grids(table: pd.DataFrame) -> tuple[Grid, Grid]:
    """Head per km2 of land (2 bands: poultry, mammals) and the km2 of land, from the rows of the source."""
    usable = table[table["land_area"] >= LEAST_LAND_KM2]
    land = usable["land_area"].to_numpy(dtype=float)
    heads = usable[["poultry", "livestock_mam"]].to_numpy(dtype=float) / land[:, None]
    lon, lat = usable["lon"].to_numpy(dtype=float), usable["lat"].to_numpy(dtype=float)
    return table_grid(lon, lat, heads, 1.0), table_grid(lon, lat, land, 1.0, fill=0.0)


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Columns ``poultry`` and ``livestock``: head per km2 of land. A cell holds many regions."""
    import pandas as pd

    # Namibia's code is "NA": it is text, while a blank head count is no number
    table = pd.read_csv(sources.path("hot2"), usecols=["lon", "lat", "land_area", "poultry", "livestock_mam"])
    heads, land = density_grids(table)
    # a cell's land over the most in its row: the coverage itself brings in the cosine of the latitude
    km2 = land.values
    weights = km2 / np.maximum(km2.max(axis=1, keepdims=True), 1.0)
    (mean,) = zonal(regions, heads.frame, lambda coverage: coverage.mean(heads, weights))
    return pd.DataFrame(mean, index=regions.index, columns=["poultry", "livestock"])
