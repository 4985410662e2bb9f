"""Growth: how the second opinion learns with the ties, and what it costs that it is a sum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.additive import sum_tables
from matcher.evaluation.judge import Model, Queries, judge, summary
from matcher.evaluation.metrics import of_ranks, rank
from matcher.folds import folded_bins, neighbours
from matcher.plausibility import Plausibility
from matcher.precedents import KNOWN_SHAPES, Known
from matcher.samples import draw_samples
from matcher.splits import draw

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from matcher.pairspace import PairSpace
    from matcher.partnerships import Ties
    from matcher.pool import Pool

SHARES = (0.1, 0.25, 0.5, 1.0)
_TREES = {"max_iter": 300, "learning_rate": 0.06, "max_leaf_nodes": 31, "early_stopping": False}


def share_of(pool: Pool, ties: Ties, share: float) -> Ties:
    """Return a share of ties by a hash of their ends: a smaller share is part of a larger one."""
    ids = pool.atlas.region_ids
    keys = (f"{a}|{b}" for a, b in zip(ids[ties.a], ids[ties.b], strict=True))
    return ties.take(draw(keys, "learning curve") < share)


def learning_curve(
    pool: Pool,
    space: PairSpace,
    train: Ties,
    judged: Ties,
    seed: int = 0,
    shares: Sequence[float] = SHARES,
    say: Callable[[str], None] = lambda _: None,
) -> tuple[list[dict[str, Any]], Plausibility]:
    """Learn from more and more ties, and judge each time by the same others, in the partner's country.

    Returns
    -------
    list, Plausibility
        One entry a share: ``share``, ``ties`` and the metrics of `judge.summary`; and what was learned from most.
    """
    curve = []
    for share in shares:
        a, b = pool.pairs(share_of(pool, train, share))
        found = Plausibility.fit(space, a, b, seed=seed, calibrated=share == shares[-1])
        model = Model(found.scorer(space, Known(neighbours(space, a, b), a, b)), found.prior(pool))
        queries = Queries(pool, *pool.pairs(judged), known=(a, b), seed=seed)
        verdicts = judge(pool, queries, {"plausibility": model}, world=False)
        figures = summary(queries, verdicts, seed)["country"]["plausibility"]
        curve.append({"share": share, "ties": len(a), **figures})
        say(f"learned from {len(a):,} ties: MRR {figures['mrr']:.3f}")
    return curve, found


def against_trees(
    pool: Pool,
    space: PairSpace,
    found: Plausibility,
    ties: tuple[NDArray[np.int64], NDArray[np.int64]],
    judged: Ties,
    seed: int = 0,
) -> dict[str, dict[str, float]]:
    """Judge the sum of tables beside boosted trees that may join any terms, both on the same terms and ties.

    The trees are scikit-learn's histogram boosting, on the bins as numbers.

    Parameters
    ----------
    pool, space
        The regions, and their bins.
    found
        The sum of tables that was learned from the ties.
    ties
        Positions of their ends, to learn from.
    judged
        Others, to judge by.
    seed
        Of the random pairs, and of the trees.

    Returns
    -------
    dict
        ``additive`` and ``trees`` to ``auc_country``, ``mrr``, ``hits_at_10`` and ``percentile`` in the partner's country.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    a, b = ties
    near = neighbours(space, a, b)
    samples = draw_samples(pool, a, b, seed)
    X = np.hstack([space.of_pairs(samples.query, samples.other), folded_bins(space, near, samples, a, b)])
    trees = HistGradientBoostingClassifier(random_state=seed, **_TREES)
    trees.fit(X.astype(np.float32), samples.real, sample_weight=samples.weight)
    known = Known(near, a, b)

    def bins(query: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int32]:
        told = known.of_pairs(query, other)
        return np.hstack(
            [space.of_pairs(query, other), np.stack([told[term] for term in KNOWN_SHAPES], axis=1)]
        ).astype(np.int32)

    tables = found.tables | found.known_tables
    names = [*space.shapes, *KNOWN_SHAPES]
    kept = [i for i, name in enumerate(names) if name in tables]
    models: dict[str, Callable[[NDArray[np.int32]], NDArray[np.float64]]] = {
        "additive": lambda X: sum_tables(X[:, kept], [names[i] for i in kept], tables),
        "trees": lambda X: trees.decision_function(X.astype(np.float32)),
    }
    queries = Queries(pool, *pool.pairs(judged), known=(a, b), seed=seed)
    return _figures(pool, queries, bins, models)


def _figures(
    pool: Pool,
    queries: Queries,
    bins: Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.int32]],
    models: Mapping[str, Callable[[NDArray[np.int32]], NDArray[np.float64]]],
) -> dict[str, dict[str, float]]:
    ranks = {name: np.empty(len(queries)) for name in models}
    areas = {name: np.empty(len(queries)) for name in models}
    for i, (query, truth) in enumerate(zip(queries.query, queries.truth, strict=True)):
        country = pool.country[truth]
        there = np.arange(pool.start[country], pool.end[country])
        asked = bins(np.full(len(there), query), there)
        for name, model in models.items():
            scores = model(asked).astype(np.float32)
            mine = scores[truth - there[0]]
            ranks[name][i] = rank(scores, float(mine), scores[queries.others_there[i] - there[0]])
            drawn = scores[queries.negative["country"][i] - there[0]]
            areas[name][i] = (mine > drawn).mean() + (mine == drawn).mean() / 2.0
    answerable = queries.n_country > 1
    result = {}
    for name in models:
        metrics = of_ranks(ranks[name][answerable], queries.n_country[answerable])
        told = {metric: float(metrics[metric].mean()) for metric in ("mrr", "hits_at_10", "percentile")}
        result[name] = {"auc_country": float(areas[name].mean()), **told}
    return result
