"""The plain table that other systems would be given: every feature of the atlas as numeric columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.atlas import Atlas

CLASSES = 24  # columns of one mixture: its largest classes; the rest are rare


@dataclass(frozen=True, slots=True)
class Table:
    """Numeric columns and class columns of `n` regions.

    Attributes
    ----------
    X
        Shape (n, k), float32: numbers as they are in their units, months as 12 columns, the shares of the 24 largest
        classes of each mixture. NaN is unknown. Constant columns are left out.
    B
        Shape (n, labels), codes of label features; -1 is unknown.
    columns, groups
        Name and group of each column of X.
    """

    X: NDArray[np.float32]
    B: NDArray[np.int64]
    columns: tuple[str, ...]
    groups: tuple[str, ...]

    def complete(self, known: float = 0.95) -> Table:
        """Return the table with only those columns that at least `known` of the regions have."""
        keep = np.isfinite(self.X).mean(axis=0) >= known
        return Table(
            self.X[:, keep],
            self.B,
            tuple(np.array(self.columns, object)[keep]),
            tuple(np.array(self.groups, object)[keep]),
        )


def read_table(atlas: Atlas, rows: NDArray[np.int64]) -> Table:
    """Read the table of some rows of an atlas."""
    blocks, names, groups, labels = [], [], [], []
    for feature in atlas.catalogue.features.values():
        columns = atlas.columns([feature.name], rows)
        if feature.kind in {"number", "months"}:
            values = columns.numbers(feature).astype(np.float32)
            titles = (
                [feature.name] if feature.kind == "number" else [f"{feature.name}:{i + 1}" for i in range(12)]
            )
        else:
            shares = columns.shares(feature)
            if feature.kind == "label":
                code = np.full(len(rows), -1, np.int64)
                code[shares.row] = shares.klass
                labels.append(code)
                continue
            mass = np.bincount(shares.klass, weights=shares.share, minlength=len(shares.classes))
            largest = np.argsort(-mass, kind="stable")[:CLASSES]
            place = np.full(len(shares.classes), -1)
            place[largest] = np.arange(len(largest))
            values = np.full((len(rows), len(largest)), np.nan, np.float32)
            values[np.unique(shares.row)] = 0.0
            seen = place[shares.klass] >= 0
            values[shares.row[seen], place[shares.klass[seen]]] = shares.share[seen]
            titles = [f"{feature.name}:{shares.classes[i]}" for i in largest]
        varies = np.array([_varies(column) for column in values.T], bool)
        blocks.append(values[:, varies])
        names += [title for title, keep in zip(titles, varies, strict=True) if keep]
        groups += [feature.group] * int(varies.sum())
    return Table(
        np.concatenate(blocks, axis=1) if blocks else np.empty((len(rows), 0), np.float32),
        np.stack(labels, axis=1) if labels else np.empty((len(rows), 0), np.int64),
        tuple(names),
        tuple(groups),
    )


def _varies(column: NDArray[np.float32]) -> bool:
    known = column[np.isfinite(column)]
    return bool(len(known) and known.min() < known.max())
