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
from matcher.candidates import Filters, choose
from matcher.files import write_atomically
from matcher.intervals import DROPPED, SPREAD, worlds
from matcher.learned import LearnedWeights
from matcher.noise import Noise, read_errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from matcher.model import Codes
    from matcher.noise import Error

PAGE = Path(__file__).with_name("stability.md")
TOP = 10
ENOUGH = 20  # candidates that a country's list must have
BLOCK = 50  # queries ranked at once
BAR = 0.7
LISTS = {"country": "among the regions of one country", "world": "among the regions of the world"}
SHAKEN = {
    "weights": f"weights of groups and features within {SPREAD:.0%}",
    "features": "one feature left out",
    "values": "values by their source's error",
    "all": "all three together",
    "half": "all three, weights within 50 %",
    "harsh": "each feature left out with a chance of 10 %, weights by a Dirichlet law of concentration 100",
}

Scores = dict[str, "NDArray[np.float32]"]


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
    found = study.run()
    print(f"{time.monotonic() - begun:.0f} s", file=sys.stderr)
    if wanted.json:
        write_atomically(wanted.json, json.dumps(found, indent=1).encode())
    PAGE.write_text(page(found, study.errors, study.matcher), "utf-8")


class Study:
    """Ranks random regions in many worlds, and counts how many of the ten best stay."""

    def __init__(self, matcher: Matcher, queries: int, count: int, seed: int) -> None:
        self.matcher, self.count, self.seed = matcher, count, seed
        atlas, catalogue = matcher.atlas, matcher.catalogue
        atlas.hold()
        self.errors = read_errors(atlas.data_dir / "errors.toml", catalogue)
        shares = matcher.weights().shares
        # Group beside group, so that a group's codes are a stretch.
        self.names = [
            f.name for group in catalogue.groups for f in catalogue.in_group(group) if shares[f.name] > 0
        ]
        self.groups = [catalogue[name].group for name in self.names]
        self.shares = np.array([shares[name] for name in self.names])
        self.rows = atlas.partner_rows()
        self.noise = Noise(atlas, matcher.model, self.errors, matcher.world)
        self.base = matcher.world.take(self.rows, self.names)
        self.queries, self.lists = self._draw(queries)

    def _draw(self, count: int) -> tuple[NDArray[np.int64], list[dict[str, NDArray[np.int64]]]]:
        """Return the positions of regions that ask, and the positions of the candidates of each of its lists."""
        rng, atlas = np.random.default_rng(self.seed), self.matcher.atlas
        where = np.full(len(atlas), -1)
        where[self.rows] = np.arange(len(self.rows))
        asking, lists = [], []
        for query in rng.permutation(len(self.rows)):
            region = atlas.regions(self.rows[[query]])[0]
            everyone = choose(atlas, region, Filters()).rows
            everyone = everyone[where[everyone] >= 0]
            codes, sizes = np.unique(atlas.countries[everyone].astype(str), return_counts=True)
            if not (sizes >= ENOUGH).any():
                continue
            there = rng.choice(codes[sizes >= ENOUGH])
            here = everyone[atlas.countries[everyone] == there]
            asking.append(query)
            lists.append({"country": where[here], "world": where[everyone]})
            if len(asking) == count:
                break
        return np.array(asking), lists

    def run(self) -> dict[str, Any]:
        """Return list to way of shaking to the mean Jaccard index of each query, and how often the first stays first."""
        names = [
            *SHAKEN,
            *(f"{way} {group}" for group in dict.fromkeys(self.groups) for way in ("only", "alone")),
        ]
        alike = {kind: {name: np.zeros(len(self.queries)) for name in names} for kind in LISTS}
        first = {kind: {name: np.zeros(len(self.queries)) for name in names} for kind in LISTS}
        drawn = self._worlds()
        for world in range(self.count):
            noisy = self.noise.codes(self.rows, self.names, np.random.default_rng([self.seed, world]))
            for start in range(0, len(self.queries), BLOCK):
                here, there = self._scores(slice(start, start + BLOCK), noisy, drawn, world)
                for row, candidates in enumerate(self.lists[start : start + BLOCK]):
                    for kind, positions in candidates.items():
                        best = {name: top(scores[row], positions) for name, scores in here.items()}
                        for name, scores in there.items():
                            old = best[name if name.startswith("alone") else "all"]
                            new = top(scores[row], positions)
                            both = len(np.intersect1d(old, new))
                            alike[kind][name][start + row] += both / (2 * TOP - both) / self.count
                            first[kind][name][start + row] += (old[0] == new[0]) / self.count
            print(f"world {world + 1} of {self.count}", file=sys.stderr)
        return {
            "queries": len(self.queries),
            "worlds": self.count,
            "seed": self.seed,
            "atlas": self.matcher.atlas.version,
            "lists": {
                kind: {
                    "candidates": float(np.median([len(candidates[kind]) for candidates in self.lists])),
                    "shaken": {
                        name: told(alike[kind][name], first[kind][name], self.seed) for name in alike[kind]
                    },
                }
                for kind in LISTS
            },
        }

    def _worlds(self) -> dict[str, NDArray[np.float64]]:
        """Return way of shaking to the shares of each world, shape (count, n features)."""
        options = {"count": self.count, "seed": self.seed}
        rng = np.random.default_rng(self.seed)
        harsh = rng.dirichlet(100.0 * self.shares, self.count)
        harsh *= rng.random(harsh.shape) >= 0.1
        return {
            "weights": worlds(self.shares, self.groups, **options, dropped=0),
            "features": worlds(self.shares, self.groups, **options, spread=0.0),
            "all": worlds(self.shares, self.groups, **options),
            "half": worlds(self.shares, self.groups, **options, spread=0.5),
            "harsh": harsh / harsh.sum(axis=1, keepdims=True),
        }

    def _scores(
        self, block: slice, noisy: Codes, drawn: Mapping[str, NDArray[np.float64]], world: int
    ) -> tuple[Scores, Scores]:
        """Return the scores of some queries with all regions: by group and whole, here and in a world."""
        own, other = (codes.take(self.queries[block]) for codes in (self.base, noisy))
        plain = dict(self._by_group(own, self.base, self.shares))
        shaken = dict(self._by_group(other, noisy, drawn["all"][world]))
        whole = sum(plain.values())
        here = {"all": whole} | {f"alone {group}": scores for group, scores in plain.items()}
        there = {
            "weights": product(own, self.base, drawn["weights"][world]),
            "features": product(own, self.base, drawn["features"][world]),
            "values": product(other, noisy, self.shares),
            "all": sum(shaken.values()),
            "half": product(other, noisy, drawn["half"][world]),
            "harsh": product(own, self.base, drawn["harsh"][world]),
        }
        for group, scores in shaken.items():
            there[f"alone {group}"] = scores
            there[f"only {group}"] = whole - plain[group] + scores
        return here, there

    def _by_group(
        self, own: Codes, codes: Codes, shares: NDArray[np.float64]
    ) -> Iterator[tuple[str, NDArray[np.float32]]]:
        for group in dict.fromkeys(self.groups):
            mine = np.array([each == group for each in self.groups])
            yield group, product(own, codes, np.where(mine, shares, 0.0))


def product(own: Codes, codes: Codes, shares: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return scores up to a constant of the query, shape (queries, regions); what weighs nothing is not read."""
    vectors, _ = own.query(shares)
    used = np.flatnonzero(vectors.any(axis=0))
    low, high = int(used[0]), int(used[-1]) + 1
    features = int(codes.ends[-1])
    if low >= features or high <= features:
        return vectors[:, low:high] @ codes.matrix[:, low:high].T
    # The codes of one group are a stretch, and its masks another.
    parts = used[used < features], used[used >= features]
    stretches = [slice(int(part[0]), int(part[-1]) + 1) for part in parts]
    result: NDArray[np.float32] = sum(vectors[:, part] @ codes.matrix[:, part].T for part in stretches)
    return result


def top(scores: NDArray[np.float32], positions: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the positions of the ten best, the best first."""
    mine = scores[positions]
    best = np.argpartition(-mine, TOP - 1)[:TOP]
    return positions[best[np.argsort(-mine[best], kind="stable")]]


def told(alike: NDArray[np.float64], first: NDArray[np.float64], seed: int) -> dict[str, Any]:
    """Return the median over queries with its 95 % interval, quartiles, and how often the first stays the first."""
    rng = np.random.default_rng(seed)
    drawn = np.median(alike[rng.integers(0, len(alike), (1000, len(alike)))], axis=1)
    return {
        "median": float(np.median(alike)),
        "median_95": np.percentile(drawn, [2.5, 97.5]).tolist(),
        "quartiles": np.percentile(alike, [25, 75]).tolist(),
        "first_stays": float(first.mean()),
    }


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
    for kind, title in LISTS.items():
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
    return "\n".join([*lines, *convention(matcher), *error_table(errors, matcher), COMMAND])


def finding(found: dict[str, Any]) -> list[str]:
    """Say for each list whether the bar is met, and which groups are unstable where it is not."""
    lines = []
    for kind, title in LISTS.items():
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
    lines = ["## How far values err", "", "| feature | error | whence |", "|---|---|---|"]
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
