"""Latin spellings of units that their layer names in another script only, from places that bear the same name."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from matcher.build.regions.geonames import GeoNames
    from matcher.build.sources import Sources

COUNTRIES = ("IR",)
"""Countries whose layer has no Latin names; letter by letter, vowels would be lost ("Gnbky" for Gonbaki)."""
CENTRAL = "مرکزی"
"""Every county of Iran has a Central district: it goes by its seat."""
_ARABIC = re.compile("[\u0600-\u06ff]")
_TYPE_WORDS = re.compile("^(?:بخش|شهرستان|دهستان|شهر|روستای) ")
_LATIN_TYPE_WORDS = re.compile(
    r"^(?:Bakhsh-e|Shahrestān-e|Shahrestan-e|Dehestān-e) | (?:Rural District|County|Central District|District)$"
)
# One letter with two code points, and the joiner that some write as a space.
_ONE_FORM = str.maketrans({"ي": "ی", "ك": "ک", "\u200c": " ", "\u200e": None})


def bare_native(text: str) -> str:
    """A native name without its type word, in one form of each letter.

    >>> bare_native("بخش سده") == "سده"
    True
    """
    return " ".join(_TYPE_WORDS.sub("", " ".join(text.translate(_ONE_FORM).split())).split())


def spellings(country: str, names: GeoNames, sources: Sources) -> dict[str, str]:
    """Native name -> the Latin spelling that most places of this name in the country have (Overture, GeoNames)."""
    import pandas as pd

    table = pd.read_parquet(
        sources.path("wkls", "overture.zstd18.parquet"), columns=["country", "name_primary", "name_en"]
    )
    table = table[(table["country"] == country) & table["name_en"].notna()]
    pairs = list(zip(table["name_primary"], table["name_en"], strict=True))
    towns = names.towns[(names.towns["country"] == country) & names.towns["alternates"].notna()]
    for town, alternates in zip(towns["name"], towns["alternates"], strict=True):
        pairs += [(native, town) for native in alternates.split(",")]
    units = names.units[names.units["country"] == country]
    for unit, aliases in zip(units["name"], units["aliases"], strict=True):
        pairs += [(native, unit) for native in aliases]
    counts: dict[str, Counter[str]] = {}
    for native, latin in pairs:
        if _ARABIC.search(native) and not _ARABIC.search(latin):
            bare = _LATIN_TYPE_WORDS.sub("", latin).strip()
            counts.setdefault(bare_native(native), Counter())[bare[:1].upper() + bare[1:]] += 1
    return {native: found.most_common(1)[0][0] for native, found in counts.items() if native != CENTRAL}


def latinised(regions: gpd.GeoDataFrame, towns: pd.DataFrame, names: GeoNames, sources: Sources) -> pd.Series:
    """Names of all regions; base units in `COUNTRIES` without one get the spelling of places of the same name.

    Parameters
    ----------
    regions
        Columns name, name_local, country, level, lat, lon.
    towns
        Towns inside, ``unit`` being the position in `regions`: a Central district without any is told by the nearest.
    names, sources
        Where the spellings come from.
    """
    result = regions["name"].copy()
    base = (regions["level"] == "regency") & regions["name"].isna() & regions["name_local"].notna()
    for country in COUNTRIES:
        mine = regions.index[base & (regions["country"] == country)]
        if len(mine):
            known = spellings(country, names, sources)
            natives = [bare_native(text) for text in regions.loc[mine, "name_local"]]
            result.loc[mine] = [known.get(native) for native in natives]
            empty = ~mine.isin(regions.index[towns["unit"].unique()])
            central = mine[empty & [native == CENTRAL for native in natives]]
            near = names.nearest(regions.loc[central, "lat"], regions.loc[central, "lon"], country)
            result.loc[central] = [f"Central (near {town})" for town in names.towns["name"].iloc[near]]
    return result
