"""Samples: real pairs, and random pairs of the same two countries to tell them from.

Only the second end of a sample is drawn: the question is whom a region would choose in a country, not which countries
choose each other. A pair that is not listed is unknown, not unsuitable: the random pairs stand for what is there to be
chosen, and may hold real partners that nobody listed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from matcher.pool import Pool

PER_TIE = 10  # random partners for each end of a tie
TILTS = (0.0, 0.7)
"""Random partners are drawn in turns by population to these powers: evenly, and those hard to tell from partners."""
_UNSOUGHT = 0.02  # a region without ties is drawn so often where others are drawn by their ties


@dataclass(frozen=True, slots=True)
class Samples:
    """Pairs of positions in the pool.

    Attributes
    ----------
    query, other
        The end that asks and the end that is judged, shape (m,).
    real
        1 for a real pair, 0 for a random one.
    weight
        Real pairs count 1. The random ones of a tie count 1 together, each by how much rarer it was drawn than a
        uniform choice would have drawn it, so that a score is the logarithm of how much more often real
        pairs look like this.
    tie
        Number of the tie that the sample belongs to.
    question
        Number of the end that asks: a real pair and its random ones have one.
    candidates
        Number of regions of the country that the other end was drawn from.
    """

    query: NDArray[np.int64]
    other: NDArray[np.int64]
    real: NDArray[np.float64]
    weight: NDArray[np.float64]
    tie: NDArray[np.int64]
    question: NDArray[np.int64]
    candidates: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.query)

    def take(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Samples:
        """Return some of the samples."""
        return Samples(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


def draw_samples(
    pool: Pool,
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    seed: int = 0,
    per_tie: int = PER_TIE,
    tilts: Sequence[float] = TILTS,
    *,
    by_ties: bool = False,
    of: NDArray[np.int64] | None = None,
) -> Samples:
    """Return ties from both ends, and random partners for each end.

    Parameters
    ----------
    pool, a, b
        The regions, and the positions of the ties' ends, shape (t,).
    seed
        Of the draw.
    per_tie
        Random partners for each end, drawn by turns with each of `tilts`.
    by_ties
        In one more turn draw them by their number of ties.
    of
        The ties to ask about; all for None.

    Notes
    -----
    Regions that the pool hides are no random partners: none of their ties is among those that are learned from, and what
    is never a partner and always a stranger would be learned to be unlikely.
    """
    rng = np.random.default_rng(seed)
    asked = np.arange(len(a)) if of is None else of
    query, truth = np.concatenate([a[asked], b[asked]]), np.concatenate([b[asked], a[asked]])
    tie = np.tile(asked, 2)
    country = pool.country[truth]
    start, end = pool.start[country], pool.end[country]
    present = np.concatenate([[0], np.cumsum(~pool.hidden)])
    size = present[end] - present[start]
    people = np.where(pool.population > 0, pool.population, 1.0)
    draws: list[NDArray[Any]] = [people**tilt for tilt in tilts]
    if by_ties:
        draws.append(np.bincount(np.concatenate([a, b]), minlength=len(pool)) + _UNSOUGHT)
    shape, turn = (len(query), per_tie), np.arange(per_tie) % len(draws)
    other, drawn = np.empty(shape, np.int64), []
    for i, each in enumerate(draws):
        chance = each * ~pool.hidden
        # One cumulative sum over the pool, in which a country is a stretch.
        mass = np.concatenate([[0.0], np.cumsum(chance)])
        low, high = mass[start, None], mass[end, None]
        found = np.searchsorted(mass, low + rng.random(shape) * (high - low), side="right") - 1
        found = np.clip(found, start[:, None], (end - 1)[:, None])
        other[:, turn == i] = found[:, turn == i]
        drawn.append((chance, high - low))
    odds = sum(
        (turn == i).mean() * chance[other] / np.maximum(whole, 1e-9)
        for i, (chance, whole) in enumerate(drawn)
    )
    weight = np.divide(1.0, size[:, None] * odds, out=np.zeros(shape), where=odds > 0)
    keys = np.unique(np.concatenate([a, b]) * np.int64(1 << 32) + np.concatenate([b, a]))
    free = ~np.isin(query[:, None] * np.int64(1 << 32) + other, keys)
    weight = np.where(free, weight, 0.0)
    total = weight.sum(axis=1, keepdims=True)
    weight = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    # A country without another candidate teaches nothing.
    real = (total[:, 0] > 0).astype(np.float64)
    keep = np.concatenate([real > 0, (weight > 0).ravel()])
    return Samples(
        np.concatenate([query, np.repeat(query, per_tie)]),
        np.concatenate([truth, other.ravel()]),
        np.concatenate([np.ones(len(query)), np.zeros(other.size)]),
        np.concatenate([np.ones(len(query)), weight.ravel()]),
        np.concatenate([tie, np.repeat(tie, per_tie)]),
        np.concatenate([np.arange(len(query)), np.repeat(np.arange(len(query)), per_tie)]),
        np.concatenate([size, np.repeat(size, per_tie)]),
    ).take(keep)
