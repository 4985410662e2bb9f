"""Write docs/stability.md: how much of a list of ten is the regions', and how much the weights' and the data's.

    python docs/stability.py [--queries 200] [--worlds 20] [--seed 0] [--json stability.json]

Random regions are ranked under the balanced profile in many worlds (`matcher.intervals`, `matcher.noise`), once among
the regions of a random country and once among all. What is told is the Jaccard index of the ten best there and here: 1
where all ten are the same, .54 where seven are, .33 where five are.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher import Matcher
from matcher.evaluation.stability import ENOUGH, SHAKEN, Study
from matcher.files import write_atomically
from matcher.intervals import DROPPED, SPREAD
from matcher.learned import LearnedWeights

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matcher.noise import Error

PAGE = Path(__file__).with_name("stability.md")
BAR = 0.7
MOVERS = 10  # features that are told
TITLES = {"country": "among the regions of one country", "world": "among the regions of the world"}


def main() -> None:
    """Run the study and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--worlds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    begun = time.monotonic()
    study = Study(Matcher.load(), wanted.queries, wanted.worlds, wanted.seed)
    found = study.run(lambda text: print(text, file=sys.stderr, flush=True))
    print(f"{time.monotonic() - begun:.0f} s", file=sys.stderr)
    if wanted.json:
        write_atomically(wanted.json, json.dumps(found, indent=1).encode())
    PAGE.write_text(page(found, study.errors, study.matcher), "utf-8")


def page(found: dict[str, Any], errors: Mapping[str, Error], matcher: Matcher) -> str:
    """Put the study into words, the finding first."""
    lines = [
        "# How stable a list is",
        "",
        (
            f"{found['queries']} random regions, each ranked under the balanced profile in {found['worlds']} worlds (seed "
            f"{found['seed']}, atlas {found['atlas']}): once in a random country with at least {ENOUGH} candidates, once in the "
            "whole world. A figure is the median over regions of the Jaccard index of their ten best there and here: 1 where "
            "all ten stay, .54 where seven do, .33 where five do. Brackets are 95 % intervals, bootstrapped over regions."
        ),
        "",
        "## The finding",
        "",
        *finding(found),
        "",
    ]
    for kind, title in TITLES.items():
        part = found["lists"][kind]
        lines += [
            f"## The ten best {title} (median {part['candidates']:,.0f} candidates)",
            "",
            "| what is shaken | Jaccard | middle half of regions | first stays first |",
            "|---|---:|---:|---:|",
            *(row(text, part["shaken"][name]) for name, text in SHAKEN.items()),
            *(row(f"only {group}, all three", part["shaken"][f"only {group}"]) for group in groups(part)),
            *(
                row(f"a list by {group} alone, all three", part["shaken"][f"alone {group}"])
                for group in groups(part)
            ),
            "",
        ]
    return "\n".join(
        [*lines, *movers(found, matcher), *convention(matcher), *error_table(errors, matcher), COMMAND]
    )


def movers(found: dict[str, Any], matcher: Matcher) -> list[str]:
    """Say which features' errors move a score most."""
    moved = found["moved"]
    whole = float(np.sqrt(sum(value**2 for value in moved.values())))
    lines = [
        "## Whose errors move a score",
        "",
        (
            f"By so many points of 100 (root mean square over random pairs of one list) the error of a feature moves the score of a "
            f"pair; all together by {whole:.2f}, were they independent."
        ),
        "",
        "| feature | group | share of the score | points |",
        "|---|---|---:|---:|",
    ]
    shares = matcher.weights().shares
    lines += [
        f"| {name} | {matcher.catalogue[name].group} | {shares[name]:.1%} | {moved[name]:.2f} |"
        for name in sorted(moved, key=lambda name: -moved[name])[:MOVERS]
    ]
    return [*lines, ""]


def finding(found: dict[str, Any]) -> list[str]:
    """Say for each list whether the bar is met, and which groups are unstable where it is not."""
    lines = []
    for kind, title in TITLES.items():
        part = found["lists"][kind]
        all_three = part["shaken"]["all"]
        met = "stable" if all_three["median"] >= BAR else f"below {BAR}"
        alone = {group: part["shaken"][f"alone {group}"]["median"] for group in groups(part)}
        only = {group: part["shaken"][f"only {group}"]["median"] for group in groups(part)}
        weak = ", ".join(f"{group} ({value:.2f})" for group, value in alone.items() if value < BAR)
        moves = min(only, key=lambda group: only[group])
        single = {name: part["shaken"][name]["median"] for name in ("weights", "features", "values")}
        most = min(single, key=lambda name: single[name])
        lines.append(
            f"- **The ten best {title}**: {all_three['median']:.2f} with all three together, {met}. Most is moved by "
            f"{SHAKEN[most]} ({single[most]:.2f} by itself), and of the groups by {moves} ({only[moves]:.2f} where only it is "
            f"shaken). Lists by one group alone that are unstable: {weak or 'none'}."
        )
    return lines


def groups(part: Mapping[str, Any]) -> list[str]:
    """Return the groups that were shaken."""
    return [name.removeprefix("only ") for name in part["shaken"] if name.startswith("only ")]


def row(text: str, figures: Mapping[str, Any]) -> str:
    """Return a row of the table."""
    low, high = figures["median_95"]
    least, most = figures["quartiles"]
    return (
        f"| {text} | {figures['median']:.2f} [{low:.2f}, {high:.2f}] | {least:.2f}-{most:.2f} | "
        f"{figures['first_stays']:.0%} |"
    )


def convention(matcher: Matcher) -> list[str]:
    """Say how far weights stray, and beside it how far learning moves them."""
    lines = [
        "## How far weights stray",
        "",
        (
            f"In each world the weight of every group, and of every feature inside its group, is multiplied by an even draw from "
            f"{1 - SPREAD:.2f} to {1 + SPREAD:.2f}, and {DROPPED} feature is left out. A quarter is what audits of composite "
            "indicators allow for (the worked example of COINr, from the European Commission's Joint Research Centre, shakes "
            "each level of weights by 25 %, and its other check removes one indicator at a time)."
        ),
    ]
    if matcher.model_dir is not None and (matcher.model_dir / "learned.json").exists():
        learned = LearnedWeights.load(matcher.model_dir)
        spread = sorted(
            (learned.high[name] - learned.low[name]) / 2.0 / share
            for name, share in learned.shares.items()
            if share > 0.005
        )
        lines.append(
            f"As a check by measurement: the weights that are learned from partnerships move, from one resample of the ties to "
            f"another, by {np.median(spread):.0%} of themselves (half the 95 % interval, median of the {len(spread)} weights above "
            f"half a per cent; from {spread[0]:.0%} to {spread[-1]:.0%}). A product of two even draws within a quarter has "
            f"half a 95 % interval of {_half_interval():.0%}, so the convention is no narrower than what can be measured."
        )
    return [*lines, ""]


def _half_interval() -> float:
    rng = np.random.default_rng(0)
    drawn = rng.uniform(1 - SPREAD, 1 + SPREAD, (2, 100_000)).prod(axis=0)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(high - low) / 2.0


def error_table(errors: Mapping[str, Error], matcher: Matcher) -> list[str]:
    """Say how far each value errs, and whence that is known."""
    said = {
        "add": lambda error, unit: f"normal, {error.size:g} {unit}",
        "ratio": lambda error, _: f"normal in the logarithm, {error.size:g}",
        "place": lambda error, _: f"normal in the place in the world, {error.size:g}",
        "near": lambda error, _: f"{error.size:.0%} is what stands within {error.km:g} km",
    }
    shares = matcher.weights().shares
    lines = [
        "## How far values err",
        "",
        (
            "Each region's values err by themselves. In truth neighbours err alike, which moves a list less: the figures above "
            "are those of the worst case."
        ),
        "",
        "| feature | error | whence |",
        "|---|---|---|",
    ]
    for name, error in errors.items():
        if shares[name] > 0:
            lines.append(
                f"| {name} | {said[error.kind](error, matcher.catalogue[name].unit)} | {error.basis} |"
            )
    held = ", ".join(name for name, share in shares.items() if share > 0 and name not in errors)
    return [*lines, "", f"Held, since no error of theirs is known: {held}.", ""]


COMMAND = """## The command

```sh
python docs/stability.py
```
"""


if __name__ == "__main__":
    main()
