"""Plain models: what anybody could say about a pair without looking at the regions' features.

Every function returns a scorer: positions of queries, shape (q,), to scores of the whole pool, shape (q, n), float32,
larger is better. An unknown number of people counts as the smallest known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.pool import country_rates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.evaluation.peers import Scorer
    from matcher.pool import Pool


def chance(pool: Pool, seed: int = 0) -> Scorer:
    """Draw every score; the same query always draws the same."""

    def score(query: NDArray[np.int64]) -> NDArray[np.float32]:
        return np.stack([np.random.default_rng((seed, int(q))).random(len(pool), np.float32) for q in query])

    return score


def population(pool: Pool) -> Scorer:
    """Closeness in the logarithm of population."""
    people = _log10(pool.population)
    return lambda query: -np.abs(people[query, None] - people[None, :])


def gravity(pool: Pool) -> Scorer:
    """Many people, near: log10 of the candidate's population less that of the distance + 50 km."""
    people = _log10(pool.population)
    return lambda query: people[None, :] - np.log10(pool.distances_km(query) + np.float32(50.0))


def nearest(pool: Pool) -> Scorer:
    """Closeness on the globe."""
    return lambda query: -pool.distances_km(query)


def seat_population(pool: Pool) -> Scorer:
    """People in the candidate's seat."""
    return _candidate(_log10(pool.seat_population))


def popularity(pool: Pool, a: NDArray[np.int64], b: NDArray[np.int64]) -> Scorer:
    """Known ties of the candidate (positions `a`, `b` of both ends of the known ties)."""
    return _candidate(np.log10(counts(len(pool), a, b) + 0.5).astype(np.float32))


def country_pair(pool: Pool, a: NDArray[np.int64], b: NDArray[np.int64]) -> Scorer:
    """Known ties of the two countries over the pairs that could be, smoothed."""
    rate = np.log10(country_rates(pool, a, b)).astype(np.float32)
    return lambda query: rate[pool.country[query]][:, pool.country]


def country_pair_popularity(pool: Pool, a: NDArray[np.int64], b: NDArray[np.int64]) -> Scorer:
    """Rate of the two countries times the candidate's known ties."""
    pair, candidate = country_pair(pool, a, b), popularity(pool, a, b)
    return lambda query: pair(query) + candidate(query)


def counts(n: int, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of ties of each of `n` positions."""
    return np.bincount(np.concatenate([a, b]), minlength=n)


def _candidate(values: NDArray[np.float32]) -> Scorer:
    return lambda query: np.broadcast_to(values[None, :], (len(query), len(values)))


def _log10(people: NDArray[np.float64]) -> NDArray[np.float32]:
    known = np.isfinite(people) & (people > 0)
    smallest = people[known].min() if known.any() else 1.0
    return np.log10(np.where(known, people, smallest)).astype(np.float32)
