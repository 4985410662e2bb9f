"""Terms: every feature as a term of the sum, and the months and shares in full."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from matcher.formats import kind_of
from matcher.report.charts import month_names
from matcher.report.document import Cell, Column, Heading, Row, Section, Side, Table
from matcher.report.pieces import basis, cell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matcher.explanation import Contribution, Explanation
    from matcher.language import Language
    from matcher.report.document import Block

HEAD_ROWS = 4
"""Caption and head of a table are about as high as so many rows."""


def features(explanation: Explanation, say: Language) -> Section:
    """Return every feature as a term of the sum, and months and shares in full."""
    names = (say.name(explanation.a), say.name(explanation.b))
    rows: list[Row] = []
    for group in dict.fromkeys(part.group for part in explanation.points):
        parts = [part for part in explanation.points if part.group == group]
        weight, points = (math.fsum(getattr(p, name) for p in parts) for name in ("weight", "points"))
        label = say.capital(say.word("group", group)) + ("" if weight else say("r.features.unscored"))
        rows.append(_sum_row(label, weight, points, say, "group"))
        rows += [_feature_row(part, say) for part in parts]
    weight, points = (
        math.fsum(getattr(p, name) for p in explanation.points) for name in ("weight", "points")
    )
    rows.append(_sum_row(say("r.features.sum"), weight, points, say, "total"))
    columns = (
        Column(say("r.col.feature"), width=0.15),
        Column(names[0], width=0.15),
        Column(names[1], width=0.15),
        Column(say("r.col.likeness"), numeric=True, width=0.08),
        Column(say("r.col.average"), numeric=True, width=0.08),
        Column(say("r.col.weight"), numeric=True, width=0.07),
        Column(say("r.col.points"), numeric=True, width=0.06),
        Column(say("r.col.basis_source"), width=0.26),
    )
    table = Table("features-table", say("r.features.caption"), columns, tuple(rows), wide=True)
    details = tuple(_detail(part, explanation, say) for part in explanation.points if _is_long(part))
    blocks: list[Block] = [table]
    if details:
        blocks.append(Heading(say("r.details")))
        blocks.append(Side(_even(details)))
    return Section("features", say("r.features"), tuple(blocks))


def _even(tables: Sequence[Table]) -> tuple[tuple[Block, ...], ...]:
    """Share tables out between two columns of about one height: the longest first, each to the shorter column."""
    columns: tuple[list[int], list[int]] = ([], [])
    for i in sorted(range(len(tables)), key=lambda i: -len(tables[i].rows)):
        min(columns, key=lambda column: sum(len(tables[j].rows) + HEAD_ROWS for j in column)).append(i)
    return tuple(tuple(tables[i] for i in sorted(column)) for column in columns)


def _sum_row(label: str, weight: float, points: float, say: Language, style: str) -> Row:
    blank = Cell("")
    share = cell(say("unit.share", n=say.decimal(100 * weight, 2)), weight)
    return Row(
        (Cell(label), blank, blank, blank, blank, share, cell(say.decimal(points, 2), points), blank), style
    )


def _feature_row(part: Contribution, say: Language) -> Row:
    values = [
        cell(
            say.value(part.feature, value, part.unit, raw=True),
            float(value) if kind_of(value) == "number" else None,
        )
        for value in (part.value_a, part.value_b)
    ]
    likeness = say.decimal(part.likeness, 3)
    keys, rests_on = " + ".join(part.source), basis(part, say)
    if part.value_a is None and part.value_b is None:  # of no figure there is no source
        keys = rests_on = ""
    return Row(
        (
            Cell(say.label(part.feature, part.label)),
            *values,
            cell(likeness if part.known else say("r.features.assumed", value=likeness), part.likeness),
            cell(say.decimal(part.average, 3), part.average),
            cell(say("unit.share", n=say.decimal(100 * part.weight, 2)), part.weight),
            cell(say.decimal(part.points, 2), part.points),
            Cell(say("place.country", place=rests_on, country=keys) if keys else rests_on),
        )
    )


def _is_long(part: Contribution) -> bool:
    return bool({kind_of(part.value_a), kind_of(part.value_b)} & {"months", "mixture"})


def _detail(part: Contribution, explanation: Explanation, say: Language) -> Table:
    """Return months of the aligned year, or all classes of a mixture, the largest first."""
    kinds = [kind_of(value) for value in (part.value_a, part.value_b)]
    rows = _months(part, explanation, say) if "months" in kinds else _classes(part, say)
    columns = (
        Column(say("r.col.month" if "months" in kinds else "r.col.class"), width=0.5),
        Column(say.name(explanation.a), numeric=True, width=0.25),
        Column(say.name(explanation.b), numeric=True, width=0.25),
    )
    return Table(f"detail-{part.feature}", say.label(part.feature, part.label), columns, tuple(rows))


def _months(part: Contribution, explanation: Explanation, say: Language) -> list[Row]:
    names = [month_names(region.lat, say) for region in (explanation.a, explanation.b)]
    rows = []
    for i, (one, two) in enumerate(zip(*names, strict=True)):
        months = [
            float(value[i]) if kind_of(value) == "months" else None for value in (part.value_a, part.value_b)
        ]
        heading = one if one == two else f"{one} / {two}"
        rows.append(Row((Cell(heading), *(cell(say.number(m, part.unit), m) for m in months))))
    return rows


def _classes(part: Contribution, say: Language) -> list[Row]:
    sides = [
        cast("Mapping[str, float]", value) if kind_of(value) == "mixture" else None
        for value in (part.value_a, part.value_b)
    ]
    largest: dict[str, float] = {}
    for side in sides:
        for name, value in (side or {}).items():
            largest[name] = max(largest.get(name, 0.0), value)
    order = sorted((name for name in largest if largest[name] > 0), key=lambda name: (-largest[name], name))
    rows = []
    for name in order:
        shares = [None if side is None else float(side.get(name, 0.0)) for side in sides]
        rows.append(
            Row((Cell(say.word(part.feature, name)), *(cell(say.share(x, raw=True), x) for x in shares)))
        )
    return rows
