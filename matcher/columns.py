"""Columns: features read from the store, in the shapes that encoders take."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.encoding import Shares
from matcher.errors import DataError
from matcher.files import read_bytes
from matcher.store import coded, flat

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from matcher.catalogue import Feature


class TableColumns:
    """Features of `n` regions, held as an Arrow table.

    Parameters
    ----------
    table
        One column a feature: float, list of 12 floats, map of class to share, text, or list of texts.
    folder
        Where the trees of mixtures lie.
    """

    def __init__(self, table: pa.Table, folder: Path) -> None:
        self.table = table
        self.folder = folder

    def numbers(self, feature: Feature) -> NDArray[np.float64]:
        """Return a number as shape (n, 1), months as (n, 12); NaN is unknown."""
        column = self.table[feature.name]
        if feature.kind == "months" and str(column.type) != "null":
            parts = [chunk.values.slice(chunk.offset * 12, len(chunk) * 12) for chunk in column.chunks]
            known = np.concatenate([_valid(chunk) for chunk in column.chunks] or [np.empty(0, bool)])
            months = np.concatenate([flat(_chunked(part)) for part in parts] or [np.empty(0)]).reshape(-1, 12)
            return np.where(known[:, None], months, np.nan)
        numbers = flat(column).astype(np.float64)[:, None]
        return np.repeat(numbers, 12, axis=1) if feature.kind == "months" else numbers

    def shares(self, feature: Feature) -> Shares:
        """Return a mixture, label (one class) or tags (equal shares)."""
        column = self.table[feature.name]
        classes: dict[str, int] = {}
        rows, klasses, shares, start = [], [], [], 0
        for chunk in column.chunks if str(column.type) != "null" else ():
            row, names, codes, share = _entries(chunk, feature.kind)
            index = np.array([classes.setdefault(name, len(classes)) for name in names] or [0], np.int64)
            keep = (codes >= 0) & (share > 0)
            rows.append(row[keep] + start)
            klasses.append(index[codes[keep]])
            shares.append(share[keep])
            start += len(chunk)
        none = np.empty(0, np.int64)
        return Shares(
            len(column),
            tuple(classes),
            np.concatenate([none, *rows]),
            np.concatenate([none, *klasses]),
            np.concatenate([none.astype(np.float64), *shares]),
        )

    def paths(self, feature: Feature) -> dict[str, tuple[str, ...]]:
        """Return the tree above each class of a mixture with ``tree = "family"``."""
        return {code: tuple(entry["path"]) for code, entry in read_tree(self.folder, feature).items()}


def read_tree(folder: Path, feature: Feature) -> dict[str, Any]:
    """Return what is known of each class of a mixture with ``tree = "family"``: its ``name`` and ``path``.

    Raises
    ------
    DataError
        The file that holds the tree is missing or is none.
    """
    path = folder / f"{feature.name}.json"
    try:
        table: dict[str, Any] = json.loads(read_bytes(path))
    except ValueError as error:
        raise DataError(f"{path} is not a tree of {feature.name}: {error}; build the atlas again") from error
    return table


def _entries(
    chunk: pa.Array, kind: str
) -> tuple[NDArray[np.int64], list[str], NDArray[np.int64], NDArray[np.float64]]:
    """Return row, class names, class code and share of every entry of a chunk."""
    if kind == "label":
        names, codes = coded(chunk)
        return np.arange(len(chunk)), names, codes, np.ones(len(chunk))
    ends = flat(_chunked(chunk.offsets)).astype(np.int64)
    lengths = np.where(_valid(chunk), np.diff(ends), 0)
    row = np.repeat(np.arange(len(chunk)), lengths)
    keys, items = (chunk.keys, chunk.items) if kind == "mixture" else (chunk.values, None)
    # Unknown cells hold no entries, so the entries of the chunk lie side by side.
    names, codes = coded(keys)
    codes = codes[ends[0] : ends[-1]]
    if items is None:
        return row, names, codes, 1.0 / np.maximum(lengths, 1)[row]
    return row, names, codes, flat(_chunked(items)).astype(np.float64)[ends[0] : ends[-1]]


def _valid(array: pa.Array) -> NDArray[np.bool_]:
    """Return which cells are known."""
    if not array.null_count:
        return np.ones(len(array), bool)
    bits = np.unpackbits(np.frombuffer(array.buffers()[0], np.uint8), bitorder="little")
    known: NDArray[np.bool_] = bits[array.offset : array.offset + len(array)] > 0
    return known


def _chunked(array: pa.Array) -> pa.ChunkedArray:
    import pyarrow as pa

    return pa.chunked_array([array])
