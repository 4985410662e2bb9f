"""Statistics of grid cells over regions, weighted by how much of each cell a region covers.

One pass of exactextract over a frame gives the cells of every region and the covered part of each; everything else
(means of many bands, class shares, spread) is arithmetic on those, in `Coverage`. Cells also weigh by their true
area, which shrinks towards the poles.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from matcher.build.coverage import Coverage
from matcher.build.grids import SHARED
from matcher.build.kept import kept
from matcher.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from matcher.build.grids import Frame

    Floats = NDArray[np.float64]

__all__ = ["Coverage", "check_regions", "coverages", "zonal"]


def check_regions(regions: GeoDataFrame) -> None:
    """Refuse regions in another system than longitude and latitude.

    Raises
    ------
    BuildError
        exactextract would only warn, and give numbers of another place.
    """
    if regions.crs is None or regions.crs.to_epsg() != 4326:
        raise BuildError(f"regions must be in EPSG:4326 (longitude, latitude), not {regions.crs}")


def coverages(regions: GeoDataFrame, frame: Frame, *, chunk: int = 8192) -> Iterator[Coverage]:
    """Coverage of a frame by regions, in chunks of regions in their order, so that memory stays small.

    Parameters
    ----------
    regions
        Geometry in EPSG:4326. A region without a covered cell (a point, or off the grid) takes the cell of its
        representative point; an empty one has no entries.
    frame
        Geometry of the grid.
    chunk
        Regions at a time.
    """
    check_regions(regions)
    weights = np.cos(np.radians(frame.lats))
    parts = (
        _coverage(regions.iloc[first : first + chunk], frame, weights)
        for first in range(0, len(regions), chunk)
    )
    if frame in SHARED:
        yield from kept((frame, chunk), regions.geometry.to_numpy(), lambda: list(parts))
    else:
        yield from parts


def _coverage(regions: GeoDataFrame, frame: Frame, row_weight: Floats) -> Coverage:
    import shapely
    from exactextract import exact_extract
    from exactextract.raster import NumPyRasterSource

    from matcher.build.polygons import KEY, Polygons

    # a region is known by its row, so that no index or column of the table can be lost on the way
    shapes = regions.geometry.to_numpy()
    usable = np.flatnonzero(~(shapely.is_empty(shapes) | shapely.is_missing(shapes)))
    areas = usable[shapely.get_dimensions(shapes[usable]) == 2]
    crs = regions.crs.to_wkt()
    vector = Polygons(areas, shapes[areas], crs)
    west, south, east, north = frame.bounds
    # values are never read: a broadcast zero has the shape of the grid and no memory
    blank = np.broadcast_to(np.zeros(1, dtype=np.uint8), (frame.rows, frame.cols))
    raster = NumPyRasterSource(blank, west, south, east, north, name="grid", srs_wkt=crs)
    empty = np.empty(0, dtype=np.intp)
    region, cell, part = empty, empty, np.empty(0)
    if len(areas):
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)  # a CRS mismatch only warns
            found = exact_extract(
                raster, vector, ["cell_id", "coverage"], include_cols=[KEY], output="pandas"
            )
        cells = [np.atleast_1d(np.asarray(value)) for value in found["cell_id"]]
        owner = found[KEY].to_numpy().astype(np.intp)
        region = np.repeat(owner, [len(value) for value in cells])
        cell = np.concatenate(cells).astype(np.intp)
        part = np.concatenate([np.atleast_1d(np.asarray(value, dtype=float)) for value in found["coverage"]])
        keep = part > 0
        region, cell, part = region[keep], cell[keep], part[keep]
    lost = np.setdiff1d(usable, region)
    if len(lost):
        points = regions.geometry.iloc[lost].representative_point()
        row, col = frame.cell(points.y.to_numpy(), points.x.to_numpy())
        region, cell = np.concatenate([region, lost]), np.concatenate([cell, row * frame.cols + col])
        part = np.concatenate([part, np.ones(len(lost))])
    return Coverage(frame, len(regions), region, cell, part * row_weight[cell // frame.cols])


def zonal(regions: GeoDataFrame, frame: Frame, *statistics: Callable[[Coverage], Floats]) -> list[Floats]:
    """Apply statistics to the coverage of all regions in one pass.

    Parameters
    ----------
    regions
        Geometry in EPSG:4326.
    frame
        Geometry of the grid.
    *statistics
        Functions of a `Coverage`, such as ``lambda c: c.mean(grid)``; each gives an array of n rows.

    Returns
    -------
    list of ndarray
        One for each statistic, rows in the order of `regions`.
    """
    parts: list[list[Floats]] = [[] for _ in statistics]
    for coverage in coverages(regions, frame):
        for part, statistic in zip(parts, statistics, strict=True):
            part.append(statistic(coverage))
    return [np.concatenate(part) if part else np.empty(0) for part in parts]
