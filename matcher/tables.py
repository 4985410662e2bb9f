"""Text tables, aligned whatever the script.

Plain text needs little, and a table library with its tables of widths takes as long to import as a ranking to compute.
"""

from __future__ import annotations

import textwrap
import unicodedata
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_GAP = "  "


def text_table(
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Collection[int] = (),
    widest: Mapping[int, int] | None = None,
) -> str:
    """Return an aligned table under a ruled header.

    Parameters
    ----------
    headers, rows
        Titles and cells, none with a line break.
    right
        Positions of columns that align right.
    widest
        Position to the width at which a column's cells are broken into lines.

    Examples
    --------
    >>> print(text_table(["region", "score"], [["구례", "58.6"], ["Unzen", "9.1"]], right={1}))
    region  score
    ------  -----
    구례     58.6
    Unzen     9.1
    """
    limits = widest or {}
    broken = [[_lines(cell, limits.get(i)) for i, cell in enumerate(row)] for row in rows]
    widths = [
        max([width(title), *(width(line) for row in broken for line in row[i])])
        for i, title in enumerate(headers)
    ]
    lines = [_line(headers, widths, right), _line(["-" * size for size in widths], widths, right)]
    for row in broken:
        lines += [_line(cells, widths, right) for cells in zip_longest(*row, fillvalue="")]
    return "\n".join(lines)


def width(text: str) -> int:
    """Return how many columns a text takes in a terminal: two for an ideograph, none for a combining mark.

    >>> width("구례"), width("Café"), width("Đà Lạt")
    (4, 4, 6)
    """
    if text.isascii():
        return len(text)
    marks = ("Mn", "Me", "Cf")
    return sum(
        0 if unicodedata.category(sign) in marks else 1 + (unicodedata.east_asian_width(sign) in "WF")
        for sign in text
    )


def _lines(cell: str, limit: int | None) -> list[str]:
    return [cell] if limit is None or width(cell) <= limit else textwrap.wrap(cell, limit) or [""]


def _line(cells: Sequence[str], widths: Sequence[int], right: Collection[int]) -> str:
    padded = []
    for i, (cell, size) in enumerate(zip(cells, widths, strict=True)):
        space = " " * (size - width(cell))
        padded.append(space + cell if i in right else cell + space)
    return _GAP.join(padded).rstrip()
