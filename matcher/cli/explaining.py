"""``matcher explain``: why two regions are alike, and where they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from matcher.cli import options
from matcher.cli.choosing import one_region
from matcher.cli.opinions import opinion_text, partnerships_option, precedents_text
from matcher.cli.output import decimal, one_line, percent, table, whole, write, write_json, write_records
from matcher.cli.own import own_columns
from matcher.countries import country_name
from matcher.language import language
from matcher.ranking import format_percentile, format_ratio, no_strong_match

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.explanation import Contribution, Explanation

EPILOG = options.examples(
    "matcher explain Purwakarta Gurye",
    "matcher explain Purwakarta 구례 --profile agriculture -n 3",
    "matcher explain 'Purwakarta, ID' kr:36330 --weight culture=0",
    "matcher explain Purwakarta Gurye --format csv > features.csv",
    "matcher explain Purwakarta Gurye --plausibility --partnerships ties.csv",
)


@click.command(epilog=EPILOG)
@click.argument("region_a", metavar="A")
@click.argument("region_b", metavar="B")
@options.weighing
@own_columns
@click.option(
    "-n",
    "--number",
    "n",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="Reasons for and against.",
)
@click.option(
    "--plausibility",
    is_flag=True,
    help="Say beside it how much real partnerships look like this pair, term by term.",
)
@partnerships_option(required=False)
@options.locale_option("Language of sentences.")
@options.formats("table", "csv", "json")
def explain(
    region_a: str,
    region_b: str,
    form: str,
    n: int,
    locale: str,
    *,
    plausibility: bool,
    partnerships: Path | None,
    **wishes: Any,
) -> None:
    """Explain the likeness of regions A and B, feature by feature.

    Every feature earns points: its weight in percent times its likeness of 0 to 1. The points add up to the score.
    Where one side is unknown, the feature earns what an average pair earns and counts as not covered. With --partnerships
    the real ones between the two countries that are most alike to the pair are named.
    """
    matcher = options.load_matcher()
    a, b = one_region(matcher, region_a), one_region(matcher, region_b)
    explanation = matcher.explain(a, b, profile=wishes["profile"], weights=wishes["weights"] or None)
    opinion = matcher.plausibility(a, b, partnerships) if plausibility else None
    found = matcher.precedents(a, b, partnerships, n=n) if partnerships else None
    if form == "json":
        beside = {"plausibility": opinion, "precedents": found}
        told = {name: each.to_dict() for name, each in beside.items() if each is not None}
        write_json(explanation.to_dict() | {"sentences": explanation.sentences(locale=locale, n=n)} | told)
    elif form == "csv":
        write_explanation_csv(explanation)
    else:
        parts = [explanation_text(explanation, n, locale)]
        parts += (
            [f"Second opinion, apart from the score\n\n{opinion_text(opinion, 2 * n)}"] if opinion else []
        )
        parts += [f"Precedents\n\n{precedents_text(found)}"] if found else []
        write("\n\n".join(parts))


def write_explanation_csv(explanation: Explanation) -> None:
    """Write one row a feature, with both values as they are in the atlas."""
    rows = [point.to_dict() | {"source": " ".join(point.source)} for point in explanation.points]
    write_records(rows, list(rows[0]) if rows else ["feature"])


def explanation_text(explanation: Explanation, n: int, locale: str) -> str:
    """Return the explanation for reading: summary, groups, reasons, features, notes."""
    said = (one_line(sentence) for sentence in explanation.sentences(locale=locale, n=n))
    weak = "" if explanation.is_strong else no_strong_match(explanation.percentile, "this pair")
    parts = [
        headline(explanation),
        weak,
        "\n".join(f"- {sentence}" for sentence in said),
        group_table(explanation),
        feature_table(explanation),
        "\n".join(f"Note: {one_line(remark)}" for remark in explanation.notes),
    ]
    return "\n\n".join(part for part in parts if part)


def headline(explanation: Explanation) -> str:
    """Say the score and what to read beside it."""
    a, b = explanation.a, explanation.b
    pair = f"{a.name}, {country_name(a.country)} and {b.name}, {country_name(b.country)}"
    facts = [
        f"more alike than {format_percentile(explanation.percentile)}% of random cross-border pairs",
        f"{percent(explanation.coverage)} of the weight known",
        f"{whole(explanation.distance_km)} km apart",
        f"population {whole(a.population)} and {whole(b.population)} ({format_ratio(explanation.population_ratio)})",
        f"profile {explanation.profile}",
    ]
    return f"{pair}: {decimal(explanation.score)} of 100\n" + " · ".join(facts)


def group_table(explanation: Explanation) -> str:
    """Return score, weight, points and coverage of each group."""
    rows = [
        [name, whole(group.score), percent(group.weight), decimal(group.points), percent(group.coverage)]
        for name, group in explanation.by_group().items()
    ]
    rows.append(
        ["all", decimal(explanation.score), "100%", decimal(explanation.score), percent(explanation.coverage)]
    )
    return table(["group", "score", "weight", "points", "coverage"], rows, right={1, 2, 3, 4})


def feature_table(explanation: Explanation) -> str:
    """Return both values, likeness, weight and points of every feature; likenesses in brackets are assumed."""
    say = language()
    rows = [
        [
            say.label(point.feature, point.label),
            point.group,
            say.value(point.feature, point.value_a, point.unit),
            say.value(point.feature, point.value_b, point.unit),
            decimal(point.likeness, 2) if point.known else f"({decimal(point.likeness, 2)})",
            percent(point.weight, 1),
            decimal(point.points, 2),
            decimal(point.average, 2),
            _evidence(point),
        ]
        for point in explanation.points
    ]
    headers = ["feature", "group", explanation.a.name, explanation.b.name]
    headers += ["likeness", "weight", "points", "average", "evidence"]
    return table(headers, rows, right={4, 5, 6, 7}, widest={2: 40, 3: 40})


def _evidence(point: Contribution) -> str:
    """Say how close the figure is to the region, and where it comes from; of no figure, nothing."""
    if point.value_a is None and point.value_b is None:
        return ""
    return f"{point.evidence} [{', '.join(point.source)}]" if point.source else point.evidence
