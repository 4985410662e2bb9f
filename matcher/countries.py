"""Countries: a code or a name in English, Indonesian or Korean leads to the two-letter code."""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from matcher.errors import UnknownNameError

_TABLE = Path(__file__).with_name("countries.csv")


@dataclass(frozen=True, slots=True)
class Country:
    """One country or territory with an ISO 3166-1 code (and Kosovo, XK).

    Attributes
    ----------
    alpha2, alpha3
        ISO codes, upper case.
    name, name_id, name_ko
        Short name in English, Indonesian and Korean.
    other
        Further names under which it may be asked for.
    """

    alpha2: str
    alpha3: str
    name: str
    name_id: str
    name_ko: str
    other: tuple[str, ...]


@cache
def countries() -> dict[str, Country]:
    """Return every country by its two-letter code, in the order of the codes."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {
            row["alpha2"]: Country(
                alpha2=row["alpha2"],
                alpha3=row["alpha3"],
                name=row["name"],
                name_id=row["name_id"],
                name_ko=row["name_ko"],
                other=tuple(row["other"].split("|")) if row["other"] else (),
            )
            for row in rows
        }


def country_code(text: str) -> str:
    """Return the two-letter code of a country given by code or name.

    Examples
    --------
    >>> country_code("kor"), country_code("Korea Selatan"), country_code("ID")
    ('KR', 'KR', 'ID')

    Raises
    ------
    UnknownNameError
        No country is called that; close names are offered.
    """
    if text in countries():  # which spares the keys of all names
        return text
    import difflib

    keys = _keys()
    key = _plain(text)
    if key in keys:
        return keys[key]
    close = [keys[name] for name in difflib.get_close_matches(key, keys, n=5, cutoff=0.6)]
    offers = ", ".join(f"{countries()[code].name} ({code})" for code in dict.fromkeys(close))
    hint = f"did you mean {offers}?" if offers else "write its name or its ISO code, such as KR or KOR."
    raise UnknownNameError(f"no country is called {text!r}; {hint}")


def country_name(code: str, locale: str = "en") -> str:
    """Return the short name of a country in en, id or ko; an unknown code stays as it is."""
    country = countries().get(code)
    if country is None:
        return code
    return {"id": country.name_id, "ko": country.name_ko}.get(locale) or country.name


@cache
def _keys() -> dict[str, str]:
    """Return every way to write a country -> its code; codes win over names."""
    keys: dict[str, str] = {}
    for country in countries().values():
        for text in (country.name, country.name_id, country.name_ko, *country.other):
            keys.setdefault(_plain(text), country.alpha2)
    for country in countries().values():
        keys |= {_plain(country.alpha2): country.alpha2, _plain(country.alpha3): country.alpha2}
    keys.pop("", None)
    return keys


def _plain(text: str) -> str:
    """Fold case, accents and punctuation away; keep the letters of every script."""
    decomposed = unicodedata.normalize("NFKD", text.replace("&", " and "))
    kept = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    words = "".join(sign if sign.isalnum() else " " for sign in kept.casefold()).split()
    return " ".join("saint" if word == "st" else word for word in words if word != "the")
