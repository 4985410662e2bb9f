"""Top n: for many queries at once, which candidates can be among the best n, by blocked float32 products.

Every query keeps the n-th best score it has seen. A block of scores is compared with it once, and the few that pass are
all that is looked at again; so choosing costs a small part of the product. Where a `Bound` is given, the block holds bounds
of the scores, which are a product of far fewer columns, and only pairs that pass are scored. What is kept is everything
within `slack` of the n-th best, for an exact second look in float64: float32 decides nothing.

The results of two sets of candidates merge into that of both, in any order, so candidates can be parted among workers.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

QUERIES, CANDIDATES = 256, 2_048
"""Scores taken at once: few enough for the processor's caches, many enough that the rest costs little beside the product."""

_PAIRS = 4_096  # pairs scored at once
_FIRST = 64  # candidates of the first tile; each next one is twice as wide, up to CANDIDATES


class Rule(Protocol):
    """Which pairs count."""

    def blank(self, tile: NDArray[np.float32], queries: slice, candidates: slice) -> None:
        """Set scores of pairs that do not count to minus infinity, where that is quick; `passes` has the last word."""

    def passes(self, query: NDArray[np.int64], candidate: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say of pairs, given by their positions, whether they count."""


@dataclass(frozen=True, slots=True)
class Top:
    """Pairs that can be among the best n of their query, in any order.

    Attributes
    ----------
    query
        Position among the queries, shape (pairs,).
    row
        What the caller calls the candidate.
    score
        float32, up to a constant of the query.
    """

    query: NDArray[np.int64]
    row: NDArray[np.int64]
    score: NDArray[np.float32]

    @classmethod
    def merge(cls, tops: Iterable[Self], n: int, slack: float) -> Self:
        """Return the pairs within `slack` of their query's n-th best score in all of `tops`."""
        parts = list(tops)
        query, row, score = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("query", "row", "score")
        )
        order = np.lexsort((row, -score, query))
        query, row, score = query[order], row[order], score[order]
        first = np.searchsorted(query, query)
        place = np.arange(len(query)) - first
        count = np.searchsorted(query, query, side="right") - first
        floor = np.where(count >= n, score[np.minimum(first + n - 1, len(score) - 1)], -np.inf)
        keep = (place < n) | (score >= floor - np.float32(slack))
        return cls(query[keep], row[keep], score[keep])


@dataclass(frozen=True, slots=True)
class Bound:
    """Vectors of the queries and columns of the candidates whose products are never below the scores."""

    vectors: NDArray[np.float32]
    columns: NDArray[np.float32]


def top(
    vectors: NDArray[np.float32],
    columns: NDArray[np.float32],
    rows: NDArray[np.int64],
    rule: Rule,
    n: int,
    slack: float,
    threads: int = 1,
    bound: Bound | None = None,
) -> Top:
    """Search some candidates for the best n of every query.

    Parameters
    ----------
    vectors
        Shape (n queries, width).
    columns
        Shape (width, n candidates). The order of candidates matters for speed alone: mixed well, the n-th best score
        rises soon.
    rows
        What the caller calls each candidate.
    rule
        Which pairs count.
    n, slack
        Pairs are kept whose score is at most `slack` below the n-th best.
    threads
        Queries are parted among so many threads; numpy lets them run side by side.
    bound
        What tells quickly that a pair is not among the best; `columns` is then read a candidate at a time.
    """
    starts = range(0, len(vectors), QUERIES)

    def few(start: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        queries = slice(start, min(start + QUERIES, len(vectors)))
        return _few(vectors, columns, rule, n, slack, queries, bound)

    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(few, starts))
    query, candidate, score = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Top.merge([Top(query, rows[candidate], score)], n, slack)


def tiles(count: int) -> Iterator[slice]:
    """Cut candidates into tiles, narrow ones first."""
    start, width = 0, min(_FIRST, CANDIDATES)
    while start < count:
        yield slice(start, min(start + width, count))
        start, width = start + width, min(2 * width, CANDIDATES)


def mixed(key: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return an order that shuffles over the tiles, by a fixed seed, and has `key` rise inside each tile.

    The first tile is then as good as any, and what `key` holds together still is so in every tile.
    """
    shuffled = np.random.default_rng(0).permutation(len(key))
    parts = [shuffled[tile] for tile in tiles(len(key))]
    return np.concatenate([part[np.lexsort((part, key[part]))] for part in parts] or [shuffled])


def _few(
    vectors: NDArray[np.float32],
    columns: NDArray[np.float32],
    rule: Rule,
    n: int,
    slack: float,
    queries: slice,
    bound: Bound | None,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Return queries, candidates and scores of the pairs that passed the n-th best of their time."""
    mine, tall = (vectors[queries], columns) if bound is None else (bound.vectors[queries], bound.columns)
    # Queries that stand together are of one country, and hold a 0 for most languages, crops and climates.
    used = np.flatnonzero(mine.any(axis=0))
    mine = np.ascontiguousarray(mine[:, used])
    widest = min(CANDIDATES, tall.shape[1])
    room, codes = np.empty(len(mine) * widest, np.float32), np.empty(len(used) * widest, np.float32)
    best = np.full((len(mine), n), -np.inf, np.float32)
    floor = np.full((len(mine), 1), -np.inf, np.float32)
    found: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]] = []
    for part in tiles(tall.shape[1]):
        width = part.stop - part.start
        tile = room[: len(mine) * width].reshape(len(mine), width)
        some = tall[:, part]
        if len(used) < len(tall):
            some = codes[: len(used) * width].reshape(len(used), width)
            # Without a mode numpy copies once more.
            np.take(tall[:, part], used, axis=0, out=some, mode="clip")
        np.matmul(mine, some, out=tile)
        rule.blank(tile, queries, part)

        def scored(
            query: NDArray[np.int64], candidate: NDArray[np.int64], part: slice = part
        ) -> NDArray[np.float32]:
            return _products(vectors, columns, query + queries.start, candidate + part.start)

        if bound is not None and np.isneginf(floor).any() and width >= n:
            # Whatever has the n-th highest bounds scores something, and the n-th best no less.
            line = np.argpartition(tile, width - n, axis=1)[:, width - n :]
            query, candidate = np.repeat(np.arange(len(mine)), n), line.ravel()
            ok = rule.passes(query + queries.start, candidate + part.start)
            score = np.full(len(query), -np.inf, np.float32)
            score[ok] = scored(query[ok], candidate[ok])
            floor = np.maximum(floor, score.reshape(-1, n).min(axis=1, keepdims=True) - np.float32(slack))
        hit = np.flatnonzero(tile >= floor)
        query, candidate = np.divmod(hit, width)
        ok = rule.passes(query + queries.start, candidate + part.start)
        query, candidate, score = query[ok], candidate[ok], tile.ravel()[hit[ok]]
        if bound is not None:
            score = scored(query, candidate)
            ok = score >= floor[query, 0]
            query, candidate, score = query[ok], candidate[ok], score[ok]
        if len(query):
            found.append((query + queries.start, candidate + part.start, score))
            _raise(best, query, score)
            floor = best.min(axis=1, keepdims=True) - np.float32(slack)
    if not found:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32)
    query, candidate, score = (np.concatenate(part) for part in zip(*found, strict=True))
    keep = score >= floor[query - queries.start, 0]
    return query[keep], candidate[keep], score[keep]


def _products(
    vectors: NDArray[np.float32],
    columns: NDArray[np.float32],
    query: NDArray[np.int64],
    candidate: NDArray[np.int64],
) -> NDArray[np.float32]:
    """Return the scores of pairs."""
    rows, scores = columns.T, np.empty(len(query), np.float32)
    for start in range(0, len(query), _PAIRS):
        part = slice(start, start + _PAIRS)
        np.einsum("ij,ij->i", vectors[query[part]], rows[candidate[part]], out=scores[part])
    return scores


def _raise(best: NDArray[np.float32], query: NDArray[np.int64], score: NDArray[np.float32]) -> None:
    """Take new scores, their queries rising, into the n best of each query."""
    who, first, count = np.unique(query, return_index=True, return_counts=True)
    n = best.shape[1]
    padded = np.full((len(who), n + count.max()), -np.inf, np.float32)
    padded[:, :n] = best[who]
    line = np.repeat(np.arange(len(who)), count)
    padded[line, n + np.arange(len(query)) - first[line]] = score
    best[who] = np.partition(padded, padded.shape[1] - n, axis=1)[:, -n:]
