"""The seat of each unit, and its time zone."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from matcher.build.regions.geonames import SEAT_RANK
from matcher.build.regions.korea import short_name, spelling_key

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from matcher.build.regions.geonames import GeoNames

LOCAL = {"PPLA3": 3, "PPLA4": 4, "PPLA5": 5}
"""Feature codes of seats below the second level: that of the unit itself, or those of parts of it."""
NO_TOWNS = ("PPLX", "PPLQ", "PPLW", "PPLH")
"""A suburb or an abandoned place is no seat."""
LEAST_SHARE = 0.1
"""Least people of a seat, as a share of those of the largest town, where the rank alone does not tell.

Measured on 11,582 base units of several towns, one of them a capital, province or district seat, with all ranks hidden:
the largest town is that seat in 78.0 % of the units; with the town of the unit's name first 83.0 % from a share of .1
on, 83.0 % from .05, 82.8 % from .2, 81.7 % from .5.
"""
WHOLE, LISTED, PART = 3, 2, 1
"""How a town bears the name of its unit: as its name, as another of its names, or as a part of a compound one."""
LEAST_PART = 4
"""Letters from which on a part of a compound can be a name: "gun" and "la" are none."""
_HANGUL = re.compile("[가-힣]")
_JOINTS = re.compile(r"\s*[-–/,()]\s*|\s+(?:and|y|e|et|und|dan|&)\s+")


def seats(towns: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Seat of each unit.

    A capital, else the seat of a province or district; else the town that bears the name of the unit, if it is a seat
    of a lower level or not small beside the largest; else the one seat of a lower level, if it is not small; else the
    largest town. A town of another country just over the border is no seat.

    Parameters
    ----------
    towns
        Rows of `GeoNames.towns`, with ``unit`` as position in `units`.
    units
        Columns country, name, name_local, name_en.

    Returns
    -------
    DataFrame
        Index position in `units`: seat_name, seat_lat, seat_lon, seat_population (NaN = unknown), time_zone.
    """
    table = towns[towns["country"].to_numpy() == units["country"].to_numpy()[towns["unit"]]]
    table = table.assign(size=table["population"].fillna(0))
    first = _ranked(table.assign(alike=likenesses(table, units))).drop_duplicates("unit").set_index("unit")
    own = units["name"].iloc[first.index]
    first["name"] = [
        _todays(town, unit, alike) if country == "KR" else town
        for town, unit, alike, country in zip(
            first["name"], own, first["alike"], first["country"], strict=True
        )
    ]
    return first.rename(
        columns={"name": "seat_name", "lat": "seat_lat", "lon": "seat_lon", "population": "seat_population"}
    )[["seat_name", "seat_lat", "seat_lon", "seat_population", "time_zone"]]


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    """Towns with ``size`` and ``alike``, the seat of each unit before its other towns."""
    kind, unit, named = table["feature"], table["unit"], table["alike"] > 0
    local = kind.map(LOCAL)
    own = local == local.groupby(unit).transform("min")
    largest = table["size"].groupby(unit).transform("max")
    large = table["population"] >= LEAST_SHARE * largest
    only = own & (own.groupby(unit).transform("sum") == 1) & (large | table["population"].isna())
    rank = kind.map(SEAT_RANK).astype(float)
    rank = rank.mask(rank.isna() & named & (own | large), 3.0)
    rank = rank.mask(rank.isna() & only, 4.0)
    rank = rank.fillna(5.0).mask(kind.isin(NO_TOWNS), 6.0)
    # Among capitals a part of the name decides nothing (Srinagar and Jammu), nor does a small namesake among towns.
    counts = table["alike"].where((rank == 3.0) | (large & (rank < 3.0) & (table["alike"] > PART)), 0)
    return table.assign(rank=rank, counts=counts).sort_values(
        ["rank", "counts", "size", "id"], ascending=[True, False, False, True]
    )


def _todays(town: str, unit: str, alike: int) -> str:
    """Name of a Korean seat as it is spelled today where its unit bears it: the list has older and Japanese ones.

    >>> _todays("Kurye", "Gurye", LISTED), _todays("Eisen", "Yeongcheon", LISTED), _todays("Seongnam-si", "Seongnam", 0)
    ('Gurye', 'Yeongcheon', 'Seongnam')
    """
    return re.sub("-(?:gun|si|gu)$", "", unit) if alike >= LISTED else short_name(town)


def likenesses(towns: pd.DataFrame, units: pd.DataFrame) -> list[int]:
    """How each of `towns`, with ``size``, bears the name of its unit: `WHOLE`, `LISTED`, `PART` or 0; as for `seats`."""
    whole: list[frozenset[str]] = []
    parts: list[frozenset[str]] = []
    for country, *names in zip(
        *(units[c] for c in ("country", "name", "name_local", "name_en")), strict=True
    ):
        texts = [text for text in names if isinstance(text, str)]
        whole.append(frozenset(_key(text, country) for text in texts) - {""})
        pieces = (_key(part, country) for text in texts for part in _parts(text))
        parts.append(frozenset(piece for piece in pieces if len(piece) >= LEAST_PART))
    largest = towns.sort_values("size").drop_duplicates("unit", keep="last").set_index("unit")["name"]
    # Kirchbach in Steiermark is what Kirchbach-Zerlach is named after, for all that Zerlach bears a part unchanged.
    for unit, name in largest.items():
        if parts[unit] and any(piece in _key(name, "") for piece in parts[unit]):
            parts[unit] = frozenset()
    result = []
    for unit, country, name, listed in zip(
        *(towns[c] for c in ("unit", "country", "name", "alternates")), strict=True
    ):
        key = _key(name, country)
        others = {_key(text, country) for text in listed.split(",")} if isinstance(listed, str) else set()
        if country == "KR" and (hangul := {text for text in others if _HANGUL.search(text)}):
            # Chilgok is among the names of Waegwan, its seat, but 칠곡 is not.
            result.append(LISTED if hangul & whole[unit] else 0)
        elif key in whole[unit]:
            result.append(WHOLE)
        else:
            result.append(LISTED if others & whole[unit] else PART if {key, *others} & parts[unit] else 0)
    return result


@cache
def _key(name: str, country: str) -> str:
    """Key under which spellings of a name meet, type words aside."""
    from matcher.folding import fold_bare

    return spelling_key(name) if country == "KR" else fold_bare(name)


def _parts(name: str) -> list[str]:
    """Parts of a compound name; none of a plain one.

    >>> _parts("Queenstown-Lakes"), _parts("Luxor")
    (['Queenstown', 'Lakes'], [])
    """
    parts = [part for part in _JOINTS.split(name) if part]
    return parts if len(parts) > 1 else []


def time_zones(units: gpd.GeoDataFrame, names: GeoNames) -> pd.Series:
    """Time zone of each unit: that of its seat, else of the nearest town of the country, else of any town."""
    import pandas as pd

    zones = units["time_zone"].copy()
    known = names.towns[names.towns["time_zone"].notna()]
    subset = type(names)(known, names.units)
    has_towns = set(known["country"])
    for country, rows in units[zones.isna()].groupby("country").groups.items():
        near = subset.nearest(
            units.loc[rows, "lat"], units.loc[rows, "lon"], country if country in has_towns else ""
        )
        zones.loc[rows] = known["time_zone"].to_numpy()[near]
    return pd.Series(zones, dtype=object)
