"""Forms: a report as a file, the form chosen by the file's ending."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from matcher.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from matcher.report.document import Document

SUFFIXES = (".html", ".pdf", ".docx", ".xlsx", ".md", ".json")


def form_of(name: str) -> str:
    """Return the form that a file's name asks for, as one of `SUFFIXES`.

    Raises
    ------
    UsageError
        There is no such form.
    """
    suffix = f".{name.rsplit('.', 1)[-1].lower()}" if "." in name else ""
    suffix = {".htm": ".html", ".markdown": ".md"}.get(suffix, suffix)
    if suffix not in SUFFIXES:
        raise UsageError(
            f"{name!r} does not end in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}: choose one of these forms"
        )
    return suffix


def written(document: Document, facts: dict[str, Any], form: str) -> bytes:
    """Return the bytes of a report in a form.

    Raises
    ------
    UsageError
        The form needs a package that is not installed.
    """
    if form == ".json":
        content = {"facts": facts, "document": document.to_dict()}
        return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
    return _writer(form)(document)


@cache
def _writer(form: str) -> Callable[[Document], bytes]:
    """Import what writes a form; the heavy ones are an extra."""
    try:
        if form == ".html":
            from matcher.report.html import to_html as write
        elif form == ".md":
            from matcher.report.markdown import to_markdown as write
        elif form == ".pdf":
            from matcher.report.pdf import to_pdf as write
        elif form == ".docx":
            from matcher.report.word import to_docx as write
        else:
            from matcher.report.sheets import to_xlsx as write
    except ModuleNotFoundError as error:
        raise UsageError(
            f"a report as {form} needs the package {error.name!r}: run `pip install 'matcher[report]'`, or write .html, .md or .json"
        ) from error
    return write
