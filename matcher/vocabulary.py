"""Vocabulary: class words, feature labels, units and groups in the reader's language.

The words stand in ``vocabulary.toml``, one table a kind, one line a term, written by hand.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from matcher.catalogue import read_toml, unknown
from matcher.errors import DataError
from matcher.paths import data_dir, embedded_data_dir

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

LOCALES = ("en", "id", "ko")
FILE = "vocabulary.toml"
_SAME = "same"


class Vocabulary:
    """Terms by kind and key, each in every language of `LOCALES`.

    Parameters
    ----------
    terms
        Kind to key to language to text.
    same
        Kind to the kind whose terms it shares.
    """

    def __init__(self, terms: Mapping[str, Mapping[str, Mapping[str, str]]], same: Mapping[str, str]) -> None:
        self.terms = terms
        self.same = same

    @classmethod
    def open(cls, path: Path) -> Vocabulary:
        """Read a vocabulary.

        Raises
        ------
        DataError
            The file is missing or no TOML, or a term lacks a language.
        """
        table = read_toml(path)
        same = table.pop(_SAME, {})
        return cls({kind: dict(_terms(path, kind, entries)) for kind, entries in table.items()}, same)

    def find(self, kind: str, key: str) -> Mapping[str, str] | None:
        """Return a term's texts by language, or None where the vocabulary has no such term."""
        return self.terms.get(self.same.get(kind, kind), {}).get(key)


def term(kind: str, key: str, locale: str = "en", default: str | None = None) -> str:
    """Write a class, feature, unit or group in a language.

    Parameters
    ----------
    kind
        A table of ``vocabulary.toml``, or the name of the feature whose class `key` is.
    key
        As the atlas or the catalogue writes it.
    locale
        en, id or ko.
    default
        What is returned for a word that the vocabulary lacks; else the key itself, underscores as blanks.

    Examples
    --------
    >>> term("crop_mix", "rice", "id"), term("crop", "Rice, paddy", "ko"), term("crop", "star_apple")
    ('padi', '벼', 'star apple')

    Raises
    ------
    UnknownNameError
        The vocabulary has no such language.
    """
    if locale not in LOCALES:
        raise unknown("language", locale, LOCALES)
    found = vocabulary().find(kind, key)
    if found is not None:
        return found[locale]
    return key.replace("_", " ") if default is None else default


def has_term(kind: str, key: str) -> bool:
    """Say whether the vocabulary has a term, and so in every language."""
    return vocabulary().find(kind, key) is not None


def vocabulary() -> Vocabulary:
    """Return the atlas folder's vocabulary, or the embedded one where the folder has none; read once."""
    path = data_dir() / FILE
    return _read(path if path.exists() else embedded_data_dir() / FILE)


@cache
def _read(path: Path) -> Vocabulary:
    return Vocabulary.open(path)


def _terms(path: Path, kind: str, entries: Any) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield key and texts of every term of a kind, once more for each further key."""
    if not isinstance(entries, dict):
        raise DataError(f"{path}: {kind} is no table of terms; write [{kind}] above its lines")
    for key, entry in entries.items():
        texts: dict[str, Any] = (
            {locale: entry.get(locale) for locale in LOCALES} if isinstance(entry, dict) else {}
        )
        lacking = [
            locale for locale in LOCALES if not isinstance(texts.get(locale), str) or not texts[locale]
        ]
        if lacking:
            raise DataError(f"{path}: the term {key!r} of [{kind}] has no text in {', '.join(lacking)}")
        for name in (key, *entry.get("also", ())):
            yield name, texts
