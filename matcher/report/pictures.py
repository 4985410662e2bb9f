"""Pictures: charts and maps as SVG that stands by itself: in a page, in a PDF, or turned to pixels for a text file.

Colours are attributes, not style sheets. Region A is filled, region B is hatched, so that grey paper tells them apart.
"""

from __future__ import annotations

import unicodedata
from html import escape
from typing import TYPE_CHECKING

from matcher.report.lettering import lines_of, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matcher.language import Language
    from matcher.report.charts import ClimateChart, StackChart
    from matcher.report.outlines import OutlinePair
    from matcher.report.worldmap import LocatorMap, PlacesMap

INK, SOFT, RULE, PAPER = "#1b2629", "#4c5a5f", "#d5dbda", "#fffefb"
A, B, A_TINT, B_TINT = "#0f5b66", "#9a4512", "#a9cacb", "#e6bd9f"
SLOT_FILLS = ("#1d5c57", "#e3b95f", "#7a3a1c", "#a5cbbd", "#46568a", "#efdccb", "#c6cbcc")
LIGHT_LETTERS = (0, 2, 4)
FONT = "'Matcher Sans', 'Noto Sans', 'Noto Sans KR', 'Malgun Gothic', 'Apple SD Gothic Neo', sans-serif"


def svg(width: float, height: float, *parts: str, name: str = "") -> str:
    """Return a picture; `name` keeps the ids of its patterns apart from those of other pictures of a page."""
    body = "".join(parts)
    hatch = (
        f'<defs><pattern id="hatch-{name}" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="6" height="6" fill="#f4dccb"/>'
        '<rect width="2" height="6" fill="#cf9468"/></pattern></defs>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" font-family="{escape(FONT)}" fill="{INK}">'
        f"{hatch if f'hatch-{name}' in body else ''}{body}</svg>"
    )


def text(
    x: float, y: float, words: str, size: float, *, anchor: str = "start", fill: str = INK, bold: bool = False
) -> str:
    """Return a line of text."""
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}" fill="{fill}"{weight}>'
        f"{escape(_clean(words))}</text>"
    )


def _clean(words: str) -> str:
    """Leave out signs that XML forbids."""
    return "".join(sign for sign in words if sign in "\t\n" or unicodedata.category(sign) not in {"Cc", "Cs"})


def rect(
    x: float, y: float, width: float, height: float, fill: str, more: str = "", *, told: str = ""
) -> str:
    """Return a rectangle; a browser shows what is `told` of it under the pointer."""
    inside = f"><title>{escape(_clean(told))}</title></rect>" if told else "/>"
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"{more}{inside}'
    )


def locator(picture: LocatorMap) -> str:
    """Draw the world with two places and the shortest way between them."""
    halo = f' paint-order="stroke" stroke="{PAPER}" stroke-width="4" stroke-linejoin="round"'
    names = [
        text(p.label_x, p.label_y, p.name, 15, anchor=p.anchor, bold=True).replace("<text", f"<text{halo}", 1)
        # A twin without the outline on top: not every renderer knows paint-order.
        + text(p.label_x, p.label_y, p.name, 15, anchor=p.anchor, bold=True)
        for p in (picture.a, picture.b)
    ]
    way = f'<path d="{picture.line}" fill="none" stroke="{INK}" stroke-width="1.4" stroke-dasharray="5 4"/>'
    dots = (
        f'<circle cx="{picture.a.x}" cy="{picture.a.y}" r="5" fill="{A}" stroke="#fff" stroke-width="1.5"/>'
        f'<circle cx="{picture.b.x}" cy="{picture.b.y}" r="4.5" fill="#fff" stroke="{B}" stroke-width="3"/>'
    )
    return svg(
        picture.width,
        picture.height,
        rect(0, 0, picture.width, picture.height, "#eaf0f1"),
        _land(picture.land, "#cfd6d3"),
        _land(picture.country_a, A_TINT),
        _land(picture.country_b, B_TINT),
        way if picture.line else "",
        dots,
        *names,
    )


def _land(path: str, fill: str) -> str:
    return f'<path d="{path}" fill="{fill}" stroke="#fff" stroke-width="0.4"/>' if path else ""


def places(picture: PlacesMap, names: Sequence[str]) -> str:
    """Draw the world with a region and its numbered candidates; a browser shows their names under the pointer."""
    marks = [
        f'<line x1="{p.x}" y1="{p.y}" x2="{p.label_x}" y2="{p.label_y}" stroke="{SOFT}" stroke-width="0.8"/>'
        f'<circle cx="{p.x}" cy="{p.y}" r="2.6" fill="{B}" stroke="#fff" stroke-width="0.8"/>'
        for p in picture.places
    ]
    marks += [
        # On a phone both grow (style.css), so the numeral is moved down by its own size.
        f'<g class="mark"><circle cx="{p.label_x}" cy="{p.label_y}" r="8.5" fill="#fff" stroke="{B}" stroke-width="1.5"/>'
        + text(p.label_x, p.label_y, p.name, 11, anchor="middle", bold=True).replace(
            " y=", ' dy=".36em" y=', 1
        )
        + f"<title>{escape(_clean(name))}</title></g>"
        for p, name in zip(picture.places, names, strict=True)
    ]
    home, (x, y) = picture.home, picture.shift
    marks.append(
        f'<circle cx="{home.x}" cy="{home.y}" r="5.5" fill="{A}" stroke="#fff" stroke-width="1.5"/>'
        + text(home.label_x, home.label_y, home.name, 14, anchor=home.anchor, bold=True)
    )
    return svg(
        picture.width,
        picture.height,
        rect(0, 0, picture.width, picture.height, "#eaf0f1"),
        f'<clipPath id="frame"><rect width="{picture.width:g}" height="{picture.height:g}"/></clipPath>',
        f'<g clip-path="url(#frame)"><g transform="translate({x:g} {y:g}) scale({picture.zoom:.3f})">',
        _land(picture.land, "#cfd6d3").replace(
            'stroke-width="0.4"', f'stroke-width="{0.6 / picture.zoom:.2f}"'
        ),
        "</g></g>",
        *marks,
    )


def outline(pair: OutlinePair, side: str, label: str, nothing: str) -> str:
    """Draw the outline of one side of a pair, with a bar of kilometres; `nothing` is said where there is none."""
    size, path = pair.size, pair.path_a if side == "a" else pair.path_b
    frame = f'<rect x="0.5" y="0.5" width="{size - 1:g}" height="{size + 25:g}" fill="none" stroke="{RULE}"/>'
    if not path:
        return svg(size, size + 26, frame, text(size / 2, size / 2, nothing, 12, anchor="middle", fill=SOFT))
    fill, line = (A_TINT, A) if side == "a" else ("url(#hatch-outline)", B)
    return svg(
        size,
        size + 26,
        frame,
        f'<path d="{path}" fill="{fill}" fill-rule="evenodd" stroke="{line}" stroke-width="1.6" stroke-linejoin="round"/>',
        f'<path d="M14 {size + 8:g}v5h{pair.bar_px}v-5" fill="none" stroke="{INK}" stroke-width="1.5"/>',
        text(14 + pair.bar_px + 7, size + 15, label, 12),
        name="outline",
    )


def climate(chart: ClimateChart) -> str:
    """Draw a climate diagram: rain as bars (right axis), temperature as a line (left axis)."""
    parts = [
        f'<line x1="{chart.left}" x2="{chart.right}" y1="{tick.at}" y2="{tick.at}" stroke="{RULE}"/>'
        + text(chart.left - 6, tick.at + 4, tick.label, 11, anchor="end", fill=SOFT)
        for tick in chart.temperature_ticks
    ]
    parts += [text(chart.right + 6, tick.at + 4, tick.label, 11, fill=SOFT) for tick in chart.rain_ticks]
    parts += [text(0, 10, "°C", 11), text(chart.width, 10, "mm", 11, anchor="end")]
    edge = ' stroke="#6f93a5" stroke-width="0.6"'
    parts += [rect(bar.x, bar.y, bar.width, bar.height, "#b4cbd6", edge) for bar in chart.rain]
    if chart.zero is not None:
        parts.append(
            f'<line x1="{chart.left}" x2="{chart.right}" y1="{chart.zero}" y2="{chart.zero}" stroke="{SOFT}" '
            'stroke-dasharray="3 3"/>'
        )
    if chart.line:
        parts.append(
            f'<path d="{chart.line}" fill="none" stroke="{B}" stroke-width="2" stroke-linejoin="round"/>'
        )
    parts += [
        f'<circle cx="{x}" cy="{y}" r="2.6" fill="{PAPER}" stroke="{B}" stroke-width="1.5"/>'
        for x, y in chart.dots
    ]
    parts += [
        text(month.at, chart.height - 7, month.label, 11, anchor="middle", fill=SOFT)
        for month in chart.months
    ]
    step, deep = (chart.right - chart.left) / 12, chart.bottom - chart.top
    parts += [
        rect(chart.left + i * step, chart.top, step, deep, "none", ' pointer-events="all"', told=told)
        for i, told in enumerate(chart.told)
    ]
    return svg(chart.width, chart.height, *parts)


def stack(chart: StackChart, names: Sequence[str], unknown: str) -> tuple[str, float]:
    """Draw two stacked bars and their legend; return the picture and its height."""
    width, left, y = chart.width, 104.0, 4.0
    scale = (width - left) / chart.width
    parts = []
    told = {row.slot: (row.label, row.share_a, row.share_b) for row in chart.legend}
    for side, (name, segments) in enumerate(zip(names, (chart.bar_a, chart.bar_b), strict=True), 1):
        lines = lines_of(name, left - 8, 12)
        parts += [text(0, y + 18 - 7 * (len(lines) - 1) + 14 * i, line, 12) for i, line in enumerate(lines)]
        if not segments:
            parts.append(text(left, y + 18, unknown, 12, fill=SOFT))
        for part in segments:
            x, size = left + part.x * scale, part.width * scale
            label = f"{told[part.slot][0]}: {told[part.slot][side]}"
            edge = f' stroke="{PAPER}" stroke-width="1.2"'
            parts.append(rect(x, y, size, 26, SLOT_FILLS[part.slot], edge, told=label))
            if size >= 13:
                parts.append(_letter(x + size / 2, y + 17.5, part.letter or "", part.slot))
        y += 33
    y += 6
    for row in chart.legend:
        parts.append(rect(0, y, 17, 17, SLOT_FILLS[row.slot], f' stroke="{SOFT}" stroke-width="0.5"'))
        parts.append(_letter(8.5, y + 12.8, row.letter, row.slot))
        parts.append(text(width - 60, y + 13, row.share_a, 12, anchor="end"))
        parts.append(text(width, y + 13, row.share_b, 12, anchor="end"))
        for line in lines_of(row.label, width - 24 - 116, 12):
            parts.append(text(24, y + 13, line, 12))
            y += 15
        y += 6
    return svg(width, y, *parts), y


def _letter(x: float, y: float, letter: str, slot: int) -> str:
    return text(x, y, letter, 12, anchor="middle", fill="#fff" if slot in LIGHT_LETTERS else INK)


def bars(rows: Sequence[tuple[str, float, float]], average: str, say: Language) -> tuple[str, float]:
    """Draw likeness by group as bars 0..100 with the mark of an average pair; rows of label, likeness, average."""
    width, left, right, y = 640.0, 150.0, 590.0, 20.0
    unit = (right - left) / 100
    parts = []
    for mark in (0, 25, 50, 75, 100):
        x = left + mark * unit
        parts.append(f'<line x1="{x:g}" x2="{x:g}" y1="18" y2="{20 + 30 * len(rows)}" stroke="{RULE}"/>')
        parts.append(text(x, 12, say.decimal(mark), 11, anchor="middle", fill=SOFT))
    for label, score, mean in rows:
        parts.append(text(left - 10, y + 18, shortened(label, left - 12, 13), 13, anchor="end"))
        parts.append(rect(left, y + 5, score * unit, 18, A))
        x = left + mean * unit
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y + 2:g}" y2="{y + 26:g}" stroke="{PAPER}" stroke-width="5"/>'
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y + 2:g}" y2="{y + 26:g}" stroke="{B}" stroke-width="2.4"/>'
        )
        parts.append(text(right + 8, y + 18, say.decimal(score), 13, bold=True))
        y += 30
    y += 18
    parts.append(f'<line x1="{left}" x2="{left}" y1="{y - 9}" y2="{y + 3}" stroke="{B}" stroke-width="2.4"/>')
    parts.append(text(left + 8, y + 1, average, 11, fill=SOFT))
    return svg(width, y + 8, *parts), y + 8
