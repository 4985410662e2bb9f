"""Stability: how much of a list of ten is the regions', and how much the weights' and the data's.

Random regions are ranked in many worlds (`matcher.intervals`, `matcher.noise`), each time among the regions of a random
country and among all. Two lists are compared by the Jaccard index of their ten best: 1 where all ten are the same, .54
where seven are, .33 where five are.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.candidates import Filters, choose
from matcher.intervals import SPREAD, worlds
from matcher.noise import Noise, read_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from matcher.matcher import Matcher
    from matcher.model import Codes

TOP = 10
ENOUGH = 20  # candidates that a country's list must have
PAIRS = 10  # of each query, that tell how far a feature moves a score
_BLOCK = 50  # queries ranked at once
LISTS = ("country", "world")
SHAKEN = {
    "weights": f"weights of groups and features within {SPREAD:.0%}",
    "features": "one feature left out",
    "values": "values by their source's error",
    "all": "all three together",
    "half": "all three, weights within 50 %",
    "harsh": "each feature left out with a chance of 10 %, weights by a Dirichlet law of concentration 100",
}

Scores = dict[str, "NDArray[np.float32]"]


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

    def run(self, say: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
        """Return list to way of shaking to the mean Jaccard index of each query, and how often the first stays first."""
        names = [
            *SHAKEN,
            *(f"{way} {group}" for group in dict.fromkeys(self.groups) for way in ("only", "alone")),
        ]
        alike = {kind: {name: np.zeros(len(self.queries)) for name in names} for kind in LISTS}
        first = {kind: {name: np.zeros(len(self.queries)) for name in names} for kind in LISTS}
        drawn, moved = self._worlds(), np.zeros(len(self.names))
        for world in range(self.count):
            noisy = self.noise.codes(self.rows, self.names, np.random.default_rng([self.seed, world]))
            for start in range(0, len(self.queries), _BLOCK):
                here, there = self._scores(slice(start, start + _BLOCK), noisy, drawn, world)
                for row, candidates in enumerate(self.lists[start : start + _BLOCK]):
                    for kind, positions in candidates.items():
                        best = {name: top(scores[row], positions) for name, scores in here.items()}
                        for name, scores in there.items():
                            old = best[name if name.startswith("alone") else "all"]
                            new = top(scores[row], positions)
                            both = len(np.intersect1d(old, new))
                            alike[kind][name][start + row] += both / (2 * TOP - both) / self.count
                            first[kind][name][start + row] += (old[0] == new[0]) / self.count
            moved += (self._moved(noisy) ** 2).mean(axis=0) / self.count
            say(f"world {world + 1} of {self.count}")
        return {
            "queries": len(self.queries),
            "worlds": self.count,
            "seed": self.seed,
            "atlas": self.matcher.atlas.version,
            "moved": dict(zip(self.names, np.sqrt(moved).tolist(), strict=True)),
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

    def _moved(self, noisy: Codes) -> NDArray[np.float64]:
        """Return by how many points each feature moves the score of random pairs of a list, shape (pairs, n features)."""
        rng = np.random.default_rng(self.seed)
        one = np.repeat(self.queries, PAIRS)
        two = np.concatenate([rng.choice(candidates["country"], PAIRS) for candidates in self.lists])
        here, there = (codes.take(one).likeness(codes.take(two)) for codes in (self.base, noisy))
        return 100.0 * self.shares * (there - here)

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
        whole = reduce(np.add, plain.values())
        here = {"all": whole} | {f"alone {group}": scores for group, scores in plain.items()}
        there = {
            "weights": product(own, self.base, drawn["weights"][world]),
            "features": product(own, self.base, drawn["features"][world]),
            "values": product(other, noisy, self.shares),
            "all": reduce(np.add, shaken.values()),
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
    result: NDArray[np.float32] = reduce(
        np.add, (vectors[:, part] @ codes.matrix[:, part].T for part in stretches)
    )
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
