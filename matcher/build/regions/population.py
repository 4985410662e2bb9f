"""People of each unit: official where a source gives them, else modelled from settlement pattern and towns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from matcher.build.regions.geonames import GeoNames
    from matcher.build.sources import Sources

DENSITY: dict[str, float] = {
    "water": 0, "very_sparse": 8, "sparse": 120, "village": 500, "suburb": 600, "semi_dense": 1500, "dense_town": 2500,
    "city": 5000,
}  # fmt: skip
"""People per km2 by settlement class, before the country's total sets the scale."""
CROWD, CROWD_RURAL = 20_000, 300
"""Most people per km2 of settled land, and of any land, that a town's figure is believed for."""
MOST_IN_TOWNS = 0.9
PARTS = ("PPLX", "PPLQ", "PPLW", "PPLH")
"""Feature codes of parts of a town and of places that are no more."""
MODEL_YEAR = 2025
"""Year that the settlement classes are projected to."""
OLDEST_OFFICIAL = 2010
"""An older count says less about today than the model does."""
MOST_OFFICIAL = 0.5
"""Where official figures cover this share of the modelled people, they set the scale; else the country's total does."""


def country_totals(sources: Sources) -> dict[str, float]:
    """People by alpha-2 code, as GeoNames has them."""
    table = json.loads(sources.path("gnc", "countries.json").read_text("utf-8"))
    return {code: float(facts["population"]) for code, facts in table.items() if facts["population"]}


EMPTY = ("very_sparse", "sparse")
"""Classes whose density varies most from one land to another: a class of 8 people per km2 fills the Arctic too."""


def modelled(shares: pd.DataFrame, area_km2: pd.Series, background: pd.Series | None = None) -> pd.Series:
    """People by settlement pattern alone.

    Parameters
    ----------
    shares
        Columns as `DENSITY`, rows sum to 1.
    area_km2
        Areas, same index.
    background
        People per km2 of the wider surroundings of large units, same index, NaN where it says nothing: their
        thinly settled land holds no more than that.
    """
    import numpy as np
    import pandas as pd

    density = shares * pd.Series(DENSITY)
    thin = density[[*EMPTY]].sum(axis=1, min_count=1)
    most = np.inf if background is None else background.fillna(np.inf)
    return (density.drop(columns=[*EMPTY]).sum(axis=1, min_count=1) + np.minimum(thin, most)) * area_km2


def largest_town(units: gpd.GeoDataFrame, names: GeoNames) -> pd.Series:
    """People of the largest GeoNames town inside each unit, 0 where none is listed.

    The sum of the towns would count the quarters of a city with the city; against official figures of eight
    countries the largest alone does better (median factor 1.20 to 1.32).
    """
    towns = names.within(units.geometry)
    towns = towns[towns["country"].to_numpy() == units["country"].to_numpy(dtype=object)[towns["unit"]]]
    towns = towns[~towns["feature"].isin(PARTS)]
    found = towns.groupby("unit")["population"].max().reindex(range(len(units)))
    return found.fillna(0).set_axis(units.index)


def fewest(
    town: pd.Series, raw: pd.Series, shares: pd.DataFrame, area_km2: pd.Series, city: pd.Series
) -> pd.Series:
    """People that each unit has at the least: those of its town.

    Parameters
    ----------
    town
        People of the largest town inside. It is believed up to `CROWD` per km2 of settled land, because the figure
        of a whole city stands at one point, in one of its districts.
    raw
        Unscaled model.
    shares
        Settlement classes.
    area_km2
        Areas.
    city
        The metropolis that the unit is a part of, or None: its figure is shared out among its parts by `raw`.
    """
    import numpy as np

    settled = shares[["suburb", "semi_dense", "dense_town", "city"]].sum(axis=1)
    floor = np.minimum(town, area_km2 * (CROWD * settled + CROWD_RURAL))
    for rows in city[city.notna()].groupby(city).groups.values():
        total, weight = town[rows].max(), raw[rows].sum()
        if total > floor[rows].sum() and weight > 0:
            floor[rows] = np.maximum(floor[rows], raw[rows] / weight * total)
    return floor


def people(
    units: gpd.GeoDataFrame, raw: pd.Series, floor: pd.Series, totals: dict[str, float]
) -> pd.DataFrame:
    """Population, its basis and year of base units.

    Parameters
    ----------
    units
        Columns country, population and population_year (official, where given).
    raw
        Unscaled model, same index.
    floor
        Fewest people of each unit, same index.
    totals
        People by country.

    Returns
    -------
    DataFrame
        Columns population, population_basis, population_year. A country without total and without official
        figures stays without population: nothing is made up.
    """
    import pandas as pd

    official = units["population"].where(
        (units["population"] > 0) & (units["population_year"].astype("float64").fillna(0) >= OLDEST_OFFICIAL)
    )
    result = pd.DataFrame(
        {
            "population": official,
            "population_basis": official.notna().map({True: "official", False: None}).astype(object),
            "population_year": units["population_year"].where(official.notna()).astype("Int64"),
        }
    )
    for country, rows in units.groupby("country").groups.items():
        known = official[rows].notna()
        left = _left(raw[rows], official[rows], totals.get(str(country)))
        if known.all() or left is None:
            continue
        open_ = rows[~known.to_numpy()]
        estimate = filled(raw[open_].fillna(0), floor[open_], left).round()
        # Nobody lives where no settled cell was hit; that is a guess of zero, so it is left unknown.
        result.loc[open_, "population"] = estimate.where(estimate >= 1)
        result.loc[open_, "population_basis"] = "modelled"
        result.loc[open_, "population_year"] = MODEL_YEAR
    nobody = result["population"].isna()
    result.loc[nobody, "population_basis"] = None
    result.loc[nobody, "population_year"] = pd.NA
    return result


def filled(raw: pd.Series, floor: pd.Series, total: float) -> pd.Series:
    """Scale `raw` so that max(scaled, floor) sums to `total`: towns keep their people, the rest is shared out.

    >>> import pandas as pd
    >>> filled(pd.Series([1.0, 1.0, 1.0]), pd.Series([0.0, 0.0, 60.0]), 100.0).round(1).tolist()
    [20.0, 20.0, 60.0]
    """
    import numpy as np

    if raw.sum() <= 0:
        return raw
    if floor.sum() > MOST_IN_TOWNS * total:
        floor = floor * (MOST_IN_TOWNS * total / floor.sum())
    low, high = 0.0, total / raw.sum()
    people, least = raw.to_numpy(), floor.to_numpy()
    for _ in range(60):  # the sum grows with the scale: halve the interval
        middle = (low + high) / 2
        low, high = (low, middle) if np.nansum(np.maximum(people * middle, least)) > total else (middle, high)
    return (raw * high).clip(lower=floor)


def _left(raw: pd.Series, official: pd.Series, total: float | None) -> float | None:
    """People of the units without official figure, None if nothing tells."""
    known = official.notna()
    rest = raw[~known].sum()
    if known.any() and raw[known].sum() >= MOST_OFFICIAL * raw.sum():
        return float(official[known].sum() / raw[known].sum() * rest)
    if total is None or rest <= 0 or total <= official.sum():
        return None
    return float(total - official.sum())


def summed(units: gpd.GeoDataFrame) -> pd.DataFrame:
    """Population of upper units: the sum of the base units below them, at any depth.

    The sum is official if all of its parts are; its year is the latest of theirs.
    """
    import pandas as pd

    parent = units["parent_id"].to_dict()
    base = units[units["population"].notna()]
    pairs: list[tuple[str, str]] = []
    for region in base.index:
        seen, above = {region}, parent.get(region)
        while above is not None and above not in seen:
            pairs.append((above, region))
            seen.add(above)
            above = parent.get(above)
    table = pd.DataFrame(pairs, columns=["upper", "region_id"]).set_index("region_id")
    table = table.join(base[["population", "population_basis", "population_year"]])
    groups = table.groupby("upper")
    result = pd.DataFrame({"population": groups["population"].sum(min_count=1)})
    all_official = groups["population_basis"].agg(lambda s: bool((s == "official").all()))
    result["population_basis"] = all_official.map({True: "official", False: "modelled"})
    result["population_year"] = groups["population_year"].max()
    result.loc[result["population"].isna(), "population_basis"] = None
    return result


def philippine(sources: Sources, units: gpd.GeoDataFrame) -> pd.DataFrame:
    """Census figures of 2024 of Philippine cities and municipalities, by place and name.

    Returns
    -------
    DataFrame
        Index as `units`: population, national_code. A unit gets the figure of the point inside it that bears its
        name, else of the only unit of that name that is left.
    """
    import pandas as pd
    import shapely

    from matcher.folding import fold_bare

    rows = json.loads(sources.path("psgc", "core/cities.json").read_text("utf-8"))
    key = [fold_bare(row["name"]) for row in rows]
    ours = [fold_bare(name) for name in units["name"]]
    points = shapely.points(
        [row["coordinate"]["longitude"] for row in rows], [row["coordinate"]["latitude"] for row in rows]
    )
    town, unit = shapely.STRtree(units.geometry.to_numpy()).query(points, predicate="dwithin", distance=0.1)
    pairs = {
        int(u): int(t) for t, u in zip(town, unit, strict=True) if key[t] == ours[u] or key[t] in ours[u]
    }
    used = set(pairs.values())
    by_name = pd.Series(range(len(rows))).groupby(key).agg(list).to_dict()
    for u, name in enumerate(ours):
        left = [t for t in by_name.get(name, []) if t not in used]
        if u not in pairs and len(left) == 1:
            pairs[u] = left[0]
            used.add(left[0])
    found = [rows[pairs[u]] if u in pairs else None for u in range(len(units))]
    return pd.DataFrame(
        {
            "population": [row["population"] if row else None for row in found],
            "national_code": [row["psgc_code"] if row else None for row in found],
        },
        index=units.index,
    )
