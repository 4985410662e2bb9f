"""Naming: regions, countries and languages in the reader's language, with where each name comes from.

No name is translated here: where no source has it, the name in Latin script stands, and says so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from matcher.catalogue import unknown
from matcher.countries import country_name
from matcher.files import read_bytes
from matcher.vocabulary import LOCALES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from matcher.atlas import Atlas, Region

SOURCE, NATIVE, LATIN = "source", "native", "latin"
# Countries whose own names are in a reader's language.
_SPEAK = {"id": {"ID"}, "ko": {"KR", "KP"}, "en": set[str]()}


@dataclass(frozen=True, slots=True)
class Name:
    """A name as a reader sees it.

    Attributes
    ----------
    text
        In the reader's language, or in Latin script.
    original
        The name in its own script beside it; "" where that is the same.
    basis
        ``source``: a source has it in the language; ``native``: the language is the place's own; ``latin``: no source
        has it, and this is the name in Latin script.
    """

    text: str
    original: str
    basis: str

    def __str__(self) -> str:
        return f"{self.text} ({self.original})" if self.original else self.text


def name_of(region: Region, locale: str = "en") -> Name:
    """Return a region's name for a reader of a language.

    Examples
    --------
    >>> from matcher.atlas import Atlas
    >>> str(name_of(Atlas.open().get("kr:36330"), "id"))
    'Gurye (구례군)'

    Raises
    ------
    UnknownNameError
        There is no such language.
    """
    _require(locale)
    told = {"en": region.name_en, "id": region.name_id, "ko": region.name_ko}[locale]
    original = region.name_local or region.name
    if told:
        return Name(told, "" if original == told else original, SOURCE)
    if region.country in _SPEAK[locale] and locale == "ko" and region.name_local:
        return Name(region.name_local, "", NATIVE)
    basis = NATIVE if region.country in _SPEAK[locale] else LATIN
    return Name(region.name, "" if original == region.name else original, basis)


def country_of(code: str, locale: str = "en") -> Name:
    """Return a country's short name (Unicode CLDR); the code where it is unknown."""
    _require(locale)
    text = country_name(code, locale)
    return Name(text, "", LATIN if text == code else SOURCE)


def language_of(data_dir: Path, code: str, locale: str = "en") -> Name:
    """Return the name of a language by its ISO 639-3 code; in English where no source has another."""
    _require(locale)
    entry = _languages(data_dir).get(code, {})
    told = entry.get("name" if locale == "en" else f"name_{locale}")
    return Name(told, "", SOURCE) if told else Name(entry.get("name", code), "", LATIN)


def coverage(atlas: Atlas) -> dict[str, dict[str, float]]:
    """Return the share of names that a source, or the place's own language, has in each language.

    Returns
    -------
    dict
        partner regions, provinces, countries and languages to language to share of 0 to 1.
    """
    import numpy as np

    kinds = {
        "partner regions": atlas.partner_rows(),
        "provinces": np.flatnonzero(atlas.where("level", ["province"])),
    }
    codes = sorted(set(atlas.countries))
    languages = _languages(atlas.data_dir)
    result: dict[str, dict[str, float]] = {}
    for kind, rows in kinds.items():
        regions = atlas.regions(rows)
        result[kind] = {
            locale: sum(name_of(r, locale).basis != LATIN for r in regions) / max(len(regions), 1)
            for locale in LOCALES
        }
    result["countries"] = {
        locale: sum(country_of(code, locale).basis != LATIN for code in codes) / max(len(codes), 1)
        for locale in LOCALES
    }
    result["languages"] = {
        locale: sum(language_of(atlas.data_dir, c, locale).basis != LATIN for c in languages)
        / max(len(languages), 1)
        for locale in LOCALES
    }
    return result


@cache
def _languages(data_dir: Path) -> Mapping[str, Mapping[str, Any]]:
    path = data_dir / "languages.json"
    return json.loads(read_bytes(path)) if path.exists() else {}


def _require(locale: str) -> None:
    if locale not in LOCALES:
        raise unknown("language", locale, LOCALES)
