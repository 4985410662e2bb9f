"""Mean elevation and relief."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.build import grids
from matcher.build.zonal import zonal

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("elevation", "relief")
SOURCES: tuple[str, ...] = ("topo", "land")

WINDOW_KM2 = 400.0
"""Relief is measured over at least about this area: five cells at the equator, eight at 50 deg."""
DEGREE_KM = 111.195


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Mean elevation of each region and the spread of elevation in and around it.

    - ``elevation``, m: mean of cell means (1/12 deg), each cell weighing by its land share, so that the zeros of the
      sea do not pull the mean of a coast down.
    - ``relief``, m: standard deviation of the cells. A region of fewer than four or five cells has no meaningful
      spread of its own, so it is measured over the region widened until a disc of its area would hold `WINDOW_KM2`:
      for a commune of 10 km2 that is 9.5 km around it, about a cell on each side; a region of `WINDOW_KM2` or more
      keeps its own outline. So no relief describes less than some 10 km around, however small the units of a country
      are. Peaks are cut by the size of a cell: it is about 0.75 of the spread of finer cells.
    """
    import pandas as pd

    grid = grids.elevation(sources)
    land = grids.land_share(sources, grid.frame)
    mean, spread = zonal(
        regions, grid.frame, lambda cover: cover.mean(grid, land), lambda cover: cover.spread(grid, land)
    )
    shapes = regions.geometry.to_numpy()
    wide = widened(shapes, WINDOW_KM2)
    small = np.flatnonzero(wide != shapes)
    around = regions.iloc[small].set_geometry(wide[small], crs=regions.crs)
    (spread[small],) = zonal(around, grid.frame, lambda cover: cover.spread(grid, land))
    return pd.DataFrame({"elevation": mean, "relief": spread}, index=regions.index).astype("float32")


def widened(shapes: NDArray[Any], window_km2: float) -> NDArray[Any]:
    """Outlines, each widened by what the radius of a disc of its area lacks to that of a disc of `window_km2`.

    Parameters
    ----------
    shapes
        Polygons in degrees, shape (n,).
    window_km2
        Area of the disc; larger shapes stay as they are.
    """
    import shapely

    bounds = shapely.bounds(shapes)
    shrink = np.cos(np.radians((bounds[:, 1] + bounds[:, 3]) / 2.0))
    radius = np.sqrt(shapely.area(shapes) * shrink / np.pi) * DEGREE_KM
    lacking = np.sqrt(window_km2 / np.pi) - radius
    small = np.flatnonzero(lacking > 0)
    out = shapes.copy()
    # east-west degrees are shortened to the length of north-south ones, widened, and stretched back
    flat = _stretch(shapely.simplify(shapes[small], 0.005), shrink[small])
    wide = shapely.buffer(flat, lacking[small] / DEGREE_KM, quad_segs=4)
    out[small] = _stretch(wide, 1.0 / shrink[small])
    return out


def _stretch(shapes: NDArray[Any], factor: NDArray[np.float64]) -> NDArray[Any]:
    import shapely

    points, owner = shapely.get_coordinates(shapes, return_index=True)
    points[:, 0] *= factor[owner]
    out: NDArray[Any] = shapely.set_coordinates(shapes.copy(), points)
    return out
