"""HTML: a document as one page that needs no network, no script and no other file."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from matcher.report.document import Document, Figure

TEMPLATES = Path(__file__).with_name("templates")


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
    env.filters["picture"] = _picture
    env.filters["isolate"] = _isolate
    # The style sheet is ours, not a value: it goes in as it is.
    env.globals["style"] = Markup((TEMPLATES / "style.css").read_text(encoding="utf-8"))  # noqa: S704
    return env


def _kind(block: Any) -> str:
    return type(block).__name__


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
