"""Distances from the edges of regions to points on the globe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matcher.build.points import points_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

EARTH_KM = 6371.0088
DEGREE_KM = 111.195


@dataclass(frozen=True)
class EdgePoints:
    """Points along the edges of some regions.

    Parameters
    ----------
    first, count
        The regions are rows `first` .. `first + count - 1` of the table.
    region
        Row of each point, counted from `first`.
    lat, lon
        Position of each point, deg.
    step_km
        Largest gap between two points of an edge, km.
    """

    first: int
    count: int
    region: NDArray[np.intp]
    lat: Floats
    lon: Floats
    step_km: float = 2.0

    def least(self, values: Floats) -> Floats:
        """Smallest of a value per point over each region, shape (count,); NaN for a region without points."""
        least = np.full(self.count, np.inf)
        np.minimum.at(least, self.region, values)
        return np.where(np.isfinite(least), least, np.nan)

    def length_share(self, holds: NDArray[np.bool_]) -> Floats:
        """Part of each outline's length along which something holds, shape (count,); NaN for a region without points.

        A point stands for the way to the next one. The way from the last point of a ring to the first of another is
        cut at the longest way between two points of a ring.
        """
        sphere = on_sphere(self.lat, self.lon)
        way = np.zeros(len(self.lat))
        way[:-1] = chord_km(np.linalg.norm(np.diff(sphere, axis=0), axis=1))
        way[:-1][np.diff(self.region) != 0] = 0.0
        np.minimum(way, self.step_km * 1.01, out=way)
        whole = np.bincount(self.region, weights=way, minlength=self.count)
        part = np.bincount(self.region, weights=way * holds, minlength=self.count)
        with np.errstate(invalid="ignore"):
            return np.where(whole > 0, part / whole, np.nan)


def edge_points(
    regions: GeoDataFrame, *, step_km: float = 2.0, simplify_km: float = 0.0, chunk: int = 8192
) -> Iterator[EdgePoints]:
    """Points along the edges of regions, at most `step_km` apart, in chunks of regions.

    A target at distance d from a straight edge is found at most (step/2)^2 / 2d too far: .05 km at 10 km.

    Parameters
    ----------
    regions
        Geometry in EPSG:4326.
    step_km
        Largest gap between two points of an edge, km.
    simplify_km
        Detail of the outline that may be dropped first, km.
    chunk
        Regions at a time.
    """
    import shapely

    shapes = regions.geometry.to_numpy()
    if simplify_km > 0:
        shapes = shapely.simplify(shapes, simplify_km / DEGREE_KM)
    for first in range(0, len(shapes), chunk):
        part = shapes[first : first + chunk]
        dense = shapely.segmentize(part, step_km / DEGREE_KM)
        points, region = shapely.get_coordinates(dense, return_index=True)
        yield EdgePoints(first, len(part), region, points[:, 1], points[:, 0], step_km)


def on_sphere(lat: Floats, lon: Floats) -> Floats:
    """Points as unit vectors, shape (n, 3): straight distances between them sort like distances on the globe."""
    phi, lam = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)


def chord_km(chord: Floats) -> Floats:
    """Distance on the globe, km, of the straight distance between two unit vectors."""
    return 2.0 * EARTH_KM * np.arcsin(np.clip(np.asarray(chord) / 2.0, 0.0, 1.0))


def km_chord(km: float) -> float:
    """Straight distance between unit vectors `km` apart on the globe."""
    return float(2.0 * np.sin(km / (2.0 * EARTH_KM)))


def holds(regions: GeoDataFrame, lat: Floats, lon: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Which regions hold which points: rows of `regions` and positions in `lat`, one pair a hit."""
    import shapely

    tree = shapely.STRtree(regions.geometry.to_numpy())
    point, region = points_in(tree, shapely.points(lon, lat), edges=False)
    return region, point
