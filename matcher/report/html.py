"""HTML: a document as one page that needs no network and no other file; without its script it only cannot be sorted."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from matcher.report.document import Document, Figure, Table

TEMPLATES = Path(__file__).with_name("templates")
SORTED = 4
"""Rows with figures from which on a table can be sorted."""


def to_html(document: Document) -> bytes:
    """Return the page of a document; the same document gives the same bytes."""
    return _environment().get_template("report.html.j2").render(doc=document).encode()


@cache
def _environment() -> Environment:
    """Return the template environment: everything is escaped, an unknown name is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters["kind"] = _kind
    env.filters["sorts"] = _sorts
    env.filters["picture"] = _picture
    env.filters["isolate"] = _isolate
    # The style sheet and the script are ours, not values: they go in as they are.
    for name, file in (("style", "style.css"), ("sorting", "sort.js")):
        env.globals[name] = Markup((TEMPLATES / file).read_text(encoding="utf-8"))  # noqa: S704
    return env


def _kind(block: Any) -> str:
    return type(block).__name__


def _sorts(table: Table) -> bool:
    """Return whether a reader may want a table in another order: it compares many rows by figures."""
    figures = sum(any(cell.value is not None for cell in row.cells) for row in table.rows)
    return table.wide and figures >= SORTED


def _picture(figure: Figure) -> Markup:
    """Put a picture in as it is: `matcher.report.pictures` has escaped what is not ours."""
    from markupsafe import Markup

    return Markup(figure.svg.replace("<svg ", '<svg aria-hidden="true" ', 1))  # noqa: S704


def _isolate(text: str) -> Any:
    """Keep a text written from right to left from reordering what stands beside it."""
    from markupsafe import Markup, escape

    if any(unicodedata.bidirectional(sign) in {"R", "AL"} for sign in text):
        return Markup("<bdi>{}</bdi>").format(text)
    return escape(text)
