"""All upper units: each country's provinces and metropolises, without doubles of a base unit, and who belongs where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.build.regions.china import chinese_prefectures
from matcher.build.regions.indonesia import indonesian_provinces
from matcher.build.regions.korea import korean_provinces
from matcher.build.regions.layout import CRS, dissolve
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

OWN = ("CN", "EH", "GB", "HK", "ID", "IT", "KR", "MO", "SG", "UA")
"""Countries whose upper units are not those of Natural Earth, or that have none."""
NATIONS = {"W": ("GB-WLS", "Wales"), "S": ("GB-SCT", "Scotland"), "N": ("GB-NIR", "Northern Ireland")}


def upper_layers(
    sources: Sources,
    names: GeoNames,
    provinces: gpd.GeoDataFrame,
    base: gpd.GeoDataFrame,
    levels: pd.DataFrame,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Upper units of all countries in `base`, and `base` with ``parent_id`` set.

    An upper unit that has the outline of one base unit is left out: the base unit signs. One without base units
    below is left out too, unless it is a city of the table of metropolises.
    """
    table = read_metropolises()
    base = base.reset_index(drop=True)
    here = set(base["country"])
    upper = national(sources, provinces, base, table)
    given = {region: i for i, region in enumerate(upper["region_id"])}
    position = base["parent_id"].map(given).fillna(-1).astype(int).to_numpy()
    position = np.where(position >= 0, position, inside(base, upper))
    upper["double"] = same_outline(base, upper, position)
    ids = upper["region_id"].to_numpy(dtype=object)
    base["parent_id"] = np.where(position >= 0, ids[position], None) if len(ids) else None
    if "CN" in here:
        upper = with_prefectures(upper, base, provinces, names)
    upper = with_groups(upper, base, provinces, table)
    used = set(base["parent_id"]) | set(upper["parent_id"].dropna())
    # A city that the base layer leaves blank (Moscow) stands for itself.
    blank = (upper["level"] == "metropolis") & upper["country"].isin(here)
    upper = upper[~upper["double"] & (upper["region_id"].isin(used) | blank)].drop_duplicates("region_id")
    return credited(enriched(upper.drop(columns="double"), provinces), levels), base


def national(
    sources: Sources, provinces: gpd.GeoDataFrame, base: gpd.GeoDataFrame, table: pd.DataFrame
) -> gpd.GeoDataFrame:
    """The first level below the country, of every country in `base`."""
    import geopandas as gpd
    import pandas as pd

    here = set(base["country"])
    world = usable(provinces[~provinces["country"].isin(OWN)], base)
    parts = [mark_cities(world, table).assign(layer="ne1")]
    if "KR" in here:
        parts.append(korean_provinces(base[base["country"] == "KR"]).assign(layer="kr by code"))
    if "ID" in here:
        parts.append(indonesian_provinces(base[base["country"] == "ID"]).assign(layer="gb by province"))
    if "IT" in here:
        parts.append(italian_provinces(base, provinces).assign(layer="ita by province"))
    if "GB" in here:
        parts.append(british(sources, base))
    if "UA" in here:
        parts.append(oblasts(base, provinces).assign(layer="sign by oblast"))
    if "CN" in here:
        parts.append(mark_cities(_chinese(provinces), table).assign(layer="ne1"))
    upper = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=CRS)
    return upper if "parent_id" in upper else upper.assign(parent_id=None)


def with_prefectures(
    upper: gpd.GeoDataFrame, base: gpd.GeoDataFrame, provinces: gpd.GeoDataFrame, names: GeoNames
) -> gpd.GeoDataFrame:
    """Add the Chinese prefectures to `upper`, and make them the parents of their counties in `base`."""
    import pandas as pd

    mine = base.index[base["country"] == "CN"]
    counties = base.loc[mine].reset_index(drop=True)
    cities = chinese_prefectures(counties, _chinese(provinces), names).assign(layer="gb by admin2")
    member = np.full(len(mine), -1)
    for i, rows in enumerate(cities["members"]):
        member[rows] = i
    cities["double"] = same_outline(counties, cities, member)
    below = np.flatnonzero((member >= 0) & ~cities["double"].to_numpy()[member])
    base.loc[mine[below], "parent_id"] = cities["region_id"].to_numpy()[member[below]]
    return pd.concat([upper, cities.drop(columns="members")], ignore_index=True)


def with_groups(
    upper: gpd.GeoDataFrame, base: gpd.GeoDataFrame, provinces: gpd.GeoDataFrame, table: pd.DataFrame
) -> gpd.GeoDataFrame:
    """Add the cities that are joined from base units to `upper`, and make them the parents of these in `base`."""
    import pandas as pd

    groups = city_groups(base, provinces, table)
    if not len(groups):
        return upper
    double = set(upper["region_id"][upper["double"]])
    rows_of = pd.Series(base.index, index=base["region_id"])
    above: list[str | None] = []
    for group in groups.itertuples():
        rows = rows_of.loc[group.members]
        # The province above most of the members; a city of several provinces ("Metro Manila") has none.
        found = base.loc[rows, "parent_id"].dropna()
        found = found[~found.isin(double)].value_counts()
        above.append(found.index[0] if len(found) and found.iloc[0] > len(rows) / 2 else None)
        base.loc[rows, "parent_id"] = group.region_id
        if group.members_fine:
            base.loc[rows, "fine"] = True
    groups = groups.drop(columns=["members", "members_fine"]).assign(
        parent_id=above, layer="joined", double=False
    )
    return pd.concat([upper, groups], ignore_index=True)


def _chinese(provinces: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return provinces[(provinces["country"] == "CN") & provinces["national_code"].notna()].reset_index(
        drop=True
    )


def enriched(upper: gpd.GeoDataFrame, provinces: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Fill names, Wikidata and GeoNames ids of upper units from Natural Earth, by ISO 3166-2 code."""
    known = provinces.drop_duplicates("iso").set_index("iso").reindex(upper["national_code"])
    for column in ("name_en", "name_id", "name_ko", "name_local", "wikidata", "geonames_id"):
        own = upper[column].astype(object) if column in upper else None
        more = known[column].astype(object).set_axis(upper.index)
        upper[column] = more if own is None else own.where(own.notna(), more)
    return upper


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
    groups = dict(list(upper.groupby(["country", "level", "layer"], sort=True)))
    if missing := [" ".join(map(str, key)) for key in groups if key not in rows]:
        raise BuildError(f"levels.csv has no row for these upper units: {', '.join(missing)}")
    parts = [stamp(part.copy(), rows[key]) for key, part in groups.items()]
    return pd.concat(parts, ignore_index=True) if parts else upper


def italian_provinces(base: gpd.GeoDataFrame, provinces: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The 107 provinces, joined from comuni; sets ``parent_id`` of the comuni in `base`."""
    import geopandas as gpd

    mine = base[base["country"] == "IT"]
    keys, shapes = dissolve(mine.geometry.to_numpy(), mine["province_code"].astype(int))
    facts = (
        mine.drop_duplicates("province_code")
        .set_index(mine["province_code"].drop_duplicates().astype(int))
        .loc[keys]
    )
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
    fallback = (
        mine.drop_duplicates("national_code").groupby(code)["parent_name"].first().str.partition(" / ")[0]
    )
    facts["name"] = [n or fallback[k] for n, k in zip(facts["name"], keys, strict=True)]
    local = dict.fromkeys(keys)
    return gpd.GeoDataFrame(
        {
            "region_id": [f"ua:{key}" for key in keys], "country": "UA", "level": "province",
            "national_code": facts.pop("iso"), "name_local": [local[k] for k in keys], **facts,
        },
        geometry=shapes, crs="EPSG:4326",
    )  # fmt: skip
