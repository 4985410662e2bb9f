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
from matcher.cli.values import Text, TextFile
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
    "matcher rank Purwakarta --country KR --mutual --plausibility",
    "matcher rank 'Springfield, US' --any-size --min-distance 5000 --format geojson",
)


@click.command(epilog=EPILOG)
@click.argument("region", metavar="REGION")
@options.narrowing("REGION")
@click.option(
    "--candidates",
    type=TextFile(),
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
    help="Say between which ranks each match stands in 95 of 100 worlds of other weights, values and features.",
)
@click.option(
    "--mutual",
    is_flag=True,
    help="Say which rank REGION has on each match's own list of REGION's country, and which matches are hubs, on far "
    "more lists than chance explains.",
)
@click.option(
    "--plausibility",
    is_flag=True,
    help="Say how many times as often real partnerships look like each pair than random pairs of the two countries do; "
    "a second opinion, the order stays.",
)
@options.formats("table", "csv", "json", "geojson")
def rank(
    region: str,
    form: str,
    *,
    intervals: bool,
    mutual: bool,
    plausibility: bool,
    candidates: Text | None,
    **wishes: Any,
) -> None:
    """Rank the regions of other countries by their likeness to REGION.

    The score is 0 to 100: the weighted sum of how alike each feature is. Beside it stand the score of each group,
    the share of random cross-border pairs that are less alike, the share of the weight that is known on both
    sides, the distance, and the partner's population to REGION's.
    """
    matcher = options.load_matcher()
    query = one_region(matcher, region)
    if candidates is not None:
        listed = read_candidates(candidates.content)
        wishes["candidates"] = many_regions(matcher, listed, candidates.name)
    # What was not asked for is left to the defaults of Matcher.rank.
    rank_of = matcher.rank_interval if intervals else matcher.rank
    ranking = rank_of(query, **{name: wish for name, wish in wishes.items() if wish})
    if mutual:
        ranking = matcher.with_mutual(ranking)
    if plausibility:
        ranking = matcher.with_plausibility(ranking)
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
    return "\n\n".join(
        part for part in (heading(ranking), table(headers, cells, right=right), ranking.verdict) if part
    )


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
