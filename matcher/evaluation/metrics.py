"""Metrics of a ranking by the place of the one true partner, with intervals from resampled queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

RESAMPLES = 500
HITS = (1, 10, 50)


def rank(scores: NDArray[np.float32], truth: float, others: NDArray[np.float32]) -> float:
    """Return the rank of the true partner, 1 the best; those that tie with it count half.

    Parameters
    ----------
    scores
        Scores of all candidates, the true partner and the `others` among them.
    truth
        The true partner's score.
    others
        Scores of candidates that must not count: other known partners of the query.
    """
    above = np.count_nonzero(scores > truth) - np.count_nonzero(others > truth)
    equal = np.count_nonzero(scores == truth) - np.count_nonzero(others == truth) - 1
    return 1.0 + above + equal / 2.0


def percentile(ranks: NDArray[np.float64], candidates: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the share of the other candidates that the true partner beats, ties half; shape of `ranks`."""
    others = np.maximum(candidates - 1, 1)
    share: NDArray[np.float64] = np.where(candidates > 1, 1.0 - (ranks - 1.0) / others, 0.5)
    return share


def of_ranks(ranks: NDArray[np.float64], candidates: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Return what each query adds to each metric that is a mean over queries, every array of shape (n,)."""
    return {
        "mrr": 1.0 / ranks,
        **{f"hits_at_{k}": (ranks <= k).astype(np.float64) for k in HITS},
        "percentile": percentile(ranks, candidates),
    }


def auc(
    positive: NDArray[np.float32], negative: NDArray[np.float32], weights: NDArray[np.float64] | None = None
) -> float:
    """Return the chance that a true pair scores above a random one, ties half, over all queries together.

    Parameters
    ----------
    positive
        Score of each query's true pair, shape (n,).
    negative
        Scores of each query's random pairs, shape (n, k).
    weights
        How often each query counts, shape (n,); None for once.
    """
    return float(
        Auc(positive, negative)(np.ones((1, len(positive))) if weights is None else weights[None])[0]
    )


class Auc:
    """An AUC that is asked for many weightings of its queries at once: the scores are sorted once."""

    def __init__(self, positive: NDArray[np.float32], negative: NDArray[np.float32]) -> None:
        from scipy.sparse import csr_array

        values, place = np.unique(positive, return_inverse=True)
        low, high = (np.searchsorted(values, negative.ravel(), side=side) for side in ("left", "right"))
        # Even places lie between two values of true pairs, and an odd one is such a value.
        self.place = 2 * place + 1
        query = np.repeat(np.arange(len(positive)), negative.shape[1])
        shape = (2 * len(values) + 1, len(positive))
        self.negative = csr_array((np.ones(negative.size), (low + high, query)), shape=shape)

    def __call__(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the AUCs where query i counts `weights[:, i]` times, shape (r,)."""
        mass = self.negative @ weights.T
        below = np.cumsum(mass, axis=0) - mass / 2.0
        total = weights.sum(axis=1) * mass.sum(axis=0)
        beaten = (weights.T * below[self.place]).sum(axis=0)
        areas: NDArray[np.float64] = np.divide(beaten, total, out=np.full(len(total), 0.5), where=total != 0)
        return areas


def resamples(groups: NDArray[np.int64], count: int = RESAMPLES, seed: int = 0) -> NDArray[np.float64]:
    """Return how often each query is drawn in each resample, shape (count, n).

    Queries of one region are drawn together: they are no independent evidence.

    Parameters
    ----------
    groups
        Number of the query's region, shape (n,).
    """
    _, code = np.unique(groups, return_inverse=True)
    n_groups = int(code.max()) + 1 if len(code) else 0
    rng = np.random.default_rng(seed)
    drawn = np.stack(
        [np.bincount(rng.integers(0, n_groups, n_groups), minlength=n_groups) for _ in range(count)]
    )
    return drawn[:, code].astype(np.float64)


def interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the middle 95 % of resampled values."""
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)


def means(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of per-query values in each resample, shape (count,)."""
    result: NDArray[np.float64] = (weights @ values) / weights.sum(axis=1)
    return result
