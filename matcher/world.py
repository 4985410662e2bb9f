"""The world: the codes of every region, feature after feature, in one file that is mapped into memory.

Encoding all regions takes seconds, mapping the file takes none, and processes on one machine share its pages. The file
lies in the cache folder under a name that is a hash of the atlas and the model, so neither can be mistaken for another;
it is a plain array of float32 (``.npy``), never a pickle, and may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from matcher.model import Codes
from matcher.paths import cache_dir

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from matcher.atlas import Atlas
    from matcher.model import SimilarityModel

SLACK = 1e-2
"""Points: far above float32's error over some hundred terms that sum to 100."""

_FORMAT = 1
_KEPT = 2  # files of other atlases or models that stay in the cache
_STEP = 16_384  # regions whose scores stay in the processor's cache while the columns pass by


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

    @classmethod
    def open(cls, atlas: Atlas, model: SimilarityModel) -> Self:
        """Map the file of this atlas and model, after writing it where it is not there yet.

        Where the model was never saved, or the cache folder may not be written to, the world stays in memory.
        """
        path = world_path(atlas, model)
        shape = (_width(model), len(atlas))
        if path is not None:
            with suppress(OSError, ValueError):
                columns = np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
                if columns.shape == shape and columns.dtype == np.float32:
                    os.utime(path)
                    return cls(columns, model, path)
            with suppress(OSError):
                return cls(_written(path, atlas, model, shape), model, path)
        columns = np.empty(shape, np.float32)
        _fill(columns, atlas, model)
        return cls(columns, model)

    def __len__(self) -> int:
        return int(self.columns.shape[1])

    def where(self, names: Sequence[str]) -> NDArray[np.int64]:
        """Return the rows of `columns` that hold the codes of some features, in the order of `Codes.matrix`."""
        codes = [np.arange(part.start, part.stop) for part in (self._codes[name] for name in names)]
        return np.concatenate([*codes, np.array([self._masks[name] for name in names], np.int64)])

    def take(self, rows: NDArray[np.int64], names: Sequence[str]) -> Codes:
        """Return the codes of some features of some regions."""
        index = [self.model.index(name) for name in names]
        where = self.where(names)
        matrix = np.empty((len(rows), len(where)), np.float32)
        for column, row in enumerate(where):
            matrix[:, column] = self.columns[row, rows]
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

        Columns that the vector holds a 0 for are not read: of 128 columns of languages a region has a few.
        """
        where = self.where(names)
        order = np.argsort(where)
        where, vector = where[order], vector[order]
        used = np.flatnonzero(vector)
        runs = np.split(used, np.flatnonzero(np.diff(where[used]) != 1) + 1)
        parts = [(vector[run], slice(where[run[0]], where[run[-1]] + 1)) for run in runs if len(run)]
        scores = np.zeros(len(self), np.float32)
        for start in range(0, len(self), _STEP):
            region = slice(start, start + _STEP)
            for piece, columns in parts:
                scores[region] += piece @ self.columns[columns, region]
        return scores[rows]

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
        self.rows = np.unique(rows)
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


def _written(path: Path, atlas: Atlas, model: SimilarityModel, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Write the file whole or not at all, map it, and make room in the cache."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".world-", suffix=".npy")
    os.close(descriptor)
    temporary = Path(name)
    try:
        columns = np.lib.format.open_memmap(temporary, mode="w+", dtype=np.float32, shape=shape)
        _fill(columns, atlas, model)
        columns.flush()
        del columns
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    others = sorted(path.parent.glob("world-*.npy"), key=lambda file: file.stat().st_mtime, reverse=True)
    for old in [file for file in others if file != path][_KEPT:]:
        with suppress(OSError):
            old.unlink()
    mapped: NDArray[np.float32] = np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    return mapped
