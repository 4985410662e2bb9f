"""Which alternate names of a place are worth keeping, by the script they are written in."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matcher.build.sources import Sources

# Scripts that people anywhere write place names in; the others are kept in their own countries and for large towns.
WORLD_SCRIPTS = frozenset({"LATIN", "HANGUL", "CJK", "HIRAGANA", "KATAKANA", "CYRILLIC", "ARABIC"})
# Script by language, where it is not Latin (two-letter codes, as GeoNames lists them for a country).
_SCRIPTS = {
    "HEBREW": "he yi", "DEVANAGARI": "hi mr ne sa kok bh mai", "BENGALI": "bn as", "GURMUKHI": "pa",
    "GUJARATI": "gu", "ORIYA": "or", "TAMIL": "ta", "TELUGU": "te", "KANNADA": "kn", "MALAYALAM": "ml",
    "SINHALA": "si", "THAI": "th", "LAO": "lo", "TIBETAN": "bo dz", "MYANMAR": "my", "GEORGIAN": "ka",
    "ARMENIAN": "hy", "ETHIOPIC": "am ti", "KHMER": "km", "MONGOLIAN": "mn", "THAANA": "dv", "GREEK": "el",
}  # fmt: skip
_CODE = re.compile(r"^[A-Z]{2,4}$|^[A-Z]{1,3}\d|^Q\d+$|^https?:|^\d+$")  # airport and other codes


@lru_cache(maxsize=100_000)
def script(char: str) -> str:
    """Script of a letter: the first word of its Unicode name.

    >>> script("é"), script("구"), script("山")
    ('LATIN', 'HANGUL', 'CJK')
    """
    return unicodedata.name(char, "?").partition(" ")[0]


def script_of(text: str) -> str:
    """Script of the first letter of a text that is not Latin, else LATIN."""
    return next(
        (script(c) for c in text if ord(c) > 0x24F and unicodedata.category(c) in ("Lo", "Lu", "Ll")), "LATIN"
    )


def own_scripts(sources: Sources) -> dict[str, frozenset[str]]:
    """Scripts in which names of a country's small places are kept, by alpha-2 code."""
    by_language = {code: name for name, codes in _SCRIPTS.items() for code in codes.split()}
    table = json.loads(sources.path("gnc", "countries.json").read_text("utf-8"))
    return {
        alpha2: WORLD_SCRIPTS
        | {by_language[code] for tag in facts["languages"].split(",") if (code := tag[:2]) in by_language}
        for alpha2, facts in table.items()
    }


def kept_alternates(texts: Iterable[str], scripts: frozenset[str] | None = None) -> list[str]:
    """Alternate names that a person may write.

    Codes, links and machine transliterations are left out; with `scripts`, other scripts too.

    >>> kept_alternates(["ZQN", "huang hou zhen", "皇后镇", "Kvinstaun"])
    ['皇后镇', 'Kvinstaun']
    """
    kept = []
    for text in texts:
        # GeoNames writes machine transliterations in lower case: "huang hou zhen".
        if not text or _CODE.match(text) or (text == text.lower() and script_of(text) == "LATIN"):
            continue
        if not any(c.isalpha() for c in text):
            continue
        if scripts is None or script_of(text) in scripts:
            kept.append(text)
    return kept
