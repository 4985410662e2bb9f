"""Join: a planner's table as columns of the atlas, or every reason why not."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.errors import Fault
from matcher.own import cells
from matcher.own.faults import CellError, table_error
from matcher.own.keys import HELPERS, IDS, find_regions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyarrow as pa

    from matcher.catalogue import Feature
    from matcher.own.catalogue import OwnCatalogue, Rule
    from matcher.own.keys import Identity
    from matcher.own.table import OwnTable

Values = list[Any]  # one a row of the table, None where unknown


@dataclass(frozen=True, slots=True)
class Joined:
    """Own columns in the atlas's row order.

    Attributes
    ----------
    columns
        Feature name to an Arrow array of one value a region.
    known
        Feature name to the number of regions that have a value.
    ignored
        Columns of the table that the catalogue does not describe.
    """

    columns: Mapping[str, pa.ChunkedArray]
    known: Mapping[str, int]
    ignored: tuple[str, ...]


def join(table: OwnTable, own: OwnCatalogue, atlas: Identity, size: int) -> Joined:
    """Check a whole table and join it to the regions.

    Parameters
    ----------
    table, own
        What the planner brings.
    atlas
        The regions.
    size
        How many regions the atlas has.

    Raises
    ------
    TableError
        Anything is wrong; every fault is listed and nothing is joined.
    """
    faults = list(table.faults)
    if not len(table):
        faults.append(Fault(0, "", "", "holds no row", "write one row a region under the header"))
    used: set[str] = {*IDS, *HELPERS}
    values: dict[str, Values] = {}
    for feature in own.features:
        fault = _column_fault(table, feature)
        if fault is not None:
            faults.append(fault)
            continue
        values[feature.name], columns, more = _read(table, feature, own.rules[feature.name])
        used |= columns
        faults += more
    places: list[int] = []
    if any(name in table.columns for name in IDS) or {"name", "country"} <= set(table.columns):
        places, more = find_regions(table, atlas)
        faults += more
    else:
        todo = f"add a column {', '.join(IDS)}, or name and country"
        faults.append(Fault(0, "", "", "no column says which region a row is about", todo))
    if faults:
        raise table_error(table.name, len(table), sorted(faults, key=lambda fault: fault.row))
    index = np.array(places)
    arrays = {f.name: _arrow(f.kind, values[f.name], index, size) for f in own.features}
    known = {f.name: sum(v is not None for v in values[f.name]) for f in own.features}
    return Joined(arrays, known, tuple(name for name in table.columns if name not in used))


# --------------------------------------------------------------------- columns


def _column_fault(table: OwnTable, feature: Feature) -> Fault | None:
    """Return what is wrong with the columns of a feature as a whole, or None."""
    wanted, found = _columns_of(table, feature)
    if not found:
        close = difflib.get_close_matches(feature.name, table.columns, n=1)
        todo = (
            f"rename the column {close[0]!r}" if close else "add it, or take the feature out of the catalogue"
        )
        return Fault(0, wanted, "", "the table has no such column", todo)
    if feature.name in found:
        wrong = "the feature has a column, and columns of its parts too"
        return Fault(0, feature.name, "", wrong, "keep one form") if len(found) > 1 else None
    if feature.kind == "months" and len(found) != 12:
        return Fault(0, wanted, "", f"{len(found)} of 12 months have a column", "give all twelve")
    return None


def _columns_of(table: OwnTable, feature: Feature) -> tuple[str, list[str]]:
    """Return what the columns of a feature should be called, and those that are there."""
    whole = [feature.name] if feature.name in table.columns else []
    if feature.kind == "months":
        months = [f"{feature.name}_{month:02d}" for month in range(1, 13)]
        return f"{months[0]} to {months[-1]}", [*whole, *(m for m in months if m in table.columns)]
    if feature.kind == "mixture":
        return feature.name, [
            *whole,
            *(name for name in table.columns if name.startswith(f"{feature.name}.")),
        ]
    return feature.name, whole


def _read(table: OwnTable, feature: Feature, rule: Rule) -> tuple[Values, set[str], list[Fault]]:
    """Read a feature of every row; a faulty cell is None and a fault."""
    _, names = _columns_of(table, feature)
    read = _reader(feature, names)
    values: Values = []
    faults: list[Fault] = []
    columns = [table.columns[name] for name in names]
    for number, row in enumerate(zip(*columns, strict=True), start=table.first_row):
        try:
            values.append(None if all(cells.blank(cell) for cell in row) else read(row, rule))
        except CellError as error:
            values.append(None)
            value = ", ".join(cells.text(cell) for cell in row)
            faults.append(Fault(number, feature.name, value, error.wrong, error.todo))
    return values, set(names), faults


def _reader(feature: Feature, names: Sequence[str]) -> Callable[[Sequence[Any], Rule], Any]:
    """Return how the cells of one row become a value."""
    if feature.kind == "months":
        return lambda row, rule: cells.months(_twelve(row), rule)
    if feature.kind == "mixture" and feature.name not in names:
        classes = [name.removeprefix(f"{feature.name}.") for name in names]
        return lambda row, rule: cells.mixture(dict(zip(classes, row, strict=True)), rule)
    one = {"number": cells.number, "label": cells.label, "tags": cells.tags, "mixture": cells.mixture}[
        feature.kind
    ]
    return lambda row, rule: one(row[0], rule)


def _twelve(row: Sequence[Any]) -> Sequence[Any]:
    """Return twelve cells, of twelve columns or of one list."""
    if len(row) == 12:
        return row
    found = row[0].tolist() if hasattr(row[0], "tolist") else row[0]
    if not isinstance(found, list | tuple) or len(found) != 12:
        raise CellError("is no list of twelve numbers", "give twelve columns, NAME_01 to NAME_12")
    return found


# ----------------------------------------------------------------------- Arrow


def _arrow(kind: str, values: Values, places: np.ndarray[Any, Any], size: int) -> pa.ChunkedArray:
    """Return values as a column of the atlas, in the types in which its own columns are read."""
    import pyarrow as pa

    cells_: Values = [None] * size
    for place, value in zip(places.tolist(), values, strict=True):
        if place >= 0:
            cells_[place] = value
    if kind == "number":
        array = pa.array(cells_, pa.float64())
    elif kind == "months":
        array = pa.array(cells_, pa.list_(pa.float64(), 12))
    elif kind == "label":
        array = pa.array(cells_, pa.string()).dictionary_encode()
    else:
        array = _nested(kind, cells_)
    return pa.chunked_array([array])


def _nested(kind: str, values: Values) -> pa.Array:
    """Return mixtures as maps, tags as lists; their words as codes and a dictionary."""
    import pyarrow as pa

    lengths = [len(value) if value is not None else 0 for value in values]
    ends = np.concatenate([[0], np.cumsum(lengths)])
    offsets = pa.array(
        [int(end) if i == len(values) or values[i] is not None else None for i, end in enumerate(ends)],
        pa.int32(),
    )
    words = pa.array([word for value in values if value is not None for word in value], pa.string())
    words = words.dictionary_encode()
    if kind == "tags":
        return pa.ListArray.from_arrays(offsets, words)
    shares = [share for value in values if value is not None for share in value.values()]
    return pa.MapArray.from_arrays(offsets, words, pa.array(shares, pa.float64()))
