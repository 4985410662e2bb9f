"""Language: the messages of one language, and how it writes numbers, names and lists.

Messages are keyed and stand in ``matcher/locale/<code>/LC_MESSAGES/matcher.po``; their placeholders are Python's, and
``{name:은/는}`` chooses a Korean particle (`matcher.particles`). Separators of numbers, and dates, are CLDR's through
Babel. A language is its catalogue: to add one, add a folder.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from matcher.countries import countries
from matcher.errors import DataError, UnknownNameError
from matcher.formats import decimals_of, isolated, kind_of, ordered_shares, two_digits
from matcher.particles import Phrasing
from matcher.tongues import tongue
from matcher.vocabulary import term

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from matcher.atlas import Region
    from matcher.formats import Value

FOLDER = Path(__file__).with_name("locale")
_PHRASING = Phrasing()
_LICENCES = re.compile(r"; (?![^()]*\))")
"""Parts the terms of use of an outline, but not inside of brackets."""


def locales() -> tuple[str, ...]:
    """Return the codes of the languages that have a catalogue, English first."""
    found = sorted(path.parts[-3] for path in FOLDER.glob("*/LC_MESSAGES/matcher.po"))
    return tuple(sorted(found, key=lambda code: (code != "en", code)))


@dataclass(frozen=True, slots=True)
class Language:
    """One language.

    Attributes
    ----------
    code
        Language code, as in ``<html lang>``.
    messages
        Key to text.
    """

    code: str
    messages: Mapping[str, str]
    _numbers: dict[tuple[float, int], str] = field(default_factory=dict, compare=False, repr=False)

    # ------------------------------------------------------------------ messages

    def __contains__(self, key: str) -> bool:
        """Whether there is a message of this key."""
        return key in self.messages

    def __call__(self, key: str, /, **values: Any) -> str:
        """Return a message with its placeholders filled.

        Raises
        ------
        DataError
            The catalogue lacks the message, or the message asks for a value that is not given.
        """
        try:
            return self.fill(self.messages[key], **values)
        except KeyError as error:
            raise DataError(
                f"the catalogue of {self.code!r} cannot say {key!r}: {error} is missing"
            ) from error

    def fill(self, text: str, /, **values: Any) -> str:
        """Return a text with its placeholders filled, particles chosen; a KeyError names a value that is not given."""
        return _PHRASING.vformat(text, (), values)

    def get(self, key: str, fallback: str = "") -> str:
        """Return a message without placeholders, or the fallback where there is none."""
        return self.messages.get(key, fallback)

    def capital(self, text: str) -> str:
        """Begin a sentence with a capital letter."""
        return text[:1].upper() + text[1:]

    def listing(self, items: Sequence[str]) -> str:
        """Join texts as a list that is read aloud: "a, b and c"."""
        if len(items) < 2:
            return "".join(items)
        if len(items) == 2:
            return self("list.pair", head=items[0], last=items[1])
        return self("list.last", head=self("list.comma").join(items[:-1]), last=items[-1])

    # ------------------------------------------------------------------- numbers

    def decimal(self, value: float, decimals: int = 0) -> str:
        """Write a number with the separators of the language and a true minus sign; halves round as Python does."""
        value = float(f"{value:.{decimals}f}") or 0.0  # never -0
        key = (value, decimals)
        if key not in self._numbers:
            from babel.numbers import format_decimal

            pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
            text = format_decimal(value, format=pattern, locale=self.code)
            self._numbers[key] = text.replace("-", "−")
        return self._numbers[key]

    def number(self, value: float | None, unit: str = "", *, raw: bool = False, whole: bool = False) -> str:
        """Write a number with its unit and no more digits than it deserves; see `matcher.formats.number`."""
        if value is None or not math.isfinite(value):
            return self("unknown")
        if unit == "share":
            return self.share(value, raw=raw)
        decimals = 0 if whole else decimals_of(value, unit)
        if value and not float(f"{value:.{decimals}f}"):
            least = 10.0**-decimals
            bound = self._with_unit(self.decimal(least if value > 0 else -least, decimals), unit)
            return self("num.under", value=bound) if value > 0 else bound
        return self._with_unit(self.decimal(value, decimals), unit)

    def _with_unit(self, text: str, unit: str) -> str:
        one = f"unit.{unit}.one"
        if text == "1" and one in self:
            return self(one, n=text)
        return self(f"unit.{unit}", n=text) if f"unit.{unit}" in self else f"{text} {unit}".rstrip()

    def share(self, value: float | None, *, raw: bool = False) -> str:
        """Write a share of 0..1 in per cent; see `matcher.formats.share`."""
        if value is None or not math.isfinite(value):
            return self("unknown")
        percent = 100.0 * value
        if 0 < percent < 0.1:
            return self("num.under", value=self("unit.share", n=self.decimal(0.1, 1)))
        if 99.9 < percent < 100:
            return self("num.over", value=self("unit.share", n=self.decimal(99.9, 1)))
        one = 99.5 <= percent < 100 or (percent not in {0, 100} and (raw or percent < 9.95))
        return self("unit.share", n=self.decimal(percent, int(one)))

    def percentile(self, percentile: float) -> str:
        """Write a percentile without claiming more than the sample can tell."""
        if percentile > 99.9:
            return self("num.most", value=self("unit.share", n=self.decimal(99.9, 1)))
        if percentile < 0.1:
            return self("num.under", value=self("unit.share", n=self.decimal(0.1, 1)))
        return self("unit.share", n=self.decimal(percentile, int(percentile >= 99 or percentile < 1)))

    def span(self, low: float, high: float, unit: str, *, whole: bool = False) -> str:
        """Write a range of numbers, the unit once."""
        scale = 100.0 if unit == "share" else 1.0
        texts = []
        for value in (low, high):
            if unit == "share":
                percent = 100.0 * value
                decimals = 0 if percent in {0, 100} or percent >= 9.95 else 1
            else:
                decimals = 0 if whole else decimals_of(value, unit)
            texts.append(self.decimal(scale * value, decimals))
        if texts[0] == texts[1]:
            return self.number(high, unit, whole=whole)
        return self._with_unit(self("num.span", low=texts[0], high=texts[1]), unit)

    def about(self, low: float, high: float, unit: str) -> str:
        """Write a range for running text: two digits an end, once where both ends read the same."""
        ends = two_digits(low), two_digits(high)
        tenths = unit == "C" and all(end == round(end) for end in ends)
        return self("num.about", range=self.span(*ends, unit, whole=tenths))

    def times(self, ratio: float) -> str:
        """Write how many times, to two digits."""
        if ratio < 10:
            return self("num.times", n=self.decimal(ratio, 1))
        digits = 10 ** max(0, math.floor(math.log10(ratio)) - 1)
        return self("num.times", n=self.decimal(round(ratio / digits) * digits))

    def ratio(self, ratio: float | None) -> str:
        """Write a ratio of people as 1:46 or 3:1."""
        if not ratio:
            return self("unknown")
        larger = ratio if ratio >= 1 else 1 / ratio
        text = self.decimal(larger, 0 if larger >= 9.5 or larger == round(larger) else 1)
        return f"{text}:1" if ratio >= 1 else f"1:{text}"

    def date(self, day: date) -> str:
        """Write a day in full."""
        from babel.dates import format_date

        return format_date(day, format="long", locale=self.code)

    def months(self) -> tuple[str, ...]:
        """Return the names of the months, January first."""
        from babel.dates import get_month_names

        names = get_month_names("wide", "stand-alone", locale=self.code)
        return tuple(names[i] for i in range(1, 13))

    # --------------------------------------------------------------------- words

    def word(self, kind: str, name: str) -> str:
        """Return a class of a mixture, a label or a tag; `kind` is the feature, or a table of the vocabulary."""
        if kind == "languages":
            return tongue(name, self.code)
        text = term(kind, name, self.code)
        return f"{name} ({text})" if kind == "koppen" and text != name else text

    def label(self, feature: str, fallback: str) -> str:
        """Return the label of a feature."""
        return term("feature", feature, self.code, fallback)

    def licence(self, text: str) -> str:
        """Return the terms of use of a region's outline, each part in words of the language where there are any."""
        parts = _LICENCES.split(text)
        return self("list.semicolon").join(term("layer_licence", part, self.code, part) for part in parts)

    def time_zone(self, zone: str) -> str:
        """Return what a time zone is called, and its key: "Western Indonesia Time (Asia/Jakarta)"."""
        from babel.dates import get_timezone_name

        try:
            name = get_timezone_name(zone, width="long", zone_variant="standard", locale=self.code)
        except LookupError:
            return zone
        return self("place.country", place=name, country=zone)

    def country(self, code: str) -> str:
        """Return the name of a country."""
        entry = countries().get(code)
        if entry is None:
            return code
        return getattr(entry, f"name_{self.code}", "") or entry.name

    def inside(self, code: str) -> str:
        """Return the name of a country as it stands in a sentence: "in the United States"."""
        return term("country_in", code, self.code, self.country(code))

    def name(self, region: Region) -> str:
        """Return a region's name as a reader of this language writes it."""
        return isolated(self._own_name(region))

    def place(self, region: Region) -> str:
        """Return a region's name with its country, which a state of one city need not be told."""
        name, country = self.name(region), self.country(region.country)
        return name if name == country else self("place.country", place=name, country=country)

    def original(self, region: Region) -> str:
        """Return the other spelling to be shown beside the name: the region's own, else the Latin one, else nothing."""
        shown = self._own_name(region)
        others = (region.name_local, region.name)
        # "Kabupaten Purwakarta (Purwakarta)" would say one name twice.
        return next((isolated(text) for text in others if text and text not in shown), "")

    def _own_name(self, region: Region) -> str:
        # In English the short name is the usual one: Gurye, not Gurye-gun.
        if self.code == "en":
            return region.name
        own = getattr(region, f"name_{self.code}", None)
        # Where the atlas has no name in this script, the catalogue may have one that is in use.
        return own or self.get(f"name.{region.region_id}") or region.name

    def vintage(self, text: str) -> str:
        """Write the years of a source: "1990s", "2025, projected", "2003-2022 by layer"."""
        text = re.sub(r"(\d{4})s\b", lambda found: self("years.decade", year=found[1]), text)
        for english, own in _year_words(self.code):
            text = text.replace(english, own)
        return text

    # -------------------------------------------------------------------- values

    def mixture(self, kind: str, shares: Mapping[str, float], most: int = 3, *, raw: bool = False) -> str:
        """Write the largest shares of a mixture, and how much the others are together."""
        ordered = ordered_shares(shares)
        shown = ordered[: most if len(ordered) > most + 1 else most + 1]
        parts = [f"{self.word(kind, name)} {self.share(part, raw=raw)}" for name, part in shown]
        rest = sum(part for _, part in ordered[len(shown) :])
        if rest >= 0.0005:
            parts.append(f"{self('mix.other')} {self.share(rest, raw=raw)}")
        return self("list.comma").join(parts)

    def value(self, feature: str, value: Value, unit: str = "", *, raw: bool = False) -> str:
        """Write any value of a feature on one line."""
        kind = kind_of(value)
        if kind == "number":
            return self.number(float(cast("float", value)), unit, raw=raw)
        if kind == "months":
            months = cast("Sequence[float]", value)
            return self.span(min(months), max(months), unit)
        if kind == "mixture":
            return self.mixture(feature, cast("Mapping[str, float]", value), raw=raw)
        if kind == "tags":
            tags = cast("Sequence[str]", value)
            return self("list.comma").join(self.word(feature, tag) for tag in tags) or self("none")
        return self.word(feature, str(value)) if kind == "label" else self("unknown")


@cache
def language(code: str = "en") -> Language:
    """Return a language by its code.

    Raises
    ------
    UnknownNameError
        There is no catalogue in this language.

    Examples
    --------
    >>> language("id").number(1063932, "persons"), language("ko").number(1063932, "persons")
    ('1.063.932 jiwa', '1,063,932명')
    """
    if code not in locales():
        raise UnknownNameError(
            f"no text is written in the language {code!r}; choose one of {', '.join(locales())}."
        )
    return Language(code, read_messages(code))


@cache
def _year_words(code: str) -> tuple[tuple[str, str], ...]:
    """Return the words that stand beside years, in English as the atlas has them and in a language."""
    own = read_messages(code)
    return tuple(
        (english, own[key])
        for key, english in read_messages("en").items()
        if key.startswith("years.") and "{" not in english and key in own
    )


def read_messages(code: str) -> dict[str, str]:
    """Read the catalogue of a language: key to text, messages without a translation left out."""
    from babel.messages.pofile import read_po

    with (FOLDER / code / "LC_MESSAGES" / "matcher.po").open("rb") as file:
        return {
            str(message.id): str(message.string) for message in read_po(file) if message.id and message.string
        }
