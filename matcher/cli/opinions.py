"""``matcher plausibility`` and ``matcher precedents``: what real partnerships say of a pair."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matcher.cli import options
from matcher.cli.choosing import one_region
from matcher.cli.output import decimal, table, whole, write, write_json, write_records
from matcher.countries import country_name
from matcher.language import language

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from matcher.opinion import Opinion, Precedents


def partnerships_option(*, required: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add ``--partnerships``."""
    return click.option(
        "--partnerships",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        required=required,
        help="CSV of known partnerships, with columns as for `evaluate`.",
    )


@click.command(
    epilog=options.examples(
        "matcher plausibility Purwakarta Gurye", "matcher plausibility 'Lyon, FR' Leipzig -n 20 --format csv"
    )
)
@click.argument("region_a", metavar="A")
@click.argument("region_b", metavar="B")
@click.option(
    "-n",
    "--number",
    "n",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="Terms in the table.",
)
@partnerships_option(required=False)
@options.locale_option("Language of the terms.")
@options.formats("table", "csv", "json")
def plausibility(
    region_a: str, region_b: str, form: str, n: int, locale: str, partnerships: Path | None
) -> None:
    """Say how much more often real partnerships look like A and B than random pairs of their countries.

    A second opinion, learned from known partnerships and apart from the likeness. It is an exact sum of its terms, in
    natural logarithms of that rate. With --partnerships, what these ties say counts in it, but for a tie of A and B.
    """
    matcher = options.load_matcher()
    a, b = one_region(matcher, region_a), one_region(matcher, region_b)
    opinion = matcher.plausibility(a, b, partnerships)
    if form == "json":
        write_json(opinion.to_dict(locale))
    elif form == "csv":
        write_records(opinion.to_dict(locale)["terms"], ["term", "name", "points"])
    else:
        write(opinion_text(opinion, n, locale))


def opinion_text(opinion: Opinion, n: int, locale: str = "en") -> str:
    """Write an opinion with its `n` largest terms."""
    say, terms = language(locale), opinion.named(locale)
    a, b = (f"{say.name(region)}, {say.country(region.country)}" for region in (opinion.a, opinion.b))
    rows = [[term.term, say.decimal(term.points, 2)] for term in terms[:n]]
    if rest := terms[n:]:
        rows.append([say("t.rest", n=len(rest)), say.decimal(math.fsum(t.points for t in rest), 2)])
    rows.append([say("t.all"), say.decimal(opinion.points, 2)])
    times = say.decimal(opinion.times, 2 if opinion.times >= 0.1 else 4)
    said = say("t.times", a=a, b=b, times=times)
    cells = table([say("t.head.term"), say("t.head.points")], rows, right={1})
    return "\n\n".join([said, cells, say("t.not_a_score")])


@click.command(
    epilog=options.examples(
        "matcher precedents Purwakarta Gurye --partnerships ties.csv",
        "matcher precedents 'Uji, JP' Hadong --partnerships ties.csv -n 10 --format json",
    )
)
@click.argument("region_a", metavar="A")
@click.argument("region_b", metavar="B")
@partnerships_option(required=True)
@click.option(
    "-n", "--number", "n", type=click.IntRange(min=1), default=5, show_default=True, help="How many at most."
)
@options.formats("table", "csv", "json")
def precedents(region_a: str, region_b: str, partnerships: Path, form: str, n: int) -> None:
    """Find the real partnerships between the countries of A and B whose ends are most alike to them."""
    matcher = options.load_matcher()
    a, b = one_region(matcher, region_a), one_region(matcher, region_b)
    found = matcher.precedents(a, b, partnerships, n=n)
    if form == "json":
        write_json(found.to_dict())
        return
    if form == "csv":
        rows = [
            {
                "a_id": each.a.region_id,
                "a": each.a.name,
                "b_id": each.b.region_id,
                "b": each.b.name,
                "score_a": each.score_a,
                "score_b": each.score_b,
            }
            for each in found.most_alike
        ]
        write_records(rows, ["a_id", "a", "b_id", "b", "score_a", "score_b"])
        return
    write(precedents_text(found))


def precedents_text(found: Precedents) -> str:
    """Return what known partnerships say of a pair: counts, and those most alike by name."""
    a, b = found.a, found.b
    here, there = country_name(a.country), country_name(b.country)
    already = "; the two are partners already" if found.is_known else ""
    said = (
        f"{whole(found.between)} known partnerships between {here} and {there}; {a.name} has {whole(found.ties_a)} "
        f"with any country, {b.name} {whole(found.ties_b)}{already}"
    )
    headers = ["known partners", "", f"like {a.name}", f"like {b.name}"]
    cells = [
        [str(each.a), str(each.b), decimal(each.score_a), decimal(each.score_b)] for each in found.most_alike
    ]
    return "\n\n".join([said, table(headers, cells, right={2, 3})] if cells else [said])
