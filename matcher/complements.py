"""Complementarity: what one region has and the other lacks, and where their years run out of step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matcher.formats import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.explanation import Contribution, Explanation

MIXTURES = ("crops", "crop_mix", "cover")
"""Mixtures whose classes are looked through; the finer crop list comes first and stands for the coarser one."""
LEAST_WARMTH = 5.0
"""Least mean temperature of a month in which crops grow, C."""
HAS, LACKS = 0.05, 0.01
"""A class is had from the first share on, and lacked below the second."""


@dataclass(frozen=True, slots=True)
class Complement:
    """What `side` ("a" or "b") has and the other lacks: a class of a mixture, a tag, or a number against none."""

    side: str
    part: Contribution
    name: str
    has: float | None
    lacks: float | None


@dataclass(frozen=True, slots=True)
class Peaks:
    """The calendar months (0 = January) in which a course of the year peaks on either side, and how far they are apart."""

    part: Contribution
    month_a: int
    month_b: int
    apart: int


def complements(explanation: Explanation) -> tuple[Complement, ...]:
    """Return what one has and the other lacks; unknown is not lacking."""
    parts = {part.feature: part for part in explanation.points if part.known}
    names = [name for name in MIXTURES if name in parts]
    if {"crops", "crop_mix"} <= set(names):
        names.remove("crop_mix")
    found: list[Complement] = []
    for name in names:
        found += _classes(parts[name])
    if "landscape_tags" in parts:
        found += _tags(parts["landscape_tags"])
    return tuple(found)


def _classes(part: Contribution) -> Iterator[Complement]:
    if kind_of(part.value_a) != "mixture" or kind_of(part.value_b) != "mixture":
        return
    for side, own, other in (("a", part.value_a, part.value_b), ("b", part.value_b, part.value_a)):
        for name in sorted(own, key=lambda key: (-own[key], key)):
            if own[name] >= HAS and other.get(name, 0.0) < LACKS and name != "other":
                yield Complement(side, part, name, float(own[name]), float(other.get(name, 0.0)))


def _tags(part: Contribution) -> Iterator[Complement]:
    for side, own, other in (("a", part.value_a, part.value_b), ("b", part.value_b, part.value_a)):
        for name in own:
            if name not in other:
                yield Complement(side, part, str(name), None, None)


@dataclass(frozen=True, slots=True)
class Growing:
    """The calendar months (0 = January) with warmth and rain for crops in the open, on either side."""

    parts: tuple[Contribution, Contribution]
    a: tuple[int, ...]
    b: tuple[int, ...]


def growing(explanation: Explanation) -> Growing | None:
    """Return the months in which crops grow without irrigation or cover; None where a month is unknown.

    A month is warm enough from a mean of `LEAST_WARMTH`, and wet enough where its rain in mm is at least twice its mean in
    C (Bagnouls and Gaussen 1953), the rule by which the atlas counts dry months.
    """
    parts = {part.feature: part for part in explanation.points if part.known}
    found = [parts.get(name) for name in ("temperature_months", "rain_months")]
    warm, wet = found
    if warm is None or wet is None or {kind_of(warm.value_a), kind_of(wet.value_a)} != {"months"}:
        return None
    sides = []
    for side, lat in (("a", explanation.a.lat), ("b", explanation.b.lat)):
        warmth, rain = (getattr(part, f"value_{side}") for part in (warm, wet))
        grows = [i for i in range(12) if warmth[i] >= LEAST_WARMTH and rain[i] >= 2.0 * warmth[i]]
        sides.append(tuple(sorted(_calendar(i, lat) for i in grows)))
    return Growing((warm, wet), *sides)


def peaks(explanation: Explanation) -> tuple[Peaks, ...]:
    """Return the warmest and the wettest month of both in the calendar, where they are known.

    Months stand in the atlas with the seasons of both hemispheres in line: south of the equator July is first.
    """
    found = []
    for part in explanation.points:
        if (
            part.known
            and part.feature in {"temperature_months", "rain_months"}
            and kind_of(part.value_a) == "months"
        ):
            month_a = _peak(part.value_a, explanation.a.lat)
            month_b = _peak(part.value_b, explanation.b.lat)
            apart = abs(month_a - month_b)
            found.append(Peaks(part, month_a, month_b, min(apart, 12 - apart)))
    return tuple(found)


def _peak(months: Any, lat: float) -> int:
    return _calendar(max(range(12), key=lambda i: months[i]), lat)


def _calendar(place: int, lat: float) -> int:
    """Return the calendar month of a place in the aligned year."""
    return (place + 6) % 12 if lat < 0 else place
