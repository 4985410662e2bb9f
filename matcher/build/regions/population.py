"""People of each unit: official where a source gives them, else modelled from settlement pattern and towns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from matcher.build.sources import Sources

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


def people(units: gpd.GeoDataFrame, raw: pd.Series, totals: dict[str, float]) -> pd.DataFrame:
    """Population, its basis and year of base units.

    Parameters
    ----------
    units
        Columns country, population and population_year (official, where given).
    raw
        Estimate of the model, same index; only its proportions within a country count.
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
        estimate = (raw[open_].fillna(0) * left / max(float(raw[open_].sum()), 1e-9)).round()
        # Nobody lives where no settled cell was hit; that is a guess of zero, so it is left unknown.
        result.loc[open_, "population"] = estimate.where(estimate >= 1)
        result.loc[open_, "population_basis"] = "modelled"
        result.loc[open_, "population_year"] = MODEL_YEAR
    nobody = result["population"].isna()
    result.loc[nobody, "population_basis"] = None
    result.loc[nobody, "population_year"] = pd.NA
    return result


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
