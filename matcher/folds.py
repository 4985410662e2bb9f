"""Folds: known ties as they looked before a tie was known, so that a tie teaches nothing about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.precedents import GAPS, KNOWN_SHAPES, Known, Neighbours, find_neighbours
from matcher.splits import draw

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.pairspace import PairSpace
    from matcher.samples import Samples

FOLDS = 8
"""The terms of known ties are learned from places that the known ties do not name: an eighth of them at a time."""


def neighbours(space: PairSpace, a: NDArray[np.int64], b: NDArray[np.int64]) -> Neighbours:
    """Return the neighbours of all regions among the ends of ties."""
    sizes = {term: space.bins[trait] for term, trait in GAPS.items()}
    return find_neighbours(space.pool, sizes, np.concatenate([a, b]))


def folded_bins(
    space: PairSpace,
    near: Neighbours,
    samples: Samples,
    a: NDArray[np.int64],
    b: NDArray[np.int64],
) -> NDArray[np.int32]:
    """Return the bins of samples in the terms of known ties, as if an end of each sample's tie were a new place.

    Places fall into `FOLDS` parts by the hash of their id. The samples of a tie see only ties without the places
    of the part that one of its ends is in: so nothing of the tie itself is seen, and one end has no known tie.
    """
    ids = space.pool.atlas.region_ids[space.pool.rows]
    ends = np.unique(np.concatenate([a, b]))
    fold = np.full(len(ids), -1)
    fold[ends] = (draw(ids[ends], "fold") * FOLDS).astype(np.int64)
    # Which of the two ends is new alternates by a hash too.
    coin = draw((f"{ids[i]}|{ids[j]}" for i, j in zip(a, b, strict=True)), "new end") < 0.5
    of_tie = fold[np.where(coin, a, b)]
    result = np.zeros((len(samples), len(KNOWN_SHAPES)), np.int32)
    for part in range(FOLDS):
        mine = of_tie[samples.tie] == part
        seen = (fold[a] != part) & (fold[b] != part)
        known = Known(near, a[seen], b[seen])
        bins = known.of_pairs(samples.query[mine], samples.other[mine])
        result[mine] = np.stack([bins[term] for term in KNOWN_SHAPES], axis=1)
    return result
