"""Tongues: what the languages of the world are called in a reader's language.

Unicode's names (CLDR) come first, then those that the atlas holds. Of what neither names, the points of the compass and
the few great languages in a name are put into the reader's language; the rest stays as it is written, for no source
has another and a transcription would be a guess.
"""

from __future__ import annotations

import json
from functools import cache

from matcher.files import read_bytes
from matcher.paths import data_dir, embedded_data_dir
from matcher.vocabulary import has_term, term

FILE = "languages.json"
_PATTERNS = {
    "id": ("{name}", "{name} {side}", "{whole} {name}"),
    "ko": ("{name}어", "{side} {name}어", "{name} {whole}"),
}
"""How a name, a side of the compass before it, and a great language behind it are put together."""


def tongue(name: str, locale: str) -> str:
    """Return what a language is called.

    Parameters
    ----------
    name
        In English, as the atlas has it.
    locale
        en, id or ko.

    Examples
    --------
    >>> tongue("Sundanese", "id"), tongue("Sundanese", "ko"), tongue("Sundanese", "en")
    ('Sunda', '순다어', 'Sundanese')
    >>> tongue("Southern Nowhere", "id"), tongue("Southern Nowhere", "ko"), tongue("Nowhere Arabic", "ko")
    ('Nowhere Selatan', '남부 Nowhere어', 'Nowhere 아랍어')
    """
    if locale not in _PATTERNS:
        return name
    return _names(locale).get(name) or _put_together(name, locale)


def _put_together(name: str, locale: str) -> str:
    plain, sided, kind = _PATTERNS[locale]
    first, _, rest = name.partition(" ")
    if rest and has_term("tongue_side", first):
        # "Southern" before a name that has one of its own is no new name.
        bare = _names(locale).get(rest)
        if bare:
            return sided.removesuffix("어").format(name=bare, side=term("tongue_side", first, locale))
        return sided.format(name=rest, side=term("tongue_side", first, locale))
    rest, _, last = name.rpartition(" ")
    if rest and has_term("tongue_kind", last):
        return kind.format(name=rest, whole=term("tongue_kind", last, locale))
    return plain.format(name=name)


@cache
def _names(locale: str) -> dict[str, str]:
    """Return the names of languages by their English ones."""
    from babel import Locale

    path = data_dir() / FILE
    path = path if path.exists() else embedded_data_dir() / FILE
    entries = json.loads(read_bytes(path)).values() if path.exists() else ()
    own = {e["name"]: e[f"name_{locale}"].removeprefix("bahasa ") for e in entries if e.get(f"name_{locale}")}
    if locale == "ko":  # where the atlas has a name in Latin letters, "어" behind it says what it is
        own = {name: text for name, text in own.items() if any("가" <= sign <= "힣" for sign in text)}
    english, told = Locale("en").languages, Locale(locale).languages
    return own | {name: told[key] for key, name in english.items() if key in told}
