"""``matcher report``: the document that a planner takes into the meeting."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matcher.cli import options
from matcher.cli.choosing import one_region
from matcher.cli.output import note, write
from matcher.cli.own import own_columns
from matcher.cli.values import NewFile

if TYPE_CHECKING:
    from matcher.matcher import Matcher

EPILOG = options.examples(
    "matcher report Purwakarta Gurye -o purwakarta-gurye.html",
    "matcher report Purwakarta 구례 -o dossier.pdf --locale id",
    "matcher report Gurye --country ID --top 5 -o gurye.docx --locale ko",
    "matcher report Purwakarta --country KR --why-not Damyang -o shortlist.html",
    "matcher report --all-from pairs.csv -o dossiers --format pdf --jobs 2",
)


@click.command(epilog=EPILOG)
@click.argument("region_a", metavar="[REGION]", required=False)
@click.argument("region_b", metavar="[PARTNER]", required=False)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    required=True,
    help="File to write: .html, .pdf, .docx, .xlsx, .md or .json; with --all-from, a folder.",
)
@options.locale_option("Language of the report.")
@options.weighing
@options.country_option("Shortlist only: candidates of this country; may be repeated.")
@click.option(
    "--top",
    "n",
    type=click.IntRange(1, 20),
    default=5,
    show_default=True,
    help="Shortlist only: candidates to show.",
)
@click.option(
    "--why-not",
    multiple=True,
    metavar="REGION",
    help="Shortlist only: a region to set against the list; may be repeated.",
)
@click.option(
    "--partnerships",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Dossier only: CSV of known partnerships, to tell existing ties and precedents.",
)
@click.option("--date", "day", metavar="YYYY-MM-DD", help="Day that stands on the report; none by default.")
@click.option(
    "--all-from",
    type=click.Path(dir_okay=False, path_type=Path),
    help="CSV with the columns a and b: write a report of every row (an empty b asks for a shortlist).",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "pdf", "docx", "xlsx", "md", "json"]),
    default="html",
    show_default=True,
    help="With --all-from: the form of the reports.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="With --all-from: processes at work.",
)
@click.option(
    "--overwrite", is_flag=True, help="With --all-from: write reports again that are there already."
)
@own_columns
def report(
    region_a: str | None, region_b: str | None, output: Path, locale: str, day: str | None, **wishes: Any
) -> None:
    """Write the report of REGION and PARTNER, or without a partner the shortlist of REGION.

    A dossier says how alike the two are and why, what they could do together, whether it is practical, what the
    criteria of decision forms say, and the legal steps of both sides. HTML, Markdown and JSON need nothing further;
    .pdf, .docx and .xlsx need `pip install 'matcher[report]'`.
    """
    date = None if day is None else _day(day)
    if wishes["all_from"] is not None:
        from matcher.cli.dossiers import write_all

        if region_a is not None:
            raise click.UsageError("--all-from takes its regions from the file: name none before it.")
        write_all(wishes, output, locale, date)
        return
    if region_a is None:
        raise click.UsageError("name a region, or give --all-from FILE.")
    _check_output(output)
    matcher = options.load_matcher()
    shared = {
        "locale": locale,
        "profile": wishes["profile"],
        "weights": wishes["weights"] or None,
        "day": date,
    }
    a = one_region(matcher, region_a)
    if region_b is None:
        _shortlist(matcher, a.region_id, output, wishes, shared)
        note(f"shortlist of {a.name}:")
    else:
        b = one_region(matcher, region_b)
        matcher.report(a.region_id, b.region_id, output, partnerships=wishes["partnerships"], **shared)
        note(f"report of {a.name} and {b.name}:")
    write(str(output))


def _shortlist(
    matcher: Matcher, region_id: str, output: Path, wishes: dict[str, Any], shared: dict[str, Any]
) -> None:
    proposed = [one_region(matcher, text).region_id for text in wishes["why_not"]]
    country = wishes["country"] or None
    matcher.report(region_id, None, output, country=country, n=wishes["n"], why_not=proposed, **shared)


def _check_output(output: Path) -> None:
    from matcher.errors import UsageError
    from matcher.report.forms import form_of

    try:
        NewFile().convert(output, None, None)
        form_of(output.name)
    except (click.BadParameter, UsageError) as error:
        raise click.BadParameter(str(error), param_hint="--output") from error


def _day(text: str) -> Any:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no time zone
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no day; write YYYY-MM-DD.", param_hint="--date") from error
