"""Columns: features read from Parquet, in the shapes that encoders take."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.encoding import Shares
from matcher.errors import DataError
from matcher.files import read_bytes

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
        import pyarrow as pa

        values = self.table[feature.name].combine_chunks()
        width = 12 if feature.kind == "months" else 1
        if pa.types.is_null(values.type):
            return np.full((len(values), width), np.nan)
        if feature.kind == "number":
            numbers: NDArray[np.float64] = values.to_numpy(zero_copy_only=False).astype(np.float64)
            return numbers[:, None]
        known = np.asarray(values.is_valid())
        result = np.full((len(values), width), np.nan)
        result[known] = values.drop_null().flatten().to_numpy(zero_copy_only=False).reshape(-1, width)
        return result

    def shares(self, feature: Feature) -> Shares:
        """Return a mixture, label (one class) or tags (equal shares)."""
        import pyarrow as pa

        values = self.table[feature.name].combine_chunks()
        none = np.empty(0, np.int64)
        if pa.types.is_null(values.type):
            return Shares(len(values), (), none, none, none.astype(np.float64))
        if feature.kind == "label":
            row = np.flatnonzero(np.asarray(values.is_valid()))
            keys, share = values.drop_null(), np.ones(len(row))
        else:
            lengths = np.diff(values.offsets.to_numpy())
            lengths[~np.asarray(values.is_valid())] = 0
            row = np.repeat(np.arange(len(values)), lengths)
            flat = values.drop_null()
            if feature.kind == "tags":
                keys, share = flat.flatten(), 1.0 / np.maximum(lengths, 1)[row]
            else:
                first, last = (
                    flat.offsets[0].as_py() if len(flat) else 0,
                    flat.offsets[-1].as_py() if len(flat) else 0,
                )
                keys = flat.keys[first:last]
                share = flat.items[first:last].to_numpy(zero_copy_only=False).astype(np.float64)
        coded = keys.dictionary_encode()
        klass = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        keep = share > 0
        return Shares(len(values), coded.dictionary.to_pylist(), row[keep], klass[keep], share[keep])

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
        table: dict[str, Any] = json.loads(read_bytes(path))[feature.name]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} is not a tree of {feature.name}: {error}; build the atlas again") from error
    return table
