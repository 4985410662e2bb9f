"""Faults: everything that is wrong with a planner's table, told at once."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from matcher.errors import Fault, TableError
from matcher.tables import text_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HEADERS = ("row", "column", "value", "what is wrong", "what to do")
# A spreadsheet runs a cell that begins so as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LONGEST = 60  # letters of a value that are shown


class CellError(ValueError):
    """A cell that cannot be used: what is wrong with it, and what to do."""

    def __init__(self, wrong: str, todo: str) -> None:
        super().__init__(wrong)
        self.wrong, self.todo = wrong, todo


def table_error(name: str, rows: int, faults: Sequence[Fault]) -> TableError:
    """Make the error that lists every fault of a table.

    Parameters
    ----------
    name
        What the table is called.
    rows
        How many rows it has.
    """
    bad = len({fault.row for fault in faults if fault.row})
    head = f"{bad:,} of {rows:,} rows of {name} cannot be used" if bad else f"{name} cannot be used"
    return TableError(f"{head}; nothing was joined:\n{faults_text(faults)}", faults)


def faults_text(faults: Sequence[Fault]) -> str:
    """Return the faults as an aligned table, one a line."""
    cells = [[_row(f), f.column, _shown(f.value), f.wrong, f.todo] for f in faults]
    return text_table(HEADERS, cells, right={0})


def faults_csv(faults: Sequence[Fault]) -> bytes:
    """Return the faults as CSV for a spreadsheet; no value is run as a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(HEADERS)
    for f in faults:
        cells = (_row(f), f.column, _shown(f.value), f.wrong, f.todo)
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return ("\ufeff" + buffer.getvalue()).encode()


def write_faults(path: Path, faults: Sequence[Fault]) -> None:
    """Write the faults as a CSV file."""
    from matcher.files import write_atomically

    write_atomically(path, faults_csv(faults))


def _row(fault: Fault) -> str:
    return str(fault.row) if fault.row else ""


def _shown(value: str) -> str:
    """Return a value on one line, cut where it is long."""
    line = "".join(sign if sign.isprintable() else " " for sign in value)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
