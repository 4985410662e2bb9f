"""Rank intervals: where else a match might stand, had the weights and the values been a little different.

No one knows the right weights. So a query is ranked in many worlds at once: in each, the weight of every group, and of
every feature inside its group, is anything within a quarter of the profile's, and one feature is left out, as if no one
had measured it. A quarter is what audits of composite indicators allow for (COINr, Becker et al., 2022, JOSS 7: its
worked example shakes every level of weights by 25 %); it is about what learning from other samples of partnerships
moves a weight by, as ``docs/stability.md`` measures. And the values of the query and of the best candidates err as
their sources do (`matcher.noise`). How far a match's rank moves from world to world says how much of it is the region's
and how much is the weights' and the data's. All worlds of one query are one product, since each is a vector that the
same codes are multiplied by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from matcher.codes import Codes
    from matcher.noise import Noise
    from matcher.world import Few, World

WORLDS = 200
SPREAD = 0.25
"""How far a weight may stray, as a part of itself; evenly."""
DROPPED = 1
"""Features that a world lacks."""
SHAKEN = 300
"""Candidates whose own values err: the best ones, among which the order is decided."""
SHARE = 0.95
"""Share of the worlds that an interval holds."""

_BLOCK = 16_384  # candidates multiplied at once
_ERRING = 131_072  # erring regions, each in one world, that are scored at once


def worlds(
    shares: NDArray[np.float64],
    groups: Sequence[str],
    count: int = WORLDS,
    seed: int = 0,
    *,
    spread: float = SPREAD,
    dropped: int = DROPPED,
) -> NDArray[np.float64]:
    """Draw the shares of many worlds.

    Parameters
    ----------
    shares
        The profile's, each above 0, summing to 1; shape (n features,).
    groups
        Group of each feature: the weights of a group stray together, and each by itself inside it.
    count
        Number of worlds.
    seed
        The same seed gives the same worlds.
    spread
        Group weights, and weights inside a group, are multiplied by even draws from 1 - spread to 1 + spread.
    dropped
        Features left out of each world, each as likely; one is always kept.

    Returns
    -------
    Shape (count, n features); each row sums to 1.
    """
    rng = np.random.default_rng(seed)
    _, group = np.unique(groups, return_inverse=True)
    inside = shares * rng.uniform(1.0 - spread, 1.0 + spread, (count, len(shares)))
    whole = np.bincount(group, weights=shares) * rng.uniform(
        1.0 - spread, 1.0 + spread, (count, group.max() + 1)
    )
    order = rng.random(inside.shape).argsort(axis=1)  # a shuffle of the features in each world
    inside[order < min(dropped, len(shares) - 1)] = 0.0
    # A group that lost its last feature counts no more.
    total = np.stack([inside[:, group == each].sum(axis=1) for each in range(group.max() + 1)], axis=1)
    drawn = inside * np.divide(whole, total, out=np.zeros_like(whole), where=total > 0)[:, group]
    result: NDArray[np.float64] = drawn / drawn.sum(axis=1, keepdims=True)
    return result


def ranks(
    codes: World | Few,
    own: Codes,
    weights: NDArray[np.float64],
    rows: NDArray[np.int64],
    focus: NDArray[np.int64],
    noise: Noise | None = None,
    query: int = 0,
    seed: int = 0,
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
    noise
        Lets the values of the query, of the best `SHAKEN` candidates and of `focus` err in every world; the others,
        which stand too far off to matter, keep theirs. So the rank of one of the best is the same whoever else is asked
        for. None for values as they are.
    query, seed
        The query's row in the atlas, and the seed of the errors; read with `noise` alone.
    """
    where = codes.where(own.names)
    if noise is None:
        others = np.setdiff1d(rows, focus)
        vectors, _ = own.query(weights)
        mine, rivals = vectors @ codes.gather(where, focus), np.empty((len(weights), 0), np.float32)
    else:
        vector, _ = own.query(weights.mean(axis=0))
        best = rows[np.argsort(-codes.scores(vector[0], own.names, rows), kind="stable")[:SHAKEN]]
        shaken = np.union1d(best, focus)  # in the atlas's order: errors are drawn alike whatever `focus` is
        others = np.setdiff1d(rows, shaken)
        vectors, scores = _erring(noise, query, own.names, weights, shaken, seed)
        mine, rivals = scores[:, np.searchsorted(shaken, focus)], scores[:, ~np.isin(shaken, focus)]
    order = np.argsort(mine, axis=1)
    rising = np.take_along_axis(mine, order, axis=1)
    # How many of the others score above the j lowest of `focus` and not above the next one.
    above = np.zeros((len(weights), len(focus) + 1), np.int64)
    used = np.flatnonzero(vectors.any(axis=0))  # of 128 columns of languages a region has a few
    vectors, where = np.ascontiguousarray(vectors[:, used]), where[used]
    parts = (vectors @ codes.gather(where, others[i : i + _BLOCK]) for i in range(0, len(others), _BLOCK))
    for scores in (rivals, *parts):
        world, candidate = np.nonzero(scores > rising[:, :1])  # few are above the last of good matches
        ahead = np.split(scores[world, candidate], np.searchsorted(world, np.arange(1, len(weights))))
        for place, (line, score) in enumerate(zip(rising, ahead, strict=True)):
            above[place] += np.bincount(np.searchsorted(line, score), minlength=len(focus) + 1)
    better = above[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]  # others above each of `rising`
    better += len(focus) - 1 - np.arange(len(focus))  # and those of `focus` itself
    result = np.empty_like(better)
    np.put_along_axis(result, order, better + 1, axis=1)
    return result


def _erring(
    noise: Noise,
    query: int,
    names: Sequence[str],
    weights: NDArray[np.float64],
    rows: NDArray[np.int64],
    seed: int,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the query's vector in each world, and its scores with some regions, shape (n worlds, len(rows))."""
    rng = np.random.default_rng(seed)
    own = noise.codes(np.full(len(weights), query), names, rng)
    vectors, _ = own.query(weights)
    scores = np.zeros((len(weights), len(rows)), np.float32)
    step = max(1, _ERRING // len(rows))
    for start in range(0, len(weights), step):
        some = vectors[start : start + step]
        parts = noise.parts(np.tile(rows, len(some)), names, rng)
        for i, (code, known) in enumerate(parts):
            mine = some[:, own.ends[i] - code.shape[1] : own.ends[i]]
            used = np.flatnonzero(mine.any(axis=0))
            points = code[:, used].reshape(len(some), len(rows), len(used)) @ mine[:, used, None]
            points = points[..., 0] + known.reshape(len(some), len(rows)) * some[:, own.ends[-1] + i, None]
            scores[start : start + step] += points
    return vectors, scores


def intervals(found: NDArray[np.int64], share: float = SHARE) -> NDArray[np.int64]:
    """Return the lowest and highest rank of the middle `share` of the worlds, shape (n candidates, 2)."""
    tail = (1.0 - share) / 2.0
    return np.quantile(found, [tail, 1.0 - tail], axis=0, method="inverted_cdf").astype(np.int64).T
