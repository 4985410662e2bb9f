"""Sheets: every table of a document as a sheet of an .xlsx, numbers as numbers, texts as texts and never as formulas."""

from __future__ import annotations

import io
import math
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import xlsxwriter

from matcher.report.document import Bullets, Cell, Paragraph, Table, Tiles, walk
from matcher.report.lettering import text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matcher.report.document import Column, Document, Section

LONGEST_NAME = 31
"""Letters that a sheet's name may have."""
FIXED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""The date of the file itself (the format has no time zones), so that the same report gives the same bytes."""
LONGEST_TEXT = 32_000
"""Letters that a cell may hold, less some."""


def to_xlsx(document: Document) -> bytes:
    """Return the .xlsx of a document; the same document gives the same bytes."""
    file = io.BytesIO()
    # Nothing that a text begins with may turn it into a formula or a link.
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(file, options)
    book.set_properties({"title": _clean(document.title)[:250], "author": "matcher", "created": FIXED})
    made = Book(
        book,
        {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"}),
            "number": book.add_format(
                {
                    "bold": True,
                    "bottom": 1,
                    "text_wrap": True,
                    "valign": "vcenter",
                    "align": "right",
                    "indent": 1,
                }
            ),
            "text": book.add_format({"text_wrap": True, "valign": "top"}),
            "bold": book.add_format(
                {"text_wrap": True, "valign": "top", "bold": True, "bg_color": "#F3F5F2"}
            ),
        },
    )
    _summary(made, document)
    for section in document.sections:
        for block in walk(section.blocks):
            if isinstance(block, Table):
                _table(made, block, _name(block, section))
    book.close()
    return file.getvalue()


@dataclass(slots=True)
class Book:
    """A workbook being written: its styles, and the names and number formats that it has already."""

    file: Any
    styles: dict[str, Any]
    names: set[str] = field(default_factory=set)
    formats: dict[tuple[str, str], Any] = field(default_factory=dict)

    def sheet(self, name: str) -> Any:
        """Add a sheet under a name that the format allows and that is not taken."""
        clean = (
            re.sub(r"[\[\]:*?/\\']", " ", " ".join(_clean(name).split()))[:LONGEST_NAME].strip() or "sheet"
        )
        unique, count = clean, 1
        while unique.casefold() in self.names:
            count += 1
            unique = f"{clean[: LONGEST_NAME - 4]} {count}"
        self.names.add(unique.casefold())
        return self.file.add_worksheet(unique)

    def number(self, cell: Cell, align: str) -> Any:
        """Return the style of a number; to the right it keeps off the text of the next column."""
        key = (number_format(cell), align)
        if key not in self.formats:
            about = {"num_format": key[0], "valign": "top", "text_wrap": True, "align": align}
            self.formats[key] = self.file.add_format(about | ({"indent": 1} if align == "right" else {}))
        return self.formats[key]


def _summary(book: Book, document: Document) -> None:
    sheet, styles = book.sheet(document.sections[0].title), book.styles
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 2, 60)
    sheet.write_string(0, 0, _clean(document.title), styles["title"])
    row = 1
    for line in (document.kicker, *document.subtitle):
        sheet.write_string(row, 0, _clean(line))
        row += 1
    for parts in _lines(document.sections[0]):
        for column, text in enumerate(parts):
            sheet.write_string(row, column, _clean(text), styles["text"])
        sheet.set_row(row, _height(parts, (34.0, 60.0, 60.0)))
        row += 1
    for what, version in document.colophon:
        sheet.write_string(row, 0, _clean(what), styles["text"])
        sheet.write_string(row, 1, _clean(version), styles["text"])
        row += 1
    _on_paper(sheet)


def _lines(section: Section) -> list[tuple[str, ...]]:
    lines: list[tuple[str, ...]] = []
    for block in walk(section.blocks):
        if isinstance(block, Paragraph):
            lines.append(("", block.text))
        elif isinstance(block, Tiles):
            lines += [(tile.label, tile.figure, tile.note) for tile in block.tiles]
        elif isinstance(block, Bullets):
            lines += [(block.title if i == 0 else "", item) for i, item in enumerate(block.items)]
    return lines


def _name(table: Table, section: Section) -> str:
    """Return a name for the sheet of a table: its caption, or its section where that is a whole sentence."""
    name = section.title if table.caption.endswith(".") else table.caption
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME + 1].rpartition(" ")[0] or name


def _table(book: Book, table: Table, name: str) -> None:
    sheet, styles = book.sheet(name), book.styles
    sheet.write_string(0, 0, _clean(table.caption), styles["title"])
    widths = [14.0 if column.numeric else max(16.0, 110 * (column.width or 0.2)) for column in table.columns]
    for i, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        sheet.write_string(2, i, _clean(column.label), styles["number" if column.numeric else "head"])
        sheet.set_column(i, i, width)
    sheet.set_row(2, _height([column.label for column in table.columns], widths))
    for number, row in enumerate(table.rows, 3):
        sheet.set_row(number, _height([cell.text for cell in row.cells], widths))
        for i, cell in enumerate(row.cells):
            _cell(sheet, (number, i), cell, book, table.columns[i], bold=row.style != "plain")
    sheet.freeze_panes(3, 1)
    _on_paper(sheet)


def _on_paper(sheet: Any) -> None:
    """Print on A4, across, as wide as the page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _height(texts: Sequence[str], widths: Sequence[float]) -> float:
    """Return the height of a row in points, so that no text is cut: not every office program measures for itself."""
    # A column of width 1 holds one figure; a letter is 0.56 of its size wide.
    lines = [
        math.ceil(text_width(text, 1 / 0.56) / (width - 2))
        for text, width in zip(texts, widths, strict=False)
    ]
    return 15.0 * min(max(1, *lines), 27)


def _cell(sheet: Any, place: tuple[int, int], cell: Cell, book: Book, column: Column, *, bold: bool) -> None:
    if cell.value is None:
        sheet.write_string(*place, _clean(cell.text), book.styles["bold" if bold else "text"])
        return
    sheet.write_number(*place, cell.value, book.number(cell, "right" if column.numeric else "left"))


def number_format(cell: Cell) -> str:
    """Return the number format of a cell: what stands around the number in its text stays around it.

    Examples
    --------
    >>> number_format(Cell("1,063,932 people", 1063932.0)), number_format(Cell("8,1%", 0.081))
    ('#,##0" people"', '0.0%')
    >>> number_format(Cell("1.071 jiwa/km²", 1071.335)), number_format(Cell("25,2 °C", 25.183))
    ('#,##0" jiwa/km²"', '#,##0.0" °C"')
    """
    value = float(cell.value or 0.0)
    if "%" in cell.text and abs(value) <= 1.000001:
        return "0.0%"
    found = re.search(r"[−-]?\d[\d.,]*", cell.text)
    plain = "#,##0" if value.is_integer() else "#,##0.0##"
    # A ratio such as 1:46 is no number with a unit around it.
    if found is None or ":" in cell.text:
        return plain
    # As many decimals as the text shows, whatever parts them in its language; the cell holds all of them.
    digits = re.sub(r"\D", "", found[0])
    shown = (n for n in range(4) if f"{abs(value):.{n}f}".replace(".", "") == digits)
    plain = next((f"#,##0.{'0' * n}".rstrip(".") for n in shown), plain)
    around = (cell.text[: found.start()], cell.text[found.end() :])
    before, after = (f'"{_clean(text).replace(chr(34), "")[:80]}"' if text else "" for text in around)
    return f"{before}{plain}{after}"


def _clean(text: str) -> str:
    """Leave out the signs that XML forbids, and what is longer than a cell may hold."""
    kept = "".join(sign for sign in text if sign in "\t\n" or unicodedata.category(sign) not in {"Cc", "Cs"})
    return kept[:LONGEST_TEXT]
