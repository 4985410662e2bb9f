"""Write docs/crops.md: how the crop basket is made, and how well it meets statistics that it did not see.

``python docs/crops.py FILE...`` with tables of crop statistics (see `matcher evaluate --crops`). The atlas must hold
the crop basket; the countries of the tables are judged by baskets that were fitted without their statistics.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from matcher.atlas import Atlas
from matcher.countries import country_name
from matcher.crops.judge import METRICS, judge_crops

TARGET = Path(__file__).with_suffix(".md")
BAR = 0.10

HEAD = """# The crop basket, judged

`crops` holds the shares of harvested area of some 150 crops in every region. Where a statistical office publishes
areas by region they are **observed** (the office and the year stand beside them in `crops_basis`), over the crops that
it lists; all else is **modelled**:

1. The country's own mix of harvested areas (FAOSTAT, 2017-2019) is what is spread.
2. Each crop's response to climate, soil, relief, land use and settlement is learned from the totals of all countries
   and from the crop grid at once: an ecological inference, in which the shares of a country's cells must add up to the
   country's mix (`matcher/build/intensity.py`). No regional statistics enter.
3. Response and grid, each to a power, reshape the mix within the country, and raking makes the regions add up to it.
   The two powers are all that regional statistics decide; for a country with statistics of its own they are chosen on
   the other countries alone, so the figures below are of baskets that never saw the country's regions.

Only crops that both lists have are compared. `national mix` is the country's mix everywhere; `crop grid` is that mix
with the ten crops of MIRCA2000 parted as the grid parts them. Overlap is the common part of two mixes, 0 to 1; top 1
and top 5 say whether the largest crops are found.
"""

TAIL = """
## Limits

- The bar is an overlap of {bar:.2f} above the national mix in every country. It is met in {met} of {all}: {names}.
- It is not met where the national mix is near the truth already (small countries of one landscape: there is less than
  {bar:.2f} left to gain), and where the crops that differ within the country are none of the grid's ten: the responses
  of orchards, vegetables and spices are learned from national totals only.
- A basket spreads what a country grows by nature, not by custom or history: tea, ginseng or apricots at one famous
  place are diluted over all places like it. Observed shares have no such fault.
- Cropland and grid are of 2000 to 2005, totals of 2017 to 2019, statistics of 2006 to 2024.
- Shares below 0.4 % and beyond the 20 largest crops are left out of a region's basket.
"""


def main(paths: list[str]) -> int:
    """Judge by every table and write the page."""
    atlas = Atlas.open()
    countries: dict[str, dict[str, Any]] = {}
    groups: list[tuple[str, dict[str, Any]]] = []
    for path in map(Path, paths):
        found = judge_crops(atlas, path)
        countries |= {code: dict(part) for code, part in found.countries.items()}
        groups += [
            (path.name.partition("_")[0], {"group": name, **part}) for name, part in found.groups.items()
        ]
    gains = {
        code: part["model"]["overlap"] - part["national_mix"]["overlap"] for code, part in countries.items()
    }
    met = [code for code, gain in gains.items() if gain >= BAR]
    lines = [
        HEAD,
        "## By country",
        "",
        *_table([(country_name(code), part) for code, part in countries.items()]),
    ]
    lines += ["", "## By group of crops", "", "Within each group, over the crops of the group alone.", ""]
    lines += _table([(f"{part['group']}, {name}", part) for name, part in groups])
    tail = TAIL.format(
        bar=BAR, met=len(met), all=len(gains), names=", ".join(country_name(code) for code in met) or "none"
    )
    TARGET.write_text("\n".join(lines) + "\n" + tail, encoding="utf-8")
    return 0


def _table(parts: list[tuple[str, dict[str, Any]]]) -> list[str]:
    titles = [
        "",
        "units",
        *(f"{name} {metric}" for metric in METRICS for name in ("basket", "national", "grid")),
        "gain",
    ]
    lines = ["| " + " | ".join(titles) + " |", "|---|" + "---:|" * (len(titles) - 1)]
    for name, part in parts:
        cells = [
            f"{part[judged][metric]:.3f}"
            for metric in METRICS
            for judged in ("model", "national_mix", "grid_alone")
        ]
        gain = part["model"]["overlap"] - part["national_mix"]["overlap"]
        lines.append(f"| {name} | {part['n_mapped']:,} | " + " | ".join(cells) + f" | {gain:+.3f} |")
    return lines


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
