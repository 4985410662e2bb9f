"""Results on stdout: tables for people; CSV, JSON and GeoJSON for programs."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import TYPE_CHECKING, Any

import click

from matcher.tables import text_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NOTHING = "–"
"""Shown in tables where nothing is known; CSV leaves the cell empty and JSON says null."""

# A spreadsheet runs a cell that begins so as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table(
    headers: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    right: set[int] | None = None,
    widest: dict[int, int] | None = None,
) -> str:
    """Return an aligned table; Hangul, kana and ideographs count as two columns.

    Parameters
    ----------
    headers
        Column titles.
    rows
        Cells; they are printed as they are.
    right
        Positions of columns that align right.
    widest
        Position -> width at which a column's cells are broken into lines.
    """
    cells = [[one_line(cell) for cell in row] for row in rows]
    return text_table(headers, cells, right=right or (), widest=widest)


def one_line(cell: object) -> str:
    """Return the text of a cell without line breaks or control characters."""
    text = NOTHING if cell is None else str(cell)
    return "".join(sign if sign.isprintable() else " " for sign in text)


def write(text: str) -> None:
    """Write a result to stdout, with one newline at its end."""
    click.echo(text.rstrip("\n"))


def note(text: str) -> None:
    """Write a remark to stderr, where it does not end up in a file of results."""
    click.echo(text, err=True)


def write_json(value: object) -> None:
    """Write JSON in UTF-8 to stdout; what is not a number is null, as JSON has no NaN."""
    write(json.dumps(_plain(value), ensure_ascii=False, indent=2, allow_nan=False))


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write CSV in UTF-8 to stdout.

    Unknown values are empty. A text that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(headers)
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    write(buffer.getvalue())


def write_records(records: Iterable[Mapping[str, Any]], headers: Sequence[str]) -> None:
    """Write mappings as CSV, one row each."""
    write_csv(headers, [[record.get(name) for name in headers] for record in records])


def _csv_cell(cell: object) -> object:
    """Return a cell as CSV holds it."""
    cell = _plain(cell)
    if cell is None:
        return ""
    if isinstance(cell, dict | list):
        cell = json.dumps(cell, ensure_ascii=False)
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return cell


def _plain(value: Any) -> Any:
    """Return `value` with numpy scalars, tuples and NaN turned into what JSON knows."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def known(value: float | None) -> bool:
    """Whether a number is there: neither None nor NaN."""
    return value is not None and not math.isnan(value)


def whole(value: float | None) -> str:
    """Return a number without decimals, with thousands marked."""
    return f"{value:,.0f}" if value is not None and known(value) else NOTHING


def decimal(value: float | None, digits: int = 1) -> str:
    """Return a number with a fixed count of decimals."""
    return f"{value:.{digits}f}" if value is not None and known(value) else NOTHING


def percent(share: float | None, digits: int = 0) -> str:
    """Return a share of 0 to 1 as a percentage."""
    return f"{100 * share:.{digits}f}%" if share is not None and known(share) else NOTHING
