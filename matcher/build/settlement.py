"""Shares of a region's area by degree of urbanisation (GHS-SMOD, about 1 km).

The package keeps one class a triangle: the faces of an icosahedron, split twelve times into four, in run
lengths. Its own lookup takes one point at a time; here all points of all regions are looked up together.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matcher.build.remembered import remembered

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

SOURCES: tuple[str, ...] = ("degurba",)

CLASSES: dict[int, str] = {
    10: "water",
    11: "very_sparse",
    12: "sparse",
    13: "village",
    21: "suburb",
    22: "semi_dense",
    23: "dense_town",
    30: "city",
}
"""Level 2 code of the degree of urbanisation to the name of the class in this project."""

NO_DATA = 255
FEWEST_POINTS = 30
MOST_POINTS = 400
POINTS_A_BATCH = 1_500_000

_PIECE = 65_536

_FILE = "degurba_R2025A_E2025_L12.tfdg"
_SLOTS = (*CLASSES, NO_DATA)
_LAT_KM = 111.2
# Corners of each face, and the turn of the icosahedron about the axis, as the file's maker chose them.
_TURN_DEG = 7.3
_FACES = (
    (0, 11, 5), (0, 5, 1), (0, 1, 7), (0, 7, 10), (0, 10, 11), (1, 5, 9), (5, 11, 4), (11, 10, 2), (10, 7, 6), (7, 1, 8),
    (3, 9, 4), (3, 4, 2), (3, 2, 6), (3, 6, 8), (3, 8, 9), (4, 9, 5), (2, 4, 11), (6, 2, 10), (8, 6, 7), (9, 8, 1),
)  # fmt: skip


def settlement_shares(geometries: Any, sources: Sources) -> pd.DataFrame:
    """Shares of area by settlement class.

    Parameters
    ----------
    geometries
        GeoSeries or array of (multi)polygons, EPSG:4326, shape (n,).
    sources
        Access to source ``degurba``.

    Returns
    -------
    DataFrame
        One column a class of `CLASSES`, rows sum to 1; index as `geometries`, if it has one. A row is NaN where
        no sampled point has a class. Points lie 1 km apart, closer or wider where that would give fewer than
        `FEWEST_POINTS` or more than `MOST_POINTS`.
    """
    import numpy as np
    import pandas as pd

    shapes = np.asarray(geometries, dtype=object)
    names = list(CLASSES.values())
    # The population of a region and its settlement ask for the same outlines, in two steps of a build.
    about = f"{sources.content_hash(SOURCES)} {hashlib.sha256(Path(__file__).read_bytes()).hexdigest()}"
    key = hashlib.sha256(about.encode()).hexdigest()[:20]
    kept = sources.cache / "steps" / f"settlement-counts-{key}.npz"
    counts = remembered(kept, shapes, partial(_count, sources=sources))
    total = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, total, out=np.full_like(counts, np.nan), where=total > 0)
    return pd.DataFrame(shares, columns=names, index=getattr(geometries, "index", None))


def _count(shapes: NDArray[Any], sources: Sources) -> NDArray[np.float64]:
    """Count the sampled points of each outline by class, shape (n, classes)."""
    import numpy as np

    grid = SettlementGrid.read(sources.path("degurba", _FILE))
    codes = np.array(list(CLASSES), dtype=np.uint8)
    counts = np.zeros((len(shapes), len(codes)))
    for region, lon, lat in sample_points(shapes):
        found = grid.codes(lon, lat)
        known = found != NO_DATA
        column = np.searchsorted(codes, found[known])
        flat = np.bincount(region[known] * len(codes) + column, minlength=counts.size)
        counts += flat.reshape(counts.shape)
    return counts


def sample_points(shapes: NDArray[Any], fewest: int = FEWEST_POINTS, most: int = MOST_POINTS) -> Any:
    """Points of a regular grid inside each polygon, found by scan lines.

    Every edge is cut with the rows that it crosses; between an odd and the next even crossing lies the inside,
    holes and separate parts included. No point-in-polygon test is needed, which makes 150,000 regions a matter
    of seconds.

    Parameters
    ----------
    shapes
        (Multi)polygons in degrees, shape (n,).
    fewest, most
        Bounds of the number of points a region, about; one point a km2 in between.

    Yields
    ------
    tuple of ndarray
        Position in `shapes`, longitude, latitude (degrees) of a batch of points.
    """
    import numpy as np
    import shapely

    bounds = shapely.bounds(shapes)
    cos = np.cos(np.radians((bounds[:, 1] + bounds[:, 3]) / 2)).clip(0.02)
    km2 = shapely.area(shapes) * _LAT_KM**2 * cos
    wanted = np.clip(km2, fewest, most)
    step_km = np.sqrt(np.maximum(km2, 1e-6) / wanted)
    order = np.arange(len(shapes))
    load = np.cumsum(wanted + shapely.get_num_coordinates(shapes))
    for batch in np.split(order, np.searchsorted(load, np.arange(POINTS_A_BATCH, load[-1], POINTS_A_BATCH))):
        if len(batch):
            dy = step_km[batch] / _LAT_KM
            region, lon, lat = _scan(shapes[batch], dy, dy / cos[batch])
            missed = np.flatnonzero(np.bincount(region, minlength=len(batch)) == 0)
            inside = shapely.point_on_surface(shapes[batch[missed]])
            yield (
                np.concatenate([batch[region], batch[missed]]),
                np.concatenate([lon, shapely.get_x(inside)]),
                np.concatenate([lat, shapely.get_y(inside)]),
            )


def _scan(
    shapes: NDArray[Any], dy: NDArray[np.float64], dx: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Grid points inside each of `shapes`, with row and column steps `dy` and `dx` (degrees)."""
    import numpy as np
    import shapely

    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    region = owner[ring_part][ring[:-1][same]]
    x0, y0, x1, y1 = xy[:-1, 0][same], xy[:-1, 1][same], xy[1:, 0][same], xy[1:, 1][same]
    # Row k of a region lies at south + (k + 0.5) * dy; an edge crosses the rows from its lower to its upper end.
    south, west = shapely.bounds(shapes)[:, 1], shapely.bounds(shapes)[:, 0]
    low = np.ceil((np.minimum(y0, y1) - south[region]) / dy[region] - 0.5).astype(np.int64)
    high = np.ceil((np.maximum(y0, y1) - south[region]) / dy[region] - 0.5).astype(np.int64)
    edge, offset = _expand(high - low)
    region = region[edge]
    row = low[edge] + offset
    y = south[region] + (row + 0.5) * dy[region]
    x = x0[edge] + (y - y0[edge]) * (x1[edge] - x0[edge]) / (y1[edge] - y0[edge])
    order = np.lexsort((x, row, region))
    region, row, x, y = region[order], row[order], x[order], y[order]
    start, end, region, row, y = x[0::2], x[1::2], region[0::2], row[0::2], y[0::2]
    # Every second row is shifted by half a step, so that straight borders are not met by whole columns at once.
    shift = np.where(row % 2 == 0, 0.25, 0.75)
    first = np.ceil((start - west[region]) / dx[region] - shift).astype(np.int64)
    last = np.ceil((end - west[region]) / dx[region] - shift).astype(np.int64)
    line, offset = _expand(np.maximum(last - first, 0))
    lon = west[region[line]] + (first[line] + offset + shift[line]) * dx[region[line]]
    return region[line], lon, y[line]


def _expand(counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For counts (2, 0, 3): which (0, 0, 2, 2, 2) and the position in it (0, 1, 0, 1, 2)."""
    import numpy as np

    which = np.repeat(np.arange(len(counts)), counts)
    begins = np.cumsum(counts) - counts
    return which, np.arange(len(which)) - begins[which]


@dataclass(frozen=True)
class SettlementGrid:
    """The classes of all triangles, as runs along the curve that numbers them.

    Attributes
    ----------
    level
        How often a face is split into four.
    ends
        Index after the last triangle of each run, ascending.
    classes
        Class code of each run.
    """

    level: int
    ends: NDArray[np.int64]
    classes: NDArray[np.uint8]

    @classmethod
    def read(cls, path: Path) -> SettlementGrid:
        """Read the package's file.

        Raises
        ------
        DataError
            If it is not such a file, or damaged.
        """
        import numpy as np

        from matcher.errors import DataError

        raw = path.read_bytes()
        if raw[:5] != b"TFDG\x01":
            raise DataError(f"{path} is not a settlement grid of version 1")
        level = raw[5]
        sizes = struct.unpack_from("<4I", raw, 92)
        try:
            lengths = _varints(zlib.decompress(raw[108 : 108 + sizes[0]]))
            slots = np.frombuffer(zlib.decompress(raw[108 + sizes[0] :]), dtype=np.uint8)
        except zlib.error as error:
            raise DataError(f"{path} is damaged: {error}") from error
        ends = np.cumsum(lengths[: len(slots)])
        if not len(slots) or ends[-1] != 20 * 4**level or slots.max() >= len(_SLOTS):
            raise DataError(f"{path} is damaged: its runs do not cover the globe")
        return cls(level, ends, np.array(_SLOTS, dtype=np.uint8)[slots])

    def codes(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.uint8]:
        """Class code at points (degrees), `NO_DATA` where there is none; shape as `lon`."""
        import numpy as np

        def piece(start: int) -> NDArray[np.int64]:
            part = slice(start, start + _PIECE)
            return triangle_index(lon[part], lat[part], self.level)

        # Pieces that fit the processor's cache go twice as fast as the whole, and numpy lets two go side by side.
        with ThreadPoolExecutor(2) as pool:
            index = list(pool.map(piece, range(0, len(lon), _PIECE)))
        run = np.searchsorted(self.ends, np.concatenate([np.zeros(0, dtype=np.int64), *index]), side="right")
        return self.classes[run]


def triangle_index(lon: NDArray[np.float64], lat: NDArray[np.float64], level: int) -> NDArray[np.int64]:
    """Number of the triangle that holds each point (degrees); shape as `lon`.

    All points go down the levels together, so that the borders of a triangle are reckoned once for all that it holds.
    """
    import numpy as np

    lam, phi = np.radians(lon), np.radians(lat)
    point = np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
    corners = _corners()[np.array(_FACES)]  # face, corner, xyz
    index: NDArray[np.int64] = np.argmax(corners.mean(axis=1) @ point, axis=0).astype(np.int64)
    place, held = _held(index, len(corners))
    a, b, c = (corners[held, k].T for k in range(3))
    for _ in range(level):
        ab, bc, ca = _middle(a, b), _middle(b, c), _middle(c, a)
        at_a, at_b, at_c = (_right_of(u, v, place, point) for u, v in ((ca, ab), (ab, bc), (bc, ca)))
        child = np.where(at_a, 0, np.where(at_b, 1, np.where(at_c, 2, 3)))
        index = index * 4 + child
        place, held = _held(place * 4 + child, 4 * a.shape[1])
        # Children: (a, ab, ca), (ab, b, bc), (ca, bc, c) and, in the middle, (ab, bc, ca).
        a, b, c = (
            np.stack(four, axis=2).reshape(3, -1)[:, held]
            for four in ((a, ab, ca, ab), (ab, b, bc, bc), (ca, bc, c, ca))
        )
    return index


def _held(triangle: NDArray[np.int64], count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number those of `count` triangles that hold a point: the number of each point's own, and which they are."""
    import numpy as np

    holds = np.bincount(triangle, minlength=count) > 0
    number: NDArray[np.int64] = np.cumsum(holds) - 1
    return number[triangle], np.flatnonzero(holds)


def _right_of(
    a: NDArray[np.float64], b: NDArray[np.float64], place: NDArray[np.int64], p: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Whether points `p` lie to the right of the great circle from `a` to `b` at their `place`; shapes (3, n)."""
    x, y, z = a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]
    right: NDArray[np.bool_] = x[place] * p[0] + y[place] * p[1] + z[place] * p[2] < 0
    return right


def _middle(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    total = a + b
    middle: NDArray[np.float64] = total / np.sqrt((total * total).sum(axis=0))
    return middle


def _corners() -> NDArray[np.float64]:
    """The twelve corners of the icosahedron, turned; shape (12, 3)."""
    import numpy as np

    g = (1 + 5**0.5) / 2
    raw = np.array(
        [(-1, g, 0), (1, g, 0), (-1, -g, 0), (1, -g, 0), (0, -1, g), (0, 1, g),
         (0, -1, -g), (0, 1, -g), (g, 0, -1), (g, 0, 1), (-g, 0, -1), (-g, 0, 1)]
    )  # fmt: skip
    raw = raw / np.linalg.norm(raw, axis=1, keepdims=True)
    cos, sin = np.cos(np.radians(_TURN_DEG)), np.sin(np.radians(_TURN_DEG))
    return np.stack([cos * raw[:, 0] - sin * raw[:, 1], sin * raw[:, 0] + cos * raw[:, 1], raw[:, 2]], axis=1)


def _varints(block: bytes) -> NDArray[np.int64]:
    """Numbers written seven bits a byte, lowest first, the high bit saying that more follow."""
    import numpy as np

    data = np.frombuffer(block, dtype=np.uint8).astype(np.int64)
    last = np.flatnonzero(data < 128)
    start = np.concatenate([[0], last[:-1] + 1])
    position = np.arange(len(data)) - np.repeat(start, last - start + 1)
    numbers: NDArray[np.int64] = np.add.reduceat((data & 127) << (7 * position), start)
    return numbers
