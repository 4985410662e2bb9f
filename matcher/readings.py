"""Readings of a text as a name and the country or province that it lies in: "Queenstown NZ", "岐阜県飛騨市"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from matcher.errors import DataError
from matcher.folding import fold
from matcher.hits import NameHit

if TYPE_CHECKING:
    from pathlib import Path

Test = Callable[[NameHit], bool]
Lookup = Callable[[str, Test], list[NameHit]]

_GLUED_TYPES = "県縣省都道府州市도시"  # a province that ends so may stand before a name without a space
_PARTS = 8  # longer texts are read whole


class Readings:
    """Splits texts into a name and a test of where it lies.

    Parameters
    ----------
    lookup
        Finds the regions of an exact name.
    countries
        ``countries.json``, with the names of countries in many languages.
    """

    def __init__(self, lookup: Lookup, countries: Path) -> None:
        self._lookup = lookup
        self._path = countries

    def by_comma(self, text: str) -> tuple[str, Test | None]:
        """Return the name before the first comma or bracket and what the rest says of the place.

        The whole text and None where the rest says nothing.
        """
        name, *rest = _parts(text)
        tests = [test for part in rest[:_PARTS] if (test := self.place(part))]
        if not tests:
            return text, None
        return name, lambda hit: all(test(hit) for test in tests)

    def before_comma(self, text: str) -> str:
        """Return the name before the first comma or bracket; the whole text where there is none."""
        return _parts(text)[0]

    def by_word(self, text: str) -> Iterator[tuple[str, Test]]:
        """Yield readings with the place after or before the name, the longest name first."""
        parts = text.split()
        if len(parts) == 1:
            for cut in range(2, min(len(text) - 1, 12)):
                if text[cut - 1] in _GLUED_TYPES and (test := self.place(text[:cut])):
                    yield text[cut:], test
        elif len(parts) <= _PARTS:
            for size in range(len(parts) - 1, 0, -1):
                for name, place in ((parts[:size], parts[size:]), (parts[-size:], parts[:-size])):
                    if test := self.place(" ".join(place)):
                        yield " ".join(name), test

    def without_country(self, text: str) -> tuple[str, Test | None]:
        """Return the text without a trailing country and a test for it; for a name that is misspelt too."""
        parts = text.split()
        for size in range(len(parts) - 1, max(0, len(parts) - 6), -1):
            if code := self.country(" ".join(parts[size:])):
                return " ".join(parts[:size]), lambda hit: hit.country == code
        return text, None

    def place(self, text: str) -> Test | None:
        """Return the test "lies in the country or region `text`"; None if `text` is neither."""
        key = fold(text)
        country = self.country(text)
        regions = self._lookup(text, lambda hit: hit.level != "regency")
        regions = regions or self._lookup(text, lambda hit: hit.kind != "town")
        within = {hit.region_id for hit in regions}
        is_code = text.strip().isascii() and len(key) <= 3  # "IL" is Israel, and Illinois
        if not (country or within or is_code):
            return None

        def lies_in(hit: NameHit) -> bool:
            parent = hit.parent_id or ""
            if hit.country == country or parent in within or (hit.kind == "town" and hit.region_id in within):
                return True
            return is_code and parent.startswith("a1:") and parent.rpartition("-")[2].casefold() == key

        return lies_in

    def country(self, text: str) -> str | None:
        """Alpha-2 code of a country given by a code or a name in one of many languages."""
        key = fold(text)
        return self._countries.get(key) if key in self._text else None  # most names are in no country's list

    @cached_property
    def _text(self) -> str:
        try:
            return self._path.read_text("utf-8")
        except (OSError, ValueError) as error:
            raise DataError(f"cannot read {self._path}: {error}; install the atlas again.") from error

    @cached_property
    def _countries(self) -> dict[str, str]:
        """Every way to write a country, folded -> alpha-2."""
        import json

        try:
            table = json.loads(self._text)
        except ValueError as error:
            raise DataError(f"cannot read {self._path}: {error}; install the atlas again.") from error
        return {key: alpha2 for alpha2, facts in table.items() for key in facts["keys"]}


def _parts(text: str) -> list[str]:
    return [part for part in text.replace("(", ",").replace(")", "").split(",") if fold(part)] or [text]
