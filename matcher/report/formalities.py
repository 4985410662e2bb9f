"""Formalities: the chapters of a dossier on existing ties, criteria of decision forms, legal steps and drafts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from matcher.report.document import Bullets, Cell, Column, Paragraph, Row, Section, Table
from matcher.report.known import MOST
from matcher.report.pieces import cell, level_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matcher.criteria import Answer
    from matcher.language import Language
    from matcher.opportunities import Opportunity
    from matcher.procedures import Procedure
    from matcher.report.document import Block
    from matcher.report.facts import PairFacts

N_PLAN = 10
"""Opportunities that begin the draft of the work plan."""


def _told(key: str, names: Sequence[str], say: Language, **whose: str) -> str:
    """Count names and list the first, three dots for more; or say that the file lists none."""
    if not names:
        return say(f"{key}.none", **whose)
    listed = say("list.semicolon").join([*names[:MOST], *(["…"] if len(names) > MOST else [])])
    return say(key, n=say.decimal(len(names)), names=listed, **whose)


def partnerships(facts: PairFacts, say: Language) -> Section:
    """Return known ties, where a file of them was read."""
    ties = facts.ties
    a, b = facts.explanation.a, facts.explanation.b
    if ties is None:
        return Section("partnerships", say("r.ties"), (Paragraph(say("r.ties.no_file")),))
    lines = [say("r.ties.tied" if ties.tied else "r.ties.not_tied", a=say.name(a), b=say.name(b))]
    for region, found in ((a, ties.of_a), (b, ties.of_b)):
        partners = [say.place(other) for other in found]
        lines.append(_told("r.ties.own", partners, say, name=say.name(region)))
    pairs = [say("r.ties.pair", a=say.name(x), b=say.name(y)) for x, y in ties.between]
    lines.append(_told("r.ties.between", pairs, say, a=say.inside(a.country), b=say.inside(b.country)))
    lines += [
        say(
            "r.ties.precedent",
            a=say.name(found.a),
            b=say.name(found.b),
            score_a=say.decimal(found.score_a),
            name_a=say.name(a),
            score_b=say.decimal(found.score_b),
            name_b=say.name(b),
        )
        for found in ties.precedents
    ]
    note = say("r.ties.note", file=ties.source, n=say.decimal(ties.total))
    return Section("partnerships", say("r.ties"), (Bullets(tuple(lines)), Paragraph(note, "note")))


def statements(facts: PairFacts, say: Language) -> Section:
    """Return what texts state of the two, never without who states it, where and when."""
    names = {region.region_id: say.name(region) for region in (facts.explanation.a, facts.explanation.b)}
    rows = []
    for point in facts.statements:
        told = [point.text(say.code, of) for of in ("texts", "stated_by", "doubt")]
        text, by, doubt = (Cell(text, lang="" if tongue == say.code else tongue) for text, tongue in told)
        where = say("list.comma").join(part for part in (point.title, str(point.year), point.url) if part)
        rows.append(
            Row(
                (
                    Cell(names.get(point.region_id, point.region_id)),
                    text,
                    by,
                    Cell(where, lang=point.lang),
                    doubt,
                )
            )
        )
    if not rows:
        return Section("statements", say("r.said"), (Paragraph(say("r.said.none")),))
    columns = (
        Column(say("r.col.region"), width=0.12),
        Column(say("r.col.statement"), width=0.32),
        Column(say("r.col.stated_by"), width=0.18),
        Column(say("r.col.source"), width=0.24),
        Column(say("r.col.doubt"), width=0.14),
    )
    table = Table("statements-table", say("r.said.caption"), columns, tuple(rows), wide=True)
    return Section("statements", say("r.said"), (Paragraph(say("r.said.note"), "note"), table))


def criteria(facts: PairFacts, say: Language) -> Section:
    """Return decision forms with their answers."""
    blocks: list[Block] = [Paragraph(say("r.criteria.note"), "note")]
    for form in facts.forms:
        rows = [
            Row(
                (
                    Cell(say(f"k.{form.id}.{a.id}")),
                    Cell(say(f"k.status.{a.status}")),
                    Cell(answer(a, facts, say)),
                )
            )
            for a in form.answers
        ]
        columns = (
            Column(say("r.col.criterion"), width=0.36),
            Column(say("r.col.status"), width=0.2),
            Column(say("r.col.because"), width=0.44),
        )
        blocks.append(Table(f"form-{form.id}", say(f"k.form.{form.id}"), columns, tuple(rows)))
        told = say("r.form.source", source=say(f"k.source.{form.id}"), verify=say(f"verify.{form.verify}"))
        blocks.append(Paragraph(told, "note"))
    return Section("criteria", say("r.criteria"), tuple(blocks))


def answer(found: Answer, facts: PairFacts, say: Language) -> str:
    """Say what an answer rests on."""
    values: Mapping[str, Any] = found.values
    if found.status == "unknown":
        told = say("k.say.unknown")
    elif found.test == "level":
        a, b = level_of(facts.explanation.a, say), level_of(facts.explanation.b, say)
        told = say("k.say.level", a=a, b=b)
    elif found.test == "size":
        told = say("k.say.size", ratio=say.ratio(values["ratio"]))
    elif found.test == "likeness":
        percentile = say.percentile(values["percentile"])
        told = say("k.say.likeness", score=say.decimal(values["score"]), percentile=percentile)
    elif found.test in {"nature", "farming", "culture"}:
        told = say("k.say.group", score=say.decimal(values["score"]), average=say.decimal(values["average"]))
    elif found.test in {"problems", "transfer"}:
        told = say("list.semicolon").join(say(f"o.{rule}.title") for rule in values["rules"])
    elif found.test == "fields":
        told = say.listing([say(f"sector.{sector}") for sector in values["sectors"]])
    elif found.test in {"complement", "goods", "ties"}:
        told = say(f"k.say.{found.test}", n=say.decimal(values["n"]))
    else:
        told = say(f"k.say.{found.test}")
    return told or say("k.say.rules.none")


def steps(facts: PairFacts, say: Language) -> Section:
    """Return the steps under the law of both sides."""
    blocks: list[Block] = []
    regions = (facts.explanation.a, facts.explanation.b)
    for side, region, law in zip("ab", regions, facts.procedures, strict=True):
        blocks.append(_procedure(law, say(f"p.title.{law.name}", name=say.place(region)), side, say))
        if f"p.laws.{law.name}" in say:
            blocks.append(Paragraph(say(f"p.laws.{law.name}"), "note"))
        blocks.append(Paragraph(say(f"verify.{law.verify}"), "note"))
    blocks.append(Paragraph(say("r.steps.note"), "note"))
    return Section("steps", say("r.steps"), tuple(blocks))


def _procedure(law: Procedure, caption: str, side: str, say: Language) -> Table:
    rows = []
    for number, step in enumerate(law.steps, 1):
        key = f"p.{law.name}.{step.id}"
        legal = step.legal or say("p.no_law")
        rows.append(
            Row(
                (
                    cell(say.decimal(number), number),
                    Cell(say("r.step", step=say(key), do=say(f"{key}.do"))),
                    Cell(say(f"p.who.{step.who}")),
                    Cell(legal, lang={"id": "id", "kr": "ko"}.get(law.name, "") if step.legal else ""),
                    Cell(say("p.verified" if step.verified else "p.unverified")),
                    Cell("□"),
                )
            )
        )
    columns = (
        Column(say("r.col.number"), numeric=True, width=0.05),
        Column(say("r.col.step"), width=0.36),
        Column(say("r.col.who"), width=0.19),
        Column(say("r.col.legal"), width=0.22),
        Column(say("r.col.standing"), width=0.12),
        Column(say("r.col.done"), width=0.06),
    )
    return Table(f"steps-{side}", caption, columns, tuple(rows), wide=True)


def drafts(facts: PairFacts, say: Language) -> Section:
    """Return tables to fill in: the study and the work plan, begun from the facts."""
    fields = _of_each_sector(facts.opportunities)[:N_PLAN]
    explanation = facts.explanation
    regions = {"a": explanation.a, "b": explanation.b}
    sectors = dict.fromkeys(say(f"sector.{o.rule.sector}") for o in facts.opportunities)
    pairs = (
        (say("r.draft.parties"), say.listing([say.place(region) for region in regions.values()])),
        (say("r.draft.fields"), say.capital(say.listing(list(sectors)))),
        *(
            (say("r.draft.potential", name=say.name(region)), _strengths(side, facts, say))
            for side, region in regions.items()
        ),
        *((say(f"r.draft.{key}"), "") for key in ("benefit", "cost", "risk", "duration")),
    )
    study = Table(
        "draft-study",
        say("r.draft.study"),
        (Column(say("r.col.item"), width=0.32), Column(say("r.col.content"), width=0.68)),
        tuple(Row((Cell(label), Cell(text or "…"))) for label, text in pairs),
    )
    rows = [
        Row((Cell(say(f"o.{o.rule.id}.title")), Cell(say(f"o.{o.rule.id}.project")), *[Cell("…")] * 4))
        for o in fields
    ] or [Row((Cell("…"),) * 6)]
    labels = (
        ("objective", 0.2),
        ("activity", 0.32),
        ("lead", 0.12),
        ("budget", 0.12),
        ("indicator", 0.12),
        ("schedule", 0.12),
    )
    columns = tuple(Column(say(f"r.col.{name}"), width=width) for name, width in labels)
    plan = Table("draft-plan", say("r.draft.plan"), columns, tuple(rows), wide=True)
    return Section("drafts", say("r.draft"), (Paragraph(say("r.draft.note"), "note"), study, plan))


def _of_each_sector(found: Sequence[Opportunity]) -> list[Opportunity]:
    """Return the first of every sector, then the second of each, and so on: a plan is not all farming."""
    turns: Counter[str] = Counter()
    order: list[tuple[int, int, Opportunity]] = []
    for opportunity in found:
        order.append((turns[opportunity.rule.sector], len(order), opportunity))
        turns[opportunity.rule.sector] += 1
    return [opportunity for *_, opportunity in sorted(order, key=lambda entry: entry[:2])]


def _strengths(side: str, facts: PairFacts, say: Language) -> str:
    """Name what one side has and the other lacks, without saying it twice."""
    has = [say(f"o.{o.rule.id}.title") for o in facts.opportunities if o.strong == side]
    return say("list.semicolon").join(dict.fromkeys(has))
