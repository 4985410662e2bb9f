"""Names of the units in Korean and Indonesian: what sources say, never a transliteration of our own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import geopandas as gpd
    import pandas as pd

    from matcher.build.regions.geonames import GeoNames

_HANGUL = "\uac00-\ud7a3"
ALIKE = 62
"""A name in Hangul is that of a unit where its reading agrees this much with the Latin name (0-100)."""
_CITY = "시티"
_TYPE_WORDS = re.compile(r"(?<=.)\s+[시군구현주성도]$")


def korean_names(units: gpd.GeoDataFrame, towns: pd.DataFrame, names: GeoNames) -> pd.Series:
    """Name in Hangul: of the source, of the unit in either Korea, or that of GeoNames for it or for its town.

    A town counts where it lies inside and bears the unit's name. Of several spellings the one that CLDR has for a
    city is in use; where it has none of them, none is taken.

    Parameters
    ----------
    units
        Columns country, name, name_ko, name_local, geonames_id.
    towns
        Towns inside, with ``unit`` as position in `units`.
    names
        Admin units with their aliases.
    """
    import pandas as pd

    from matcher.folding import fold_bare

    result = units["name_ko"].astype(object).where(units["name_ko"].notna(), None).tolist()
    own = units["name"].fillna("").tolist()
    countries = units["country"].tolist()
    cities = frozenset(zone_cities("ko").values())
    aliases = names.units["aliases"].to_dict()
    for i, (local, unit) in enumerate(zip(units["name_local"], units["geonames_id"], strict=True)):
        if result[i] is None and countries[i] in ("KR", "KP") and isinstance(local, str):
            result[i] = local
        elif result[i] is None and not pd.isna(unit):
            result[i] = hangul_name(aliases.get(int(unit), []), cities)
    known = towns[towns["alternates"].fillna("").str.contains(f"[{_HANGUL}]", regex=True)]
    for unit, town, alternates, _ in _bearers(units, known):
        if result[unit] is None and (name := hangul_name(alternates, cities)):
            # a county has names of its town among its own: Allegheny is not called Pittsburgh
            named = fold_bare(town) == fold_bare(own[unit])
            if name.endswith(_CITY) and "city" not in own[unit].casefold():
                continue  # Salt Lake is the county, Salt Lake City is not
            result[unit] = name if named or sounds_like(name, own[unit]) else None
    return pd.Series(result, index=units.index, dtype=object)


def indonesian_names(units: gpd.GeoDataFrame, towns: pd.DataFrame) -> pd.Series:
    """Name in Indonesian: of the source, of the unit in Indonesia, or that of CLDR for the city of a time zone.

    Where CLDR has none, Indonesian writes the name as it is.
    """
    import pandas as pd

    own = units["name_id"].where(units["name_id"].notna() | (units["country"] != "ID"), units["name"])
    result = own.astype(object).where(own.notna(), None).tolist()
    cities = zone_cities("id")
    seats = towns[towns["time_zone"].isin(list(cities)) & towns["feature"].isin(["PPLC", "PPLA"])]
    for unit, _, alternates, zone in _bearers(units, seats):
        if result[unit] is None and zone_city(zone) in alternates:
            result[unit] = cities[zone]
    return pd.Series(result, index=units.index, dtype=object)


def _bearers(units: gpd.GeoDataFrame, towns: pd.DataFrame) -> Iterator[tuple[int, str, list[str], str]]:
    """Towns that bear the name of the unit around them: position of the unit, name and all names, time zone."""
    from matcher.folding import fold_bare

    own = [fold_bare(name) if isinstance(name, str) else "" for name in units["name"]]
    countries = units["country"].tolist()
    columns = ("unit", "name", "country", "alternates", "time_zone")
    for unit, name, country, text, zone in zip(*(towns[c] for c in columns), strict=True):
        alternates = [name, *(text.split(",") if isinstance(text, str) else [])]
        if country == countries[unit] and own[unit] and own[unit] in {fold_bare(a) for a in alternates}:
            yield unit, name, alternates, zone


def hangul_name(aliases: Iterable[str], cities: frozenset[str]) -> str | None:
    """The alias in Hangul, if there is one only; of several the one that is among `cities`.

    >>> hangul_name(["Elgin", "엘긴", "엘긴 시"], frozenset())
    '엘긴'
    >>> hangul_name(["빈", "비엔나"], frozenset({"비엔나"})), hangul_name(["나디", "난디"], frozenset())
    ('비엔나', None)
    """
    plain = (_TYPE_WORDS.sub("", a.strip()) for a in aliases if re.fullmatch(f"\\s*[{_HANGUL} ]+", a))
    found = list({a.replace(" ", ""): a for a in plain if a}.values())
    listed = [a for a in found if a in cities]
    return next((kept[0] for kept in (listed, found) if len(kept) == 1), None)


def sounds_like(hangul: str, latin: str) -> bool:
    """Whether a name in Hangul is read like a Latin one.

    >>> sounds_like("덴파사르", "Kota Denpasar"), sounds_like("피츠버그", "Allegheny")
    (True, False)
    """
    from anyascii import anyascii
    from rapidfuzz.fuzz import ratio

    from matcher.folding import fold_bare

    return ratio(anyascii(hangul).casefold(), fold_bare(latin)) >= ALIKE


def zone_cities(locale: str) -> dict[str, str]:
    """City that names each time zone, in a language (CLDR)."""
    from babel import Locale

    zones = Locale(locale).time_zones
    return {zone: str(facts["city"]) for zone, facts in zones.items() if facts.get("city")}


def zone_city(zone: str) -> str:
    """English name of the city that names a time zone.

    >>> zone_city("America/Argentina/Buenos_Aires")
    'Buenos Aires'
    """
    return zone.rpartition("/")[2].replace("_", " ")
