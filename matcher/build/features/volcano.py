"""Volcanoes near a region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.build.edges import chord_km, edge_points, holds, km_chord, on_sphere
from matcher.build.zonal import check_regions
from matcher.errors import BuildError

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("volcano_km", "volcanoes_100km")
SOURCES: tuple[str, ...] = ("gvp",)

NEAR_KM = 100.0


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Distances from each region's edge to Holocene volcanoes.

    - ``volcano_km``, km: to the nearest; 0 if one stands inside.
    - ``volcanoes_100km``, count: inside or within 100 km of the edge.
    """
    import pandas as pd
    from scipy.spatial import cKDTree

    check_regions(regions)
    lat, lon = read_volcanoes(sources)
    tree = cKDTree(on_sphere(lat, lon))
    nearest = np.full(len(regions), np.nan)
    # pairs of region and volcano; those inside first
    owner, inside = holds(regions, lat, lon)
    pairs = [owner.astype(np.int64) * len(lat) + inside]
    for points in edge_points(regions):
        sphere = on_sphere(points.lat, points.lon)
        chord, _ = tree.query(sphere)
        nearest[points.first : points.first + points.count] = points.least(chord_km(chord))
        near = np.flatnonzero(chord <= km_chord(NEAR_KM))
        if len(near):
            found = tree.query_ball_point(sphere[near], km_chord(NEAR_KM))
            region = points.first + np.repeat(points.region[near], [len(each) for each in found])
            pairs.append(
                np.unique(region.astype(np.int64) * len(lat) + np.concatenate(found).astype(np.int64))
            )
    nearest[owner] = 0.0
    pair = np.unique(np.concatenate(pairs))
    count = np.bincount(pair // len(lat), minlength=len(regions)).astype(float)
    count[np.isnan(nearest)] = np.nan
    columns = {"volcano_km": nearest, "volcanoes_100km": count}
    return pd.DataFrame(columns, index=regions.index).astype("float32")


def read_volcanoes(sources: Sources) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Latitude and longitude, deg, of every volcano of the list."""
    from openpyxl import load_workbook

    book = load_workbook(sources.path("gvp"), read_only=True, data_only=True)
    rows = book.worksheets[0].iter_rows(values_only=True)
    header = [str(name) for name in next(rows)]
    if not {"latitude", "longitude"} <= set(header):
        raise BuildError(f"gvp: the sheet has no columns latitude and longitude but {', '.join(header)}")
    at = header.index("latitude"), header.index("longitude")
    points = [(float(row[at[0]]), float(row[at[1]])) for row in rows if row[at[0]] is not None]
    book.close()
    lat, lon = np.array(points).T
    return lat, lon
