"""Comparison: the chapters of a dossier that say how alike the two are, and by which figures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from matcher.formats import kind_of
from matcher.grounds import basis_by_side
from matcher.report import pictures, strips
from matcher.report.charts import climate_charts, stack_chart
from matcher.report.document import (
    Bullets,
    Cell,
    Column,
    Figure,
    Heading,
    Paragraph,
    Row,
    Section,
    Side,
    Table,
)
from matcher.report.festivals import festival_rows
from matcher.report.pieces import (
    basis,
    cell,
    identity,
    left_out,
    matches_table,
    outline_figure,
    population_factors,
    scope_of,
    shown,
    sourced,
)
from matcher.sentences import hint, sentence, unknown_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matcher.explanation import Explanation
    from matcher.language import Language
    from matcher.report.document import Block
    from matcher.report.facts import PairFacts

N_REASONS = 6
"""Reasons on either side."""
STACKS = (("cover",), ("crops", "crop_mix"), ("languages",), ("settlement",))
"""Mixtures that are drawn as bars, in this order; of several that say the same, the first that is known."""
GROUNDS = ("elevation", "relief", "coast_km", "largest_lake_km2", "t_mean", "rain_year", "forest_share", "cropland",
           "density")  # fmt: skip
"""Figures of the ground that stand beside the pictures."""


def cards(facts: PairFacts, say: Language) -> Section:
    """Return who the two are."""
    regions = (facts.explanation.a, facts.explanation.b)
    factors = population_factors(facts.explanation)
    columns = tuple(
        (identity(region, facts.parents, say, side, factor, festival_rows(facts.festivals, region, say)),)
        for side, region, factor in zip("ab", regions, factors, strict=True)
    )
    return Section("regions", say("r.regions"), (Side(columns), *_outlines(facts, say)))


def _outlines(facts: PairFacts, say: Language) -> Iterator[Block]:
    pair = facts.outlines
    if pair is None:
        yield Paragraph(say("r.outline.neither"), "note")
        return
    regions = (facts.explanation.a, facts.explanation.b)
    yield Side(
        tuple(
            (outline_figure(pair, side, region, say, id_=f"outline-{side}"),)
            for side, region in zip("ab", regions, strict=True)
        )
    )
    by_name = {region.name: say.name(region) for region in regions}
    tiny = [say("r.outline.tiny", name=by_name.get(name, name)) for name in pair.tiny]
    yield Paragraph(" ".join([say("r.outline.note"), *tiny]), "note")


def groups(explanation: Explanation, say: Language) -> Section:
    """Return likeness by group: bars and table."""
    rows, drawn = [], []
    for name, group in explanation.by_group().items():
        parts = [part for part in explanation.points if part.group == name]
        average = 100 * math.fsum(part.weight * part.average for part in parts) / group.weight
        label = say.capital(say.word("group", name))
        drawn.append((label, group.score, average))
        rows.append(
            _group_row(label, (group.score, average, 100 * group.weight, group.points, group.coverage), say)
        )
    whole = math.fsum(100 * part.weight * part.average for part in explanation.points)
    total = _group_row(
        say("r.together"),
        (explanation.score, whole, 100.0, explanation.score, explanation.coverage),
        say,
        "total",
    )
    picture, height = pictures.bars(drawn, say("r.groups.average"), say)
    alt = say("list.semicolon").join(f"{label} {say.decimal(score)}" for label, score, _ in drawn)
    figure = Figure("groups-figure", picture, 640.0, height, alt, say("r.groups.figure"))
    labels = ("group", "likeness", "average", "weight", "points", "known")
    columns = tuple(Column(say(f"r.col.{name}"), numeric=i > 0) for i, name in enumerate(labels))
    table = Table("groups-table", say("r.groups.caption"), columns, (*rows, total))
    return Section("groups", say("r.groups"), (figure, table))


def _group_row(
    label: str, values: tuple[float, float, float, float, float], say: Language, style: str = "plain"
) -> Row:
    score, average, weight, points, known = values
    return Row(
        (
            Cell(label),
            cell(say.decimal(score, 1), score),
            cell(say.decimal(average, 1), average),
            cell(say("unit.share", n=say.decimal(weight, 1)), weight / 100),
            cell(say.decimal(points, 2), points),
            cell(say.share(known), known),
        ),
        style,
    )


def reasons(facts: PairFacts, say: Language) -> Section:
    """Return what speaks for and against, what is not known, and the best candidates."""
    explanation = facts.explanation
    a, b = explanation.a, explanation.b
    columns = []
    for kind, parts in (
        ("for", explanation.reasons_for(N_REASONS)),
        ("against", explanation.reasons_against(N_REASONS)),
    ):
        items = tuple(sourced(part, sentence(part, a, b, say), say) for part in parts)
        columns.append((Heading(say(f"r.{kind}")), Bullets(items or (say("r.no_reason"),), kind)))
    blocks: list[Block] = [Paragraph(say("r.reasons.note"), "note"), Side(tuple(columns))]
    if unknown := unknown_sentences(explanation, say):
        blocks += [Heading(say("r.unknown")), Bullets(tuple(unknown))]
    for i, ranked in enumerate(facts.standings[:1]):
        scope = scope_of(ranked.countries, say)
        blocks.append(
            matches_table(
                ranked.best,
                facts.parents,
                say,
                id_=f"peers-{i}",
                caption=say("r.peers", scope=scope, n=say.decimal(ranked.candidates)),
                chosen=b.region_id,
            )
        )
        blocks.append(Paragraph(say("r.short.table.note"), "note"))
        blocks += [Paragraph(text, "note") for text in left_out(ranked.left_out, say)]
    return Section("reasons", say("r.reasons"), tuple(blocks))


def side_by_side(facts: PairFacts, say: Language) -> Section:
    """Return the pictures: map, climate, shares."""
    explanation = facts.explanation
    a, b = explanation.a, explanation.b
    names = (say.name(a), say.name(b))
    blocks: list[Block] = []
    world = facts.locator(*names)
    if world is not None:
        alt = say("r.map.alt", a=names[0], b=names[1], km=say.number(explanation.distance_km, "km"))
        blocks.append(
            Figure("map", pictures.locator(world), world.width, world.height, alt, say("r.map.note"))
        )
    blocks += _climate(explanation, names, say)
    blocks += _stacks(explanation, names, say)
    blocks += _heights(explanation, names, say)
    blocks.append(_grounds(explanation, names, say))
    return Section("side-by-side", say("r.side_by_side"), tuple(blocks))


def _climate(explanation: Explanation, names: Sequence[str], say: Language) -> Iterator[Block]:
    warmth, rain = (_values(explanation, name, "months") for name in ("temperature_months", "rain_months"))
    if not any((*warmth, *rain)):
        yield Paragraph(say("r.climate.unknown"), "note")
        return
    regions = (explanation.a, explanation.b)
    charts = climate_charts([(names[i], r.lat, warmth[i], rain[i]) for i, r in enumerate(regions)], say)
    yield Heading(say("r.climate"))
    yield Side(
        tuple(
            (
                Figure(
                    f"climate-{side}",
                    pictures.climate(chart),
                    chart.width,
                    chart.height,
                    chart.summary,
                    say("r.climate.caption", name=chart.name),
                ),
            )
            for side, chart in zip("ab", charts, strict=True)
        )
    )
    yield Paragraph(say("r.climate.note"), "note")


def _stacks(explanation: Explanation, names: Sequence[str], say: Language) -> Iterator[Block]:
    figures: list[tuple[Block, ...]] = []
    parts = {part.feature: part for part in explanation.points}
    for choice in STACKS:
        feature = next((name for name in choice if any(_values(explanation, name, "mixture"))), "")
        if not feature:
            continue
        part = parts[feature]
        a, b = _values(explanation, feature, "mixture")
        label = say.label(feature, part.label)
        rests = hint(part, say) or basis_by_side(part, names, say)
        chart = stack_chart(feature, label, rests, a, b, say)
        if chart is None:
            continue
        picture, height = pictures.stack(chart, names, say("unknown"))
        alt = say("list.semicolon").join(
            f"{name}: {say.value(feature, v)}" for name, v in zip(names, (a, b), strict=True)
        )
        note = say("place.country", place=label, country=chart.note) if chart.note else label
        figures.append((Figure(f"stack-{feature}", picture, chart.width, height, alt, note),))
    if figures:
        yield Heading(say("r.stacks"))
    for i in range(0, len(figures), 2):
        yield Side(tuple(figures[i : i + 2]))


def _heights(explanation: Explanation, names: Sequence[str], say: Language) -> Iterator[Block]:
    """Draw mean height and relief, where they are known."""
    mean, spread = (_values(explanation, name, "number") for name in ("elevation", "relief"))
    ground = [None if None in pair else pair for pair in zip(mean, spread, strict=True)]
    if any(ground):
        picture, height = strips.heights(names, ground, say)
        told = (say("o.fact", what=say.label(f, f), a=names[0], left=_metres(v[0], say), b=names[1],
                    right=_metres(v[1], say)) for f, v in (("elevation", mean), ("relief", spread)))  # fmt: skip
        alt = say("list.semicolon").join(told)
        yield Figure("heights", picture, strips.WIDTH, height, alt, say("r.heights"))


def _metres(value: float | None, say: Language) -> str:
    return say("unknown") if value is None else say.number(value, "m")


def _grounds(explanation: Explanation, names: Sequence[str], say: Language) -> Table:
    """Return the figures of the ground in one small table: heights, sea, warmth, rain, cover."""
    parts = [p for p in explanation.points if p.feature in GROUNDS]
    rows = [
        Row(
            (
                Cell(say.label(part.feature, part.label)),
                *(cell(shown(part, v, say), v) for v in (part.value_a, part.value_b)),
                Cell(basis(part, say)),
            )
        )
        for part in parts
    ]
    columns = (
        Column(say("r.col.feature"), width=0.34),
        Column(names[0], numeric=True, width=0.18),
        Column(names[1], numeric=True, width=0.18),
        Column(say("r.col.basis"), width=0.3),
    )
    return Table("grounds", say("r.grounds"), columns, tuple(rows))


def _values(explanation: Explanation, feature: str, kind: str) -> tuple[Any, Any]:
    """Return both values of a feature, None for what is unknown or of another kind."""
    part = next((p for p in explanation.points if p.feature == feature), None)
    if part is None:
        return None, None
    a, b = (value if kind_of(value) == kind else None for value in (part.value_a, part.value_b))
    return a, b
