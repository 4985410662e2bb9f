"""HTML: a Report as one page that needs no network, no script and no other file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from matcher.files import write_atomically
from matcher.formats import number
from matcher.report.structure import build_report
from matcher.report.texts import CLIMATE_NOTE, MAP_NOTE, OUTLINE_NOTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Environment

    from matcher.explanation import Explanation
    from matcher.matcher import Matcher
    from matcher.ranking import Ranking
    from matcher.report.structure import Report

TEMPLATES = Path(__file__).with_name("templates")


def write_report(
    explanation: Explanation,
    matcher: Matcher,
    path: Path | str,
    context: Ranking | Sequence[Ranking] | None = None,
    *,
    locale: str = "en",
) -> Path:
    """Write the report on a pair as one self-contained page.

    The same inputs give the same bytes; a failed write leaves the old file as it was.

    Parameters
    ----------
    explanation
        The pair.
    matcher
        Gives outlines, labels and the data folder.
    path
        File to write.
    context
        One or more rankings for `explanation.a`, the one to be shown first.
    locale
        Only "en" so far.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    UnknownNameError
        There is no text in this language.
    DataError
        The file cannot be written.
    """
    path = Path(path)
    page = render(build_report(explanation, matcher, context, locale=locale))
    write_atomically(path, page.encode())
    return path


def render(report: Report) -> str:
    """Return the page of a report."""
    return (
        environment()
        .get_template("pair.html.j2")
        .render(report=report, notes={"map": MAP_NOTE, "outline": OUTLINE_NOTE, "climate": CLIMATE_NOTE})
    )


@cache
def environment() -> Environment:
    """Return the template environment: everything is escaped, an unknown name is an error, texts can be translated."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_null_translations()  # type: ignore[attr-defined]
    env.filters["fixed"] = fixed
    env.filters["number"] = number
    # The style sheet is ours, not a value: it goes in as it is.
    env.globals["style"] = Markup((TEMPLATES / "style.css").read_text(encoding="utf-8"))  # noqa: S704
    return env


def fixed(value: float, places: int) -> str:
    """Write a number with a fixed number of decimals, for columns that must add up."""
    return f"{value:.{places}f}"
