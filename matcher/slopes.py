"""Slopes: tables say more of the ties that they were fitted to than of others; how much more, ties of other places tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.additive import sum_tables
from matcher.folds import FOLDS, folded_bins
from matcher.precedents import ACTIVITY_SHAPES, KNOWN_SHAPES
from matcher.samples import draw_samples
from matcher.splits import draw

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from matcher.neighbours import Neighbours
    from matcher.pairspace import PairSpace
    from matcher.pool import Pool

# Of few candidates one seems surer to be chosen than of many: the slope is read from many of each tie, and few ties.
_TIES, _PER_TIE = 600, 300


def set_apart(pool: Pool, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return the ties of an eighth of the places, shape (t,)."""
    ids = pool.atlas.region_ids[pool.rows]
    return np.minimum(draw(ids[a], "slope"), draw(ids[b], "slope")) < 1 / FOLDS


def find_slope(
    space: PairSpace,
    near: Neighbours,
    ties: tuple[NDArray[np.int64], NDArray[np.int64]],
    apart: NDArray[np.int64],
    tables: Mapping[str, NDArray[np.float64]],
    seed: int,
) -> float:
    """Return the slope of tables for ties that they were not fitted to.

    Parameters
    ----------
    space, near
        The regions in bins, and what makes them count for one another.
    ties
        Positions of the ends of all known ties.
    apart
        Numbers of those that the tables were not fitted to.
    tables
        Term to table, counts of ties among them.
    seed
        Of the random partners.
    """
    chosen = np.sort(np.random.default_rng(seed).permutation(apart)[:_TIES])
    wishes: dict[str, Any] = {"per_tie": _PER_TIE, "tilts": (0.0, 0.7, 1.1), "by_ties": True, "of": chosen}
    samples = draw_samples(space.pool, *ties, seed, **wishes)
    found = folded_bins(space, near, samples, *ties)
    score = sum_tables(space.of_pairs(samples.query, samples.other), list(space.shapes), tables)
    for i, term in enumerate(KNOWN_SHAPES):
        if term in ACTIVITY_SHAPES:
            score += tables[term][found[:, i]]
    real = samples.real > 0
    return fit_slope(score, samples.question, real, np.where(real, 1.0 / samples.candidates, samples.weight))


def fit_slope(
    score: NDArray[np.float64],
    question: NDArray[np.int64],
    real: NDArray[np.bool_],
    weights: NDArray[np.float64],
) -> float:
    """Return what scores must be multiplied with so that the chances of choices that they say come true.

    Parameters
    ----------
    score
        Of samples that the tables were not fitted to, shape (m,).
    question, real, weights
        See `fit_choices`.
    """
    from scipy.optimize import minimize_scalar

    order = np.argsort(question, kind="stable")
    first = np.flatnonzero(np.diff(question[order], prepend=-1))
    size = np.diff(first, append=len(order))
    score, chosen, given = score[order], real[order], np.log(weights[order])

    def loss(slope: float) -> float:
        total = slope * score + given
        top = np.maximum.reduceat(total, first)
        sums = np.log(np.add.reduceat(np.exp(total - np.repeat(top, size)), first)) + top
        return float((sums - total[chosen]).sum())

    return float(minimize_scalar(loss, bounds=(0.2, 2.0), method="bounded").x)
