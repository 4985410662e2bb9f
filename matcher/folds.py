"""Folds: known ties as they looked before a tie was known, so that a tie teaches nothing about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.neighbours import Neighbours, find_neighbours
from matcher.popularity import SEAT
from matcher.precedents import GAPS, KNOWN_SHAPES, Known
from matcher.splits import draw
from matcher.traits import BINS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.pairspace import PairSpace
    from matcher.samples import Samples

FOLDS = 8
"""Ties are asked about an eighth at a time, as if none of these were known."""
LISTED = 0.5
"""Share of the regions whose own ties are known meanwhile.

Of the two ends of a tie with a region that is new to partnerships one has no known tie, so half of the regions are taken to
have none. The draw does not look at who was chosen: where only the ends of the ties in question were taken for new, a region
without ties looked like the partner that was sought, and those with many were put last.
"""


def neighbours(space: PairSpace, a: NDArray[np.int64], b: NDArray[np.int64]) -> Neighbours:
    """Return the neighbours of all regions among the ends of ties."""
    sizes = {term: space.bins[trait] for term, trait in GAPS.items()}
    seat = space.bins.get(SEAT, np.full(len(space.pool), BINS))
    return find_neighbours(space.pool, sizes, seat, np.concatenate([a, b]))


def folded_bins(
    space: PairSpace,
    near: Neighbours,
    samples: Samples,
    a: NDArray[np.int64],
    b: NDArray[np.int64],
) -> NDArray[np.int32]:
    """Return the bins of samples in the terms of known ties, as if the sample's tie were not known.

    Ties fall into `FOLDS` parts by a hash: the samples of a tie see only the ties of other parts. For each part half of the
    regions are not listed, by a hash too: what their own ties say of themselves is not known.
    """
    ids = space.pool.atlas.region_ids[space.pool.rows]
    ends = np.unique(np.concatenate([a, b]))
    of_tie = (draw((f"{ids[i]}|{ids[j]}" for i, j in zip(a, b, strict=True)), "fold") * FOLDS).astype(
        np.int64
    )
    result = np.zeros((len(samples), len(KNOWN_SHAPES)), np.int32)
    for part in range(FOLDS):
        listed = np.zeros(len(ids), bool)
        listed[ends] = draw(ids[ends], f"listed {part}") < LISTED
        mine, seen = of_tie[samples.tie] == part, of_tie != part
        if not mine.any():
            continue
        bins = Known(near, a[seen], b[seen], listed).of_pairs(samples.query[mine], samples.other[mine])
        result[mine] = np.stack([bins[term] for term in KNOWN_SHAPES], axis=1)
    return result
