"""Feasibility: what the pair must bridge in practice: distance, hours, seasons, language, size and level.

Nothing here enters the likeness. What the atlas does not know (flights, visas, budgets) is not guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from matcher.formats import kind_of

if TYPE_CHECKING:
    from matcher.explanation import Contribution, Explanation

EASY_HOURS, HARD_HOURS = 3.0, 7.0
"""Up to the first an office day is shared well, from the second on hardly at all."""
EASY_RATIO, HARD_RATIO = 3.0, 10.0
"""Between the larger and the smaller population."""
NEAR_KM, FAR_KM = 1_500.0, 6_000.0
COMMON_LANGUAGE = 0.3
"""Share of the people of each side that speaks a language of the other, from which on a language is common."""


@dataclass(frozen=True, slots=True)
class Hurdle:
    """One thing to bridge.

    Attributes
    ----------
    key
        distance, hours, seasons, language, level, population, area.
    grade
        easy, middle, hard or unknown.
    values
        Its figures by name.
    """

    key: str
    grade: str
    values: dict[str, Any]


def hurdles(explanation: Explanation) -> tuple[Hurdle, ...]:
    """Return what the pair must bridge, in the order in which a planner asks."""
    a, b = explanation.a, explanation.b
    people = _ratio(a.population, b.population)
    return (
        Hurdle("distance", _grade(explanation.distance_km, NEAR_KM, FAR_KM), {"km": explanation.distance_km}),
        _hours(a.time_zone, b.time_zone),
        _seasons(explanation),
        _language(explanation),
        Hurdle("level", "easy" if a.level == b.level else "hard", {"a": a.level, "b": b.level}),
        Hurdle("population", _grade(people, EASY_RATIO, HARD_RATIO), {"ratio": people}),
        _area(a.area_km2, b.area_km2),
    )


def pair_facts(found: tuple[Hurdle, ...]) -> dict[str, float | None]:
    """Return the facts of a pair that rules ask for; None is unknown."""
    by_key = {hurdle.key: hurdle for hurdle in found}
    return {
        "hours": by_key["hours"].values.get("hours"),
        "population_ratio": by_key["population"].values.get("ratio"),
        "same_level": float(by_key["level"].grade == "easy"),
    }


def hours_apart(zone_a: str | None, zone_b: str | None) -> tuple[float, float] | None:
    """Return the gap between two time zones in January and in July of 2026, hours; None where one is unknown.

    The year is fixed so that a report does not change with the day on which it is made.

    Examples
    --------
    >>> hours_apart("Asia/Jakarta", "Asia/Seoul"), hours_apart("Asia/Jakarta", None)
    ((2.0, 2.0), None)
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    if not zone_a or not zone_b:
        return None
    gaps = []
    for month in (1, 7):
        noon = datetime(2026, month, 15, 12, tzinfo=UTC)
        try:
            offsets = [
                noon.astimezone(ZoneInfo(zone)).utcoffset() or timedelta() for zone in (zone_a, zone_b)
            ]
        except (ZoneInfoNotFoundError, ValueError):
            return None
        hours = abs((offsets[0] - offsets[1]).total_seconds()) / 3600
        gaps.append(min(hours, 24 - hours))
    return gaps[0], gaps[1]


def _hours(zone_a: str | None, zone_b: str | None) -> Hurdle:
    gap = hours_apart(zone_a, zone_b)
    if gap is None:
        return Hurdle("hours", "unknown", {})
    return Hurdle("hours", _grade(max(gap), EASY_HOURS, HARD_HOURS), {"hours": max(gap), "least": min(gap)})


def _seasons(explanation: Explanation) -> Hurdle:
    """Same seasons, opposite ones (both hemispheres), or a year without a winter on one side."""
    a, b = explanation.a, explanation.b
    cold = _point(explanation, "t_cold")
    if cold is None:
        return Hurdle("seasons", "unknown", {})
    winters = [float(value) < 10 for value in (cold.value_a, cold.value_b)]
    opposite = (a.lat < 0) != (b.lat < 0)
    kind = "none" if not any(winters) else "one" if not all(winters) else "opposite" if opposite else "same"
    values = {"kind": kind, "winter": "a" if winters[0] else "b" if winters[1] else ""}
    return Hurdle("seasons", "easy" if kind in {"same", "none"} else "middle", values)


def _language(explanation: Explanation) -> Hurdle:
    part = _point(explanation, "languages")
    if part is None or kind_of(part.value_a) != "mixture":
        return Hurdle("language", "unknown", {})
    common = {
        name: min(part.value_a[name], part.value_b[name]) for name in part.value_a if name in part.value_b
    }
    best = max(common, key=lambda name: (common[name], name), default="")
    share = common.get(best, 0.0)
    grade = "easy" if share >= COMMON_LANGUAGE else "middle" if share >= 0.05 else "hard"
    return Hurdle("language", grade, {"language": best if grade != "hard" else "", "share": share})


def _area(a: float | None, b: float | None) -> Hurdle:
    ratio = _ratio(a, b)
    return Hurdle("area", _grade(ratio, EASY_RATIO, HARD_RATIO), {"ratio": ratio})


def _ratio(x: float | None, y: float | None) -> float | None:
    return max(x / y, y / x) if x and y else None


def _grade(value: float | None, easy: float, hard: float) -> str:
    if value is None:
        return "unknown"
    return "easy" if value <= easy else "middle" if value < hard else "hard"


def _point(explanation: Explanation, feature: str) -> Contribution | None:
    return next((part for part in explanation.points if part.feature == feature and part.known), None)
