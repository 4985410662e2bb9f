"""Tables of countries for the runtime: names in many languages -> ``countries.json``, and ``history.json``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from matcher.build.history import history_table
from matcher.folding import fold

if TYPE_CHECKING:
    from matcher.build.sources import Sources

# Besides the official languages of each country.
_LANGUAGES = [
    "en",
    "id",
    "ko",
    "ja",
    "zh",
    "zh_Hant",
    "ms",
    "vi",
    "th",
    "ar",
    "fa",
    "hi",
    "ru",
    "tr",
    "de",
    "fr",
    "es",
    "pt",
    "it",
    "nl",
]


def tables(sources: Sources) -> dict[str, bytes]:
    """Further files for the runtime."""
    names = json.dumps(country_names(sources), ensure_ascii=False, indent=0).encode()
    return {"countries.json": names, "history.json": history_table(sources)}


def country_names(sources: Sources) -> dict[str, dict[str, Any]]:
    """Names of the countries and territories, for ``countries.json``: alpha-2 -> alpha3, continent (GeoNames code), names.

    `en`, `id` and `ko` are those the tables of `matcher` show; `other` holds further spellings and, from CLDR, the
    names in the official and a dozen widely read languages. `keys` are all of them folded, each with one country only.
    """
    from babel import Locale, UnknownLocaleError
    from babel.languages import get_official_languages

    from matcher.countries import countries

    facts = json.loads(sources.path("gnc", "countries.json").read_text("utf-8"))
    table: dict[str, dict[str, Any]] = {}
    meaning: dict[str, str] = {}  # folded name -> country
    for alpha2, country in countries().items():
        other = dict.fromkeys(country.other)
        for tag in (*_LANGUAGES, *get_official_languages(alpha2, de_facto=True, regional=True)):
            try:
                name = Locale.parse(tag, sep="-" if "-" in tag else "_").territories.get(alpha2)
            except (UnknownLocaleError, ValueError):
                continue  # CLDR has no names in this language
            if name:
                other[name] = None
        shown = (country.name, country.name_id, country.name_ko)
        for name in (*shown, *other):
            meaning.setdefault(fold(name), alpha2)
        table[alpha2] = {
            "alpha3": country.alpha3,
            "continent": facts.get(alpha2, {}).get("continentcode"),
            "en": country.name,
            "id": country.name_id,
            "ko": country.name_ko,
            "other": [name for name in other if name not in shown],
        }
    for alpha2, country in countries().items():  # codes win over names
        meaning |= {fold(alpha2): alpha2, fold(country.alpha3): alpha2}
    for key, alpha2 in meaning.items():
        table[alpha2].setdefault("keys", []).append(key)
    return table
