"""People per km2 of the wider surroundings, from a one-degree grid: too coarse for a county, right for empty land."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

LARGE_KM2 = 5_000.0
"""From this area on a region fills enough of the grid's cells for them to say something of it."""
_LEAST_LAND_KM2 = 50.0


def people_per_km2(regions: GeoDataFrame, sources: Sources) -> NDArray[np.float64]:
    """Mean of the grid over each region, persons per km2 of land, shape (n,); NaN where the grid has no cell.

    Parameters
    ----------
    regions
        Geometry in EPSG:4326.
    sources
        Access to ``hot2``.
    """
    import pandas as pd

    from matcher.build.grids import table_grid
    from matcher.build.zonal import zonal

    columns = ["lon", "lat", "land_area", "pop"]
    table = pd.read_csv(sources.path("hot2"), usecols=columns).astype(float)
    density = table["pop"].to_numpy() / np.maximum(table["land_area"].to_numpy(), _LEAST_LAND_KM2)
    grid = table_grid(table["lon"].to_numpy(), table["lat"].to_numpy(), density, 1.0)
    (mean,) = zonal(regions, grid.frame, lambda coverage: coverage.mean(grid))
    result: NDArray[np.float64] = np.asarray(mean, dtype=float)
    return result
