"""Livestock: the regional background of poultry and of mammals (one degree, 111 km), drawn toward the country's.

A cell with little land tells little: its density is that of a few hundred km2, and the source's own land and heads do not
end on one shore. So a region's figure is a mean of logarithms, of its cells and of its country, and the more land its
cells hold, the more they count. Regions much smaller than a cell of full land keep the cell's density: in a grid made
coarser, 4 to 400 regions a cell, no part of the country's mean came nearer to them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from matcher.build.grids import Grid, table_grid
from matcher.build.zonal import zonal

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

    Floats = NDArray[np.float64]

FEATURES: tuple[str, ...] = ("poultry", "livestock")
SOURCES: tuple[str, ...] = ("hot2", "gnc")

LEAST_LAND_KM2 = 50.0
"""Cells with less land are left out: their densities are noise."""

HALF_KM2 = 1_000.0
"""Land of a cell that counts as much as its country: a full cell of 12,300 km2 has 92 %, one of 300 km2 23 %.

Judged by how well a cell of little land foretells a neighbour of 5,000 km2 or more in the same country: under 4,000 km2
(1,772 pairs of cells, 109 countries) the error of the logarithm falls from 1.83 to 1.14 for poultry and from 1.35 to .79
for mammals; the country alone has 1.25 and .93. It is the best for cells under 500 km2; for larger ones a heavier hand
does a little better still, but there the distance between neighbours speaks, not the want of land."""


def density_grids(table: pd.DataFrame) -> tuple[Grid, Grid]:
    """Head per km2 of land (2 bands: poultry, mammals) and the km2 of land, from the rows of the source."""
    usable = table[table["land_area"] >= LEAST_LAND_KM2]
    land = usable["land_area"].to_numpy(dtype=float)
    heads = usable[["poultry", "livestock_mam"]].to_numpy(dtype=float) / land[:, None]
    lon, lat = usable["lon"].to_numpy(dtype=float), usable["lat"].to_numpy(dtype=float)
    return table_grid(lon, lat, heads, 1.0), table_grid(lon, lat, land, 1.0, fill=0.0)


def country_densities(table: pd.DataFrame, codes: dict[str, str]) -> pd.DataFrame:
    """Head per km2 of land of each country: index alpha-2 code, columns poultry, livestock_mam.

    Parameters
    ----------
    table
        Rows of the source.
    codes
        Alpha-2 code by alpha-3 code.
    """
    import pandas as pd

    usable = table[table["land_area"] >= LEAST_LAND_KM2]
    country = usable["iso3"].map(codes)
    densities = {}
    for column in ("poultry", "livestock_mam"):
        land = usable["land_area"].where(usable[column].notna())
        densities[column] = usable[column].groupby(country).sum() / land.groupby(country).sum()
    return pd.DataFrame(densities)


def drawn_in(own: Floats, land: Floats, country: Floats) -> Floats:
    """Densities of regions drawn toward those of their countries.

    Parameters
    ----------
    own, country
        Head per km2, shape (n,); of a country without any, NaN, the own stands.
    land
        km2 of land that a cell of the region holds, shape (n,).
    """
    weight = np.where(np.isfinite(country), land / (land + HALF_KM2), 1.0)
    mean = weight * np.log1p(own) + (1.0 - weight) * np.log1p(np.nan_to_num(country))
    return np.asarray(np.expm1(mean), dtype=float)


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Columns ``poultry`` and ``livestock``: head per km2 of land. A cell holds many regions."""
    import pandas as pd

    table = pd.read_csv(
        sources.path("hot2"), usecols=["iso3", "lon", "lat", "land_area", "poultry", "livestock_mam"]
    )
    heads, land = density_grids(table)
    # a cell's land over the most in its row: the coverage itself brings in the cosine of the latitude
    km2 = land.values
    weights = km2 / np.maximum(km2.max(axis=1, keepdims=True), 1.0)
    mean, behind = zonal(
        regions,
        heads.frame,
        lambda coverage: coverage.mean(heads, weights),
        lambda coverage: coverage.mean(land, weights),
    )
    facts = json.loads(sources.path("gnc", "countries.json").read_text("utf-8"))
    of_country = country_densities(table, {row["iso3"]: code for code, row in facts.items()})
    of_country = of_country.reindex(regions["country"].to_numpy(object))
    columns = {
        name: drawn_in(mean[:, i], behind, of_country[column].to_numpy(dtype=float))
        for i, (name, column) in enumerate((("poultry", "poultry"), ("livestock", "livestock_mam")))
    }
    return pd.DataFrame(columns, index=regions.index)
