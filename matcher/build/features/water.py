"""Lakes, reservoirs and the rivers that world maps draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.build.edges import DEGREE_KM, EARTH_KM, chord_km, on_sphere
from matcher.build.zonal import check_regions

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

    Floats = NDArray[np.float64]

FEATURES: tuple[str, ...] = ("lake_share", "largest_lake_km2", "lakes_count", "river_density")
SOURCES: tuple[str, ...] = ("lakes",)

SHORE_KM = 1.0
"""A lake this near to the outline counts as the region's: outlines end at the shore, more or less."""
STRETCH = 16
"""A short line lies in few regions, and mostly in one."""
LAKE, ISLAND, POND = 2, 3, 4
"""Levels of the outlines: lakes, islands in lakes, ponds on such islands."""


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Water that world maps draw.

    - ``lake_share``, 0..1: share of the region inside lake and reservoir outlines, islands taken out; 0 where none is
      drawn is a fact about the map. The Caspian counts as a lake. A town whose outline ends at the shore has none.
    - ``largest_lake_km2``, ``lakes_count``: area of the largest lake inside or within `SHORE_KM` of the outline, whole
      even where a part lies elsewhere, and the number of such lakes; 0 where none is drawn.
    - ``river_density``, km/km2: length of river lines; many real rivers are not drawn (the Seomjin, for one).
    """
    import pandas as pd

    check_regions(regions)
    drawn = read_lakes(sources, LAKE)
    largest, number = lakes_at(regions, drawn)
    lakes = sum(
        (
            sign * covered_area(regions, drawn if level == LAKE else read_lakes(sources, level))
            for level, sign in ((LAKE, 1), (ISLAND, -1), (POND, 1))
        ),
        start=np.zeros(len(regions)),
    )
    area = regions["area_km2"].to_numpy(dtype=float)
    length = line_length(regions, read_rivers(sources))
    with np.errstate(invalid="ignore", divide="ignore"):
        columns = {
            "lake_share": np.clip(lakes / equal_area_km2(regions), 0.0, 1.0),
            "largest_lake_km2": largest,
            "lakes_count": number,
            "river_density": np.where(area > 0, length / area, np.nan),
        }
    return pd.DataFrame(columns, index=regions.index).astype("float32")


def covered_area(regions: GeoDataFrame, shapes: NDArray[Any]) -> Floats:
    """Area of each region, km2, that lies inside any of `shapes`, which do not overlap one another."""
    import shapely

    own = regions.geometry.to_numpy()
    pieces, region = cut(own, shapes)
    area: Floats = np.bincount(region, weights=shapely.area(equal_area(pieces)), minlength=len(own)).astype(
        float
    )
    return area


def lakes_at(regions: GeoDataFrame, lakes: NDArray[Any]) -> tuple[Floats, Floats]:
    """Area of the largest lake at each region, km2, and the number of lakes there, shapes (n,); 0 without any."""
    import shapely

    own = regions.geometry.to_numpy()
    west, south, east, north = shapely.bounds(lakes).T
    reach = SHORE_KM / DEGREE_KM
    around = shapely.box(west - reach, south - reach, east + reach, north + reach)
    lake, region = shapely.STRtree(own).query(around)
    shapely.prepare(lakes)
    near = shapely.dwithin(lakes[lake], own[region], reach)
    lake, region = lake[near], region[near]
    area = shapely.area(equal_area(lakes))
    largest = np.zeros(len(own))
    np.maximum.at(largest, region, area[lake])
    number: Floats = np.bincount(region, minlength=len(own)).astype(float)
    return largest, number


def equal_area_km2(regions: GeoDataFrame) -> Floats:
    """Area of each region on the sphere, km2."""
    import shapely

    area: Floats = shapely.area(equal_area(regions.geometry.to_numpy()))
    return area


def equal_area(shapes: NDArray[Any]) -> NDArray[Any]:
    """Shapes in a cylindrical equal-area plane (km): every piece keeps its area on the sphere."""
    import shapely

    def project(points: Floats) -> Floats:
        return np.stack([np.radians(points[:, 0]), np.sin(np.radians(points[:, 1]))], axis=1) * EARTH_KM

    out: NDArray[Any] = shapely.transform(shapes, project)
    return out


def line_length(regions: GeoDataFrame, lines: NDArray[Any]) -> Floats:
    """Length, km, of the parts of `lines` inside each region."""
    import shapely

    own = regions.geometry.to_numpy()
    pieces, region = cut(own, lines)
    parts, piece = shapely.get_parts(pieces, return_index=True)
    points, part = shapely.get_coordinates(parts, return_index=True)
    sphere = on_sphere(points[:, 1], points[:, 0])
    step = chord_km(np.linalg.norm(np.diff(sphere, axis=0), axis=1))
    same = part[1:] == part[:-1]
    owner = region[piece[part[1:][same]]]
    length: Floats = np.bincount(owner, weights=step[same], minlength=len(own)).astype(float)
    return length


def cut(own: NDArray[Any], shapes: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Parts of `shapes` inside regions, and the region of each. Most lie in one as a whole and need no cutting."""
    import shapely

    shape, region = shapely.STRtree(own).query(shapes)
    shapely.prepare(own)
    meets = shapely.intersects(own[region], shapes[shape])
    shape, region = shape[meets], region[meets]
    pieces = shapes[shape]
    across = ~shapely.contains_properly(own[region], pieces)
    pieces[across] = shapely.intersection(own[region[across]], pieces[across])
    return pieces, region


def read_lakes(sources: Sources, level: int) -> NDArray[Any]:
    """Outlines of one level, as polygons in degrees."""
    import shapely

    rings = [line for line in _outlines(sources, "gshhs", level) if len(line) >= 4]
    return np.array([shapely.make_valid(shapely.polygons(ring)) for ring in rings], dtype=object)


def read_rivers(sources: Sources) -> NDArray[Any]:
    """River lines in degrees, in stretches of at most `STRETCH` points."""
    import shapely

    lines = _outlines(sources, "rivers", None)
    stretches = (line[i : i + STRETCH] for line in lines for i in range(0, len(line) - 1, STRETCH - 1))
    return np.array([shapely.linestrings(stretch) for stretch in stretches])


def _outlines(sources: Sources, kind: str, level: int | None) -> list[Floats]:
    """Lines of one file: a text file says level, area, points, south, north, offset, bytes and id of each.

    The points are float32 pairs of longitude and latitude; longitudes may pass 180.
    """
    data = np.fromfile(sources.path("lakes", f"{kind}_i.dat"), dtype="<f4")
    lines = []
    with sources.path("lakes", f"{kind}meta_i.dat").open(encoding="ascii") as listing:
        for row in listing:
            fields = row.split()
            if level is not None and int(fields[0]) != level:
                continue
            start, size = int(fields[5]) // 4, int(fields[6]) // 4
            line = data[start : start + size].astype(float).reshape(-1, 2)
            if line[:, 0].mean() > 180.0:
                line[:, 0] -= 360.0
            lines.append(line)
    return lines
