"""``matcher batch``: the most alike regions of many regions at once."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import click

from matcher.cli import options
from matcher.cli.output import note
from matcher.cli.values import NewFile, Text, TextFile
from matcher.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

BACKENDS = (
    "threads",
    "processes",
    "dask",
    "ray",
    "spark",
)  # as in matcher.backends, which help must not load

EPILOG = options.examples(
    "matcher batch --queries id.csv --country KR -n 10 -o partners.parquet",
    "matcher batch --queries towns.txt -n 100 --profile culture --memory 200 --threads 2 -o partners.parquet",
    "matcher batch --queries id.csv --backend dask --scheduler tcp://10.0.0.5:8786 --jobs 16 -o partners.parquet",
)


@click.command(epilog=EPILOG)
@click.option(
    "--queries",
    type=TextFile(),
    required=True,
    metavar="FILE",
    help="The regions to rank for: a CSV with a column region_id or name (and country, if it has one), or one region a "
    "line; - reads stdin.",
)
@options.narrowing("a region")
@options.weighing
@click.option(
    "-n", "--number", "n", type=click.IntRange(min=1), default=10, show_default=True, help="How many each."
)
@click.option(
    "--memory",
    type=click.IntRange(min=1),
    default=512,
    show_default=True,
    metavar="MB",
    help="What the candidates' codes may take at once; less is slower and gives the same.",
)
@click.option(
    "--threads",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Threads that search at once.",
)
@click.option(
    "--backend",
    type=click.Choice(BACKENDS),
    help="Search on an engine of joblib's: dask, ray and spark run on many machines, which need the atlas and the model at "
    "the same place.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="A running engine; without one it is started on this machine.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="With --backend: tasks at once, and the workers of an engine that is started here.",
)
@click.option(
    "-o",
    "--output",
    type=NewFile(),
    required=True,
    help="The Parquet file to write.",
)
def batch(
    queries: Text,
    output: Path,
    memory: int,
    backend: Any,
    scheduler: str | None,
    jobs: int,
    **wishes: Any,
) -> None:
    """Rank for many regions at once, into one Parquet file.

    Every region gets the matches that `matcher rank` gives it. A run that was stopped goes on where it was when it is
    started again with the same wishes; what it has so far lies in a folder named like the file with .parts after it.
    """
    from matcher.batchfile import write_batch

    if scheduler and not backend:
        raise UsageError(
            f"--scheduler {scheduler} needs to know of which engine it is; add --backend dask, ray or spark"
        )
    texts = read_queries(queries.content)
    matcher = options.load_matcher()
    # What was not asked for is left to the defaults of Matcher.batch.
    job = matcher.batch(texts, memory=memory << 20, **{name: wish for name, wish in wishes.items() if wish})
    how = {"jobs": jobs, "scheduler": scheduler, "model_dir": matcher.model_dir} if backend else {}
    count = write_batch(job, output, _progress, backend=backend, **how)
    note(f"{count:,} matches of {len(job.job.rows):,} regions are in {output}.")


def read_queries(text: str) -> dict[int, str]:
    """Return line number to region; a CSV gives its column ``region_id``, or ``name`` with ``country`` where it has one.

    Empty lines and lines that begin with # are passed over.
    """
    lines = text.splitlines()
    header = next(csv.reader(lines[:1]), []) if lines else []
    if "region_id" not in header and "name" not in header:
        numbered = ((number, line.strip()) for number, line in enumerate(lines, start=1))
        return {number: line for number, line in numbered if line and not line.startswith("#")}
    rows = csv.DictReader(io.StringIO(text))
    named = ((rows.line_num, _named(row)) for row in rows)
    return {number: name for number, name in named if name}


def _named(row: dict[str, str | None]) -> str:
    """Return the text that means the region of a CSV's row."""
    cells = {name: (row.get(name) or "").strip() for name in ("region_id", "name", "country")}
    if cells["region_id"] or not cells["name"]:
        return cells["region_id"]
    return f"{cells['name']}, {cells['country']}" if cells["country"] else cells["name"]


def _progress(part: int, parts: int, there: bool) -> None:  # noqa: FBT001 - the caller's signature
    note(f"part {part} of {parts} {'was there already' if there else 'is done'}.")
