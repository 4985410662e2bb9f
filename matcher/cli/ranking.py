"""``matcher rank``: the most alike regions of other countries."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import click

from matcher.cli import options
from matcher.cli.choosing import many_regions, one_region
from matcher.cli.output import note, one_line, table, whole, write, write_json, write_records
from matcher.cli.own import own_columns
from matcher.countries import country_name

if TYPE_CHECKING:
    from matcher.ranking import Ranking

# Rule of matcher.candidates -> why it left regions out, and the option that takes them in again.
LEFT_OUT = {
    "own_country": "in {name}'s own country (--include-own-country takes them in)",
    "size": "population beyond 1:50 of {name}'s (--any-size takes them in)",
    "population": "population not known or outside --population",
    "area_km2": "area not known or outside --area",
    "min_distance_km": "nearer than --min-distance",
    "min_coverage": "less of the weight known on both sides than --min-coverage",
}

EPILOG = options.examples(
    "matcher rank Purwakarta --country KR",
    "matcher rank Purwakarta --country KR,JP --profile agriculture -n 20",
    "matcher rank Gurye --country ID --weight culture=2 --weight relief=0",
    "matcher rank 구례 --population 50k:2M --min-coverage 0.8 --format csv > partners.csv",
    "matcher rank Purwakarta --candidates shortlist.txt --format json",
    "matcher rank Purwakarta --country KR --intervals",
    "matcher rank 'Springfield, US' --any-size --min-distance 5000 --format geojson",
)


@click.command(epilog=EPILOG)
@click.argument("region", metavar="REGION")
@options.country_option("Only candidates of these countries: code or name; repeat it or part them by commas.")
@click.option("--include-own-country", is_flag=True, help="Take candidates of REGION's own country too.")
@click.option("--level", type=click.Choice(options.LEVELS), help="Only candidates of this level.")
@click.option("--population", type=options.Span(), help="Only candidates with so many people, e.g. 50k:2M.")
@click.option(
    "--area", "area_km2", type=options.Span(), help="Only candidates of such an area in km², e.g. 100:5000."
)
@click.option(
    "--min-distance",
    "min_distance_km",
    type=click.FloatRange(min=0),
    metavar="KM",
    help="Only candidates at least so far away.",
)
@click.option(
    "--min-coverage",
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    help="Only pairs for which at least this share of the weight is known on both sides, e.g. 0.8.",
)
@click.option("--any-size", is_flag=True, help="Take candidates beyond 1:50 of REGION's population too.")
@click.option(
    "--candidates",
    type=click.File(encoding="utf-8-sig"),
    metavar="FILE",
    help="Only the regions in this file: one a line, or a CSV with a column region_id; - reads stdin.",
)
@options.weighing
@own_columns
@click.option(
    "-n", "--number", "n", type=click.IntRange(min=1), default=10, show_default=True, help="How many."
)
@click.option(
    "--intervals",
    is_flag=True,
    help="Say between which ranks each match stands in 95 of 100 worlds of slightly other weights and fewer features.",
)
@options.formats("table", "csv", "json", "geojson")
def rank(region: str, form: str, *, intervals: bool, candidates: io.TextIOBase | None, **wishes: Any) -> None:
    """Rank the regions of other countries by their likeness to REGION.

    The score is 0 to 100: the weighted sum of how alike each feature is. Beside it stand the score of each group,
    the share of random cross-border pairs that are less alike, the share of the weight that is known on both
    sides, the distance, and the partner's population to REGION's.
    """
    matcher = options.load_matcher()
    query = one_region(matcher, region)
    if candidates is not None:
        name = getattr(candidates, "name", "the list")
        wishes["candidates"] = many_regions(matcher, read_candidates(candidates.read()), name)
    # What was not asked for is left to the defaults of Matcher.rank.
    rank_of = matcher.rank_interval if intervals else matcher.rank
    ranking = rank_of(query, **{name: wish for name, wish in wishes.items() if wish})
    if form == "json":
        write_json(ranking.to_dict())
    elif form == "geojson":
        write_json(ranking.to_geojson())
    elif form == "csv":
        write_ranking_csv(ranking)
    else:
        write(ranking_text(ranking))
    for line in remarks(ranking):
        note(line)


def read_candidates(text: str) -> list[tuple[int, str]]:
    """Return line number and region of each line; a CSV gives its column ``region_id``.

    Empty lines and lines that begin with # are passed over.
    """
    lines = text.splitlines()
    header = next(csv.reader(lines[:1]), []) if lines else []
    if "region_id" in header:
        rows = csv.DictReader(io.StringIO(text))
        return [(rows.line_num, row["region_id"].strip()) for row in rows if (row["region_id"] or "").strip()]
    numbered = ((number, line.strip()) for number, line in enumerate(lines, start=1))
    return [(number, line) for number, line in numbered if line and not line.startswith("#")]


def write_ranking_csv(ranking: Ranking) -> None:
    """Write one row a match; the score of each group is a column of its own."""
    rows = ranking.rows()
    write_records(rows, list(dict.fromkeys(name for row in rows for name in row)))


def ranking_text(ranking: Ranking) -> str:
    """Return the ranking as a table under a line that says of what."""
    headers, cells = ranking.table()
    right = {0, *range(3, len(headers))}
    return f"{heading(ranking)}\n\n{table(headers, cells, right=right)}"


def heading(ranking: Ranking) -> str:
    """Say in one line what was asked: region, size, weights, number of candidates."""
    region, weights = ranking.query.region, ranking.query.weights
    size = f"{whole(region.population)} people, {whole(region.area_km2)} km²"
    place = f"{region.name}, {country_name(region.country)} ({region.unit_type or region.level}; {size})"
    changes = "".join(f", {name}={value:g}" for name, value in weights.changes.items())
    return f"Partners for {place} · profile {weights.profile}{changes} · {ranking.n_candidates:,} candidates"


def remarks(ranking: Ranking) -> list[str]:
    """Say what the filters left out, then what a reader must know of the scores."""
    name = ranking.query.region.name
    lines = []
    for rule, count in ranking.left_out.items():
        regions = "1 region" if count == 1 else f"{count:,} regions"
        why = LEFT_OUT.get(rule, f"by the rule {rule}").format(name=name)
        lines.append(f"{regions} left out: {why}.")
    return [*lines, *(one_line(remark) for remark in ranking.notes)]
