"""Outlines of two regions at one scale, as SVG path data.

A region is drawn in a local projection: kilometres north and, after scaling by the cosine of the latitude, kilometres
east of its centre. Over the size of a region that keeps areas to within a per cent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from matcher.report.paths import path_data

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

EARTH_KM = 6371.0088
KM_PER_DEGREE = math.radians(1.0) * EARTH_KM


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
    return "".join(path_data(ring * [scale, -scale] + size / 2, closed=True, least=0.3) for ring in rings)


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
