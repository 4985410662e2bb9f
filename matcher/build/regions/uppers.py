"""All upper units: each country's provinces and metropolises, without doubles of a base unit, and who belongs where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matcher.build.regions.layout import dissolve
from matcher.build.regions.levels import stamp
from matcher.build.regions.upper import (
    city_groups,
    inside,
    mark_cities,
    read_metropolises,
    same_outline,
    usable,
)

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from matcher.build.regions.geonames import GeoNames
    from matcher.build.sources import Sources

OWN = ("CN", "EH", "GB", "ID", "IT", "KR", "MO", "UA")
"""Countries whose upper units are not those of Natural Earth (EH: one outline, which would say whose it is)."""
NATIONS = {"W": ("GB-WLS", "Wales"), "S": ("GB-SCT", "Scotland"), "N": ("GB-NIR", "Northern Ireland")}


def upper_layers(
    sources: Sources, names: GeoNames, provinces: gpd.GeoDataFrame, base: gpd.GeoDataFrame, levels: pd.DataFrame
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Upper units of all countries in `base`, and `base` with ``parent_id`` set.

    An upper unit that has the outline of one base unit is left out: the base unit signs. One without base units
    below is left out too.
    """
    import geopandas as gpd
    import numpy as np
    import pandas as pd

    table = read_metropolises()
    base = base.reset_index(drop=True)
    here = set(base["country"])
    world = usable(provinces[~provinces["country"].isin(OWN)], base)
    parts = [mark_cities(world, table).assign(layer="ne1")]
    china = provinces[(provinces["country"] == "CN") & provinces["national_code"].notna()].reset_index(drop=True)
    if "KR" in here:
        parts.append(_korea(base).assign(layer="kr by code"))
    if "ID" in here:
        parts.append(_indonesia(base).assign(layer="gb by province"))
    if "IT" in here:
        parts.append(italian_provinces(base, provinces).assign(layer="ita by province"))
    if "GB" in here:
        parts.append(british(sources, base))
    if "UA" in here:
        parts.append(oblasts(base, provinces).assign(layer="sign by oblast"))
    if "CN" in here:
        parts.append(mark_cities(china, table).assign(layer="ne1"))
    upper = pd.concat(parts, ignore_index=True)
    upper = gpd.GeoDataFrame(upper, geometry="geometry", crs="EPSG:4326")
    if "parent_id" not in upper:
        upper["parent_id"] = None

    position = inside(base, upper)
    given = {region: i for i, region in enumerate(upper["region_id"])}
    preset = base["parent_id"].map(given)
    position = np.where(preset.notna(), preset, position).astype(int)
    parent = np.where(position >= 0, upper["region_id"].to_numpy(dtype=object)[position], None)
    drop = same_outline(base, upper, position)
    groups = city_groups(base, provinces, table)
    if "CN" in here:
        from matcher.build.regions.china import chinese_prefectures

        mine = np.flatnonzero(base["country"] == "CN")
        cities = chinese_prefectures(base.iloc[mine].reset_index(drop=True), china, names).assign(layer="gb by admin2")
        member = np.full(len(mine), -1)
        for i, rows in enumerate(cities["members"]):
            member[rows] = i
        twice = same_outline(base.iloc[mine], cities, member)
        for i, rows in enumerate(cities["members"]):
            if not twice[i]:
                parent[mine[rows]] = cities["region_id"].iloc[i]
        upper = pd.concat([upper, cities[~twice].drop(columns="members")], ignore_index=True)
        drop = np.append(drop, np.zeros(int((~twice).sum()), dtype=bool))
    row_of = {region: i for i, region in enumerate(base["region_id"])}
    for i, group in groups.iterrows():
        rows = [row_of[m] for m in group["members"]]
        above = pd.Series(parent[rows]).dropna()
        groups.loc[i, "parent_id"] = above.mode().iloc[0] if len(above) else None
        parent[rows] = group["region_id"]
        if group["members_fine"]:
            base.loc[rows, "fine"] = True
    if len(groups):
        groups = groups.drop(columns=["members", "members_fine"]).assign(layer="joined")
        # Greater cities hold smaller ones ("Metro Manila" and its Manila).
        upper = pd.concat([upper, groups], ignore_index=True)
        drop = np.append(drop, np.zeros(len(groups), dtype=bool))
    base["parent_id"] = parent
    used = set(parent) | set(upper["parent_id"].dropna())
    upper = upper[~drop & upper["region_id"].isin(used)].drop_duplicates("region_id")
    return credited(upper, levels), base


def credited(upper: gpd.GeoDataFrame, levels: pd.DataFrame) -> gpd.GeoDataFrame:
    """Year and licence of each upper unit, by the row of `levels` for its country, level and layer.

    Raises
    ------
    BuildError
        If the table lacks such a row.
    """
    import pandas as pd

    from matcher.errors import BuildError

    rows = {(r["country"], r["level"], r["layer"]): r for _, r in levels.iterrows()}
    groups = {key: part for key, part in upper.groupby(["country", "level", "layer"], sort=True)}
    if missing := [" ".join(map(str, key)) for key in groups if key not in rows]:
        raise BuildError(f"levels.csv has no row for these upper units: {', '.join(missing)}")
    parts = [stamp(part.copy(), rows[key]) for key, part in groups.items()]
    return pd.concat(parts, ignore_index=True) if parts else upper


def _korea(base: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    from matcher.build.regions.korea import korean_provinces

    return korean_provinces(base[base["country"] == "KR"])


def _indonesia(base: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    from matcher.build.regions.indonesia import indonesian_provinces

    return indonesian_provinces(base[base["country"] == "ID"])


def italian_provinces(base: gpd.GeoDataFrame, provinces: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The 107 provinces, joined from comuni; sets ``parent_id`` of the comuni in `base`."""
    import geopandas as gpd

    mine = base[base["country"] == "IT"]
    keys, shapes = dissolve(mine.geometry.to_numpy(), mine["province_code"].astype(int))
    facts = mine.drop_duplicates("province_code").set_index(mine["province_code"].drop_duplicates().astype(int)).loc[keys]
    iso = [f"IT-{short}" for short in facts["province_short"]]
    ids = dict(zip(keys, [f"a1:{code}" for code in iso], strict=True))
    base.loc[mine.index, "parent_id"] = mine["province_code"].astype(int).map(ids)
    known = provinces.drop_duplicates("iso").set_index("iso").reindex(iso)
    return gpd.GeoDataFrame(
        {
            "region_id": [f"a1:{code}" for code in iso], "country": "IT", "name": facts["province"].to_numpy(),
            "level": "province", "national_code": iso,
            **{c: known[c].to_numpy() for c in ("name_en", "name_id", "name_ko", "wikidata", "geonames_id")},
        },
        geometry=shapes, crs="EPSG:4326",
    )  # fmt: skip


def british(sources: Sources, base: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Counties and Greater London of the upper file, and Wales, Scotland and Northern Ireland."""
    import geopandas as gpd
    import pandas as pd

    from matcher.build.regions.replaced import signing_units

    counties = signing_units(sources, "gb-upper")
    london = counties["name"].str.contains("London")
    counties["level"] = london.map({True: "metropolis", False: "province"})
    counties["layer"] = "sign:gb-upper"
    mine = base[base["country"] == "GB"]
    letter = mine["national_code"].str[0]
    mine = mine[letter.isin(NATIONS)]
    keys, shapes = dissolve(mine.geometry.to_numpy(), letter[mine.index])
    nations = gpd.GeoDataFrame(
        {
            "region_id": [f"a1:{NATIONS[k][0]}" for k in keys], "country": "GB", "name": [NATIONS[k][1] for k in keys],
            "level": "province", "national_code": [NATIONS[k][0] for k in keys], "unit_type": "country",
            "layer": "sign by nation",
        },
        geometry=shapes, crs="EPSG:4326",
    )  # fmt: skip
    return pd.concat([counties.drop(columns=["parent_name", "seat_id"]), nations], ignore_index=True)


def oblasts(base: gpd.GeoDataFrame, provinces: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Oblasts of Ukraine, joined from hromadas by their code; sets ``parent_id`` of the hromadas in `base`."""
    import geopandas as gpd

    mine = base[base["country"] == "UA"]
    code = mine["national_code"].str[:4]
    keys, shapes = dissolve(mine.geometry.to_numpy(), code)
    base.loc[mine.index, "parent_id"] = "ua:" + code
    areas = gpd.GeoDataFrame({"country": "UA"}, index=range(len(keys)), geometry=shapes, crs="EPSG:4326")
    known = provinces[provinces["iso"].str.startswith("UA-")].assign(country="UA").reset_index(drop=True)
    hit = inside(areas, known, reach=0.2)
    facts: dict[str, list[Any]] = {
        c: [known[c].iloc[i] if i >= 0 else None for i in hit]
        for c in ("name", "name_en", "name_id", "name_ko", "wikidata", "geonames_id", "iso")
    }
    fallback = mine.drop_duplicates("national_code").groupby(code)["parent_name"].first().str.partition(" / ")[0]
    facts["name"] = [n or fallback[k] for n, k in zip(facts["name"], keys, strict=True)]
    local = {k: None for k in keys}
    return gpd.GeoDataFrame(
        {
            "region_id": [f"ua:{key}" for key in keys], "country": "UA", "level": "province",
            "national_code": facts.pop("iso"), "name_local": [local[k] for k in keys], **facts,
        },
        geometry=shapes, crs="EPSG:4326",
    )  # fmt: skip
