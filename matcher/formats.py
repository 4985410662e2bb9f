"""Formats: how numbers, shares, classes and months are written. The only place where digits are cut.

A value is read by its type: float is a number, a list of floats the months of a year, a dict a mixture of shares,
a str a label, a list of str tags, None is unknown.
"""

from __future__ import annotations

import math
import unicodedata
from typing import TYPE_CHECKING, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Value: TypeAlias = "float | str | Sequence[float] | Sequence[str] | Mapping[str, float] | None"

UNKNOWN = "not known"

# How a unit is printed after a number, and its decimals at 0-1, 1-10, 10-100 and from 100 on.
_UNITS: dict[str, tuple[str, tuple[int, int, int, int]]] = {
    "deg": ("°", (1, 1, 1, 1)),
    "m": (" m", (0, 0, 0, 0)),
    "km": (" km", (1, 1, 0, 0)),
    "km2": (" km²", (2, 1, 1, 0)),
    "C": (" °C", (1, 1, 1, 1)),
    "C days": (" °C days", (0, 0, 0, 0)),
    "mm": (" mm", (0, 0, 0, 0)),
    "months": (" months", (0, 0, 0, 0)),
    "kWh/m2/d": (" kWh/m² a day", (2, 2, 1, 0)),
    "g/kg": (" g/kg", (1, 1, 1, 0)),
    "km/km2": (" km/km²", (3, 2, 1, 0)),
    "head/km2": (" head/km²", (1, 1, 0, 0)),
    "persons": (" people", (0, 0, 0, 0)),
    "persons/km2": (" people/km²", (1, 1, 0, 0)),
    "count": ("", (0, 0, 0, 0)),
    "pH": ("", (1, 1, 1, 1)),
    "index": ("", (2, 2, 1, 0)),
    "ratio": ("", (2, 2, 1, 0)),
}
_PLAIN = (2, 2, 1, 0)


def number(value: float | None, unit: str = "", *, raw: bool = False, whole: bool = False) -> str:
    """Write a number with its unit and no more digits than it deserves.

    Parameters
    ----------
    value
        None or NaN is written as "not known", never as 0.
    unit
        A unit of the catalogue; ``share`` is written in per cent.
    raw
        One digit more for shares, for tables in which a reader checks figures.
    whole
        No decimals, for running text.

    Examples
    --------
    >>> number(0.8437, "share"), number(-0.6, "C"), number(1051433, "persons"), number(None, "m")
    ('84%', '−0.6 °C', '1,051,433 people', 'not known')
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    value = value or 0.0  # never -0
    if unit == "share":
        return share(value, raw=raw)
    suffix = _UNITS.get(unit, (f" {unit}" if unit else "", _PLAIN))[0]
    prefix = "pH " if unit == "pH" else ""
    decimals = decimals_of(value, unit)
    if whole:
        value, decimals = float(round(value)), 0
    text = f"{value:,.{decimals}f}"
    if value and not text.strip("-0.,"):
        smallest = f"{10.0**-decimals:.{decimals}f}"
        return f"under {prefix}{smallest}{suffix}" if value > 0 else f"{prefix}−{smallest}{suffix}"
    if text.startswith("-"):
        text = "−" + text[1:]
    if suffix == " months" and text == "1":
        suffix = " month"
    return prefix + text + suffix


def decimals_of(value: float, unit: str = "") -> int:
    """Return how many decimals a number of a unit deserves.

    Examples
    --------
    >>> decimals_of(4.84, "pH"), decimals_of(993.1, "km2"), decimals_of(3.4, "months"), decimals_of(0.0, "km2")
    (1, 0, 1, 0)
    """
    if value == 0:
        return 0  # nothing is nothing: "0.00 km²" would look like a measurement
    if unit in {"months", "hours"}:
        # A mean over the cells of a region may be a part of a month, a time zone half an hour off.
        return 0 if abs(value - round(value)) < 0.05 else 1
    size = abs(value)
    places = _UNITS.get(unit, ("", _PLAIN))[1]
    return places[0 if size < 1 else 1 if size < 10 else 2 if size < 100 else 3]


def share(value: float | None, *, raw: bool = False) -> str:
    """Write a share of 0..1 in per cent.

    Examples
    --------
    >>> share(0.0), share(0.0004), share(0.034), share(0.867), share(0.867, raw=True), share(0.9999)
    ('0%', 'under 0.1%', '3.4%', '87%', '86.7%', 'over 99.9%')
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    percent = 100.0 * value
    if percent in {0, 100}:
        return f"{percent:.0f}%"
    if 0 < percent < 0.1:
        return "under 0.1%"
    if 99.5 <= percent < 100:
        return "over 99.9%" if percent > 99.9 else f"{percent:.1f}%"
    return f"{percent:.{1 if raw or percent < 9.95 else 0}f}%"


def two_digits(value: float) -> float:
    """Round to two significant digits."""
    return float(f"{value:.2g}")


def ordered_shares(shares: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return classes and shares above 0, largest first, names deciding ties."""
    return sorted(
        ((name, part) for name, part in shares.items() if part > 0), key=lambda item: (-item[1], item[0])
    )


def isolated(name: str) -> str:
    r"""Keep a name written from right to left from reordering the numbers around it; other names stay as they are.

    Examples
    --------
    >>> isolated("Gurye"), len(isolated("\u0627\u0644")) - 2
    ('Gurye', 2)
    """
    if any(unicodedata.bidirectional(sign) in {"R", "AL"} for sign in name):
        return f"\u2068{name}\u2069"
    return name


def kind_of(value: Value) -> str:
    """Return number, months, mixture, label, tags or unknown, by the type of the value.

    Examples
    --------
    >>> kind_of(1.0), kind_of([1.0] * 12), kind_of({"rice": 1.0}), kind_of("warm"), kind_of([]), kind_of(None)
    ('number', 'months', 'mixture', 'label', 'tags', 'unknown')
    """
    if value is None:
        return "unknown"
    if isinstance(value, str):
        return "label"
    if isinstance(value, (int, float)):
        return "number"
    if hasattr(value, "items"):
        return "mixture"
    entries = list(cast("Sequence[object]", value))
    return "months" if entries and not isinstance(entries[0], str) else "tags"
