"""How large the island or continent is that a point stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.build.edges import DEGREE_KM
from matcher.build.grids import MASK_PER_DEGREE, sea_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

    Floats = NDArray[np.float64]

COLS = 360 * MASK_PER_DEGREE


def landmass_km2(sources: Sources, lat: Floats, lon: Floats) -> Floats:
    """Area of the connected land (30 arcsec cells that touch along a side) around points.

    Parameters
    ----------
    lat, lon
        Points, deg, shape (n,).

    Returns
    -------
    ndarray
        km2, shape (n,); 0 for a point in a sea cell, such as an islet smaller than a cell. Straits narrower than a
        cell do not part land; lakes are land.
    """
    start, end = land_runs(sources)
    label = join_runs(start, end)
    lats = 90.0 - (start // COLS + 0.5) / MASK_PER_DEGREE
    cell = (DEGREE_KM / MASK_PER_DEGREE) ** 2 * np.cos(np.radians(lats))
    area = np.bincount(label, weights=cell * (end - start))
    row = np.clip(((90.0 - lat) * MASK_PER_DEGREE).astype(np.int64), 0, 180 * MASK_PER_DEGREE - 1)
    col = np.clip(((lon + 180.0) * MASK_PER_DEGREE).astype(np.int64), 0, COLS - 1)
    place = row * COLS + col
    run = np.maximum(np.searchsorted(start, place, side="right") - 1, 0)
    return np.where((place >= start[run]) & (place < end[run]), area[label[run]], 0.0)


def land_runs(sources: Sources) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Runs of land cells along the rows of the mask: flat index of the first cell, and of the one after the last.

    The mask has 933 million cells but only some million runs.
    """
    starts: list[NDArray[np.int64]] = []
    ends: list[NDArray[np.int64]] = []
    for first, sea in sea_rows(sources):
        padded = np.zeros((len(sea), COLS + 2), dtype=np.int8)
        padded[:, 1:-1] = ~sea
        step = np.diff(padded, axis=1)
        for sign, found in ((1, starts), (-1, ends)):
            row, col = np.nonzero(step == sign)
            found.append((row + first) * COLS + col)
    return np.concatenate(starts), np.concatenate(ends)


def join_runs(start: NDArray[np.int64], end: NDArray[np.int64], cols: int = COLS) -> NDArray[np.intp]:
    """Number the connected sets of runs.

    Parameters
    ----------
    start, end
        Runs in order, as flat indexes; a run stays in its row.
    cols
        Cells of a row; rows go on around the globe, so runs that meet at its ends are joined.

    Returns
    -------
    ndarray
        Label of each run, shape (n,).
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    # runs of the row above that overlap: those that end after this one's start and start before its end
    low = np.searchsorted(end, start - cols, side="right")
    high = np.searchsorted(start, end - cols, side="left")
    count = np.maximum(high - low, 0)
    this = np.repeat(np.arange(len(start)), count)
    above = np.repeat(low, count) + np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    row = start // cols
    left, right = np.flatnonzero(start % cols == 0), np.flatnonzero(end % cols == 0)
    match = np.searchsorted(row[right], row[left])
    hit = (
        (match < len(right)) & (row[right][np.minimum(match, len(right) - 1)] == row[left])
        if len(right)
        else []
    )
    one, other = np.concatenate([this, left[hit]]), np.concatenate([above, right[match[hit]]])
    graph = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(len(start), len(start)))
    labels: NDArray[np.intp] = connected_components(graph, directed=False)[1]
    return labels
