"""Names respelled with the help of GeoNames: letters that a layer lost, scripts that it alone uses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from matcher.build.regions.geonames import SEAT_RANK
from matcher.build.regions.repair import romanised, same_place, tidy

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from matcher.build.regions.geonames import GeoNames

LOST_LETTERS = frozenset(["BJ", "CZ", "HU", "SI", "SK"])
"""Countries whose layer replaced letters by others ("Bansk" for "Banská")."""
PLAIN_LETTERS = LOST_LETTERS | frozenset(
    ["RO", "PA", "GQ", "CV", "CD", "CM", "GN", "TG", "VN", "PE", "DO", "HN", "GT", "PY", "PL", "SN"]
)
"""Countries whose layer left accents out, besides."""
_NO_LETTERS = re.compile(r"[\W_]*\w?[\W_]*")


def spelled(regions: gpd.GeoDataFrame, towns: pd.DataFrame, geonames: GeoNames) -> pd.Series:
    """Name of each region in the spelling of the town of that name inside it.

    A region without a Latin name gets that of its largest town; one without towns is romanised letter by letter.
    Where the layer's encoding left nothing to read, the nearest town says which one is meant.

    Parameters
    ----------
    regions
        Columns name (may be missing), name_local, country, level, lat, lon.
    towns
        Towns inside, ``unit`` being the position in `regions`.
    geonames
        All towns.
    """
    import pandas as pd

    given = [name if isinstance(name, str) and name else None for name in regions["name"]]
    # Of one letter ("M", "?????") nobody can tell what it was: the town inside says more.
    unreadable = {i for i, name in enumerate(given) if name and _NO_LETTERS.fullmatch(name)}
    names = [None if i in unreadable else name for i, name in enumerate(given)]
    nameless = {i for i, name in enumerate(names) if name is None}
    countries, natives = regions["country"].tolist(), regions["name_local"].tolist()
    base = (regions["level"] == "regency").tolist()
    # A unit without a name goes by its seat, else by its largest town.
    rank = towns["feature"].map(SEAT_RANK).fillna(len(SEAT_RANK)).where(towns["unit"].isin(nameless), 0)
    order = towns.assign(rank=rank, people=-towns["population"].fillna(0)).sort_values(
        ["rank", "people"], kind="stable"
    )
    order = order[order["country"].isin(PLAIN_LETTERS) | order["unit"].isin(nameless)]
    done: set[int] = set()
    for unit, town, country in zip(order["unit"], order["name"], order["country"], strict=True):
        if unit in done or country != countries[unit]:
            continue
        name, lossy = names[unit], country in LOST_LETTERS
        plain = base[unit] and country in PLAIN_LETTERS
        if name is None or (plain and (lossy or name.isascii()) and same_place(name, town, lossy=lossy)):
            names[unit] = town
            done.add(unit)
    for i, name in enumerate(names):
        if name is None and i in unreadable:
            here = regions.iloc[i]
            near = geonames.nearest([here["lat"]], [here["lon"]], countries[i])[0]
            letter = (given[i] or "").strip("?")
            town = geonames.towns["name"].iloc[near] if near >= 0 else countries[i]
            names[i] = f"{letter}... (near {town})" if letter else f"Unnamed (near {town})"
        elif name is None or not name.isascii():
            names[i] = tidy(romanised(name or natives[i] or "")) or None
    return pd.Series(names, index=regions.index, dtype=object)
