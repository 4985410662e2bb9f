"""Layers that stand in for geoBoundaries: signing units of 16 countries, Italian comuni, Natural Earth."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

from matcher.build.regions.layout import polygons_only, simplified

if TYPE_CHECKING:
    import geopandas as gpd

    from matcher.build.sources import Sources

POPULATION_YEAR = {"SE": 2020, "PT": 2020, "EE": 2020, "BE": 2020, "TZ": 2002, "TN": 2004, "BI": 2008}
"""Year of the official population in the files, as their description says."""
OVERSEAS = {"971": "GP", "972": "MQ", "973": "GF", "974": "RE", "976": "YT"}
"""French departments that are countries of their own in ISO 3166-1."""
ITALY_YEAR = 2023
ISO_FIX = {"RUS-2364": "RU-MOS", "RUS-2365": "RU-MOW"}
"""Natural Earth has the codes of Moscow and its oblast crossed."""
LANGUAGE = {
    **dict.fromkeys(["AE", "BH", "DZ", "EG", "EH", "IQ", "JO", "KW", "LB", "LY", "MA", "MR", "OM", "PS", "QA", "SA", "SD", "SY", "TN", "YE", "DJ", "KM"], "ar"),
    **dict.fromkeys(("CN", "SG"), "zh"), "TW": "zht", **dict.fromkeys(("KR", "KP"), "ko"),
    **dict.fromkeys(("GR", "CY"), "el"), "JP": "ja", "RU": "ru", "UA": "uk", "IR": "fa", "IL": "he", "IN": "hi", "BD": "bn",
    "PK": "ur",
}  # fmt: skip
"""Language of the `name_*` fields of Natural Earth that is written in a country's own script."""
OWN_NAMES = ("HK",)
"""Where `name` is right and `name_en` a part of the unit ("Lantau Island" for Islands)."""
TOLERANCE = 0.003
"""Detail that is dropped from fine layers, degrees (300 m)."""


def signing_units(sources: Sources, code: str) -> gpd.GeoDataFrame:
    """Units of one file of `sign`, such as ``"se"`` or ``"gb-upper"``."""
    import geopandas as gpd
    import pandas as pd
    import shapely

    with gzip.open(sources.path("sign", f"{code}.geojson.gz"), "rt", encoding="utf-8") as file:
        text = file.read()
    table = pd.DataFrame([feature["properties"] for feature in json.loads(text)["features"]]).astype(object)
    table = table.where(table.notna(), None)
    shapes = shapely.get_parts(shapely.from_geojson(text))
    country = table["country"].iloc[0]
    # "KE.01" of the file is "ke:01" here; record numbers of Who's On First keep their mark.
    short = table["unit_id"].str.replace(rf"^{country}\.", "", regex=True)
    frame = gpd.GeoDataFrame(
        {
            "region_id": country.lower() + ":" + short,
            "country": table["country"],
            "name": table["name"],
            "name_local": table["local_name"].where(table["local_name"] != table["name"], None),
            "unit_type": table["level"],
            "wikidata": table["wikidata"],
            "geonames_id": table["geonames"],
            "national_code": short.where(~short.str.startswith("wof:"), None),
            "population": table["population"],
            "population_year": POPULATION_YEAR.get(country),
            "parent_name": table["parent"],
            "seat_id": table["town_geonames"],
        },
        geometry=polygons_only(shapes),
        crs="EPSG:4326",
    )
    if country == "FR":
        overseas = frame["national_code"].str[:3].map(OVERSEAS)
        frame["country"] = overseas.fillna("FR")
    return frame


def italian_comuni(sources: Sources) -> gpd.GeoDataFrame:
    """The comuni of Italy with ISTAT code and population, and in ``province_code`` their province."""
    import geopandas as gpd
    import pandas as pd

    shapes = gpd.read_feather(sources.path("ita", "2023_italy_geo_municipalities.feather"))
    facts = pd.read_feather(sources.path("ita", "2023_italy_municipalities.feather")).set_index(
        "municipality_code"
    )
    people = pd.read_feather(sources.path("ita", "2023_italy_pop.feather"))
    total = people.groupby("municipality_code")["tot"].sum()
    code = shapes["municipality_code"]
    facts = facts.reindex(code)
    return gpd.GeoDataFrame(
        {
            "region_id": [f"it:{int(c):06d}" for c in code],
            "country": "IT",
            "name": facts["municipality"].to_numpy(),
            "national_code": [f"{int(c):06d}" for c in code],
            "population": total.reindex(code).to_numpy(),
            "population_year": ITALY_YEAR,
            "province_code": facts["province_code"].astype(int).to_numpy(),
            "province": facts["province"].to_numpy(),
            "province_short": facts["province_short"].to_numpy(),
        },
        geometry=simplified(shapes.geometry.to_numpy(), TOLERANCE),
        crs="EPSG:4326",
    )


def natural_earth(sources: Sources) -> gpd.GeoDataFrame:
    """All provinces of Natural Earth with their names in many languages.

    Returns
    -------
    GeoDataFrame
        Columns region_id, country, adm1_code, iso, name, name_en, name_id, name_ko, name_local, names (dict by
        language), wikidata, geonames_id, national_code, unit_type, region.
    """
    import geopandas as gpd
    import shapely

    with sources.path("ne1", "states/admin1.json").open(encoding="utf-8") as file:
        features = json.load(file)["features"]
    features = [f for f in features if f.get("geometry") and len(str(f["properties"].get("iso_a2"))) == 2]
    rows = [_province(feature["properties"]) for feature in features]
    keep = [row["name"] is not None for row in rows]
    features, rows = [[x for x, k in zip(xs, keep, strict=True) if k] for xs in (features, rows)]
    count: dict[str, int] = {}
    for row in rows:
        count[row["iso"]] = count.get(row["iso"], 0) + 1
    for row in rows:
        proper = (
            count[row["iso"]] == 1 and "~" not in row["iso"] and row["iso"].startswith(row["country"] + "-")
        )
        row["region_id"] = "a1:" + (row["iso"] if proper else row["adm1_code"])
        row["national_code"] = row["iso"] if proper else None
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
    frame = gpd.GeoDataFrame(rows, geometry=polygons_only(shapes), crs="EPSG:4326")
    return without_lent_names(frame).sort_values("region_id", ignore_index=True)


def without_lent_names(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Provinces without the English, Indonesian and Korean names of another one.

    The regions of Madagascar bear those of its former provinces in every language but their own.
    """
    shared = frame["name_en"].notna() & frame.duplicated(["country", "name_en"], keep=False)
    lent = shared & (frame["name"] != frame["name_en"])
    columns = ["name_en", "name_id", "name_ko"]
    return frame.assign(**{column: frame[column].where(~lent, None) for column in columns})


def kind_of(text: str) -> str | None:
    """Type of a unit of Natural Earth: the first of several, without "administrative", which tells nothing.

    >>> kind_of("Administrative State"), kind_of("Municipality|Prefecture"), kind_of("")
    ('state', 'municipality', None)
    """
    return text.partition("|")[0].strip().casefold().removeprefix("administrative ") or None


def _province(facts: dict[str, Any]) -> dict[str, Any]:
    from matcher.build.regions.repair import bare_upper, has_native_script

    def text(key: str) -> str | None:
        value = facts.get(key)
        return str(value).strip() or None if value is not None else None

    from rapidfuzz.fuzz import partial_ratio

    names = {
        key[5:]: value for key, value in facts.items() if key.startswith("name_") and isinstance(value, str)
    }
    own, english = text("name"), text("name_en")
    # `name` has misprints ("Kinkkale"); `name_en` sometimes is that of another unit ("Siu Ma Shan").
    close = own and english and partial_ratio(own.casefold(), english.casefold()) >= 60
    best = english if english and (close or not own) and facts["iso_a2"] not in OWN_NAMES else own
    geonames = facts.get("gn_id")
    # The field `name_local` is not used: it gives Bangkok the name of Chiang Mai.
    local = (names.get(LANGUAGE.get(str(facts["iso_a2"]), "")) or "").partition("|")[0]
    return {
        "country": facts["iso_a2"], "adm1_code": facts["adm1_code"], "iso": ISO_FIX.get(facts["adm1_code"]) or text("iso_3166_2") or facts["adm1_code"],
        "name": bare_upper(best) if best else None,
        "name_en": english, "name_id": text("name_id"), "name_ko": text("name_ko"),
        "name_local": local if local and has_native_script(local) else None, "names": names,
        "wikidata": text("wikidataid"), "geonames_id": geonames if geonames and geonames > 0 else None,
        "unit_type": kind_of(text("type_en") or ""), "region": text("region"),
    }  # fmt: skip
