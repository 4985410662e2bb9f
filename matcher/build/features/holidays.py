"""Public holidays that the country shares with others: these values separate countries, not regions."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from matcher.build.observances import Package

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from geopandas import GeoDataFrame

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("holidays",)
SOURCES: tuple[str, ...] = ("hol",)

LEAST_COUNTRIES = 2
"""A feast that one country keeps is shared with none; its tradition still counts."""

# Traditions by the package's groups of methods; what is left out ("international") is none.
TRADITIONS: dict[str, str] = {
    "christian": "christian_feasts",
    "islamic": "islamic_feasts",
    "chinese": "east_asian_lunar_calendar",
    "hindu": "hindu_feasts",
    "balinese_saka": "hindu_feasts",
    "buddhist": "buddhist_feasts",
    "burmese": "buddhist_feasts",
    "sinhala": "buddhist_feasts",
    "thai": "buddhist_feasts",
    "tibetan": "buddhist_feasts",
    "hebrew": "jewish_feasts",
    "persian": "persian_calendar",
    "mongolian": "mongolian_calendar",
}
_NTH = re.compile(r"_(two|three|four|five|\d)$")
_EVE = re.compile(r"_(eve|multiday)$")
_DAYS_OF = re.compile(r"^(easter|carnival|pentecost|ascension)_\w+$")
# One feast under the names of several calendars.
_SAME: dict[str, str] = {
    **dict.fromkeys(
        (
            "buddha_day", "buddha_purnima", "chinese_birthday_of_buddha", "kason_full_moon_day", "vesak", "vesak_may",
            "vesak_poya", "visakha_bucha",
        ),
        "buddhas_birthday",
    ),
    **dict.fromkeys(("diwali_india", "diwali_south_india", "myanmar_diwali"), "diwali"),
    **dict.fromkeys(("gyalpo_losar", "sonam_losar", "tamu_losar"), "losar"),
    **dict.fromkeys(("chinese_new_years_day", "chinese_day_before_new_years_day"), "lunar_new_year"),
    "nepal_holi": "holi",
}  # fmt: skip


def feast(observance: str) -> str:
    """Return the feast that a day belongs to: eves, second and third days are no feasts of their own.

    Examples
    --------
    >>> [feast(each) for each in ("eid_al_fitr_day_two", "easter_monday", "chinese_new_years_eve", "vesak")]
    ['eid_al_fitr_day', 'easter', 'lunar_new_year', 'buddhas_birthday']
    """
    name = _DAYS_OF.sub(r"\1", _EVE.sub("_day", _NTH.sub("", observance)))
    return _SAME.get(name, name)


def tags(observances: Mapping[str, Mapping[str, str]]) -> dict[str, list[str]]:
    """Return the traditions and the shared feasts of every country, sorted; a country without any is left out.

    Parameters
    ----------
    observances
        Country to observance to group, as `Package.observances` gives them.
    """
    feasts = {country: {feast(name) for name in found} for country, found in observances.items()}
    spread = Counter(name for found in feasts.values() for name in found)
    kept = {
        country: {name for name in found if spread[name] >= LEAST_COUNTRIES}
        | {TRADITIONS[group] for group in observances[country].values() if group in TRADITIONS}
        for country, found in feasts.items()
    }
    return {country: sorted(found) for country, found in kept.items() if found}


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Column ``holidays``: tags of the country, None for a territory that the package does not list."""
    import pandas as pd

    package = Package(sources.path("hol", "holidays"))
    found = tags({code: package.observances(each) for code, each in package.countries().items()})
    values = np.empty(len(regions), dtype=object)
    values[:] = [found.get(code) for code in regions["country"]]
    return pd.DataFrame({"holidays": pd.Series(values, index=regions.index, dtype=object)})
