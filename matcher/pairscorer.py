"""Pair scorer: sums of tables over all pairs of some regions with all regions."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.pairspace import LIKENESS_BINS, RATIOS, SAME_NAME, bins_of, distance_bins, ratio_bins
from matcher.traits import BINS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from matcher.pairspace import PairSpace

_STEP = 2048  # regions whose likenesses with a block of queries stay in the processor's cache


class PairScorer:
    """Sums of tables, for whole rows of the world at once.

    Parameters
    ----------
    space
        The regions, n of them.
    tables
        Term to table; a term without one counts 0.

    Attributes
    ----------
    fixed
        What the candidate's own side adds, shape (n,).
    """

    def __init__(self, space: PairSpace, tables: Mapping[str, NDArray[np.float64]]) -> None:
        self.space = space
        total = np.zeros(len(space.pool))
        for term, bins in space.sides.items():
            if term in tables:
                total += tables[term][bins]
        self.fixed = total.astype(np.float32)
        self.alike = _tables("alike", space.codes, tables)
        self.ratio = _tables("ratio", RATIOS, tables)
        self.distance = tables["distance"].astype(np.float32) if "distance" in tables else None
        self.same_name = tables[SAME_NAME].astype(np.float32) if SAME_NAME in tables else None
        grids = []
        for name, bins in space.bins.items():
            grid = np.zeros((BINS + 1, BINS + 1))
            for kind in ("like", "both"):
                if f"{kind} {name}" in tables:
                    grid += tables[f"{kind} {name}"][bins_of(kind)]
            asked = tables.get(f"asks {name}")
            if grid.any() or asked is not None:
                grids.append((grid.astype(np.float32), asked, bins))
        # Two traits are looked up at once.
        self.looked_up = [grids[i : i + 2] for i in range(0, len(grids), 2)]

    @cached_property
    def _design(self) -> Any:
        """What the candidate's own side adds, and where its traits stand in the lines of a query; sparse, one row a region."""
        from scipy.sparse import csr_array

        n, terms = len(self.fixed), len(self.looked_up) + 1
        entries, columns = np.ones((n, terms), np.float32), np.zeros((n, terms), np.int32)
        entries[:, 0] = self.fixed
        end = 1
        for i, pair in enumerate(self.looked_up, 1):
            place = pair[0][2] if len(pair) == 1 else pair[0][2] * (BINS + 1) + pair[1][2]
            columns[:, i] = place + end
            end += (BINS + 1) ** len(pair)
        starts = np.arange(0, n * terms + 1, terms, dtype=np.int32)
        return csr_array((entries.ravel(), columns.ravel(), starts), shape=(n, end))

    def __call__(self, query: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return scores of shape (q, n)."""
        lines = np.ones((self._design.shape[1], len(query)), np.float32)
        for column, q in enumerate(query):
            lines[1:, column] = self._lines(int(q))
        # A sum over many places is one product: far quicker than to look up each for each query.
        result = np.ascontiguousarray((self._design @ lines).T)
        part = np.empty(result.shape[1], np.float32)
        for name, table in self.alike.items():
            self._add_alike(name, table, query, result)
        for name, table in self.ratio.items():
            logs = self.space.logs[name]
            for row, q in enumerate(query):
                np.take(table, ratio_bins(logs[q] - logs), out=part, mode="clip")
                result[row] += part
        if self.distance is not None:
            for row, km in enumerate(self.space.pool.distances_km(query)):
                np.take(self.distance, distance_bins(km), out=part, mode="clip")
                result[row] += part
        if self.same_name is not None:
            result += self.same_name[0]
            for row, q in enumerate(query):
                others, shared = self.space.namesakes.of_query(int(q))
                result[row, others] += self.same_name[shared] - self.same_name[0]
        return result

    def _lines(self, query: int) -> NDArray[np.float32]:
        """Return what the traits add to each place of `_design`, but for the first."""
        lines = [np.empty(0, np.float32)]
        for pair in self.looked_up:
            one, *two = (self._line(query, *each) for each in pair)
            lines.append(np.add.outer(one, two[0]).ravel() if two else one)
        return np.concatenate(lines)

    def _line(
        self,
        query: int,
        grid: NDArray[np.float32],
        asked: NDArray[np.float64] | None,
        bins: NDArray[np.int64],
    ) -> NDArray[np.float32]:
        """Return what a trait adds to each of its bins on the other side, shape (25,)."""
        line: NDArray[np.float32] = grid[bins[query]]
        return line if asked is None else line + self.space.asked_by(asked, query).astype(np.float32)

    def _add_alike(
        self, name: str, table: NDArray[np.float32], query: NDArray[np.int64], result: NDArray[np.float32]
    ) -> None:
        codes = self.space.codes[name]
        width = int(codes.ends[-1])
        own, unknown = codes.matrix[query, :width], ~codes.known[:, 0]
        used = np.flatnonzero(own.any(axis=0))
        few = 2 * len(used) < width  # of 128 languages a block of queries, neighbours all, has a few
        for start in range(0, result.shape[1], _STEP):
            there = slice(start, start + _STEP)
            others = codes.matrix[there]
            product = own[:, used] @ others[:, used].T if few else own @ others[:, :width].T
            product += np.float32(codes.offset[0])
            product *= LIKENESS_BINS
            # Cut off, and held to the table's ends by the mode.
            part = np.take(table[:LIKENESS_BINS], product.astype(np.intp), mode="clip")
            part[:, unknown[there]] = table[LIKENESS_BINS]
            part[unknown[query]] = table[LIKENESS_BINS]
            result[:, there] += part


def _tables(
    kind: str, names: Mapping[str, object] | tuple[str, ...], tables: Mapping[str, NDArray[np.float64]]
) -> dict[str, NDArray[np.float32]]:
    """Return the tables of one kind of term by the name that follows it."""
    return {name: tables[f"{kind} {name}"].astype(np.float32) for name in names if f"{kind} {name}" in tables}
