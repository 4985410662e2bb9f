"""The world: the codes of every region, feature after feature, in one file that is mapped into memory.

Encoding all regions takes seconds, mapping the file takes none, and processes on one machine share its pages. The file
lies in the cache folder under a name that is a hash of the atlas and the model, so neither can be mistaken for another;
it is a plain array of float32 (``.npy``), never a pickle, and may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from functools import cached_property, partial
from typing import TYPE_CHECKING, Self

import numpy as np

from matcher.codes import Codes
from matcher.mapping import mapped_array
from matcher.paths import cache_dir

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from matcher.atlas import Atlas
    from matcher.model import SimilarityModel

SLACK = 1e-2
"""Points: far above float32's error over some hundred terms that sum to 100."""

_FORMAT = 1
_LATE = 22.0  # points: so few that few candidates are left when they are added; 20 to 23 do as well
_STEP = 32_768  # regions whose scores stay in the processor's cache while the columns pass by


class World:
    """The codes of all regions.

    Parameters
    ----------
    columns
        Shape (width, n regions), float32. The codes of the features of one number come first, then a row a feature
        that is 1 where it is known, then the codes of the others: most queries need the first rows whole and few of
        the last.
    model
        Whose codes they are.
    path
        The file that holds `columns`, or None where they are in this process's memory alone.
    """

    def __init__(
        self, columns: NDArray[np.float32], model: SimilarityModel, path: Path | None = None
    ) -> None:
        self.columns, self.model, self.path = columns, model, path
        self._codes, self._masks = _layout(model)
        self._index = {feature.name: i for i, feature in enumerate(model.features_)}

    @classmethod
    def open(cls, atlas: Atlas, model: SimilarityModel) -> Self:
        """Map the file of this atlas and model, after writing it where it is not there yet.

        Where the model was never saved, or the cache folder may not be written to, the world stays in memory.
        """
        path = world_path(atlas, model)
        shape = (_width(model), len(atlas))
        if path is not None:
            with suppress(OSError):
                return cls(mapped_array(path, shape, partial(_fill, atlas=atlas, model=model)), model, path)
        columns = np.empty(shape, np.float32)
        _fill(columns, atlas, model)
        return cls(columns, model)

    def __len__(self) -> int:
        return int(self.columns.shape[1])

    @cached_property
    def _unknown(self) -> dict[str, NDArray[np.int32]]:
        """The regions that do not know a feature, by its name."""
        return {
            name: np.flatnonzero(self.columns[row] == 0).astype(np.int32) for name, row in self._masks.items()
        }

    def where(self, names: Sequence[str]) -> NDArray[np.int64]:
        """Return the rows of `columns` that hold the codes of some features, in the order of `Codes.matrix`."""
        codes = [np.arange(part.start, part.stop) for part in (self._codes[name] for name in names)]
        return np.concatenate([*codes, np.array([self._masks[name] for name in names], np.int64)])

    def take(self, rows: NDArray[np.int64], names: Sequence[str]) -> Codes:
        """Return the codes of some features of some regions."""
        index = [self._index[name] for name in names]
        matrix = np.ascontiguousarray(self.columns[self.where(names)[:, None], rows].T)
        encoders = [self.model.encoders_[i] for i in index]
        offset = np.array([encoder.offset for encoder in encoders])
        widths = [encoder.width for encoder in encoders]
        return Codes(tuple(names), matrix, widths, self.model.base_[index], offset)

    def gather(self, where: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the columns `where` of some regions side by side, shape (len(where), len(rows))."""
        out = np.empty((len(where), len(rows)), np.float32)
        for line, row in zip(out, where, strict=True):
            np.take(self.columns[row], rows, out=line)
        return out

    def scores(
        self, vector: NDArray[np.float32], names: Sequence[str], rows: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Return the product of a query's vector (see `Codes.query`) with some regions, shape (len(rows),).

        Columns that the vector holds a 0 for are not read: of 128 columns of languages a region has a few. Nor are those
        that say what is known: most regions know most features, so the few that do not are put right one by one.
        """
        where, masks = self.where(names)[: -len(names)], vector[-len(names) :]
        scores = np.full(len(self), masks.sum(), np.float32)
        for name, points in zip(names, masks, strict=True):
            if points:
                scores[self._unknown[name]] -= points
        order = np.argsort(where)
        where, vector = where[order], vector[order]
        used = np.flatnonzero(vector)
        runs = np.split(used, np.flatnonzero(np.diff(where[used]) != 1) + 1)
        parts = [(vector[run], slice(where[run[0]], where[run[-1]] + 1)) for run in runs if len(run)]
        for start in range(0, len(self), _STEP):
            region = slice(start, start + _STEP)
            for piece, columns in parts:
                scores[region] += piece @ self.columns[columns, region]
        return scores[rows]

    def near(
        self, own: Codes, weights: NDArray[np.float64], rows: NDArray[np.int64], n: int
    ) -> NDArray[np.int64]:
        """Return which of `rows` can be among the best n for one region: those within `SLACK` of the n-th best.

        Features of many columns and little weight are looked at last, and only where they can still matter.
        """
        if len(rows) <= n:
            return rows
        vector = own.query(weights)[0][0]
        late, most = _late(own, vector, weights)
        where, points = self.where(own.names)[late], vector[late]
        vector[late] = 0.0
        scores = self.scores(vector, own.names, rows)
        first = np.argpartition(scores, len(scores) - n)[-n:]
        floor = (scores[first] + points @ self.gather(where, rows[first])).min()
        kept = np.flatnonzero(scores >= floor - np.float32(most + SLACK))
        return _best(rows[kept], scores[kept] + points @ self.gather(where, rows[kept]), n)

    def coverage(
        self, own: Codes, rows: NDArray[np.int64], weights: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return what `Codes.coverage` does for one region and some others, reading no codes."""
        shares = np.zeros(len(rows))
        for name, weight, known in zip(own.names, weights, own.known[0], strict=True):
            if known:
                shares += weight * (self.columns[self._masks[name], rows] > 0)
        return shares


class Few:
    """The codes of a few regions, encoded for one ranking; it answers as `World` does for these.

    Parameters
    ----------
    atlas, model
        Whence the codes come.
    rows
        Rows of the atlas.
    names
        The features to encode.
    """

    def __init__(
        self, atlas: Atlas, model: SimilarityModel, rows: NDArray[np.int64], names: Sequence[str]
    ) -> None:
        self.rows = np.flatnonzero(np.bincount(rows))
        self.codes = model.encode(atlas.columns(names, self.rows), names)

    def where(self, names: Sequence[str]) -> NDArray[np.int64]:  # noqa: ARG002 - all are held
        """Return the columns of `Codes.matrix`, which are those that `gather` reads."""
        return np.arange(self.codes.matrix.shape[1])

    def gather(self, where: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the columns `where` of some regions side by side, shape (len(where), len(rows))."""
        return np.ascontiguousarray(self.codes.matrix[np.searchsorted(self.rows, rows)][:, where].T)

    def take(self, rows: NDArray[np.int64], names: Sequence[str]) -> Codes:  # noqa: ARG002 - all are held
        """Return the codes of some regions."""
        return self.codes.take(np.searchsorted(self.rows, rows))

    def scores(
        self, vector: NDArray[np.float32], names: Sequence[str], rows: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Return the product of a query's vector with some regions, shape (len(rows),)."""
        return self.take(rows, names).matrix @ vector

    def near(
        self, own: Codes, weights: NDArray[np.float64], rows: NDArray[np.int64], n: int
    ) -> NDArray[np.int64]:
        """Return which of `rows` can be among the best n for one region: those within `SLACK` of the n-th best."""
        if len(rows) <= n:
            return rows
        return _best(rows, self.scores(own.query(weights)[0][0], own.names, rows), n)

    def coverage(
        self, own: Codes, rows: NDArray[np.int64], weights: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the share of the weight that one region and each of some others both know."""
        return self.take(rows, own.names).coverage(own, weights)


def world_path(atlas: Atlas, model: SimilarityModel) -> Path | None:
    """Return where the world of this atlas and model is cached.

    None for a model that was never saved, and for an atlas with a planner's own columns or regions, which no manifest
    names.
    """
    digest = getattr(model, "sha256_", None)
    if digest is None or atlas.own or atlas.store.more is not None:
        return None
    about = json.dumps([_FORMAT, digest, len(atlas), atlas.manifest], sort_keys=True)
    return cache_dir() / f"world-{hashlib.sha256(about.encode()).hexdigest()[:32]}.npy"


def _best(rows: NDArray[np.int64], scores: NDArray[np.float32], n: int) -> NDArray[np.int64]:
    """Return the rows whose score is within `SLACK` of the n-th best."""
    threshold = np.partition(scores, len(scores) - n)[len(scores) - n]
    near: NDArray[np.int64] = rows[scores >= threshold - np.float32(SLACK)]
    return near


def _late(
    own: Codes, vector: NDArray[np.float32], weights: NDArray[np.float64]
) -> tuple[NDArray[np.int64], float]:
    """Return the columns that a query reads last, and how many points they can earn at most.

    They are those of the features that take the most columns for a point, up to `_LATE` points.
    """
    first = np.concatenate([[0], own.ends[:-1]])
    used = np.add.reduceat(vector[: own.ends[-1]] != 0, first, dtype=np.int64)
    most = 100.0 * weights * (1.0 - own.offset) * own.known[0]
    order = np.argsort(-used / np.maximum(most, 1e-9), kind="stable")
    late = np.zeros(len(own.names), np.bool_)
    late[order[np.cumsum(most[order]) <= _LATE]] = True
    columns = np.repeat(late, np.diff(own.ends, prepend=0))
    return np.flatnonzero(columns & (vector[: own.ends[-1]] != 0)), float(most[late].sum())


def _layout(model: SimilarityModel) -> tuple[dict[str, slice], dict[str, int]]:
    """Return the rows of each feature's codes, and the row that tells where it is known."""
    both = list(zip(model.features_, model.encoders_, strict=True))
    numbers = [(f.name, e.width) for f, e in both if f.kind in {"number", "months"}]
    others = [(f.name, e.width) for f, e in both if f.kind not in {"number", "months"}]
    codes: dict[str, slice] = {}
    end = 0
    for name, width in numbers:
        codes[name] = slice(end, end := end + width)
    masks = {name: end + i for i, (name, _) in enumerate([*numbers, *others])}
    end += len(masks)
    for name, width in others:
        codes[name] = slice(end, end := end + width)
    return codes, masks


def _width(model: SimilarityModel) -> int:
    return sum(encoder.width + 1 for encoder in model.encoders_)


def _fill(columns: NDArray[np.float32], atlas: Atlas, model: SimilarityModel) -> None:
    """Encode one feature after the other, so that no table of all features is ever held."""
    codes, masks = _layout(model)
    for feature, encoder in zip(model.features_, model.encoders_, strict=True):
        code = encoder.encode(atlas.columns([feature.name]), feature)
        columns[codes[feature.name]] = code.x.T
        columns[masks[feature.name]] = code.known
