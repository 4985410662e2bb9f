"""Names respelled with the help of GeoNames: letters that a layer lost, scripts that it alone uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.build.regions.repair import romanised, same_place, tidy

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

LOST_LETTERS = frozenset({"BJ", "CZ", "HU", "SI", "SK"})
"""Countries whose layer replaced letters by others ("Bansk" for "Banská")."""
SHORTEST = 2
PLAIN_LETTERS = LOST_LETTERS | {
    "RO",
    "PA",
    "GQ",
    "CV",
    "CD",
    "CM",
    "GN",
    "TG",
    "VN",
    "PE",
    "DO",
    "HN",
    "GT",
    "PY",
    "PL",
    "SN",
}
"""Countries whose layer left accents out, besides."""


def spelled(regions: gpd.GeoDataFrame, towns: pd.DataFrame) -> pd.Series:
    """Name of each region in the spelling of the town of that name inside it.

    A region without a Latin name gets that of its largest town; one without towns is romanised letter by letter.

    Parameters
    ----------
    regions
        Columns name (may be missing), name_local, country, layer.
    towns
        Towns inside, ``unit`` being the position in `regions`.
    """
    import pandas as pd

    names = [name if isinstance(name, str) and name else None for name in regions["name"]]
    # Where the encoding left one letter of a name, the town inside says more.
    lost = regions["country"].isin(LOST_LETTERS).to_numpy()
    names = [
        None if gone and name and len(name) < SHORTEST else name
        for name, gone in zip(names, lost, strict=True)
    ]
    nameless = {i for i, name in enumerate(names) if name is None}
    countries, natives = regions["country"].tolist(), regions["name_local"].tolist()
    base = (regions["level"] == "regency").tolist()
    order = towns.sort_values("population", ascending=False, na_position="last", kind="stable")
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
    given = regions["name"].tolist()
    for i, name in enumerate(names):
        if name is None and lost[i]:
            names[i] = f"{given[i]}..."  # what is left of it: nothing else is known
        elif name is None or not name.isascii():
            names[i] = tidy(romanised(name or natives[i] or "")) or None
    return pd.Series(names, index=regions.index, dtype=object)
