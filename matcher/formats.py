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

# Classes whose names in the atlas are not plain English.
_CLASSES: dict[str, str] = {
    "mosaic": "mosaic of fields and natural growth",
    "crop": "open cropland",
    "urban": "built-up land",
    "ice": "snow and ice",
    "barren": "bare ground",
    "grass": "grassland",
    "shrub": "shrubland",
    "very_sparse": "hardly settled land",
    "sparse": "sparsely settled land",
    "village": "villages",
    "suburb": "suburbs",
    "semi_dense": "semi-dense towns",
    "dense_town": "dense towns",
    "city": "cities",
    "soybean": "soya bean",
    "water": "open water",
    "savanna": "open woodland or savanna",
    "<5 %": "under 5%",
    "5-20 %": "5 to 20%",
    ">20 %": "over 20%",
    "christian": "Christian",
    "muslim": "Muslim",
    "hindu": "Hindu",
    "buddhist": "Buddhist",
    "jewish": "Jewish",
    "sikh": "Sikh",
    "folk": "folk traditions",
}
_KOPPEN: dict[str, str] = {
    "Af": "tropical rainforest",
    "Am": "tropical monsoon",
    "Aw": "tropical savanna",
    "As": "tropical savanna, dry summer",
    "BWh": "hot desert",
    "BWk": "cold desert",
    "BSh": "hot steppe",
    "BSk": "cold steppe",
    "Csa": "hot dry summer",
    "Csb": "warm dry summer",
    "Csc": "cold dry summer",
    "Cwa": "mild dry winter, hot summer",
    "Cwb": "mild dry winter, warm summer",
    "Cwc": "mild dry winter, cold summer",
    "Cfa": "mild and moist, hot summer",
    "Cfb": "mild and moist, warm summer",
    "Cfc": "mild and moist, cold summer",
    "Dsa": "cold, dry hot summer",
    "Dsb": "cold, dry warm summer",
    "Dsc": "cold, dry cool summer",
    "Dsd": "very cold, dry summer",
    "Dwa": "cold dry winter, hot summer",
    "Dwb": "cold dry winter, warm summer",
    "Dwc": "cold dry winter, cool summer",
    "Dwd": "very cold dry winter",
    "Dfa": "cold and moist, hot summer",
    "Dfb": "cold and moist, warm summer",
    "Dfc": "cold and moist, cool summer",
    "Dfd": "very cold and moist",
    "ET": "tundra",
    "EF": "ice cap",
}


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


def span(low: float, high: float, unit: str, *, whole: bool = False) -> str:
    """Write a range of numbers, the unit once.

    Examples
    --------
    >>> span(299, 423, "m"), span(25.1, 25.14, "C"), span(0.84, 0.86, "share")
    ('299 to 423 m', '25.1 °C', '84 to 86%')
    >>> number(5.9, "pH"), span(4.8, 5.9, "pH")
    ('pH 5.9', 'pH 4.8 to 5.9')
    """
    first, last = number(low, unit, whole=whole), number(high, unit, whole=whole)
    if first == last:
        return last
    suffix = "%" if unit == "share" else _UNITS.get(unit, (f" {unit}" if unit else "", _PLAIN))[0]
    head = first.removesuffix(suffix) if suffix and last.endswith(suffix) else first
    return f"{head} to {last.removeprefix('pH ')}"


def about(low: float, high: float, unit: str) -> str:
    """Write a range for running text: two digits an end, once where both ends read the same.

    Examples
    --------
    >>> about(299, 423, "m"), about(256, 259, "m"), about(0.62, 0.76, "share")
    ('about 300 to 420 m', 'about 260 m', 'about 62 to 76%')
    """
    return f"about {span(two_digits(low), two_digits(high), unit)}".replace(".0 °C", " °C")


def two_digits(value: float) -> float:
    """Round to two significant digits."""
    return float(f"{value:.2g}")


def times(ratio: float) -> str:
    """Write how many times: two digits are enough.

    Examples
    --------
    >>> times(1.234), times(45.6), times(1234.0)
    ('1.2 times', '46 times', '1,200 times')
    """
    if ratio < 10:
        return f"{ratio:.1f} times"
    digits = 10 ** max(0, math.floor(math.log10(ratio)) - 1)
    return f"{round(ratio / digits) * digits:,.0f} times"


def class_name(name: str) -> str:
    """Write a class of a mixture, a label or a tag as a planner reads it.

    Examples
    --------
    >>> class_name("rice"), class_name("very_sparse"), class_name("Cwa")
    ('rice', 'hardly settled land', 'Cwa (mild dry winter, hot summer)')
    """
    if name in _KOPPEN:
        return f"{name} ({_KOPPEN[name]})"
    return _CLASSES.get(name, name.replace("_", " "))


def mixture(shares: Mapping[str, float], most: int = 3, *, raw: bool = False) -> str:
    """Write the largest shares of a mixture, and how much the others are together.

    Examples
    --------
    >>> mixture({"rice": 0.84, "maize": 0.09, "millet": 0.04, "cotton": 0.03}, 2)
    'rice 84%, maize 9.0%, other 7.0%'
    """
    ordered = ordered_shares(shares)
    shown = ordered[: most if len(ordered) > most + 1 else most + 1]
    parts = [f"{class_name(name)} {share(part, raw=raw)}" for name, part in shown]
    rest = sum(part for _, part in ordered[len(shown) :])
    return ", ".join([*parts, f"other {share(rest, raw=raw)}"] if rest >= 0.0005 else parts)


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


def value_text(value: Value, unit: str = "", *, raw: bool = False) -> str:
    """Write any value on one line.

    Examples
    --------
    >>> value_text([25.1] * 6 + [26.4] * 6, "C"), value_text(["lake", "volcano"]), value_text(None)
    ('25.1 to 26.4 °C', 'lake, volcano', 'not known')
    """
    kind = kind_of(value)
    if kind == "number":
        return number(float(cast("float", value)), unit, raw=raw)
    if kind == "months":
        months = cast("Sequence[float]", value)
        return span(min(months), max(months), unit)
    if kind == "mixture":
        return mixture(cast("Mapping[str, float]", value), raw=raw)
    if kind == "tags":
        return ", ".join(class_name(tag) for tag in cast("Sequence[str]", value)) or "none"
    return class_name(str(value)) if kind == "label" else UNKNOWN
