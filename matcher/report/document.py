"""Document: a report laid out in one language, as blocks. Every form of report is written from it.

Texts are plain: no block holds markup, so no name can bring any into a form. A cell of a table carries its value beside
its text, so that a spreadsheet gets numbers.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `style` is plain, lead (the first thing said) or note (small print)."""

    text: str
    style: str = "plain"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; `style` is plain, numbered, for, against, or mind (a box of things to keep in mind, under `title`)."""

    items: tuple[str, ...]
    style: str = "plain"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A key figure: label, figure, and what it is of."""

    label: str
    figure: str
    note: str


@dataclass(frozen=True, slots=True)
class Tiles:
    """Key figures side by side, the first being the main one."""

    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text, its value where it is a number, and the language of a text that is not the document's."""

    text: str
    value: float | int | None = None
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `width` is its share of the table, 0 for what it needs."""

    label: str
    numeric: bool = False
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """A row; `style` is plain, chosen (the row that the report is about), group (a heading) or total."""

    cells: tuple[Cell, ...]
    style: str = "plain"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption; the first column heads the rows. `wide` asks for small print."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture: SVG, its size in pixels, what it shows for those who cannot see it, and its caption."""

    id: str
    svg: str
    width: float
    height: float
    alt: str
    caption: str


@dataclass(frozen=True, slots=True)
class Side:
    """Blocks side by side, one list a column."""

    columns: tuple[tuple[Block, ...], ...]


Block: TypeAlias = Paragraph | Heading | Bullets | Tiles | Table | Figure | Side


@dataclass(frozen=True, slots=True)
class Section:
    """A section."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A report in one language.

    Attributes
    ----------
    kicker, title, subtitle
        What kind of report, its title, and a line under it.
    sections
        In order of reading; the first is what is read in one minute.
    colophon
        (What, version) of what made it.
    words
        Words that the forms themselves need: table of contents, page, skip link.
    """

    locale: str
    kicker: str
    title: str
    subtitle: tuple[str, ...]
    sections: tuple[Section, ...]
    colophon: tuple[tuple[str, str], ...]
    words: dict[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values; pictures are left to the forms that can show them."""
        content = asdict(self)
        return {**content, "sections": [_plain_section(section) for section in self.sections]}


def walk(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Yield blocks in the order of reading, those side by side one after the other."""
    for block in blocks:
        if isinstance(block, Side):
            for column in block.columns:
                yield from walk(column)
        else:
            yield block


def _plain_section(section: Section) -> dict[str, Any]:
    blocks = []
    for block in walk(section.blocks):
        plain = {"kind": type(block).__name__.lower(), **asdict(block)}
        plain.pop("svg", None)
        blocks.append(plain)
    return {"id": section.id, "title": section.title, "blocks": blocks}
