"""World maps as SVG path data, in the Equal Earth projection (Savric, Patterson and Jenny 2018)."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely

from matcher.errors import DataError
from matcher.files import read_bytes
from matcher.report.labels import MAP_WIDTH, Place, along, apart, place, spread
from matcher.report.paths import path_data
from matcher.report.projection import equal_earth, great_circle

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

Rings: TypeAlias = "Sequence[Sequence[Sequence[float]]]"
SOUTH, NORTH = -57.0, 84.0
"""The map ends where people do, degrees."""
MOST_ZOOM = 4.0
"""The outlines of land are too coarse to be enlarged more."""
_PACIFIC = 150.0


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
class PlacesMap:
    """A region and its numbered candidates on the world, or on the part of it where they lie.

    `land` is drawn `zoom` times larger and moved by `shift`; places are where they are seen, and labels do not overlap.
    """

    width: float
    height: float
    land: str
    zoom: float
    shift: tuple[float, float]
    home: Place
    places: tuple[Place, ...]


class World(dict[str, "Rings"]):
    """Country code to outer rings of [lon, lat] in degrees.

    What was drawn is kept: a map has one of two central meridians, and thousands of rings.
    """

    def __init__(self, countries: Mapping[str, Rings]) -> None:
        super().__init__(countries)
        self._paths: dict[tuple[str, float], str] = {}

    def path(self, code: str, canvas: _Canvas) -> str:
        """Return the path of a country; empty where it is not on the map."""
        key = (code, canvas.centre)
        if key not in self._paths:
            self._paths[key] = canvas.drawn(self.get(code, ()))
        return self._paths[key]

    def land(self, canvas: _Canvas, without: Collection[str] = ()) -> str:
        """Return the path of all countries but some, and but Antarctica."""
        return "".join(self.path(code, canvas) for code in self if code not in {"AQ", *without})


def read_world(path: Path) -> World:
    """Read ``world.json``; empty where there is no such file.

    Raises
    ------
    DataError
        The file is there and is no map.
    """
    return _read_world(path, path.stat().st_mtime_ns) if path.exists() else World({})


@lru_cache(maxsize=2)
def _read_world(path: Path, _written: int) -> World:
    """Read the map once, as long as nobody writes it anew."""
    try:
        return World(json.loads(read_bytes(path))["countries"])
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{path} is not a map of the world: {error!r}; build it again"
        raise DataError(msg) from error


def locator_map(
    world: World,
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
    canvas = _canvas(centre)
    height, pixel = canvas.height, canvas.pixel
    ends = [canvas.point(lat, lon) for *_, lat, lon in (a, b)]
    named = apart(
        place(a[0], ends[0], ends[1], height), place(b[0], ends[1], ends[0], height, second=True), height
    )
    return LocatorMap(
        width=MAP_WIDTH,
        height=round(height, 1),
        land=world.land(canvas, without={a[1], b[1]}),
        country_a=world.path(a[1], canvas),
        country_b="" if a[1] == b[1] else world.path(b[1], canvas),
        line="".join(path_data(pixel(part), closed=False) for part in _line_parts(line, centre)),
        a=named[0],
        b=named[1],
    )


@dataclass(frozen=True, slots=True)
class _Canvas:
    """The map of the world about a central meridian."""

    centre: float
    xmin: float
    top: float
    scale: float
    height: float

    def pixel(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return pixels of [lon, lat] about the central meridian."""
        xy = equal_earth(lonlat)
        return np.column_stack([(xy[:, 0] - self.xmin) * self.scale, (self.top - xy[:, 1]) * self.scale])

    def point(self, lat: float, lon: float) -> NDArray[np.float64]:
        """Return the pixel of a place."""
        spot: NDArray[np.float64] = self.pixel(
            np.array([[_wrapped(lon, self.centre), min(max(lat, SOUTH), NORTH)]])
        )[0]
        return spot

    def drawn(self, rings: Iterable[Sequence[Sequence[float]]]) -> str:
        """Return the path of rings of [lon, lat]."""
        parts = (part for ring in rings for part in _recentred(ring, self.centre))
        return "".join(path_data(self.pixel(np.asarray(part)), closed=True, least=0.6) for part in parts)


def _canvas(centre: float) -> _Canvas:
    xmin, xmax = equal_earth(np.array([[-180.0, 0.0], [180.0, 0.0]]))[:, 0]
    top = float(equal_earth(np.array([[0.0, NORTH]]))[0, 1])
    bottom = float(equal_earth(np.array([[0.0, SOUTH]]))[0, 1])
    scale = MAP_WIDTH / (xmax - xmin)
    return _Canvas(centre, xmin, top, scale, (top - bottom) * scale)


def places_map(
    world: World,
    home: tuple[str, float, float],
    others: Sequence[tuple[float, float]],
) -> PlacesMap:
    """Draw the world, a region by name, and other places by number.

    Parameters
    ----------
    world
        What `read_world` gives.
    home
        Name, latitude and longitude in degrees.
    others
        Latitude and longitude of each place, numbered from 1.
    """
    line = np.array([[home[2], home[1]], *([lon, lat] for lat, lon in others)])
    centre = _centre(home[2], float(line[-1, 0]), line)
    canvas = _canvas(centre)
    zoom, shift = _window(
        [canvas.point(home[1], home[2]), *(canvas.point(*o) for o in others)], canvas.height
    )
    spots = [canvas.point(lat, lon) * zoom + shift for lat, lon in others]
    here = canvas.point(home[1], home[2]) * zoom + shift
    away = here + (here - np.mean(spots, axis=0) if spots else np.zeros(2))
    named = place(home[0], here, 2 * here - away, canvas.height)
    labels = spread(np.array(spots), along(named), canvas.height) if spots else np.empty((0, 2))
    return PlacesMap(
        MAP_WIDTH,
        round(canvas.height, 1),
        world.land(canvas),
        zoom,
        (round(float(shift[0]), 1), round(float(shift[1]), 1)),
        named,
        tuple(
            Place(str(i), round(x, 1), round(y, 1), round(float(at[0]), 1), round(float(at[1]), 1), "middle")
            for i, ((x, y), at) in enumerate(zip(spots, labels, strict=True), 1)
        ),
    )


def _window(points: Sequence[NDArray[np.float64]], height: float) -> tuple[float, NDArray[np.float64]]:
    """Return by how much to enlarge the map, and how to move it, so that all points are in its middle."""
    low, high = np.min(points, axis=0), np.max(points, axis=0)
    spread = np.maximum(high - low, 1.0)
    zoom = float(np.clip(min(0.6 * MAP_WIDTH / spread[0], 0.6 * height / spread[1]), 1.0, MOST_ZOOM))
    shift = np.array([MAP_WIDTH, height]) / 2 - zoom * (low + high) / 2
    # Never beyond the edge of the world.
    return zoom, np.clip(shift, [MAP_WIDTH * (1 - zoom), height * (1 - zoom)], 0.0)


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
    """Cut a line where it leaves the map on one side and enters on the other, and by way of a pole."""
    moved = np.column_stack([(line[:, 0] - centre + 180.0) % 360.0 - 180.0, line[:, 1]])
    seen = (moved[:, 1] >= SOUTH) & (moved[:, 1] <= NORTH)
    breaks = np.flatnonzero((np.abs(np.diff(moved[:, 0])) > 180) | (np.diff(seen) != 0)) + 1
    parts = zip(np.split(moved, breaks), np.split(seen, breaks), strict=True)
    return [part for part, inside in parts if inside[0] and len(part) > 1]
