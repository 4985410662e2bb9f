"""Pair space: what is compared when two regions are asked whether they look like partners, as bins of terms.

==================  ==============================================================================
``like TRAIT``      how many bins of rank the two regions' values are apart (`traits`)
``side TRAIT``      the bin of one side's value: what draws partners at all
``both TRAIT``      the two sides' ranks in their own countries, together, in no order
``alike FEATURE``   the likeness of a mixture, of months, a label or tags
``distance``        great-circle distance
==================  ==============================================================================

All but ``side`` are the same from both ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.additive import Shape
from matcher.traits import AT_HOME, BINS, binned, edges, read_traits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from matcher.model import SimilarityModel
    from matcher.pool import Pool

LIKENESS_BINS = 20
SIDE = 8
_COARSE = BINS // SIDE
DISTANCE_CUTS = np.geomspace(20.0, 18_000.0, 23)
_CHUNK = 100_000


class PairSpace:
    """The regions of a pool in bins.

    Parameters
    ----------
    pool
        Regions, n of them.
    model
        Whose encoders compare what is no plain number.
    cuts
        Trait to the values that part its bins; None to take them from this pool.
    """

    def __init__(
        self, pool: Pool, model: SimilarityModel, cuts: Mapping[str, NDArray[np.float64]] | None = None
    ) -> None:
        self.pool = pool
        values = read_traits(pool.atlas, pool.rows)
        if cuts is None:
            # As in the likeness: a country of tens of thousands of communes must not set the scale alone.
            sizes = np.bincount(pool.country)
            cuts = edges(values, 1.0 / np.sqrt(sizes[pool.country]))
        self.cuts = dict(cuts)
        self.bins = {
            name: binned(values.get(name, np.full(len(pool), np.nan)), cut) for name, cut in self.cuts.items()
        }
        self.values = values
        names = [feature.name for feature in model.features_ if feature.kind != "number"]
        self.codes = {name: model.encode(pool.atlas.columns([name], pool.rows), [name]) for name in names}

    @property
    def shapes(self) -> dict[str, Shape]:
        """Term to its bins, in order."""
        both = [
            name
            for name in self.cuts
            if name.removeprefix("at home:") in AT_HOME and name.startswith("at home:")
        ]
        return (
            {f"like {name}": Shape(BINS) for name in self.cuts}
            | {f"side {name}": Shape(BINS) for name in self.cuts}
            | {f"both {name}": Shape(SIDE * SIDE, side=SIDE) for name in both}
            | {f"alike {name}": Shape(LIKENESS_BINS) for name in self.codes}
            | {"distance": Shape(len(DISTANCE_CUTS) + 1, extra=0)}
        )

    def of_pairs(self, query: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the bin of each pair in each term, shape (m, terms)."""
        shapes = self.shapes
        result = np.empty((len(query), len(shapes)), np.int32)
        for column, term in enumerate(shapes):
            kind, _, name = term.partition(" ")
            if kind in {"like", "side", "both"}:
                table = _bins_of(kind)
                result[:, column] = table[self.bins[name][query], self.bins[name][other]]
            elif kind == "alike":
                result[:, column] = self._alike(name, query, other)
            else:
                result[:, column] = distance_bins(self._km(query, other))
        return result

    def _alike(self, name: str, query: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
        codes = self.codes[name]
        width = int(codes.ends[-1])
        result = np.empty(len(query), np.int64)
        for start in range(0, len(query), _CHUNK):
            left, right = query[start : start + _CHUNK], other[start : start + _CHUNK]
            product = np.einsum("ij,ij->i", codes.matrix[left, :width], codes.matrix[right, :width])
            known = codes.known[left, 0] & codes.known[right, 0]
            result[start : start + _CHUNK] = likeness_bins(product + np.float32(codes.offset[0]), known)
        return result

    def _km(self, query: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.float32]:
        from matcher.candidates import EARTH_RADIUS_KM

        gap = np.linalg.norm(self.pool.points[query] - self.pool.points[other], axis=1)
        km: NDArray[np.float32] = 2.0 * np.float32(EARTH_RADIUS_KM) * np.arcsin(np.minimum(gap / 2.0, 1.0))
        return km


def likeness_bins(likeness: NDArray[np.float32], known: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the bin of likenesses in [0, 1]; the last is "unknown"."""
    bins: NDArray[np.int64] = np.clip((likeness * LIKENESS_BINS).astype(np.int64), 0, LIKENESS_BINS - 1)
    bins[~known] = LIKENESS_BINS
    return bins


def distance_bins(km: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the bin of distances: a step of the logarithm, far quicker to find than by a search."""
    step = np.log(np.maximum(km, 1e-3) / DISTANCE_CUTS[0]) / np.log(DISTANCE_CUTS[1] / DISTANCE_CUTS[0])
    bins: NDArray[np.int64] = np.clip(np.ceil(step).astype(np.int64), 0, len(DISTANCE_CUTS))
    return bins


def _bins_of(kind: str) -> NDArray[np.int64]:
    """Return the bin of a term for each bin of the one side and of the other, shape (25, 25)."""
    one, two = np.meshgrid(np.arange(BINS + 1), np.arange(BINS + 1), indexing="ij")
    unknown = (one == BINS) | (two == BINS)
    if kind == "side":
        return two
    if kind == "like":
        return np.where(unknown, BINS, np.abs(one - two))
    low, high = np.minimum(one, two) // _COARSE, np.maximum(one, two) // _COARSE
    return np.where(unknown, SIDE * SIDE, np.minimum(low, SIDE - 1) * SIDE + np.minimum(high, SIDE - 1))


class PairScorer:
    """Sums of tables over all pairs of some queries with the whole pool.

    Parameters
    ----------
    space
        The regions.
    tables
        Term to table.
    """

    def __init__(self, space: PairSpace, tables: Mapping[str, NDArray[np.float64]]) -> None:
        self.space = space
        self.alike = {
            name: tables[f"alike {name}"].astype(np.float32)
            for name in space.codes
            if f"alike {name}" in tables
        }
        self.distance = tables["distance"].astype(np.float32) if "distance" in tables else None
        grids = []
        for name in space.cuts:
            grid = np.zeros((BINS + 1, BINS + 1))
            for kind in ("like", "side", "both"):
                if f"{kind} {name}" in tables:
                    grid += tables[f"{kind} {name}"][_bins_of(kind)]
            if grid.any():
                grids.append((grid.astype(np.float32), space.bins[name]))
        # Two traits are looked up at once.
        self.looked_up = []
        for i in range(0, len(grids), 2):
            pair = grids[i : i + 2]
            index = pair[0][1] if len(pair) == 1 else pair[0][1] * (BINS + 1) + pair[1][1]
            self.looked_up.append((pair, index))

    def __call__(self, query: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return scores of shape (q, n)."""
        space, n = self.space, len(self.space.pool)
        result = np.zeros((len(query), n), np.float32)
        part = np.empty(n, np.float32)
        for pair, index in self.looked_up:
            for row, q in enumerate(query):
                lines = [grid[bins[q]] for grid, bins in pair]
                line = lines[0] if len(lines) == 1 else np.add.outer(lines[0], lines[1]).ravel()
                np.take(line, index, out=part, mode="clip")
                result[row] += part
        for name, table in self.alike.items():
            codes = space.codes[name]
            width = int(codes.ends[-1])
            product = codes.matrix[query, :width] @ codes.matrix[:, :width].T
            product += np.float32(codes.offset[0])
            product *= LIKENESS_BINS
            unknown = np.flatnonzero(~codes.known[:, 0])
            for row, known in enumerate(codes.known[query, 0]):
                if known:
                    # Cut off and held to the table's ends: the same bins as `likeness_bins`, quicker.
                    np.take(table[:LIKENESS_BINS], product[row].astype(np.intp), out=part, mode="clip")
                    part[unknown] = table[LIKENESS_BINS]
                else:
                    part.fill(table[LIKENESS_BINS])
                result[row] += part
        if self.distance is not None:
            km = space.pool.distances_km(query)
            for row in range(len(query)):
                np.take(self.distance, distance_bins(km[row]), out=part, mode="clip")
                result[row] += part
        return result
