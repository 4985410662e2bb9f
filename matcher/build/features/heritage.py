"""World Heritage near a region: cultural and natural sites."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from matcher.build.edges import chord_km, edge_points, holds, km_chord, on_sphere
from matcher.build.zonal import check_regions

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("heritage_cultural_km", "heritage_natural_km", "heritage_100km")
SOURCES: tuple[str, ...] = ("whs",)

KINDS: dict[str, tuple[str, ...]] = {
    "heritage_cultural_km": ("Cultural", "Mixed"),
    "heritage_natural_km": ("Natural", "Mixed"),
}
NEAR_KM = 100.0
STEP_KM = 5.0
"""Gap of the points along an edge: an error of .3 km at 10 km, less farther away. Sites are centroids anyway."""


def read_sites(path: Path, kinds: tuple[str, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Latitude and longitude, deg, of the sites of some kinds; a serial site is one point."""
    sites = json.loads(path.read_text("utf-8"))
    points = [
        (float(site["lat"]), float(site["lng"]))
        for site in sites
        if site["category"] in kinds and site["lat"] is not None and site["lng"] is not None
    ]
    lat, lon = np.array(points, dtype=float).reshape(-1, 2).T
    return lat, lon


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """World Heritage at and around each region.

    - ``heritage_cultural_km`` and ``heritage_natural_km``: km from the edge to the nearest site, 0 inside.
    - ``heritage_100km``: number of sites within `NEAR_KM` of the region's point.
    """
    import pandas as pd
    from scipy.spatial import cKDTree

    check_regions(regions)
    path = sources.path("whs", "heritage.json")
    sites = {name: read_sites(path, kinds) for name, kinds in KINDS.items()}
    trees = {name: cKDTree(on_sphere(lat, lon)) for name, (lat, lon) in sites.items()}
    nearest = {name: np.full(len(regions), np.nan) for name in KINDS}
    for edge in edge_points(regions, step_km=STEP_KM):
        sphere = on_sphere(edge.lat, edge.lon)
        for name, tree in trees.items():
            chord, _ = tree.query(sphere)
            nearest[name][edge.first : edge.first + edge.count] = edge.least(chord_km(chord))
    for name, (lat, lon) in sites.items():
        owner, _ = holds(regions, lat, lon)
        nearest[name][owner] = 0.0
    lat, lon = read_sites(path, ("Cultural", "Natural", "Mixed"))
    tree = cKDTree(on_sphere(lat, lon))
    points = on_sphere(regions["lat"].to_numpy(dtype=float), regions["lon"].to_numpy(dtype=float))
    near = tree.query_ball_point(points, km_chord(NEAR_KM), return_length=True)
    return pd.DataFrame(nearest, index=regions.index).assign(heritage_100km=near.astype(float))
