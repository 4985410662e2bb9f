"""Write ``docs/speed.md`` and its plots from ``docs/speed.json``, which ``python benchmarks/speed.py --write`` measures."""

from __future__ import annotations

import json
import math
from html import escape
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TITLES = {
    "cold": "`matcher rank Purwakarta --country KR`, from an empty process",
    "one": "One region against the world",
    "recipes": "The same by the recipes of other tools",
    "scenarios": "One region under many weights",
    "many": "Many regions against the world",
}
_INK, _BAR, _OURS, _PAPER = "#222222", "#9aa7b4", "#0b6e4f", "#ffffff"
_FONT = 'font-family="system-ui, sans-serif" font-size="13"'


def bars(rows: list[dict[str, Any]], title: str) -> str:
    """Return ratios of processor time as bars, ours in another colour; a longer one than 8 is cut and says so."""
    most = min(8.0, max(row["processor_ratio"] for row in rows))
    height = 34 + 26 * len(rows)
    parts = []
    for i, row in enumerate(rows):
        ratio, y = row["processor_ratio"], 34 + 26 * i
        width = 330 * min(ratio, most) / most
        colour = _OURS if row["name"].startswith("matcher") else _BAR
        parts.append(
            f'<text x="262" y="{y + 13}" text-anchor="end" fill="{_INK}">{escape(row["name"])}</text>'
        )
        parts.append(f'<rect x="270" y="{y}" width="{width:.1f}" height="18" fill="{colour}"/>')
        more = " (cut)" if ratio > most else ""
        parts.append(f'<text x="{276 + width:.1f}" y="{y + 13}" fill="{_INK}">{ratio:.2f}{more}</text>')
    return _svg(680, height, title, parts)


def curve(points: list[dict[str, Any]], title: str) -> str:
    """Return seconds by regions, both on logarithmic axes, with the line of exponent 1 through the first point."""
    x = [math.log10(point["rows"]) for point in points]
    y = [math.log10(point["processor_seconds"]) for point in points]
    low, high = min(y) - 0.1, max(*y, y[0] + x[-1] - x[0]) + 0.1

    def at(a: float, b: float) -> tuple[float, float]:
        return 90 + 540 * (a - x[0]) / (x[-1] - x[0]), 280 - 230 * (b - low) / (high - low)

    line = " ".join("{:.1f},{:.1f}".format(*at(a, b)) for a, b in zip(x, y, strict=True))
    straight = " ".join("{:.1f},{:.1f}".format(*at(a, y[0] + a - x[0])) for a in (x[0], x[-1]))
    parts = [
        f'<polyline points="{straight}" fill="none" stroke="{_BAR}" stroke-dasharray="5 4"/>',
        f'<polyline points="{line}" fill="none" stroke="{_OURS}" stroke-width="2"/>',
    ]
    for point, a, b in zip(points, x, y, strict=True):
        px, py = at(a, b)
        parts.append(f'<circle cx="{px:.1f}" cy="{py:.1f}" r="4" fill="{_OURS}"/>')
        parts.append(
            f'<text x="{px:.1f}" y="{py - 10:.1f}" text-anchor="middle" fill="{_INK}">'
            f"{1e3 * point['processor_seconds']:,.0f} ms</text>"
        )
        parts.append(
            f'<text x="{px:.1f}" y="302" text-anchor="middle" fill="{_INK}">{point["rows"] / 1e6:.2g} M</text>'
        )
    parts.append(
        f'<text x="360" y="322" text-anchor="middle" fill="{_INK}">regions; dashed: in proportion</text>'
    )
    return _svg(680, 332, title, parts)


def _svg(width: int, height: int, title: str, parts: list[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" {_FONT}>\n'
        f"<title>{escape(title)}</title>\n"
        f'<rect width="{width}" height="{height}" fill="{_PAPER}"/>\n'
        f'<text x="12" y="20" font-weight="bold" fill="{_INK}">{escape(title)}</text>\n{body}\n</svg>\n'
    )


def table(rows: list[dict[str, Any]]) -> list[str]:
    """Return rows as a Markdown table; ratios are to the first."""
    lines = ["| | ms | ratio | ratio of processor time |", "|---|---:|---:|---:|"]
    for row in rows:
        ms = 1e3 * row["seconds"]
        lines.append(f"| {row['name']} | {ms:,.1f} | {row['ratio']:.2f} | {row['processor_ratio']:.2f} |")
    return [*lines, ""]


def killed(engine: dict[str, Any]) -> list[str]:
    """Return what the page says of a batch during which a worker was killed."""
    if not engine.get("killed"):
        return []
    return [
        f"A batch during which one of the workers was killed at its work took {engine['killed_seconds']:.1f} s, with the same tables; against",
        f"one process the engine costs {engine['warm_seconds'] / engine['alone_seconds']:.2f} times, and {engine['killed_seconds'] / engine['alone_seconds']:.2f} times with the loss.",
    ]


def page(found: dict[str, Any]) -> str:
    """Return the page."""
    about, grown, engine = found["machine"], found["growth"], found["engine"]
    lines = [
        "# Speed",
        "",
        "Made by `python benchmarks/speed.py --write` and `python docs/speed.py`. All sides of a ratio were run in turn in",
        f"one process, {found['runs']} rounds ({found['runs_of_many']} of many regions) after one to warm up; figures are medians, and a ratio is to",
        "the first line of its table. The first line is the limit: what a bare product of the same shape costs. On a shared",
        "machine the ratio of processor time is the steadier of the two.",
        "",
        f"{about['processor']}, {about['cores']} cores, {about['threads']} thread(s) a side; load {about['load']:.1f} at the start and",
        f"{about['load_after']:.1f} at the end; Python {about['python']}, numpy {about['numpy']}; {found['regions']:,} regions,",
        f"{found['queries']:,} queries in the batch.",
        "",
    ]
    for part, title in TITLES.items():
        lines += [f"## {title}", ""]
        if part in {"one", "many"}:
            lines += [f"![{title}](speed-{part}.svg)", ""]
        lines += table(found[part])
        if part == "cold":
            lines += [f"Peak resident memory of the ranking: {found['cold_peak_mb']:.0f} MB.", ""]
    lines += [
        "## Growth",
        "",
        "![Growth](speed-growth.svg)",
        "",
        "| regions | ms for 4 regions, one by one | ms for 64 at once |",
        "|---:|---:|---:|",
    ]
    one, many = ([p for p in grown["points"] if p["name"] == name] for name in ("one", "many"))
    lines += [
        f"| {a['rows']:,} | {1e3 * a['seconds']:,.1f} | {1e3 * b['seconds']:,.1f} |"
        for a, b in zip(one, many, strict=True)
    ]
    power = grown["exponents"]
    lines += [
        "",
        f"Regions are drawn again and again from the real ones, with {grown['features']} of their features, and ranked by the code that",
        "ranks one region and the code that searches for a batch. Time grows with the exponents",
        f"{power['one seconds']:.3f} and {power['many seconds']:.3f} (processor time: {power['one processor_seconds']:.3f} and {power['many processor_seconds']:.3f}); recall of the best ten against",
        f"brute force: {grown['recall']:.3f}.",
        "",
        "## A cluster on this machine",
        "",
        f"{engine['queries']:,} queries on a local Dask cluster of {engine['workers']} workers, with the same cores as one process:",
        f"{engine['alone_seconds']:.1f} s in one process; {engine['start_seconds']:.1f} s to start the cluster, {engine['first_seconds']:.1f} s for the",
        f"first batch (each worker opens the atlas) and {engine['warm_seconds']:.1f} s for the next one. The tables are",
        f"{'equal' if engine['equal'] else 'NOT EQUAL'}.",
        *killed(engine),
        "",
        "## Peak memory",
        "",
        "Of a fresh process that does the one job, the loaded data included; pages of mapped files count.",
        "",
        "| | MB |",
        "|---|---:|",
        *(f"| {name} | {mb:,.0f} |" for name, mb in found["peak_mb"].items()),
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Write the page and the plots."""
    found = json.loads((HERE / "speed.json").read_text(encoding="utf-8"))
    (HERE / "speed.md").write_text(page(found), encoding="utf-8")
    for part in ("one", "many"):
        plot = bars(found[part], f"{TITLES[part]}: processor time, bare product = 1")
        (HERE / f"speed-{part}.svg").write_text(plot, encoding="utf-8")
    many = [point for point in found["growth"]["points"] if point["name"] == "many"]
    grown = curve(many, "64 queries among more and more regions")
    (HERE / "speed-growth.svg").write_text(grown, encoding="utf-8")


if __name__ == "__main__":
    main()
