"""People per km2 of the wider surroundings, from a one-degree grid: too coarse for a county, right for empty land."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

EAST_DEG, SOUTH_OF_DEG = 68.0, 50.0
"""East of this meridian and south of this parallel the file has its people one column too far east: so laid, they
agree with official figures there (correlation of logarithms .19 -> .85 in Korea, .30 -> .98 in the Philippines), and
nowhere else. Its heads of livestock and its land are where they should be."""
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
    from matcher.build.grids import Frame, Grid
    from matcher.build.zonal import zonal

    table, land = _table(sources), np.full(64_800, np.nan)
    land[table["cell"]] = np.maximum(table["land_area"], _LEAST_LAND_KM2)
    density = (people_by_cell(sources) / land).reshape(180, 360).astype(np.float32)
    grid = Grid(Frame(180, 360, -180.0, 90.0, 1.0), density)
    (mean,) = zonal(regions, grid.frame, lambda coverage: coverage.mean(grid))
    result: NDArray[np.float64] = np.asarray(mean, dtype=float)
    return result


def people_by_cell(sources: Sources) -> NDArray[np.float64]:
    """People in each cell of one degree, from 90 N and 180 W, shape (180 * 360,); NaN where the file has none."""
    table = _table(sources)
    east = (table["lon"] > EAST_DEG + 1.0) & (table["lat"] < SOUTH_OF_DEG)
    result: NDArray[np.float64] = np.full(64_800, np.nan)
    result[table["cell"][~east]] = table["pop"][~east]
    # the cell on the seam is written twice: what is moved into it is what belongs there
    result[table["cell"][east] - 1] = table["pop"][east]
    return result


def _table(sources: Sources) -> pd.DataFrame:
    import pandas as pd

    columns = ["lon", "lat", "land_area", "pop"]
    table = pd.read_csv(sources.path("hot2"), usecols=columns).astype(float)
    row, column = np.floor(90.0 - table["lat"]), np.floor(table["lon"] + 180.0)
    return table.assign(cell=(row * 360 + column).astype(int))
