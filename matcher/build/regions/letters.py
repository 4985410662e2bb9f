"""Letters that a layer's encoding destroyed, given back by a list of the country's places.

Layers of a few countries turned every letter outside ASCII into some other character, or into none, or cut the name
there: "Gy:ngyksmellvk" was Gyöngyösmellék, "Sul6kov" Sulíkov, "B" Büssü. What is left fits few names, and in one
district mostly one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.build.regions.geonames import on_sphere

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from matcher.build.sources import Sources

COUNTRIES = ("CZ", "HU", "SI", "SK")
"""Countries whose layer lost letters and whose units stand in the list."""
NEIGHBOURS = 8
"""The district of a unit is one of those of so many units near by whose names are whole."""
ROUNDS = 4
PLACES = ("locality", "localadmin", "county", "region")
UNREADABLE = 2
"""Of so few letters the largest town inside says more."""


def read_places(sources: Sources) -> pd.DataFrame:
    """Names of places in `COUNTRIES` (Overture): columns country, name, district; a name once a district."""
    import pandas as pd

    table = pd.read_parquet(
        sources.path("wkls", "overture.zstd18.parquet"),
        columns=["country", "subtype", "name_primary", "parent_id"],
    )
    table = table[
        table["country"].isin(COUNTRIES) & table["subtype"].isin(PLACES) & table["name_primary"].notna()
    ]
    places = table.rename(columns={"name_primary": "name", "parent_id": "district"}).drop(columns="subtype")
    return places.drop_duplicates().sort_values(["country", "district", "name"]).reset_index(drop=True)


def worn(name: str) -> re.Pattern[str]:
    """What may be left of a name: its ASCII letters, and up to two characters for each other one, or the part before one.

    >>> bool(worn("Sulíkov").fullmatch("Sul6kov")), bool(worn("Büssü").fullmatch("B"))
    (True, True)
    >>> bool(worn("Sulkov").fullmatch("Sul6kov"))
    False
    """
    cuts = [_marked(name[:i]) for i, c in enumerate(name) if i and not c.isascii()]
    return re.compile("|".join([_marked(name), *cuts]), re.IGNORECASE)


def _marked(name: str) -> str:
    return "".join(re.escape(c) if c.isascii() else ".{0,2}" for c in name)


def relettered(regions: gpd.GeoDataFrame, towns: pd.DataFrame, sources: Sources) -> pd.Series:
    """Names of all regions, those of base units in `COUNTRIES` mended where only one place fits.

    Parameters
    ----------
    regions
        Columns name, country, level, lat, lon.
    towns
        Towns inside, ``unit`` being the position in `regions`.
    """
    names = regions["name"].copy()
    base = (regions["level"] == "regency").to_numpy()
    here = regions["country"].to_numpy(dtype=object)
    if not np.isin(here[base], COUNTRIES).any():
        return names
    places = read_places(sources)
    own = towns[towns["country"].to_numpy() == here[towns["unit"].to_numpy()]]
    largest = own.sort_values("population").drop_duplicates("unit", keep="last").set_index("unit")["name"]
    for country in COUNTRIES:
        rows = np.flatnonzero(base & (here == country))
        mine = places[places["country"] == country]
        if len(rows) and len(mine):
            given = [
                name if isinstance(name, str) and len(name) > UNREADABLE else largest.get(row, name or "")
                for row, name in zip(rows, names.iloc[rows], strict=True)
            ]
            where = on_sphere(regions["lat"].iloc[rows], regions["lon"].iloc[rows])
            names.iloc[rows] = _mended(given, where, mine["name"].tolist(), mine["district"].to_numpy(object))
    return names


def _mended(given: list[str], where: Any, places: list[str], district: Any) -> list[str | None]:
    """Names of one country's units: `given` where it is a place's name, else that of the one place that fits.

    Parameters
    ----------
    given
        Names as the layer has them.
    where
        Points on the unit sphere, shape (n, 3).
    places, district
        Names of the country's places, and their districts.
    """
    from scipy.spatial import cKDTree

    patterns = [worn(name) for name in places]
    # By the first letter too, where it cannot have been lost: few patterns are left to try.
    by_district: dict[tuple[str, str], list[int]] = {}
    by_name: dict[str, list[int]] = {}
    for place, (name, area) in enumerate(zip(places, district, strict=True)):
        first = name[0].casefold() if name[0].isascii() else ""
        by_district.setdefault((area, first), []).append(place)
        by_name.setdefault(name, []).append(place)
    # A whole name that the country has once says in which district its unit lies.
    found: dict[int, int] = {
        unit: by_name[name][0] for unit, name in enumerate(given) if len(by_name.get(name, ())) == 1
    }
    whole = {unit for unit, name in enumerate(given) if name in by_name}
    for _ in range(ROUNDS):
        known = np.array(sorted(found))
        if not len(known):
            break
        todo = [unit for unit in range(len(given)) if unit not in found and unit not in whole]
        _, near = cKDTree(where[known]).query(where[todo], k=min(NEIGHBOURS, len(known)))
        taken = set(found.values())
        claims: dict[int, list[int]] = {}
        for unit, row in zip(todo, np.atleast_2d(near.T).T, strict=True):
            areas = dict.fromkeys(district[found[int(known[i])]] for i in row)
            fits = [
                place
                for area in areas
                for first in ("", given[unit][:1].casefold())
                for place in by_district.get((area, first), ())
                if place not in taken and patterns[place].fullmatch(given[unit])
            ]
            if len({places[place] for place in fits}) == 1:
                claims.setdefault(fits[0], []).append(unit)
        sure = {units[0]: place for place, units in claims.items() if len(units) == 1}
        if not sure:
            break
        found |= sure
    return [places[found[unit]] if unit in found else name or None for unit, name in enumerate(given)]
