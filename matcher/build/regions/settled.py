"""People laid onto settled land: the settlement classes say where inside a cell, a coarse grid of people how many.

Each square kilometre takes the usual density of its settlement class. The cells of the one-degree grid then pull
their land towards their own count, by a power of the ratio, because the grid is of the year 2000 and its cells are
wide. Against official figures of fourteen countries the power of .6 did best.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.build.background import people_by_cell
from matcher.build.settlement import CLASSES, NO_DATA, SettlementGrid, sample_points

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

    Floats = NDArray[np.float64]

DENSITY: dict[str, float] = {
    "water": 0, "very_sparse": 8, "sparse": 120, "village": 500, "suburb": 600, "semi_dense": 1500, "dense_town": 2500,
    "city": 5000,
}  # fmt: skip
"""People per km2 by settlement class, before the country's total sets the scale."""
FEWEST_POINTS, MOST_POINTS = 30, 3000
"""Points a region: ten times those of the shown shares, because a town of 20 km2 decides who lives in 2,000 km2."""
POWER = 0.6
MOST_PULL = 20.0
"""A cell's ratio is believed up to this factor, up or down."""
UNKNOWN = "unknown"


def settled_land(shapes: Any, area_km2: Floats, sources: Sources) -> pd.DataFrame:
    """Land by region, cell of one degree and settlement class.

    Parameters
    ----------
    shapes
        (Multi)polygons in degrees, shape (n,).
    area_km2
        Areas, shape (n,): the land of each region adds up to it.
    sources
        Access to ``degurba``.

    Returns
    -------
    DataFrame
        Columns region (position), cell (row * 360 + column, from 90 N and 180 W), kind (position in `DENSITY`, the
        last one for no class) and km2.
    """
    import pandas as pd

    grid = SettlementGrid.read(sources.path("degurba", "degurba_R2025A_E2025_L12.tfdg"))
    codes = np.array(list(CLASSES), dtype=np.uint8)
    kinds = len(codes) + 1
    keys, counts = [], []
    for region, lon, lat in sample_points(shapes, FEWEST_POINTS, MOST_POINTS):
        found = grid.codes(lon, lat)
        kind = np.where(found == NO_DATA, len(codes), np.searchsorted(codes, found))
        row = np.clip(np.floor(90.0 - lat), 0, 179).astype(np.int64)
        column = np.clip(np.floor(lon + 180.0), 0, 359).astype(np.int64)
        key, count = np.unique(
            (region.astype(np.int64) * 64_800 + row * 360 + column) * kinds + kind, return_counts=True
        )
        keys.append(key)
        counts.append(count)
    key = np.concatenate(keys)
    land = pd.DataFrame(
        {
            "region": key // kinds // 64_800,
            "cell": key // kinds % 64_800,
            "kind": key % kinds,
            "points": np.concatenate(counts),
        }
    )
    total = land.groupby("region")["points"].transform("sum")
    land["km2"] = land.pop("points") / total * area_km2[land["region"]]
    return land


def class_shares(land: pd.DataFrame, count: int) -> pd.DataFrame:
    """Share of each region in each class of `DENSITY`, shape (count, 8); the rest has no class."""
    table = land.pivot_table(index="region", columns="kind", values="km2", aggfunc="sum")
    table = table.reindex(index=range(count), columns=range(len(DENSITY) + 1)).fillna(0.0)
    shares = table.div(table.sum(axis=1).clip(lower=1e-9), axis=0).iloc[:, : len(DENSITY)]
    return shares.set_axis(list(DENSITY), axis=1)


def laid_out(land: pd.DataFrame, count: int, sources: Sources, power: float = POWER) -> Floats:
    """People of each region, unscaled, shape (count,).

    Parameters
    ----------
    land
        As `settled_land` gives it.
    count
        Number of regions.
    sources
        Access to ``hot2``.
    power
        0 leaves the grid of people out, 1 makes every cell's sum that of the grid.
    """
    density = np.array([*DENSITY.values(), 0.0])[land["kind"]]
    km2, cell = land["km2"].to_numpy(), land["cell"].to_numpy()
    grid = people_by_cell(sources)
    # Wilderness has the class of thin farmland: it is no fuller than its cell as a whole.
    whole = (grid / np.maximum(np.bincount(cell, weights=km2, minlength=64_800), 1.0))[cell]
    thin = land["kind"].to_numpy() == list(DENSITY).index("very_sparse")
    density = np.where(thin & np.isfinite(whole), np.minimum(density, whole), density)
    people = density * km2
    if power:
        sums = np.bincount(cell, weights=people, minlength=64_800)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where((sums > 0) & np.isfinite(grid), grid / sums, 1.0)
        people = people * np.clip(ratio, 1 / MOST_PULL, MOST_PULL)[cell] ** power
    result: Floats = np.bincount(land["region"], weights=people, minlength=count).astype(float)
    return result
