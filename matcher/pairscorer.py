"""Pair scorer: sums of tables over all pairs of some regions with all regions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.pairspace import LIKENESS_BINS, RATIOS, SAME_NAME, bins_of, distance_bins, ratio_bins
from matcher.traits import BINS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from matcher.pairspace import PairSpace


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
        self.looked_up = []
        for i in range(0, len(grids), 2):
            pair = grids[i : i + 2]
            index = pair[0][2] if len(pair) == 1 else pair[0][2] * (BINS + 1) + pair[1][2]
            self.looked_up.append((pair, index))

    def __call__(self, query: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return scores of shape (q, n)."""
        result = np.tile(self.fixed, (len(query), 1))
        part = np.empty(result.shape[1], np.float32)
        for pair, index in self.looked_up:
            for row, q in enumerate(query):
                lines = [self._line(int(q), *each) for each in pair]
                line = lines[0] if len(lines) == 1 else np.add.outer(lines[0], lines[1]).ravel()
                np.take(line, index, out=part, mode="clip")
                result[row] += part
        for name, table in self.alike.items():
            self._add_alike(name, table, query, result)
        for name, table in self.ratio.items():
            logs = self.space.logs[name]
            for row, q in enumerate(query):
                result[row] += table[ratio_bins(logs[q] - logs)]
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
        product = codes.matrix[query, :width] @ codes.matrix[:, :width].T
        product += np.float32(codes.offset[0])
        product *= LIKENESS_BINS
        unknown = np.flatnonzero(~codes.known[:, 0])
        part = np.empty(result.shape[1], np.float32)
        for row, known in enumerate(codes.known[query, 0]):
            if known:
                # Cut off, and held to the table's ends by the mode.
                np.take(table[:LIKENESS_BINS], product[row].astype(np.intp), out=part, mode="clip")
                part[unknown] = table[LIKENESS_BINS]
            else:
                part.fill(table[LIKENESS_BINS])
            result[row] += part


def _tables(
    kind: str, names: Mapping[str, object] | tuple[str, ...], tables: Mapping[str, NDArray[np.float64]]
) -> dict[str, NDArray[np.float32]]:
    """Return the tables of one kind of term by the name that follows it."""
    return {name: tables[f"{kind} {name}"].astype(np.float32) for name in names if f"{kind} {name}" in tables}
