"""Tables: CSV, Parquet or a data frame as columns of cells."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matcher.errors import DataError, Fault
from matcher.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class OwnTable:
    """Columns of equal length, and the faults found while reading.

    Attributes
    ----------
    name
        What messages call the table.
    columns
        Name to cells, as the file holds them.
    first_row
        Number of the first row of cells as a reader of the file counts: 2 under a header line, else 1.
    """

    name: str
    columns: Mapping[str, Sequence[Any]]
    first_row: int = 1
    faults: tuple[Fault, ...] = field(default=())

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))


def read_table(data: Path | str | pd.DataFrame) -> OwnTable:
    """Read a table.

    Parameters
    ----------
    data
        A ``.csv`` or ``.parquet`` file, or a data frame; a frame's index is not read.

    Raises
    ------
    DataError
        The file cannot be read as what its name says, or has no or doubled columns.
    """
    if isinstance(data, str | Path):
        path = Path(data)
        if path.suffix.lower() == ".parquet":
            return _parquet(path)
        return parse_csv(read_bytes(path), str(path))
    frame = {str(name): data[name].tolist() for name in data.columns} if data.columns.is_unique else None
    if frame is None:
        raise DataError("the data frame has two columns of one name; give each its own")
    return OwnTable("the data frame", frame)


def parse_csv(content: bytes, name: str) -> OwnTable:
    """Read CSV in UTF-8 with a header line, parted by commas, semicolons or tabs.

    A row with more or fewer cells than the header is a fault, and blank lines are passed over.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{name} is not UTF-8 (byte {error.start}); save it as 'CSV UTF-8' in the spreadsheet program"
        ) from error
    head = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=lambda sign: (head.count(sign), -_DELIMITERS.index(sign)))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise DataError(f"{name} is not CSV: {error}; save it again from the spreadsheet program") from error
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise DataError(f"{name} has no header line; name the columns in its first line")
    header = [cell.strip() for cell in rows[0]]
    doubled = sorted({title for title in header if header.count(title) > 1 and title})
    if doubled:
        raise DataError(f"{name} has two columns called {', '.join(doubled)}; give each its own name")
    columns: dict[str, list[Any]] = {title: [] for title in header}
    faults = []
    for number, row in enumerate(rows[1:], start=2):
        cells = row if any(cell.strip() for cell in row) else [""] * len(header)
        if len(cells) != len(header):
            wrong = f"has {len(cells)} cells, the header has {len(header)}"
            faults.append(
                Fault(number, "", delimiter.join(row), wrong, "check the quotes and separators of this line")
            )
            cells = [""] * len(header)
        for title, cell in zip(header, cells, strict=True):
            columns[title].append(cell)
    columns.pop("", None)
    return OwnTable(name, columns, 2, tuple(faults))


def _parquet(path: Path) -> OwnTable:
    import pyarrow as pa
    from pyarrow.parquet import read_table as read

    read_bytes_error = f"cannot read {path}"
    if not path.is_file():
        raise DataError(f"{read_bytes_error}: no such file")
    try:
        table = read(path)
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{read_bytes_error} as Parquet: {error}") from error
    names = table.column_names
    if len(set(names)) < len(names):
        raise DataError(f"{path} has two columns of one name; give each its own")
    return OwnTable(str(path), {name: table[name].to_pylist() for name in names})
