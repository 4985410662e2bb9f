"""``matcher report``: the page that a planner takes into the meeting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from matcher.cli import options
from matcher.cli.choosing import one_region
from matcher.cli.output import note, write
from matcher.cli.own import own_columns

EPILOG = options.examples(
    "matcher report Purwakarta Gurye -o purwakarta-gurye.html",
    "matcher report Purwakarta 구례 -o report.html --profile agriculture",
)


@click.command(epilog=EPILOG)
@click.argument("region_a", metavar="A")
@click.argument("region_b", metavar="B")
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="File to write: x.html.",
)
@click.option(
    "--locale", type=click.Choice(["en"]), default="en", show_default=True, help="Language of the report."
)
@options.weighing
@own_columns
def report(region_a: str, region_b: str, output: Path, locale: str, **wishes: Any) -> None:
    """Write the report of regions A and B: one HTML file that opens without a network and prints well."""
    if output.suffix.lower() not in {".html", ".htm"}:
        raise click.BadParameter(
            f"{str(output)!r} does not end in .html, the only kind of report so far.", param_hint="--output"
        )
    if not output.resolve().parent.is_dir():
        raise click.BadParameter(
            f"the folder {str(output.parent)!r} does not exist; create it first.", param_hint="--output"
        )
    matcher = options.load_matcher()
    a, b = one_region(matcher, region_a), one_region(matcher, region_b)
    matcher.report(
        a.region_id,
        b.region_id,
        output,
        locale=locale,
        profile=wishes["profile"],
        weights=wishes["weights"] or None,
    )
    note(f"report of {a.name} and {b.name}:")
    write(str(output))
