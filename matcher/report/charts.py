"""Charts as plain data: where bars, lines, ticks and segments stand, in pixels. Templates only draw them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matcher.formats import ordered_shares

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matcher.language import Language

SLOTS = 6
"""Classes that a stacked bar shows by themselves; the others are drawn as one."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled position on an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class ClimateChart:
    """A climate diagram: rain as bars on the right axis, temperature as a line on the left one."""

    name: str
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    rain: tuple[Bar, ...]
    line: str
    dots: tuple[tuple[float, float], ...]
    zero: float | None
    temperature_ticks: tuple[Tick, ...]
    rain_ticks: tuple[Tick, ...]
    months: tuple[Tick, ...]
    told: tuple[str, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a stacked bar; `letter` is empty where there is no room for it."""

    x: float
    width: float
    slot: int
    letter: str


@dataclass(frozen=True, slots=True)
class LegendRow:
    """A class of two stacked bars: key letter, colour slot, and both shares in words."""

    letter: str
    slot: int
    label: str
    share_a: str
    share_b: str


@dataclass(frozen=True, slots=True)
class StackChart:
    """Two stacked bars over the same classes; a bar without segments is unknown."""

    feature: str
    title: str
    note: str
    width: float
    bar_a: tuple[Segment, ...]
    bar_b: tuple[Segment, ...]
    legend: tuple[LegendRow, ...]


def month_names(lat: float, say: Language) -> tuple[str, ...]:
    """Return the months in the order of the aligned year: January first in the north, July first in the south.

    The atlas moves every place south of the equator by six months and nothing else (`matcher.build.season`).
    """
    months = say.months()
    return months[6:] + months[:6] if lat < 0 else months


def climate_charts(
    regions: Sequence[tuple[str, float, Sequence[float] | None, Sequence[float] | None]],
    say: Language,
    *,
    width: float = 360.0,
    height: float = 230.0,
) -> tuple[ClimateChart, ...]:
    """Draw climate diagrams with common axes.

    Parameters
    ----------
    regions
        Name, latitude, 12 temperatures in C and 12 rain totals in mm of each region, aligned; None is unknown and
        leaves its part of the diagram empty.
    say
        The language of labels.
    """
    warmth = [value for _, _, months, _ in regions for value in months or ()]
    wet = [value for _, _, _, months in regions for value in months or ()]
    coldest, hottest = _ends(warmth, 10.0)
    _, wettest = _ends([0.0, *wet], 100.0 if max(wet, default=0.0) > 60 else 20.0)
    left, right, top, bottom = 30.0, width - 36.0, 22.0, height - 24.0
    step = (right - left) / 12

    def y_warm(value: float) -> float:
        return round(bottom - (value - coldest) / (hottest - coldest) * (bottom - top), 1)

    def y_rain(value: float) -> float:
        return round(bottom - value / wettest * (bottom - top), 1)

    charts = []
    for name, lat, temperature, rain in regions:
        labels = month_names(lat, say)
        dots = tuple(
            (round(left + (i + 0.5) * step, 1), y_warm(value)) for i, value in enumerate(temperature or ())
        )
        bars = tuple(
            Bar(
                round(left + (i + 0.18) * step, 1),
                y_rain(value),
                round(step * 0.64, 1),
                round(bottom - y_rain(value), 1),
            )
            for i, value in enumerate(rain or ())
        )
        charts.append(
            ClimateChart(
                name=name,
                width=width,
                height=height,
                left=left,
                right=right,
                top=top,
                bottom=bottom,
                rain=bars,
                line="M" + "L".join(f"{x:g} {y:g}" for x, y in dots) if dots else "",
                dots=dots,
                zero=y_warm(0.0) if warmth and coldest < 0 else None,
                temperature_ticks=scale_ticks(coldest, hottest, y_warm, say) if warmth else (),
                rain_ticks=scale_ticks(0.0, wettest, y_rain, say) if wet else (),
                months=tuple(
                    Tick(round(left + (i + 0.5) * step, 1), short_month(labels[i])) for i in range(12)
                ),
                told=_months_told(labels, temperature, rain, say),
                summary=_climate_summary(name, labels, temperature, rain, say),
            )
        )
    return tuple(charts)


def _ends(values: Sequence[float], step: float) -> tuple[float, float]:
    """Return multiples of `step` around all values and 0, never the same one twice."""
    low = math.floor(min([0.0, *values]) / step) * step
    high = math.ceil(max([step, *values]) / step) * step
    return low, high


def scale_ticks(low: float, high: float, place: Callable[[float], float], say: Language) -> tuple[Tick, ...]:
    """Return four to seven round ticks."""
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= rough * 0.999)
    first, last = math.ceil(low / step), math.floor(high / step)
    return tuple(Tick(place(i * step), say.decimal(i * step)) for i in range(first, last + 1))


def short_month(month: str) -> str:
    """Return the first letter of a month, or its number where months are numbered (1월)."""
    return month[:1] if not month[:1].isdigit() else month.rstrip("월")


def _months_told(
    labels: Sequence[str], temperature: Sequence[float] | None, rain: Sequence[float] | None, say: Language
) -> tuple[str, ...]:
    """Say the figures of each month."""
    known = [(months, unit) for months, unit in ((temperature, "C"), (rain, "mm")) if months is not None]
    figures = (
        say("list.comma").join(say.number(months[i], unit) for months, unit in known) for i in range(12)
    )
    return tuple(f"{label}: {told}" for label, told in zip(labels, figures, strict=True))


def _climate_summary(
    name: str,
    labels: Sequence[str],
    temperature: Sequence[float] | None,
    rain: Sequence[float] | None,
    say: Language,
) -> str:
    """Say the diagram in words, for those who cannot see it."""
    parts = []
    for what, unit, months in (("temperature", "C", temperature), ("rain", "mm", rain)):
        if months is None:
            parts.append(say(f"f.climate.{what}.unknown"))
            continue
        low, high = min(range(12), key=lambda i: months[i]), max(range(12), key=lambda i: months[i])
        parts.append(
            say(
                f"f.climate.{what}",
                low=say.number(months[low], unit),
                low_month=labels[low],
                high=say.number(months[high], unit),
                high_month=labels[high],
            )
        )
    return say("f.climate.summary", name=name, parts=say("list.semicolon").join(parts))


def stack_chart(
    feature: str,
    title: str,
    note: str,
    a: Mapping[str, float] | None,
    b: Mapping[str, float] | None,
    say: Language,
    *,
    width: float = 360.0,
) -> StackChart | None:
    """Draw two mixtures as stacked bars; None where neither is known.

    Parameters
    ----------
    feature, title, note
        Name, heading and basis (resolution, year).
    a, b
        Class to share; None is unknown.
    say
        The language of labels.
    """
    if not a and not b:
        return None
    left, right = dict(a or {}), dict(b or {})
    largest = {key: max(left.get(key, 0.0), right.get(key, 0.0)) for key in {**left, **right}}
    shown = [key for key, _ in ordered_shares(largest)][:SLOTS]
    # In one order for both bars, by their sum, so that the eye can follow a class.
    shown.sort(key=lambda key: (-(left.get(key, 0.0) + right.get(key, 0.0)), key))
    rest = [key for key in largest if key not in shown and largest[key] > 0]
    rows = [
        (_letter(slot), slot, say.word(feature, key), left.get(key, 0.0), right.get(key, 0.0))
        for slot, key in enumerate(shown)
    ]
    if rest:
        x, y = (sum(part.get(key, 0.0) for key in rest) for part in (left, right))
        rows.append((_letter(len(shown)), SLOTS, say("f.stack.others"), x, y))
    return StackChart(
        feature=feature,
        title=title,
        note=note,
        width=width,
        bar_a=_segments([(letter, slot, x) for letter, slot, _, x, _ in rows], width) if a else (),
        bar_b=_segments([(letter, slot, y) for letter, slot, _, _, y in rows], width) if b else (),
        legend=tuple(
            LegendRow(letter, slot, label, say.share(x if a else None), say.share(y if b else None))
            for letter, slot, label, x, y in rows
        ),
    )


def _letter(slot: int) -> str:
    return chr(ord("a") + slot)


def _segments(parts: Sequence[tuple[str, int, float]], width: float) -> tuple[Segment, ...]:
    total = sum(value for *_, value in parts)
    segments, x = [], 0.0
    for letter, slot, value in parts:
        if value > 0:
            size = value / total * width
            segments.append(Segment(round(x, 1), round(size, 1), slot, letter if size >= 14 else ""))
            x += size
    return tuple(segments)
