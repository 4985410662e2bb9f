"""Rank intervals: where else a match might stand, had the weights been a little different.

No one knows the right weights. So a query is ranked in many worlds at once: in each the shares are drawn from a Dirichlet
distribution around those of the profile, and every feature is left out with a small chance, as if no one had measured
it. How far a match's rank moves from world to world says how much of it is the region's and how much is the weights'.
All worlds of one query are one product, since each is a vector that the same codes are multiplied by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.model import Codes
    from matcher.world import Few, World

WORLDS = 200
CONCENTRATION = 100.0
"""A share of 0.25 then strays by a sixth of itself (its standard deviation is 0.043), one of 0.02 by 0.7 of itself."""
DROPPED = 0.1
"""Chance that a world lacks a feature."""
SHARE = 0.95
"""Share of the worlds that an interval holds."""

_BLOCK = 16_384  # candidates multiplied at once


def worlds(
    shares: NDArray[np.float64],
    count: int = WORLDS,
    seed: int = 0,
    *,
    concentration: float = CONCENTRATION,
    dropped: float = DROPPED,
) -> NDArray[np.float64]:
    """Draw the shares of many worlds.

    Parameters
    ----------
    shares
        The profile's, each above 0, summing to 1; shape (n features,).
    count
        Number of worlds.
    seed
        The same seed gives the same worlds.
    concentration
        Of the Dirichlet distribution: the higher, the nearer to `shares`.
    dropped
        Chance of each feature to be left out; a world that would lose all of them keeps them.

    Returns
    -------
    Shape (count, n features); each row sums to 1.
    """
    rng = np.random.default_rng(seed)
    drawn = rng.dirichlet(concentration * shares, count)
    kept = drawn * (rng.random(drawn.shape) >= dropped)
    total = kept.sum(axis=1, keepdims=True)
    return np.where(total > 0, kept / np.where(total > 0, total, 1.0), drawn)


def ranks(
    codes: World | Few,
    own: Codes,
    weights: NDArray[np.float64],
    rows: NDArray[np.int64],
    focus: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the rank of some candidates in every world, shape (n worlds, len(focus)); 1 is the best.

    Scores are float32, so a rank may be off by one where two candidates are alike to the seventh digit.

    Parameters
    ----------
    codes, own
        The codes of all candidates, and those of the query.
    weights
        The worlds, shape (n worlds, n features).
    rows
        The candidates' rows in the atlas.
    focus
        Those of `rows` whose ranks are asked for.
    """
    vectors, _ = own.query(weights)
    used = np.flatnonzero(vectors.any(axis=0))  # of 128 columns of languages a region has a few
    vectors, where = np.ascontiguousarray(vectors[:, used]), codes.where(own.names)[used]
    mine = vectors @ codes.gather(where, focus)
    order = np.argsort(mine, axis=1)
    rising = np.take_along_axis(mine, order, axis=1)
    # How many of the others score above the j lowest of `focus` and not above the next one.
    above = np.zeros((len(weights), len(focus) + 1), np.int64)
    others = np.setdiff1d(rows, focus)
    for start in range(0, len(others), _BLOCK):
        scores = vectors @ codes.gather(where, others[start : start + _BLOCK])
        world, candidate = np.nonzero(scores > rising[:, :1])  # few are above the last of good matches
        ahead = np.split(scores[world, candidate], np.searchsorted(world, np.arange(1, len(weights))))
        for place, (line, score) in enumerate(zip(rising, ahead, strict=True)):
            above[place] += np.bincount(np.searchsorted(line, score), minlength=len(focus) + 1)
    better = above[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]  # others above each of `rising`
    better += len(focus) - 1 - np.arange(len(focus))  # and those of `focus` itself
    result = np.empty_like(better)
    np.put_along_axis(result, order, better + 1, axis=1)
    return result


def intervals(found: NDArray[np.int64], share: float = SHARE) -> NDArray[np.int64]:
    """Return the lowest and highest rank of the middle `share` of the worlds, shape (n candidates, 2)."""
    tail = (1.0 - share) / 2.0
    return np.quantile(found, [tail, 1.0 - tail], axis=0, method="inverted_cdf").astype(np.int64).T
