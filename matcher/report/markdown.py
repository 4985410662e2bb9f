"""Markdown: a document as plain text with headings, lists and tables; pictures become their descriptions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from matcher.report.document import Bullets, Figure, Heading, Paragraph, Table, Tiles, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.report.document import Block, Document

# What may open markup or raw HTML anywhere in a line, and what only may at its beginning.
_ANYWHERE = re.compile(r"([\\`*_\[\]<>|~#&!])")
_AT_START = re.compile(r"^(\d*)([-+=]|(?<=\d)[.)])(?=\s|$)")


def to_markdown(document: Document) -> bytes:
    """Return the text of a document; the same document gives the same bytes."""
    parts = [f"# {escape(document.title)}", escape(document.kicker)]
    parts.append("\n".join(f"- {escape(line)}" for line in document.subtitle))
    for section in document.sections:
        parts.append(f"## {escape(section.title)}")
        parts += [text for block in walk(section.blocks) for text in _block(block, document.words)]
    parts.append("\n".join(f"- {escape(what)}: {escape(version)}" for what, version in document.colophon))
    return ("\n\n".join(part for part in parts if part) + "\n").encode()


def escape(text: str) -> str:
    r"""Write a text so that Markdown shows it as it stands.

    Examples
    --------
    >>> print(escape("1.063 jiwa"), escape("2. Pasal"), escape("- x"))
    1.063 jiwa 2\. Pasal \- x
    >>> print(escape("<b> *x* | 1. y"))
    \<b\> \*x\* \| 1. y
    """
    flat = " ".join(text.split())
    return _AT_START.sub(r"\1\\\2", _ANYWHERE.sub(r"\\\1", flat))


def _block(block: Block, words: dict[str, str]) -> Iterator[str]:
    if isinstance(block, Paragraph):
        text = escape(block.text)
        yield f"**{text}**" if block.style == "lead" else text
    elif isinstance(block, Heading):
        yield f"### {escape(block.text)}"
    elif isinstance(block, Bullets):
        if block.title:
            yield f"### {escape(block.title)}"
        bullet = {"for": "- (+)", "against": "- (−)"}.get(block.style, "-")
        signs = [f"{i}." if block.style == "numbered" else bullet for i in range(1, len(block.items) + 1)]
        yield "\n".join(f"{sign} {escape(item)}" for sign, item in zip(signs, block.items, strict=True))
    elif isinstance(block, Tiles):
        yield "\n".join(
            f"- {escape(tile.label)}: **{escape(tile.figure)}** ({escape(tile.note)})" for tile in block.tiles
        )
    elif isinstance(block, Table):
        yield f"**{escape(block.caption)}**"
        yield _table(block)
    elif isinstance(block, Figure):
        # A caption may be a sentence already, and the description may say no more than it.
        told = dict.fromkeys(text.rstrip(".") for text in (block.caption, block.alt))
        yield f"*{escape(words['figure'])}: {escape('. '.join(told))}*"


def _table(table: Table) -> str:
    rows = [
        [escape(column.label) for column in table.columns],
        ["---:" if column.numeric else "---" for column in table.columns],
        *([escape(cell.text) for cell in row.cells] for row in table.rows),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
