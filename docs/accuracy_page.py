"""The figures of docs/accuracy.json in words."""

from __future__ import annotations

from typing import Any

from matcher.countries import country_name

SPEARMAN_BAR, FACTOR_BAR = 0.93, 1.20
DECIMALS = {"m": 0, "C": 2, "share": 3, "factor": 2, "share right": 3}

HEAD = """# How accurate the atlas is

Each line compares the atlas (version {version}) with figures that its build does not read. `error` is the median over
the compared places, `90 %` what nine in ten stay within: an absolute difference in the unit named, or a factor (1.08x:
half of the places lie within 1.08 times too much or too little). `bias` is the median with its sign. `rho` is
Spearman's rank correlation. References and their licences are in `docs/truth/registry.toml`; they are read, not shipped.
Written by `python docs/accuracy.py --population --crops FILE...`; every figure stands in `accuracy.json`.

| feature | compared | n | error | 90 % | bias | rho | reference |
|---|---|---:|---:|---:|---:|---:|---|
"""

PEOPLE = """
## People, one country left out at a time

Where no office's figure ships, people are modelled (`matcher/build/regions/headcount.py`). Here the model that is judged
saw no figure of the country; towns that units and cities are named after correct its estimates, as in the build. The bar
is a rank correlation of {rho} and a median factor of {factor}: both are met in {met} of {all} countries ({names}).

The last two columns say what could be hoped for: the same model, but one that saw the figures of four fifths of the
country itself and is asked for the last fifth. Where that one misses the bar too, the predictors do not hold what it
asks for ({beyond}).

| country | units | rho | median factor | within 1.5x | first guess, nothing learned | rho, country known | factor, country known |
|---|---:|---:|---:|---:|---:|---:|---:|
"""

CROPS = """
## Crops

The modelled crop basket, fitted without the country's own statistics, against harvested areas of offices (overlap is the
common part of two mixes, 0 to 1; top 1 says whether the largest crop is the right one). More in [crops.md](crops.md).

| country | units | overlap | national mix alone | top 1 | top 5 |
|---|---:|---:|---:|---:|---:|
"""

WORST = """
## Where it is worst

"""

TAIL = """
## What has no independent reference

- **Livestock**: no list of heads by region is at hand that the build does not read; meat by country is the nearest check.
- **Lakes**: no other outlines of lakes are at hand; lengths of lists and inland water of countries are the nearest checks.
- **Land cover**: forest and farmland of countries are compared, single regions are not.
- **Monthly temperature**: CHELSA and ERA5 share a forebear; gauges stand behind the rain alone.
"""


def page(figures: dict[str, Any]) -> str:
    """Return the page as Markdown."""
    lines = [HEAD.format(version=figures["atlas"])]
    for check in figures["checks"]:
        digits = DECIMALS[check["unit"]]
        mark = {"factor": "x", "share": "", "share right": " right"}.get(check["unit"], f" {check['unit']}")
        cells = [
            "" if value is None else f"{value:.{digits}f}{mark}"
            for value in (check["error"], check["ninth"], check["bias"])
        ]
        if check["unit"] == "share right":
            cells[1] = ""
        rho = "" if check["spearman"] is None else f"{check['spearman']:.3f}"
        lines.append(
            f"| {check['feature']} | {check['what']} | {check['n']:,} | {' | '.join(cells)} | {rho} | {check['reference']} |\n"
        )
    lines += [*_people(figures.get("people", {})), *_crops(figures.get("crops", {})), WORST]
    for check in figures["checks"]:
        digits = DECIMALS[check["unit"]]
        worst = "; ".join(
            f"{_place(name)} {ours:.{digits}f} ({theirs:.{digits}f})" for name, ours, theirs in check["worst"]
        )
        note = f" {check['note']}" if check["note"] else ""
        lines.append(f"- **{check['feature']}**, {check['what']}: {worst}.{note}\n")
    return "".join([*lines, TAIL])


def _place(name: str) -> str:
    """A country by its name; anything else as it is."""
    return country_name(name) if len(name) == 2 and name.isupper() else name


def _people(countries: dict[str, Any]) -> list[str]:
    if not countries:
        return []

    def meets(part: dict[str, Any], how: str = "") -> bool:
        return bool(part[f"{how}spearman"] >= SPEARMAN_BAR and part[f"{how}factor"] <= FACTOR_BAR)

    met = [code for code, part in countries.items() if meets(part)]
    beyond = [code for code, part in countries.items() if not meets(part) and not meets(part, "inside_")]
    head = PEOPLE.format(
        rho=SPEARMAN_BAR, factor=f"{FACTOR_BAR:.2f}x", met=len(met), all=len(countries),
        names=", ".join(map(country_name, met)) or "none",
        beyond=", ".join(map(country_name, beyond)) or "no country",
    )  # fmt: skip
    return [
        head,
        *(
            f"| {country_name(code)} | {part['n']:,} | {part['spearman']:.3f} | {part['factor']:.2f}x "
            f"| {part['within']:.2f} | {part['guess']:.2f}x | {part['inside_spearman']:.3f} | {part['inside_factor']:.2f}x |\n"
            for code, part in countries.items()
        ),
    ]


def _crops(countries: dict[str, Any]) -> list[str]:
    if not countries:
        return []
    rows = [
        f"| {country_name(code)} | {part['n_mapped']:,} | {part['model']['overlap']:.3f} "
        f"| {part['national_mix']['overlap']:.3f} | {part['model']['top1']:.3f} | {part['model']['top5']:.3f} |\n"
        for code, part in sorted(countries.items())
    ]
    return [CROPS, *rows]
