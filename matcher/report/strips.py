"""Strips: small pictures of one row a region over a common scale: the months of the year, and heights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.report.charts import scale_ticks, short_month
from matcher.report.lettering import lines_of
from matcher.report.pictures import A_TINT, PAPER, RULE, SOFT, A, B, rect, svg, text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from matcher.language import Language

WIDTH, LEFT, RIGHT, ROW = 640.0, 150.0, 580.0, 34.0


def calendar(names: Sequence[str], months: Sequence[Collection[int]], say: Language) -> tuple[str, float]:
    """Draw the twelve months of two regions, those of `months` (0 = January) filled; return picture and height."""
    step = (RIGHT - LEFT) / 12
    parts = [
        text(LEFT + (i + 0.5) * step, 12, short_month(month), 11, anchor="middle", fill=SOFT)
        for i, month in enumerate(say.months())
    ]
    for row, (name, filled) in enumerate(zip(names, months, strict=True)):
        y = 20.0 + ROW * row
        parts += _name(name, y)
        fill, edge = (A, A) if row == 0 else ("url(#hatch-calendar)", B)
        for i in range(12):
            there = i in filled
            line = f' stroke="{edge if there else RULE}"'
            parts.append(rect(LEFT + i * step + 1.5, y + 3, step - 3, 20, fill if there else PAPER, line))
    height = 20.0 + ROW * len(names)
    return svg(WIDTH, height, *parts, name="calendar"), height


def heights(
    names: Sequence[str], ground: Sequence[tuple[float, float] | None], say: Language
) -> tuple[str, float]:
    """Draw mean heights and how far heights spread around them, in m; None is unknown.

    No bar reaches below the sea, unless the mean lies there.
    """
    known = [pair for pair in ground if pair is not None]
    spans = [(max(mean - spread, min(mean, 0.0)), mean + spread) for mean, spread in known]
    low, high = min([0.0, *(s[0] for s in spans)]), max([50.0, *(s[1] for s in spans)])
    unit = (RIGHT - LEFT) / (high - low)
    bottom = 20.0 + ROW * len(names)
    parts = []
    for tick in scale_ticks(low, high, lambda value: LEFT + (value - low) * unit, say):
        parts.append(f'<line x1="{tick.at:.1f}" x2="{tick.at:.1f}" y1="18" y2="{bottom:g}" stroke="{RULE}"/>')
        parts.append(text(tick.at, 12, tick.label, 11, anchor="middle", fill=SOFT))
    for row, (name, pair) in enumerate(zip(names, ground, strict=True)):
        y = 20.0 + ROW * row
        parts += _name(name, y)
        if pair is None:
            parts.append(text(LEFT + 4, y + 18, say("unknown"), 12, fill=SOFT))
            continue
        mean, spread = pair
        first = max(mean - spread, min(mean, 0.0))
        fill, edge = (A_TINT, A) if row == 0 else ("url(#hatch-heights)", B)
        x, size = LEFT + (first - low) * unit, max((mean + spread - first) * unit, 1.0)
        parts.append(rect(x, y + 5, size, 18, fill, f' stroke="{edge}"'))
        at = LEFT + (mean - low) * unit
        parts.append(
            f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{y + 1:g}" y2="{y + 27:g}" stroke="{edge}" stroke-width="3"/>'
        )
        parts.append(text(RIGHT + 8, y + 18, say.number(mean, "m"), 13, bold=True))
    return svg(WIDTH, bottom + 6, *parts, name="heights"), bottom + 6


def _name(name: str, y: float) -> list[str]:
    """Write a name before its row, on one or two lines."""
    lines = lines_of(name, LEFT - 16, 13)
    first = y + 18 - 7.5 * (len(lines) - 1)
    return [text(LEFT - 10, first + 15 * i, line, 13, anchor="end") for i, line in enumerate(lines)]
