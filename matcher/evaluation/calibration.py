"""Calibration: whether a region is chosen as often as the second opinion says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.evaluation.judge import BLOCK
from matcher.evaluation.metrics import interval, resamples

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.evaluation.judge import Queries
    from matcher.evaluation.peers import Scorer
    from matcher.pool import Pool

EDGES = 10.0 ** np.arange(-7.0, 0.1, 0.5)
"""Chances that part the bins: two to a power of ten."""
ENOUGH = 5
"""Partnerships that a bin must be expected to hold to be told."""


def reliability(pool: Pool, queries: Queries, score: Scorer, seed: int = 0) -> list[dict[str, Any]]:
    """Compare the chance that each candidate of the partner's country is said to have with how often it is chosen.

    The chance is the candidate's rate over the sum of the rates of all candidates: exp(score) / sum exp(score). Other known
    partners of the one that asks do not count.

    Parameters
    ----------
    pool, queries
        The regions, and the questions.
    score
        Natural logarithms of rates.
    seed
        Of the resamples.

    Returns
    -------
    list
        One entry a bin of chances: ``candidates``; ``predicted`` and ``observed``, the mean chance that was said and the
        share that was chosen; and ``observed_95``, its interval from resampled regions.
    """
    unique, first = np.unique(queries.query, return_index=True)
    last = np.append(first[1:], len(queries))
    shape = (len(queries), len(EDGES) + 1)
    count, said, chosen = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for begin in range(0, len(unique), BLOCK):
        block = unique[begin : begin + BLOCK]
        for row, scores in enumerate(score(block)):
            for i in range(first[begin + row], last[begin + row]):
                chance, truth = _chances(pool, queries, i, scores)
                bins = np.searchsorted(EDGES, chance, side="right")
                count[i] = np.bincount(bins, minlength=shape[1])
                said[i] = np.bincount(bins, weights=chance, minlength=shape[1])
                chosen[i, bins[truth]] = 1.0
    weights = resamples(queries.query, seed=seed)
    result = []
    for column in np.flatnonzero(said.sum(axis=0) >= ENOUGH):
        total = count[:, column].sum()
        drawn = (weights @ chosen[:, column]) / np.maximum(weights @ count[:, column], 1.0)
        result.append(
            {
                "candidates": int(total),
                "predicted": float(said[:, column].sum() / total),
                "observed": float(chosen[:, column].sum() / total),
                "observed_95": interval(drawn),
            }
        )
    return result


def _chances(
    pool: Pool, queries: Queries, i: int, scores: NDArray[np.float32]
) -> tuple[NDArray[np.float64], int]:
    """Return the chances of the candidates of one question, and which of them was chosen."""
    truth = int(queries.truth[i])
    country = pool.country[truth]
    there = np.setdiff1d(np.arange(pool.start[country], pool.end[country]), queries.others_there[i])
    rates = scores[there].astype(np.float64)
    odds = np.exp(rates - rates.max())
    return odds / odds.sum(), int(np.searchsorted(there, truth))
