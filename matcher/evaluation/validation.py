"""Validation: what the second opinion does well and badly, and why; the test part stays shut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.evaluation.ablation import ablated
from matcher.evaluation.calibration import reliability
from matcher.evaluation.growth import against_trees, learning_curve, share_of
from matcher.evaluation.judge import Model, Queries, judge, summary
from matcher.evaluation.misses import misses
from matcher.folds import neighbours
from matcher.pairspace import PairSpace
from matcher.partnerships import Partnerships, map_partnerships
from matcher.pool import Pool
from matcher.precedents import Known
from matcher.splits import held_out, split

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from matcher.matcher import Matcher
    from matcher.partnerships import Ties

FREE_JUDGED = 200
"""Ties that boosted trees are judged by: they are slow."""
ABLATED_BY = 350
"""Ties that seven models with one group of terms each are judged by."""


def validate(
    matcher: Matcher,
    path: Path,
    *,
    at_most: int = 700,
    share: float = 1.0,
    seed: int = 0,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Learn from the training part of the cold split, and judge in many ways by the validation part.

    Parameters
    ----------
    path
        Partnerships; see `matcher.partnerships.Partnerships.read`.
    at_most
        Validation ties that are judged by, drawn by `seed`.
    share
        Share of the training ties that is learned from: less than 1 for a trial run.
    say
        Called with a line of progress.

    Returns
    -------
    dict
        ``about``; ``reliability`` (see `calibration`) of ties of places held back and ``reliability_warm`` of
        ties of other places, held back by themselves; ``curve`` and ``free`` (`growth`), ``misses``, and ``ablation``,
        model to metric.

    Raises
    ------
    DataError
    """
    ties = map_partnerships(matcher.atlas, Partnerships.read(path), matcher.names).ties
    parts = split(matcher.atlas, ties, "cold")
    pool = Pool(matcher.atlas)
    pool.hidden = held_out(matcher.atlas, pool.rows, "validation")
    space = PairSpace(pool, matcher.model, world=matcher.world)
    # Ties of places that may have others, beside those of places held back.
    aside = split(matcher.atlas, parts.train, "warm").validation
    train = share_of(pool, parts.train.without(aside), share)
    aside = some(aside.take(aside.strict), at_most, seed)
    judged = some(parts.validation.take(parts.validation.strict), at_most, seed)
    curve, found = learning_curve(pool, space, train, judged, seed, say=say)
    a, b = pool.pairs(train)
    queries = Queries(pool, *pool.pairs(judged), known=(a, b), seed=seed)
    best = Model(found.scorer(space, Known(neighbours(space, a, b), a, b)))
    say("comparing what is said with what comes true")
    bins = reliability(pool, queries, best.score, seed)
    bins_aside = reliability(
        pool, Queries(pool, *pool.pairs(aside), known=(a, b), seed=seed), best.score, seed
    )
    ranks = judge(pool, queries, {"plausibility": best}, world=False)["plausibility"].rank_country
    say("learning with one group of features at a time")
    models = ablated(space, matcher.catalogue, a, b, seed)
    fewer = Queries(pool, *pool.pairs(some(judged, ABLATED_BY, seed)), known=(a, b), seed=seed)
    groups = summary(fewer, judge(pool, fewer, models, world=False), seed)["country"]
    say("learning boosted trees on the same terms")
    free = against_trees(pool, space, found, (a, b), some(judged, FREE_JUDGED, seed), seed)
    about = {
        "ties": len(judged),
        "warm_ties": len(aside),
        "learned_from": len(train),
        "seed": seed,
        "slope": found.about["slope"],
        "free_judged": min(FREE_JUDGED, len(judged)),
        "ablated_by": min(ABLATED_BY, len(judged)),
    }
    return {
        "about": about,
        "reliability": bins,
        "reliability_warm": bins_aside,
        "curve": curve,
        "ablation": groups,
        "free": free,
        "misses": misses(pool, queries, ranks),
    }


def some(ties: Ties, at_most: int, seed: int) -> Ties:
    """Return so many of the ties at most, drawn by the seed."""
    return ties.take(np.sort(np.random.default_rng(seed).permutation(len(ties))[:at_most]))
