"""Distance to the sea, and how much of the outline is coast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.build.edges import chord_km, edge_points, km_chord, on_sphere
from matcher.build.grids import MASK_PER_DEGREE, sea_rows
from matcher.build.zonal import check_regions

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("coast_km", "coast_share")
SOURCES: tuple[str, ...] = ("land",)

TOUCH_KM = 1.5
"""Centres of cells that touch lie up to this far apart (30 arcsec, across a corner): nearer is on the coast."""

NEAR_KM = 60.0
"""A search with a bound is thirty times as fast as one without; it settles every region that is this near."""

COARSE_KM = 10.0
"""Gap between edge points of the regions further inland: at most 0.2 km too far, and simplified by 2 km."""


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Distance from each region's edge to the nearest sea cell (30 arcsec mask).

    - ``coast_km``, km: 0 where an edge lies in a sea cell or within `TOUCH_KM` of one, else the great-circle distance
      from the nearest edge point to the centre of the nearest sea cell. Lakes and the Caspian are land in the mask;
      other masks give distances that differ by a few km.
    - ``coast_share``: part of the outline's length within `TOUCH_KM` of a sea cell; 0 inland, 1 for a small island.
    """
    import pandas as pd
    from scipy.spatial import cKDTree

    check_regions(regions)
    sea, lat, lon = read_shore(sources)
    # Plain halves of the space suit points on a line along a sphere: from far inland eight times as fast.
    tree = cKDTree(on_sphere(lat, lon), balanced_tree=False, compact_nodes=False)
    distance = np.full(len(regions), np.nan)
    coast = np.full(len(regions), np.nan)
    for points in edge_points(regions):
        chord, _ = tree.query(on_sphere(points.lat, points.lon), distance_upper_bound=km_chord(NEAR_KM))
        km = np.where(np.isfinite(chord), chord_km(chord), np.inf)
        km[in_sea(sea, points.lat, points.lon)] = 0.0
        rows = slice(points.first, points.first + points.count)
        distance[rows] = points.least(km)
        coast[rows] = points.length_share(km < TOUCH_KM)
    inland = np.flatnonzero(np.isnan(distance))
    for points in edge_points(regions.iloc[inland], step_km=COARSE_KM, simplify_km=COARSE_KM / 5):
        chord, _ = tree.query(on_sphere(points.lat, points.lon))
        distance[inland[points.first : points.first + points.count]] = points.least(chord_km(chord))
    distance[distance < TOUCH_KM] = 0.0
    columns = {"coast_km": distance, "coast_share": np.where(np.isnan(distance), np.nan, coast)}
    return pd.DataFrame(columns, index=regions.index).astype("float32")


def read_shore(sources: Sources) -> tuple[NDArray[np.uint8], NDArray[np.float64], NDArray[np.float64]]:
    """The mask with eight cells a byte, and the centres of all sea cells with land beside them.

    Returns
    -------
    sea
        Packed mask, shape (21600, 5400), 117 MB.
    lat, lon
        Centres of shore cells, deg. The nearest sea cell of a point on land is always one of them.
    """
    packed, rows, cols = [], [], []
    last = None
    for first, mask in sea_rows(sources):
        packed.append(np.packbits(mask, axis=1))
        # the row above comes along, so that shores between two bands are seen from both sides
        band = mask if last is None else np.concatenate([last, mask])
        top = first - (len(band) - len(mask))
        for row, col in _shore(band):
            rows.append(row + top)
            cols.append(col)
        last = band[-2:]
    index = np.unique(np.concatenate(rows).astype(np.int64) * 360 * MASK_PER_DEGREE + np.concatenate(cols))
    row, col = np.divmod(index, 360 * MASK_PER_DEGREE)
    lat = 90.0 - (row + 0.5) / MASK_PER_DEGREE
    lon = -180.0 + (col + 0.5) / MASK_PER_DEGREE
    return np.concatenate(packed), lat, lon


def _shore(sea: NDArray[np.bool_]) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Rows and columns of the sea cells beside land, from the steps between neighbours."""
    found = []
    row, col = np.nonzero(sea[1:] != sea[:-1])
    found.append((np.where(sea[row, col], row, row + 1), col))
    row, col = np.nonzero(sea[:, 1:] != sea[:, :-1])
    found.append((row, np.where(sea[row, col], col, col + 1)))
    return found


def in_sea(sea: NDArray[np.uint8], lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether points lie in a sea cell of the packed mask."""
    row = np.clip(((90.0 - lat) * MASK_PER_DEGREE).astype(np.intp), 0, len(sea) - 1)
    col = np.clip(((lon + 180.0) * MASK_PER_DEGREE).astype(np.intp), 0, sea.shape[1] * 8 - 1)
    inside: NDArray[np.bool_] = (sea[row, col // 8] >> (7 - col % 8) & 1).astype(bool)
    return inside
