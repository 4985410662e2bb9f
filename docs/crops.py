"""Write docs/crops.md: how the crop basket is made, and how well it meets statistics that it did not see.

``python docs/crops.py [--limits EcoCrop_DB.csv] FILE...`` with tables of crop statistics (see `matcher evaluate
--crops`). The atlas must hold the crop basket; the countries of the tables are judged by baskets that were fitted
without their statistics. With the table of published limits, suitability is compared with theirs.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from crop_checks import LEAST, Checks

from matcher.atlas import Atlas
from matcher.countries import country_name
from matcher.crops.judge import METRICS, judge_crops

if TYPE_CHECKING:
    from collections.abc import Sequence

TARGET = Path(__file__).with_suffix(".md")
BAR = 0.10
TOO_FEW = 3  # units, to train a model inside a country

HEAD = """# The crop basket, judged

`crops` holds the shares of harvested area of some 150 crops in every region. Where a statistical office publishes
areas by region they are **observed** (the office and the year stand beside them in `crops_basis`), over the crops that
it lists; all else is **modelled**:

1. The country's own mix of harvested areas (FAOSTAT, 2017-2019) is what is spread.
2. Each crop's response to climate, soil, relief, land use and settlement is learned from the totals of all countries
   and from the crop grid at once: an ecological inference, in which the shares of a country's cells must add up to the
   country's mix (`matcher/build/intensity.py`). No regional statistics enter. Evergreen crops are held to the yearly
   warmth, rain (or irrigation) and soil pH that EcoCrop states for them (`matcher/crops/limits.py`).
3. Response and grid, each to a power, reshape the mix within the country; trees have a power of their own, since they
   stand for decades where they thrive. So does how much of the cropland the ten crops of the grid fill (harvested
   hectares for each hectare of cropland): where they fill little, orchards, cane or vegetables stand.
4. Which crops keep company with those of the grid (sugar beet with wheat) is learned from the observed regions of other
   countries, most from those that grow the same crops (`matcher/build/company.py`).
5. Raking makes the regions add up to the country. For a country with statistics of its own, powers and company are
   learned on the other countries alone: the figures below are of baskets that never saw the country's regions.
6. A province whose fields lie almost wholly in regions with observed figures is the sum of those regions.

Only crops that both lists have are compared; a crop of which a table has less than a twentieth of what the country grows,
measured by its other crops, counts as not listed (the cotton of Greece stands in one region of thirteen). `national mix`
is the country's mix everywhere; `crop grid` is that mix with the ten crops of MIRCA2000 parted as the grid parts them.
Overlap is the common part of two mixes, 0 to 1; top 1 and top 5 say whether the largest crops are found.
"""

CEILING = """
## What could be reached

How much there is to gain (1 less the national overlap), and how much of it models gain that were trained **inside** the
country, judged on provinces (in small countries: units) that they did not see: the same family of model (company of crops,
learned from the country's own statistics) and trees that are free to learn anything from the same features and this
basket. Beside them what the basket reaches, which saw none of the country's statistics. Where neither gains {bar:.2f}, these
features cannot tell it, and no statistics of other countries can teach it; few units make that evidence, not proof.
"""

CURVE = """
## What more countries bring

Gain over the national mix by the responses alone (no grid), learned from the totals of so many countries, none of them
judged; mean over the judged countries with {least} to 1,000 units, and over three draws.
"""

COMPANY = """
Gain of the basket (powers as they are without choice) by the number of other countries whose regional statistics taught the
company of crops; means over three draws.
"""

SUITABILITY = """
## Suitability

`matcher.crops.suitability` grades how well a place suits each of {n} crops, 0 to 1: the part of the crop's area in the
world that grows where its response is weaker. Judged by where the crops really grow in the judged countries, whose
totals and regions were all left out: area under the curve of grown (1 % of the listed area or more) against not
grown, within each country, mean over countries. The published limits are those of EcoCrop for temperature and yearly
rain. Mean over {judged} crops: **{ours:.2f}**{against}.
"""

TAIL = """
## Tried, and not kept

Measured once, by trials that are not part of this page's script, on the judged countries, each left out in turn:

- Trees boosted for overlap on the observed regions of the other countries (response, grid and mix as inputs): +0.002
  to +0.003 on the mean overlap; with climate as input worse than without trees (India -0.06). Seven hundred districts of one
  country teach that country's customs.
- The responses refitted on the observed regions of other countries: +0.01 in Austria, nothing in Brazil, Turkey,
  Canada and India.
- One regularised multinomial regression over the observed regions of all other countries, each country of equal weight,
  on top of response and grid; mean gain over the sixteen countries, without it 0.068 to 0.069. A power for each crop of the grid
  and group: 0.062; for each climate and land feature of the responses: 0.054 (heavier ridge 0.069); the match of a place
  with the crop's niche in the world: 0.049 (0.069); all features by group of crops: 0.068, by crop: 0.066; learned for
  overlap instead of likelihood: 0.069. Austria and Britain gain up to 0.03 by their neighbours, Canada, Belgium and
  Greece lose as much. Only the company of crops gained (0.001 with all countries alike, 0.002 with those that grow the same first).
- Livestock, poultry and towns among the features of the responses: -0.001.
- Responses that may only fall off on both sides of a best value (no positive squares): -0.001 (Canada -0.003, France -0.005,
  Britain -0.003). Settlement and land use left out of the responses of evergreens: 0.000; Uji loses its tea, Purwakarta most.
- Frost of the coldest night (GLDAS, 2010-2018) as a limit: not usable on coasts (-19 C at Arida, where mandarins grow).
- The ratios of the grid smoothed over 20, 40 and 80 km: 0.000, -0.002, -0.003.
- The harvested area that the offices tell, in place of the cropland of the maps, as the weight in raking: -0.003. It is
  not the cropland that costs.
- What a country has left over its observed regions, spread over the others: worse in held-out provinces of Turkey,
  India, Brazil and Canada (-0.03, -0.02, -0.06, -0.02); totals and statistics are of different years.

## Limits

- The bar is an overlap of {bar:.2f} above the national mix in every country. It is met in {met} of {all}: {names}.
- It is not met where the national mix is near the truth already, and where the crops that differ within the country
  are none of the grid's ten: the responses of orchards, vegetables and spices are learned from national totals only.
- That crops which an office hardly publishes are left out moves Greece most: its national overlap is 0.56 with the rule
  and 0.48 without; the basket before this one gained 0.07 with it and 0.03 without. India's national overlap rises by 0.01,
  no other country's by more than 0.002.
- A basket spreads what a country grows by nature, not by custom or history: ginseng or apricots at one famous place are
  diluted over all places like it. Observed shares have no such fault.
- The figures above are of the atlas as it was built before evergreen crops were held to published limits. With the limits,
  on raw shares, the mean gain is 0.078 as without, no country lower by more than 0.003 (India); tea has 8 times the national
  share in Darjeeling, 12 times in Uji and 169 times in Rize (third of 973 districts), tangerine 11 times on Jeju and 0.2 in Gurye.
- What EcoCrop states holds for a plant, not for each of its kinds, and is only as good as the soil map: that gives Boseong
  and Hadong pH 6.8 and 7.2, where tea needs less than 6, so that their tea is not seen (Korea's is 0.17 % of its fields).
- Ridges, the weight of a lesson and which powers may be chosen were set by the mean over these sixteen countries, each
  judged without its own statistics; a new country may gain somewhat less.
- The number of countries that teach is small and most are European: what holds in a country unlike all of them rests on
  the totals and the grid.
- Cropland and grid are of 2000 to 2005, totals of 2017 to 2019, statistics of 2006 to 2024.
- Shares below 0.4 % and beyond the 20 largest crops are left out of a region's basket.
"""


def main(paths: list[str]) -> int:
    """Judge by every table and write the page."""
    limits = Path(paths[1]) if paths[:1] == ["--limits"] else None
    paths = paths[2:] if limits else paths
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
    checks = Checks(atlas, [Path(path) for path in paths])
    lines += _ceiling(checks, gains) + _curve(checks) + _suitability(checks, limits)
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


def _ceiling(checks: Checks, gains: dict[str, float]) -> list[str]:
    lines = [
        CEILING.format(bar=BAR),
        "|  | units | national overlap | room | same family inside | trees inside | this basket |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    few = [country_name(seen.code) for seen in checks.seen if len(seen.rows) <= TOO_FEW]
    short: list[str] = []
    for seen in checks.seen:
        if len(seen.rows) > TOO_FEW:
            found = checks.ceiling(seen)
            inside = [found[name] - found["national"] for name in ("same", "trees")]
            lines.append(
                f"| {country_name(seen.code)} | {found['units']:,} | {found['national']:.3f} "
                f"| {1 - found['national']:.3f} | {inside[0]:+.3f} | {inside[1]:+.3f} | {gains[seen.code]:+.3f} |"
            )
            if max(inside) < BAR:
                short.append(country_name(seen.code))
    return [
        *lines,
        "",
        f"Neither model gains {BAR:.2f} inside: {', '.join(short) or 'nowhere'}.",
        f"Too few units to train inside: {', '.join(few) or 'none'}.",
    ]


def _curve(checks: Checks) -> list[str]:
    lines = [CURVE.format(least=LEAST), "| countries | gain |", "|---:|---:|"]
    lines += [f"| {n} | {gain:+.3f} |" for n, gain in checks.learning_curve()]
    curve = checks.company_curve()
    lines += [COMPANY, "|  | " + " | ".join(str(n) for n, _ in curve) + " |", "|---|" + "---:|" * len(curve)]
    for code in curve[0][1]:
        lines.append(
            f"| {country_name(code)} | " + " | ".join(f"{part[code]:+.3f}" for _, part in curve) + " |"
        )
    means = " | ".join(f"{np.mean(list(part.values())):+.4f}" for _, part in curve)
    return [*lines, f"| **mean** | {means} |"]


def _suitability(checks: Checks, limits: Path | None) -> list[str]:
    rows = checks.suitability(limits)
    both = [row for row in rows if np.isfinite(row[3])]
    against = (
        f"; over the {len(both)} crops with published limits {_mean(both, 2):.2f}, by those limits {_mean(both, 3):.2f}"
        if both
        else ""
    )
    text = SUITABILITY.format(n=checks.n_graded, judged=len(rows), ours=_mean(rows, 2), against=against)
    lines = [text, "| crop | countries | learned | published limits |", "|---|---:|---:|---:|"]
    for name, n, ours, theirs in rows:
        lines.append(f"| {name} | {n} | {ours:.2f} | {'' if np.isnan(theirs) else f'{theirs:.2f}'} |")
    return lines


def _mean(rows: Sequence[tuple[str, int, float, float]], column: int) -> float:
    return float(np.mean([row[column] for row in rows]))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
