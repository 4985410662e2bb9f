"""People laid onto settled land: the settlement classes say where inside a cell, a coarse grid of people how many.

Each square kilometre takes the usual density of its settlement class; that of cities differs most between countries
(2,000 people in France, 10,000 in Korea), and the towns that are listed tell how crowded they are. The cells of the
one-degree grid then pull their land towards their own count, by a power of the ratio, because the grid is of the year
2000 and its cells are wide; a cell is read together with its neighbours, since coasts lie a little off in it.
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
MOST_PULL = 5.0
"""A cell's ratio is believed up to this factor, up or down."""
BESIDE = 0.25
"""Weight of each of the four cells beside a cell."""
CROWDED = 0.5
"""Power by which the listed towns move the density of cities; 1 would believe them wholly."""
MOST_CROWDED = 5.0
MOST_LISTED = 0.9
"""A country's cities hold at most this share of its people, whatever the list says."""
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


def crowding(
    land: pd.DataFrame, in_cities: Floats, country: NDArray[Any], totals: dict[str, float]
) -> Floats:
    """How much fuller the cities of each region's country are than the usual density of their class, shape (n,).

    The odds of living in a city by the listed towns, over those by the classes; 1 where nothing tells.

    Parameters
    ----------
    land
        As `settled_land` gives it.
    in_cities
        People of the listed towns of city size in each region, shape (n,).
    country
        Shape (n,).
    totals
        People by country.
    """
    import pandas as pd

    people = _density(land) * land["km2"].to_numpy()
    city = land["kind"].to_numpy() == list(DENSITY).index("city")
    where = country[land["region"]]
    table = pd.DataFrame({"listed": pd.Series(in_cities).groupby(country).sum()})
    table["part"] = pd.Series(people * city).groupby(where).sum() / pd.Series(people).groupby(where).sum()
    listed = (table["listed"] / pd.Series(totals).reindex(table.index)).clip(upper=MOST_LISTED)
    ratio = listed / (1 - listed) / (table["part"] / (1 - table["part"]))
    ratio = ratio.where((table["listed"] > 0) & (table["part"] > 0) & (table["part"] < 1))
    ratio = ratio.clip(1 / MOST_CROWDED, MOST_CROWDED)
    crowded: Floats = pd.Series(country).map(ratio).fillna(1.0).to_numpy(dtype=float)
    return crowded


def laid_out(
    land: pd.DataFrame, count: int, sources: Sources, power: float = POWER, crowded: Floats | None = None
) -> Floats:
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
    crowded
        Of `crowding`, shape (count,); None for the usual density of cities.
    """
    density = _density(land)
    if crowded is not None:
        city = land["kind"].to_numpy() == list(DENSITY).index("city")
        density = np.where(city, density * crowded[land["region"]] ** CROWDED, density)
    km2, cell = land["km2"].to_numpy(), land["cell"].to_numpy()
    grid = people_by_cell(sources)
    # Wilderness has the class of thin farmland: it is no fuller than its cell as a whole.
    whole = (grid / np.maximum(np.bincount(cell, weights=km2, minlength=64_800), 1.0))[cell]
    thin = land["kind"].to_numpy() == list(DENSITY).index("very_sparse")
    density = np.where(thin & np.isfinite(whole), np.minimum(density, whole), density)
    people = density * km2
    if power:
        sums = np.bincount(cell, weights=people, minlength=64_800)
        known = np.isfinite(grid) & (sums > 0)
        theirs, ours = _with_beside(np.where(known, grid, 0.0)), _with_beside(np.where(known, sums, 0.0))
        ratio = np.where((sums > 0) & (ours > 0), theirs / np.maximum(ours, 1e-9), 1.0)
        people = people * np.clip(ratio, 1 / MOST_PULL, MOST_PULL)[cell] ** power
    result: Floats = np.bincount(land["region"], weights=people, minlength=count).astype(float)
    return result


def _density(land: pd.DataFrame) -> Floats:
    """Usual people per km2 of each row's class."""
    density: Floats = np.array([*DENSITY.values(), 0.0])[land["kind"]]
    return density


def _with_beside(cells: Floats) -> Floats:
    """Each cell of one degree with `BESIDE` of the four beside it; the world goes on at the date line."""
    world = cells.reshape(180, 360)
    up, down = np.pad(world, ((1, 0), (0, 0)))[:-1], np.pad(world, ((0, 1), (0, 0)))[1:]
    sides = up + down + np.roll(world, 1, axis=1) + np.roll(world, -1, axis=1)
    total: Floats = (world + BESIDE * sides).ravel()
    return total
