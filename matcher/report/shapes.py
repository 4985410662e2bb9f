"""Shapes: outlines and the locator map as SVG path data. Geometry in, text out; no HTML here.

The world is drawn in the Equal Earth projection (Savric, Patterson and Jenny 2018). A region is drawn in a local
projection: kilometres north and, after scaling by the cosine of the latitude, kilometres east of its centre. Over the
size of a region that keeps areas to within a per cent.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from matcher.errors import DataError
from matcher.files import read_bytes
from matcher.report.projection import equal_earth, great_circle

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

EARTH_KM = 6371.0088
KM_PER_DEGREE = math.radians(1.0) * EARTH_KM
MAP_WIDTH = 720.0
SOUTH, NORTH = -57.0, 84.0
"""The map ends where people do, degrees."""
LONGEST = 22  # letters of a name on the map
_PACIFIC = 150.0


@dataclass(frozen=True, slots=True)
class Place:
    """A region on the map: pixel, and on which side its name stands."""

    name: str
    x: float
    y: float
    label_x: float
    label_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class LocatorMap:
    """The world with two places; all path data in pixels of a `width` x `height` canvas."""

    width: float
    height: float
    land: str
    country_a: str
    country_b: str
    line: str
    a: Place
    b: Place


@dataclass(frozen=True, slots=True)
class OutlinePair:
    """Two outlines at one scale; a path is empty where no outline is shipped.

    `size` is the side of the square canvas in pixels; the bar is `bar_px` long and stands for `bar_km`. `tiny` names
    the regions too small to be seen at this scale.
    """

    size: float
    path_a: str
    path_b: str
    bar_km: float
    bar_px: float
    tiny: tuple[str, ...] = ()


# ------------------------------------------------------------------ the world


def read_world(path: Path) -> dict[str, list[list[list[float]]]]:
    """Read ``world.json``: country code to outer rings of [lon, lat] in degrees; empty where there is no such file.

    Raises
    ------
    DataError
        The file is there and is no map.
    """
    if not path.exists():
        return {}
    try:
        return dict(json.loads(read_bytes(path))["countries"])
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{path} is not a map of the world: {error!r}; build it again"
        raise DataError(msg) from error


def locator_map(
    world: Mapping[str, Sequence[Sequence[Sequence[float]]]],
    a: tuple[str, str, float, float],
    b: tuple[str, str, float, float],
) -> LocatorMap:
    """Draw the world, two places and the shortest line between them.

    Parameters
    ----------
    world
        What `read_world` gives.
    a, b
        Name, country code, latitude and longitude in degrees.
    """
    line = great_circle(a[2:], b[2:])
    centre = _centre(a[3], b[3], line)
    xmin, xmax = equal_earth(np.array([[-180.0, 0.0], [180.0, 0.0]]))[:, 0]
    top = float(equal_earth(np.array([[0.0, NORTH]]))[0, 1])
    bottom = float(equal_earth(np.array([[0.0, SOUTH]]))[0, 1])
    scale = MAP_WIDTH / (xmax - xmin)
    height = (top - bottom) * scale

    def pixel(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        xy = equal_earth(lonlat)
        return np.column_stack([(xy[:, 0] - xmin) * scale, (top - xy[:, 1]) * scale])

    def drawn(rings: Iterable[Sequence[Sequence[float]]]) -> str:
        parts = (part for ring in rings for part in _recentred(ring, centre))
        return "".join(_path(pixel(np.asarray(part)), closed=True, least=0.6) for part in parts)

    own = {a[1], b[1]}
    ends = [
        pixel(np.array([[_wrapped(lon, centre), min(max(lat, SOUTH), NORTH)]]))[0] for *_, lat, lon in (a, b)
    ]
    return LocatorMap(
        width=MAP_WIDTH,
        height=round(height, 1),
        land=drawn(ring for code, rings in world.items() if code not in own | {"AQ"} for ring in rings),
        country_a=drawn(world.get(a[1], ())),
        country_b="" if a[1] == b[1] else drawn(world.get(b[1], ())),
        line="".join(_path(pixel(part), closed=False) for part in _line_parts(line, centre)),
        a=_place(a[0], ends[0], ends[1]),
        b=_place(b[0], ends[1], ends[0], second=True),
    )


def _centre(lon_a: float, lon_b: float, line: NDArray[np.float64]) -> float:
    """Return the central meridian: Greenwich, or the Pacific where the line would be cut or lies far east or west."""
    cut = bool((np.abs(np.diff(line[:, 0])) > 180).any())
    middle = math.degrees(
        math.atan2(*(sum(f(math.radians(v)) for v in (lon_a, lon_b)) for f in (math.sin, math.cos)))
    )
    return _PACIFIC if cut or middle > 85 or middle < -150 else 10.0


def _wrapped(lon: float, centre: float) -> float:
    return (lon - centre + 180.0) % 360.0 - 180.0


def _recentred(ring: Sequence[Sequence[float]], centre: float) -> list[list[list[float]]]:
    """Move a ring to longitudes about `centre`, cut where the map ends, and cut off what lies north or south of it."""
    polygon = shapely.make_valid(shapely.polygons(ring))
    cut = centre - 180.0  # the central meridian lies east of Greenwich, so the cut is in the western half
    pieces = []
    for west, east, shift in ((-180.0, cut, 360.0 - centre), (cut, 180.0, -centre)):
        part = shapely.clip_by_rect(polygon, west, SOUTH, east, NORTH)
        pieces += [
            (shapely.get_coordinates(piece.exterior) + np.array([shift, 0.0])).tolist()
            for piece in shapely.get_parts(part)
            if piece.geom_type == "Polygon" and not piece.is_empty
        ]
    return pieces


def _line_parts(line: NDArray[np.float64], centre: float) -> list[NDArray[np.float64]]:
    """Cut a line where it leaves the map on one side and enters on the other."""
    moved = np.column_stack(
        [(line[:, 0] - centre + 180.0) % 360.0 - 180.0, np.clip(line[:, 1], SOUTH, NORTH)]
    )
    breaks = np.flatnonzero(np.abs(np.diff(moved[:, 0])) > 180) + 1
    return [part for part in np.split(moved, breaks) if len(part) > 1]


def _place(
    name: str, here: NDArray[np.float64], other: NDArray[np.float64], *, second: bool = False
) -> Place:
    """Set the name on the side away from the other place, and inside the map."""
    x, y = float(here[0]), float(here[1])
    right = bool(x > other[0]) if abs(x - other[0]) > 1 else second
    short = name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"
    # On a phone the letters are drawn larger, about 13 pixels of this canvas each: change sides if there is no room.
    room = 13.0 * len(short) + 14.0
    space = (x, MAP_WIDTH - x)
    if space[right] < room:
        right = space[1] > space[0]
    below = y > other[1] if abs(y - other[1]) > 1 else second
    shift = (14.0 if below else -6.0) if abs(y - other[1]) < 30 else 4.0
    return Place(
        name=short,
        x=round(x, 1),
        y=round(y, 1),
        label_x=round(x + (9.0 if right else -9.0), 1),
        label_y=round(y + shift, 1),
        anchor="start" if right else "end",
    )


# ----------------------------------------------------------------- the regions


def outline_pair(
    a: tuple[str, BaseGeometry | None], b: tuple[str, BaseGeometry | None], size: float = 300.0
) -> OutlinePair | None:
    """Draw two outlines at the same scale, each in the middle of a square canvas.

    Parameters
    ----------
    a, b
        Name, and outline in degrees or None.
    size
        Side of a canvas in pixels; a margin of a fifteenth is kept.

    Returns
    -------
    OutlinePair or None
        None where neither outline is shipped.
    """
    rings = [[] if shape is None or shape.is_empty else _local_rings(shape) for _, shape in (a, b)]
    extents = [max(np.ptp(np.concatenate(parts), axis=0).max(), 1e-3) for parts in rings if parts]
    if not extents:
        return None
    scale = size * (1 - 2 / 15) / max(extents)
    paths = [_outline_path(parts, scale, size) for parts in rings]
    bar = nice_length(size * 0.3 / scale)
    tiny = tuple(
        name
        for (name, _), parts in zip((a, b), rings, strict=True)
        if parts and np.ptp(np.concatenate(parts), axis=0).max() * scale < 6
    )
    return OutlinePair(size, paths[0], paths[1], bar, round(bar * scale, 1), tiny)


def _local_rings(shape: BaseGeometry) -> list[NDArray[np.float64]]:
    """Return all rings in km about the centre of the shape."""
    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    lines = [ring for part in polygons for ring in (part.exterior, *part.interiors)]
    rings = [shapely.get_coordinates(line) for line in lines]
    if not rings:
        return []
    first = float(rings[0][0, 0])
    for ring in rings:
        # A region on both sides of the date line becomes one piece.
        ring[:, 0] = first + (ring[:, 0] - first + 180.0) % 360.0 - 180.0
    whole = np.concatenate(rings)
    west, south = whole.min(axis=0)
    east, north = whole.max(axis=0)
    lon, lat = (west + east) / 2, (south + north) / 2
    shrink = math.cos(math.radians(lat))
    return [(ring - [lon, lat]) * [shrink * KM_PER_DEGREE, KM_PER_DEGREE] for ring in rings]


def _outline_path(rings: list[NDArray[np.float64]], scale: float, size: float) -> str:
    return "".join(_path(ring * [scale, -scale] + size / 2, closed=True, least=0.3) for ring in rings)


def nice_length(most: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten that is not above `most`.

    Examples
    --------
    >>> nice_length(37.0), nice_length(0.23)
    (20.0, 0.2)
    """
    power = 10.0 ** math.floor(math.log10(most))
    step = next(step for step in (5.0, 2.0, 1.0) if step * power <= most * (1 + 1e-9))
    return float(f"{step * power:.6g}")


def _path(points: NDArray[np.float64], *, closed: bool, least: float = 0.4) -> str:
    """Write points as SVG path data with relative steps of a tenth of a pixel, leaving out steps under `least`."""
    # Plain integers: numpy is slow one point at a time.
    whole = np.round(np.asarray(points, dtype=np.float64) * 10).astype(np.int64).tolist()
    x, y = whole[0]
    steps: list[tuple[int, int]] = []
    for east, south in whole[1:]:
        if max(abs(east - x), abs(south - y)) >= least * 10:
            steps.append((east - x, south - y))
            x, y = east, south
    if closed and steps and [x, y] == whole[0]:
        steps.pop()
    if len(steps) < (2 if closed else 1):
        # Too small to draw: a line is left out, a shape becomes a dot.
        return f"M{_tenth(whole[0][0])} {_tenth(whole[0][1])}h.4v.4z" if closed else ""
    text = " ".join(f"{_tenth(east)} {_tenth(south)}" for east, south in steps).replace(" -", "-")
    return f"M{_tenth(whole[0][0])} {_tenth(whole[0][1])}l{text}{'z' if closed else ''}"


def _tenth(value: int) -> str:
    """Write tenths as a short decimal: 5 -> .5, -20 -> -2."""
    sign, size = ("-", -value) if value < 0 else ("", value)
    whole, tenth = divmod(size, 10)
    return f"{sign}{whole or ''}.{tenth}" if tenth else f"{sign}{whole}"
