"""Projections: the Equal Earth map of the world, and the shortest way over the globe."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def great_circle(a: tuple[float, float], b: tuple[float, float], steps: int = 72) -> NDArray[np.float64]:
    """Return points [lon, lat] in degrees along the shortest way between two points (lat, lon), shape (steps + 1, 2)."""
    one, two = (_unit_vector(*point) for point in (a, b))
    angle = math.acos(float(np.clip(one @ two, -1.0, 1.0)))
    t = np.linspace(0.0, 1.0, steps + 1)[:, None]
    if angle < 1e-9:
        points = np.repeat(one[None, :], steps + 1, axis=0)
    else:
        points = (np.sin((1 - t) * angle) * one + np.sin(t * angle) * two) / max(math.sin(angle), 1e-9)
    lat = np.degrees(np.arctan2(points[:, 2], np.hypot(points[:, 0], points[:, 1])))
    return np.column_stack([np.degrees(np.arctan2(points[:, 1], points[:, 0])), lat])


def _unit_vector(lat: float, lon: float) -> NDArray[np.float64]:
    phi, lam = math.radians(lat), math.radians(lon)
    return np.array([math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)])


def equal_earth(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project [lon, lat] in degrees about the central meridian to a plane of unit radius, shape (n, 2).

    The projection of Savric, Patterson and Jenny (2018); it keeps areas.
    """
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    lam, phi = np.radians(lonlat).T
    theta = np.arcsin(math.sqrt(3) / 2 * np.sin(phi))
    t2 = theta**2
    t6 = t2**3
    x = 2 * math.sqrt(3) * lam * np.cos(theta) / (3 * (a1 + 3 * a2 * t2 + t6 * (7 * a3 + 9 * a4 * t2)))
    return np.column_stack([x, theta * (a1 + a2 * t2 + t6 * (a3 + a4 * t2))])
