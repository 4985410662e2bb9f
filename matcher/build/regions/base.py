"""All base units: every layer of `levels.csv` at the level that signs, names cleaned, official facts joined."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from matcher.build.regions.levels import stamp

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from matcher.build.regions.geonames import GeoNames
    from matcher.build.sources import Sources

MANILA = ("PH", "Manila")
MANILA_OUTLINE = "PHL-5543"
"""The Philippine layer has the 14 districts of Manila, which do not sign, in place of the city."""

_LATIN_THEN_NATIVE = re.compile(
    r"^(?P<latin>[^\u0370-\u1cff\u3040-\ud7ff]+?)\s*(?P<native>[\u0370-\u1cff\u3040-\ud7ff].*)$"
)


def base_layers(
    sources: Sources, names: GeoNames, provinces: gpd.GeoDataFrame, levels: pd.DataFrame
) -> gpd.GeoDataFrame:
    """Base units of all countries in `levels`.

    Returns
    -------
    GeoDataFrame
        Identity columns as far as the layers give them; ``name`` is missing where a layer has no Latin spelling.
    """
    import pandas as pd

    from matcher.build.regions import indonesia, korea, replaced, units

    rows = levels[levels["level"] == "regency"]
    parts = []
    gazetteer = units.base_units(sources, names, rows)
    if len(gazetteer):
        for country, others in units.ELSEWHERE.items():
            gazetteer = units.without(gazetteer, country, provinces[provinces["country"].isin(others)])
        gazetteer = units.one_city(gazetteer, MANILA, provinces[provinces["adm1_code"] == MANILA_OUTLINE])
        parts.append(gazetteer)
    for _, row in rows.iterrows():
        layer = row["layer"]
        if layer.startswith("sign:"):
            parts.append(stamp(replaced.signing_units(sources, layer[5:]), row))
        elif layer == "ita":
            parts.append(stamp(replaced.italian_comuni(sources), row))
        elif layer == "kr":
            parts.append(stamp(korea.korean_units(sources, names), row))
        elif layer == "ne1":
            mine = provinces[provinces["country"] == row["country"]].drop(columns=["iso", "region", "names"])
            parts.append(stamp(whole_territory(mine, sources), row))
    base = pd.concat(parts, ignore_index=True)
    for column in (
        "name_local",
        "name_en",
        "name_id",
        "unit_type",
        "parent_id",
        "population",
        "population_year",
        "national_code",
    ):
        if column not in base:
            base[column] = None
    base["governed"] = (
        base["governed"].astype(object).where(base["governed"].notna(), True) if "governed" in base else True
    )
    base = clean_names(base)
    if (mine := base["country"] == "ID").any():
        base = _replace(base, mine, indonesia.with_official(base[mine], sources))
    return with_figures(base, sources)


def with_figures(base: gpd.GeoDataFrame, sources: Sources) -> gpd.GeoDataFrame:
    """Join the official counts that come as lists of units."""
    from matcher.build.regions import figures, population

    if (mine := base["country"] == "PH").any():
        census = population.philippine(sources, base[mine])
        base = _replace(base, mine, base[mine].assign(**{c: census[c] for c in census}, population_year=2024))
    if (mine := base["country"] == "FR").any():
        people = figures.french(sources, base.loc[mine, "national_code"])
        base = _replace(base, mine, base[mine].assign(population=people, population_year=figures.FRENCH_YEAR))
    if (mine := base["country"] == "MA").any():
        people = figures.moroccan(sources, base.loc[mine, "name"])
        base = _replace(
            base, mine, base[mine].assign(population=people, population_year=figures.MOROCCAN_YEAR)
        )
    return base


def _replace(base: gpd.GeoDataFrame, mine: pd.Series, better: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    import pandas as pd

    return pd.concat([base[~mine], better]).sort_index()


def whole_territory(units: gpd.GeoDataFrame, sources: Sources) -> gpd.GeoDataFrame:
    """A territory of one outline goes by the name of the country, not by that of an island."""
    import json

    if len(units) != 1:
        return units
    countries = json.loads(sources.path("gnc", "countries.json").read_text("utf-8"))
    facts = countries.get(units["country"].iloc[0])
    return (
        units.assign(name=facts["name"], name_en=facts["name"], name_id=None, name_ko=None)
        if facts
        else units
    )


def clean_names(base: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Take type words off, part Latin from native spellings; names that clash inside a layer keep their type word."""
    import pandas as pd

    from matcher.build.regions.repair import bare, has_native_script, tidy

    given, native, kinds = (_texts(base[c]) for c in ("name", "name_local", "unit_type"))
    latin: list[str | None] = []
    for i, (text, country) in enumerate(zip(given, base["country"], strict=True)):
        name = tidy(text) if text else None
        if name and country == "KR":
            latin.append(name)
            continue
        if name and has_native_script(name):
            both = _LATIN_THEN_NATIVE.match(name)
            native[i] = native[i] or (both["native"] if both else name)
            name = bare(both["latin"] if both else name, country)[0]
            latin.append(name if both else (None if not _cyrillic(name) else name))
            continue
        if name:
            name, kind = bare(name, country)
            kinds[i] = kind or kinds[i]
        latin.append(name)
    return base.assign(
        name=pd.Series(latin, index=base.index, dtype=object),
        name_local=pd.Series(native, index=base.index, dtype=object),
        unit_type=pd.Series(kinds, index=base.index, dtype=object),
    )


def _texts(values: pd.Series) -> list[str | None]:
    """Texts, and None for every kind of missing value."""
    return [value if isinstance(value, str) and value else None for value in values]


def _cyrillic(text: str) -> bool:
    """Cyrillic and Greek romanise letter by letter; scripts without vowels do not."""
    return bool(re.search(r"[\u0370-\u052f]", text))
