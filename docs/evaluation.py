"""Write docs/evaluation.md: how the models do on held-out partnerships, how learning grows, what it costs to be exact.

It puts what `matcher evaluate --json` wrote into words; what an ablation wrote too, and, where the ties are given, how
learning grows with them and what it costs that every pair splits exactly (some twenty minutes):

    matcher evaluate --partnerships ties.csv --split cold --save models/default --json cold.json
    matcher evaluate --partnerships ties.csv --split cold --part validation --task country --ablation \
        --model plausibility --at-most 700 --json ablation.json
    python docs/evaluation.py cold.json [--ablation ablation.json] [--learn-from ties.csv]
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

from matcher import Matcher
from matcher.additive import sum_tables
from matcher.evaluation.judge import Model, Queries, judge, summary
from matcher.folds import folded_bins, neighbours
from matcher.pairspace import PairSpace
from matcher.partnerships import Partnerships, map_partnerships
from matcher.plausibility import Plausibility
from matcher.pool import Pool
from matcher.precedents import KNOWN_SHAPES, Known
from matcher.samples import draw_samples
from matcher.splits import draw, split

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.partnerships import Ties

PAGE = Path(__file__).with_name("evaluation.md")
SHARES = (0.125, 0.25, 0.5, 1.0)
AT_MOST = 700
TITLES = {
    "country": "The partner's country known",
    "country_small": "The partner's country known, of at most 1,000 candidates",
    "world": "The whole world outside the own country",
}
COMMANDS = """
## The commands

```sh
matcher evaluate --partnerships ties.csv --split cold --save models/default --json cold.json
matcher evaluate --partnerships ties.csv --split cold --part validation --task country --ablation \\
    --model plausibility --at-most 700 --json ablation.json
python docs/evaluation.py cold.json --ablation ablation.json --learn-from ties.csv
```
"""
METRICS = {
    "mrr": "MRR",
    "hits_at_1": "hits@1",
    "hits_at_10": "hits@10",
    "hits_at_50": "hits@50",
    "percentile": "percentile",
    "auc_country": "AUC, same country",
    "auc_size": "AUC, same country and size",
    "auc_uniform": "AUC, world",
}


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("result", type=Path)
    parser.add_argument("--ablation", type=Path)
    parser.add_argument("--learn-from", type=Path)
    wanted = parser.parse_args()
    text = page(json.loads(wanted.result.read_text("utf-8")))
    if wanted.ablation:
        text += groups(json.loads(wanted.ablation.read_text("utf-8")))
    if wanted.learn_from:
        text += growth(*learning(wanted.learn_from))
    PAGE.write_text(text + COMMANDS, "utf-8")


def learning(path: Path) -> tuple[dict[int, dict[str, Any]], float, float]:
    """Learn from more and more ties, judge by the validation part; and the AUC of an additive and a free model."""
    matcher = Matcher.load()
    ties = map_partnerships(matcher.atlas, Partnerships.read(path), matcher.names).ties
    parts = split(matcher.atlas, ties, "cold")
    pool = Pool(matcher.atlas)
    space = PairSpace(pool, matcher.model)
    judged = parts.validation.take(parts.validation.strict)
    judged = judged.take(np.sort(np.random.default_rng(0).permutation(len(judged))[:AT_MOST]))
    ids = matcher.atlas.region_ids
    order = draw(
        (f"{a}|{b}" for a, b in zip(ids[parts.train.a], ids[parts.train.b], strict=True)), "learning curve"
    )
    curve = {}
    for share in SHARES:
        a, b = pool.pairs(parts.train.take(order < share))
        found = Plausibility.fit(space, a, b)
        model = Model(found.scorer(space, Known(neighbours(space, a, b), a, b)), found.prior(pool))
        queries = Queries(pool, *pool.pairs(judged), known=(a, b), seed=0)
        verdicts = judge(pool, queries, {"plausibility": model}, world=False)
        curve[len(a)] = summary(queries, verdicts, 0)["country"]["plausibility"]
        print(f"{len(a):,} ties: MRR {curve[len(a)]['mrr']:.3f}", file=sys.stderr)
    exact, free = additive_and_free(pool, space, found, parts.train, judged)
    return curve, exact, free


def additive_and_free(
    pool: Pool, space: PairSpace, found: Plausibility, train: Ties, judged: Ties
) -> tuple[float, float]:
    """AUC on the same bins, same samples: the additive model, and boosted trees that may use any interaction."""
    a, b = pool.pairs(train)
    near = neighbours(space, a, b)
    samples = draw_samples(pool, a, b, 0)
    X = np.hstack([space.of_pairs(samples.query, samples.other), folded_bins(space, near, samples, a, b)])
    held = draw_samples(pool, *pool.pairs(judged), 0)
    bins = space.of_pairs(held.query, held.other)
    known = Known(near, a, b).of_pairs(held.query, held.other)
    held_known = np.stack([known[term] for term in KNOWN_SHAPES], axis=1)
    points = sum_tables(bins, list(space.shapes), found.tables)
    columns = [i for i, term in enumerate(KNOWN_SHAPES) if term in found.known_tables]
    names = [list(KNOWN_SHAPES)[i] for i in columns]
    points = points + sum_tables(held_known[:, columns], names, found.known_tables)
    trees = HistGradientBoostingClassifier(
        max_iter=400, learning_rate=0.06, max_leaf_nodes=31, early_stopping=False, random_state=0
    )
    trees.fit(np.minimum(X, 65_535).astype(np.float32), samples.real, sample_weight=samples.weight)
    chance = trees.predict_proba(np.hstack([bins, held_known]).astype(np.float32))[:, 1]

    def auc(scores: NDArray[np.float64]) -> float:
        return float(roc_auc_score(held.real, scores, sample_weight=held.weight))

    return auc(points), auc(chance)


def page(judged: dict[str, Any]) -> str:
    """Say how every model did, the finding first."""
    about, tasks = judged["about"], judged["tasks"]
    country = tasks["country"]
    ours, plain = country["plausibility"], country["seat_population"]
    lines = [
        "# Judged by real partnerships",
        "",
        (
            f"{judged['n_mapped']:,} of {judged['n_pairs']:,} listed partnerships were mapped to regions: "
            f"{judged['n_ties']:,} ties. A hash of the region's id holds 12 % of places back: a tie with such an end is judged "
            f"by and never learned from ({about['judged_ties']:,} strict ones, asked from both ends; {about['known_ties']:,} "
            "others are known). Brackets are 95 % intervals, bootstrapped over questions. What is not listed is not "
            "unsuitable: the figures say how well a model finds what was chosen, not what would be good."
        ),
        "",
        "## The finding",
        "",
        (
            f"- **Likeness does not predict who became partners** (AUC {country['likeness']['auc_country']:.2f} among regions "
            "of the partner's country, where .50 is chance). Regions were rarely chosen for being alike; the likeness says what "
            "two regions have in common, and claims no more."
        ),
        (
            f"- **Learned weights** make it a fair judge (AUC {country['learned']['auc_country']:.2f}), nearly all by size, "
            "settlement and wealth; most of geography and agriculture gets no weight at all."
        ),
        (
            f"- **Plausibility** (AUC {ours['auc_country']:.3f}, MRR {ours['mrr']:.3f}, hits@10 {ours['hits_at_10']:.3f}) is "
            f"ahead of every baseline in every column; the baseline to fear is the size of the candidate's seat (AUC "
            f"{plain['auc_country']:.3f}, MRR {plain['mrr']:.3f}, hits@10 {plain['hits_at_10']:.3f})."
        ),
        "",
    ]
    for task, title in TITLES.items():
        if task in tasks:
            lines += [f"## {title}", "", *table(tasks[task]), ""]
    return "\n".join(lines)


def groups(without: dict[str, Any]) -> str:
    """Say what each group of features adds."""
    rows = {name: row for name, row in without["tasks"]["country"].items() if name != "plausibility"}
    lines = [
        "",
        "## What each group of features adds",
        "",
        (
            "Plausibility learned from size, kind of unit and distance alone, and with one group more, judged by the "
            "validation part. Known ties are left out here."
        ),
        "",
        *table(rows),
        "",
    ]
    return "\n".join(lines)


def growth(curve: dict[int, dict[str, Any]], exact: float, free: float) -> str:
    """Say how learning grows with the ties, and what exactness costs."""
    lines = [
        "",
        "## Does it need more partnerships?",
        "",
        f"Judged by {AT_MOST} ties of the validation part, learned from a share of the training ties:",
        "",
        "| ties learned from | MRR | hits@10 | percentile | AUC, same country |",
        "|---:|---:|---:|---:|---:|",
    ]
    for ties, row in curve.items():
        figures = [f"{row[name]:.3f}" for name in ("mrr", "hits_at_10", "percentile", "auc_country")]
        lines.append(f"| {ties:,} | {' | '.join(figures)} |")
    lines += [
        "",
        "## What exactness costs",
        "",
        (
            "Plausibility is a sum of one-term tables, so that every pair splits exactly into its terms. On the same bins "
            f"and samples its AUC is {exact:.3f}; boosted trees that may join any terms reach {free:.3f}."
        ),
        "",
    ]
    return "\n".join(lines)


def table(models: dict[str, dict[str, Any]]) -> list[str]:
    """Return the metrics of models as a table, with intervals for those that are most quoted."""
    lines = [f"| model | {' | '.join(METRICS.values())} |", "|---" + "|---:" * len(METRICS) + "|"]
    for name, row in models.items():
        cells = [figure(row, metric) for metric in METRICS]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def figure(row: dict[str, Any], metric: str) -> str:
    """Return a figure and its interval."""
    low, high = row[f"{metric}_95"]
    return f"{row[metric]:.3f} [{low:.3f}, {high:.3f}]"


if __name__ == "__main__":
    main()
