"""Indonesia: official names, codes and people of the 514 regencies and cities, and the 38 provinces above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.build.regions.layout import dissolve

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from matcher.build.sources import Sources

YEAR = 2025
RENAMED = {
    "Mamuju Utara": "Pasangkayu",
    "Maluku Tenggara Barat": "Kepulauan Tanimbar",
    "Toba Samosir": "Toba",
    "Mahakam Hulu": "Mahakam Ulu",
    "Siau Tagulandang Biaro": "Kepulauan Siau Tagulandang Biaro",
}
"""Name in the layer of 2020 to the name of today."""
PROVINCES: dict[str, tuple[str, str, str, str]] = {
    "11": ("Aceh", "ID-AC", "Aceh", "아체주"), "12": ("Sumatera Utara", "ID-SU", "North Sumatra", "북수마트라주"),
    "13": ("Sumatera Barat", "ID-SB", "West Sumatra", "서수마트라주"), "14": ("Riau", "ID-RI", "Riau", "리아우주"),
    "15": ("Jambi", "ID-JA", "Jambi", "잠비주"), "16": ("Sumatera Selatan", "ID-SS", "South Sumatra", "남수마트라주"),
    "17": ("Bengkulu", "ID-BE", "Bengkulu", "븡쿨루주"), "18": ("Lampung", "ID-LA", "Lampung", "람풍주"),
    "19": ("Kepulauan Bangka Belitung", "ID-BB", "Bangka Belitung Islands", "방카블리퉁 제도"),
    "21": ("Kepulauan Riau", "ID-KR", "Riau Islands", "리아우 제도"),
    "31": ("Jakarta", "ID-JK", "Jakarta", "자카르타"), "32": ("Jawa Barat", "ID-JB", "West Java", "서자와주"),
    "33": ("Jawa Tengah", "ID-JT", "Central Java", "중앙자와주"),
    "34": ("Yogyakarta", "ID-YO", "Special Region of Yogyakarta", "족자카르타 특별주"),
    "35": ("Jawa Timur", "ID-JI", "East Java", "동자와주"), "36": ("Banten", "ID-BT", "Banten", "반튼주"),
    "51": ("Bali", "ID-BA", "Bali", "발리주"), "52": ("Nusa Tenggara Barat", "ID-NB", "West Nusa Tenggara", "서누사틍가라주"),
    "53": ("Nusa Tenggara Timur", "ID-NT", "East Nusa Tenggara", "동누사틍가라주"),
    "61": ("Kalimantan Barat", "ID-KB", "West Kalimantan", "서칼리만탄주"),
    "62": ("Kalimantan Tengah", "ID-KT", "Central Kalimantan", "중앙칼리만탄주"),
    "63": ("Kalimantan Selatan", "ID-KS", "South Kalimantan", "남칼리만탄주"),
    "64": ("Kalimantan Timur", "ID-KI", "East Kalimantan", "동칼리만탄주"),
    "65": ("Kalimantan Utara", "ID-KU", "North Kalimantan", "북칼리만탄주"),
    "71": ("Sulawesi Utara", "ID-SA", "North Sulawesi", "북술라웨시주"),
    "72": ("Sulawesi Tengah", "ID-ST", "Central Sulawesi", "중앙술라웨시주"),
    "73": ("Sulawesi Selatan", "ID-SN", "South Sulawesi", "남술라웨시주"),
    "74": ("Sulawesi Tenggara", "ID-SG", "Southeast Sulawesi", "동남술라웨시주"),
    "75": ("Gorontalo", "ID-GO", "Gorontalo", "고론탈로주"), "76": ("Sulawesi Barat", "ID-SR", "West Sulawesi", "서술라웨시주"),
    "81": ("Maluku", "ID-MA", "Maluku", "말루쿠주"), "82": ("Maluku Utara", "ID-MU", "North Maluku", "북말루쿠주"),
    "91": ("Papua", "ID-PA", "Papua", "파푸아주"), "92": ("Papua Barat", "ID-PB", "West Papua", "서파푸아주"),
    "93": ("Papua Selatan", "ID-PS", "South Papua", "남파푸아주"), "94": ("Papua Tengah", "ID-PT", "Central Papua", "중앙파푸아주"),
    "95": ("Papua Pegunungan", "ID-PE", "Highland Papua", "산악파푸아주"),
    "96": ("Papua Barat Daya", "ID-PD", "Southwest Papua", "남서파푸아주"),
}  # fmt: skip
"""By BPS code of the province: name, ISO 3166-2, English and Korean name."""
METROPOLIS = "31"


def today(name: str) -> str:
    """Name of today of a unit of the layer.

    >>> today("Toba Samosir"), today("Purwakarta")
    ('Toba', 'Purwakarta')
    """
    return RENAMED.get(name, name)


def plain(name: str) -> str:
    """Key that joins the two spellings of a name: "Kabupaten" dropped, "Kota" kept, letters only.

    >>> plain("Kabupaten Toli-Toli") == plain("Toli Toli"), plain("Kota Bima") == plain("Kabupaten Bima")
    (True, False)
    """
    text = name.casefold().replace("administrasi ", "").replace("adm. ", "").removeprefix("kabupaten ")
    text = text.replace("kep. ", "kepulauan ")
    return "".join(char for char in text if char.isalnum())


def with_official(units: gpd.GeoDataFrame, sources: Sources) -> gpd.GeoDataFrame:
    """Join the official list onto the outlines.

    Raises
    ------
    BuildError
        If a unit of the list finds no outline, or an outline no unit.
    """
    from matcher.errors import BuildError

    official = _regencies(sources)
    by_key = {plain(name): i for i, name in official["name"].items()}
    names = units["name"].map(today)
    rows = [by_key.get(plain(name)) or _closest(plain(name), by_key) for name in names]
    lost = [name for name, row in zip(names, rows, strict=True) if row is None]
    if lost or len(set(rows)) != len(official):
        raise BuildError(f"Indonesia: {len(lost)} outlines have no official unit: {', '.join(lost[:5])}")
    found = official.loc[rows].reset_index(drop=True)
    city = found["name"].str.startswith("Kota ")
    names = found["name"].str.removeprefix("Kabupaten ").str.replace("Administrasi ", "")
    return units.assign(
        name=names.to_numpy(),
        name_id=found["name"].to_numpy(),
        unit_type=city.map({True: "kota", False: "kabupaten"}).to_numpy(),
        national_code=found["id"].to_numpy(),
        parent_id=("id:" + found["province_id"]).to_numpy(),
        population=found["population"].to_numpy(),
        population_year=YEAR,
        official_km2=found["area"].to_numpy(),
        capital=found["capital"].to_numpy(),
    )


def indonesian_provinces(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The 38 provinces of today, joined from `units`; Jakarta signs as one city."""
    import geopandas as gpd

    keys, shapes = dissolve(units.geometry.to_numpy(), units["parent_id"])
    codes = [key.removeprefix("id:") for key in keys]
    facts = [PROVINCES[code] for code in codes]
    return gpd.GeoDataFrame(
        {
            "region_id": keys,
            "country": "ID",
            "name": [f[0] for f in facts],
            "name_id": [f[0] for f in facts],
            "name_en": [f[2] for f in facts],
            "name_ko": [f[3] for f in facts],
            "unit_type": ["special capital region" if code == METROPOLIS else "provinsi" for code in codes],
            "national_code": [f[1] for f in facts],
            "level": ["metropolis" if code == METROPOLIS else "province" for code in codes],
        },
        geometry=shapes,
        crs="EPSG:4326",
    )


def _regencies(sources: Sources) -> pd.DataFrame:
    import pandas as pd

    table = pd.read_csv(
        sources.path("idn", "regencies.csv.gz"), dtype={"id": str, "province_id": str}, keep_default_na=False
    )
    for column in ("area", "population"):
        table[column] = pd.to_numeric(table[column], errors="coerce")
    return table


def _closest(key: str, by_key: dict[str, int]) -> int | None:
    """Row of the one key that differs by a letter or two ("Tolitoli" / "Tolitolli")."""
    from rapidfuzz import fuzz, process

    hit = process.extractOne(key, list(by_key), scorer=fuzz.ratio, score_cutoff=88)
    return by_key[hit[0]] if hit else None
