"""Cooperation: the chapters of a dossier that say what could be done together, and whether it is practical."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matcher.formats import kind_of
from matcher.opportunities import SECTORS, amount
from matcher.report import strips
from matcher.report.document import Bullets, Cell, Column, Figure, Heading, Paragraph, Row, Section, Table
from matcher.report.pieces import cell, level_of, shown, source_note

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from matcher.complements import Peaks
    from matcher.explanation import Contribution, Explanation
    from matcher.feasibility import Hurdle
    from matcher.language import Language
    from matcher.opportunities import Opportunity
    from matcher.report.document import Block
    from matcher.report.facts import PairFacts

LEAST_TOLD = 0.001
"""Least share of a class that is told among many."""
ASK = ("airports", "visa", "budget")
"""What a planner must ask elsewhere."""


def opportunities(facts: PairFacts, say: Language) -> Section:
    """Return the fields of cooperation with rule and evidence, and the sectors in which no rule holds."""
    rows = []
    for found in facts.opportunities:
        rule = found.rule
        rows.append(
            Row(
                (
                    Cell(
                        say(
                            "r.opp.title", title=say(f"o.{rule.id}.title"), basis=say(f"o.basis.{rule.basis}")
                        )
                    ),
                    Cell(say.capital(say(f"sector.{rule.sector}"))),
                    Cell(say(f"o.{rule.id}.project")),
                    Cell(say("list.semicolon").join(evidence(found, facts, say))),
                    Cell(rule_text(found, say)),
                )
            )
        )
    columns = (
        Column(say("r.col.field"), width=0.15),
        Column(say("r.col.sector"), width=0.11),
        Column(say("r.col.project"), width=0.21),
        Column(say("r.col.evidence"), width=0.31),
        Column(say("r.col.rule"), width=0.22),
    )
    blocks: list[Block] = [Paragraph(say("r.opp.note"), "note")]
    if rows:
        blocks.append(Table("opportunities-table", say("r.opp.caption"), columns, tuple(rows), wide=True))
    empty = [s for s in SECTORS if all(o.rule.sector != s for o in facts.opportunities)]
    if empty:
        sectors = say.listing([say(f"sector.{sector}") for sector in empty])
        blocks.append(Paragraph(say("r.opp.none", sectors=sectors)))
    return Section("opportunities", say("r.opp"), tuple(blocks))


def evidence(found: Opportunity, facts: PairFacts, say: Language) -> list[str]:
    """Return the facts that a rule looked at, each with its sources and years."""
    sides = {"a": facts.explanation.a, "b": facts.explanation.b}
    told = []
    for part in found.evidence:
        # A country's figure is said of the country, not of the region inside it.
        whole = part.evidence == "country"
        a, b = (say.country(r.country) if whole else say.name(r) for r in sides.values())
        classes = next(
            (c["class"] for c in found.rule.when if c.get("feature") == part.feature and "class" in c), None
        )
        values = [_figure(part, value, classes, say) for value in (part.value_a, part.value_b)]
        what = _subject(part, classes if isinstance(classes, str) else None, say)
        many = not isinstance(classes, str) and kind_of(part.value_a) in {"mixture", "tags"}
        text = say("o.fact.many" if many else "o.fact", what=what, a=a, left=values[0], b=b, right=values[1])
        told.append(say("place.country", place=text, country=source_note(part, say)))
    for name, value in found.pair.items():
        unit = "hours" if name == "hours" else ""
        told.append(say(f"o.fact.{name}", value=say.number(value, unit) if unit else say.decimal(value, 1)))
    if found.strong:
        told.append(say("o.strong", name=say.name(sides[found.strong])))
    return told


def _figure(part: Contribution, value: Any, classes: Any, say: Language) -> str:
    if isinstance(classes, str):
        return say.share(amount(value, classes))
    if classes:
        # Of many classes only those that are there are told, each with its share.
        there = {name: value[name] for name in classes if value.get(name, 0.0) >= LEAST_TOLD}
        return say.mixture(part.feature, there) if there else say("none")
    return shown(part, value, say)


def rule_text(found: Opportunity, say: Language) -> str:
    """Return a rule by its number, with its conditions in words; what is asked of one thing stands together."""
    parts = {part.feature: part for part in found.evidence}
    told: dict[str, list[str]] = {}
    for condition in found.rule.when:
        if "pair" in condition:
            told[_pair_bound(condition, say)] = []
            continue
        part = parts[condition["feature"]]
        bounds = {key: bound for key, bound in condition.items() if key not in {"feature", "class"}}
        told.setdefault(_subject(part, condition.get("class"), say), []).extend(
            say(f"o.rule.{key}", value=_bound(part, key, bound, say, "class" in condition))
            for key, bound in bounds.items()
        )
    texts = [
        say("o.rule.of", what=what, conditions=say("list.comma").join(asked)) if asked else what
        for what, asked in told.items()
    ]
    return say("o.rule", n=say.decimal(found.rule.number), conditions=say("list.semicolon").join(texts))


def _pair_bound(condition: Mapping[str, Any], say: Language) -> str:
    name = condition["pair"]
    bound = float(condition.get("most", condition.get("least", 0.0)))
    value = say.number(bound, "hours") if name == "hours" else say.decimal(bound)
    return say(f"o.rule.pair.{name}", value=value)


def _subject(part: Contribution, classes: str | list[str] | None, say: Language) -> str:
    """Name a feature, or some of its classes."""
    what = say.label(part.feature, part.label)
    if classes is None:
        return what
    if isinstance(classes, str):
        return say("o.class", **{"feature": what, "class": say.word(part.feature, classes)})
    return say("o.classes", feature=what, classes=say.listing([say.word(part.feature, c) for c in classes]))


def _bound(part: Contribution, key: str, bound: Any, say: Language, of_class: bool) -> str:  # noqa: FBT001
    if isinstance(bound, str):
        return say.word(part.feature, bound)
    if isinstance(bound, list):
        return say("o.rule.or").join(say.word(part.feature, name) for name in bound)
    if key.startswith("likeness"):
        return say.decimal(bound, 2)
    if of_class or key == "overlap_least" or part.unit == "share":
        percent = 100.0 * bound
        return say("unit.share", n=say.decimal(percent, int(abs(percent - round(percent)) > 1e-9)))
    return say.number(bound, part.unit, whole=bound == round(bound))


def complementarity(facts: PairFacts, say: Language) -> Section:
    """Return what one has and the other lacks, and the months in which their years peak."""
    regions = {"a": facts.explanation.a, "b": facts.explanation.b}
    rows = []
    for found in facts.complements:
        has = cell(say.share(found.has) if found.has is not None else say("r.comp.there"), found.has)
        lacks = cell(say.share(found.lacks) if found.lacks is not None else say("none"), found.lacks)
        rows.append(
            Row(
                (
                    Cell(say.word(found.part.feature, found.name)),
                    Cell(say.label(found.part.feature, found.part.label)),
                    *((has, lacks) if found.side == "a" else (lacks, has)),
                    Cell(source_note(found.part, say)),
                )
            )
        )
    columns = (
        Column(say("r.col.what"), width=0.24),
        Column(say("r.col.feature"), width=0.18),
        *(Column(say.name(region), numeric=True, width=0.13) for region in regions.values()),
        Column(say("r.col.source"), width=0.32),
    )
    blocks: list[Block] = [Paragraph(say("r.comp.note"), "note")]
    if rows:
        blocks.append(Table("complements-table", say("r.comp.caption"), columns, tuple(rows), wide=True))
    else:
        blocks.append(Paragraph(say("r.comp.none")))
    told = [_peak(peak, facts, say) for peak in facts.peaks]
    told += _growing(facts, say)
    if told:
        drawn = _calendar(facts, say)
        blocks += [
            Heading(say("r.peaks")),
            *drawn,
            Bullets(tuple(told)),
            Paragraph(say("r.peaks.note"), "note"),
        ]
    return Section("complementarity", say("r.comp"), tuple(blocks))


def _peak(peak: Peaks, facts: PairFacts, say: Language) -> str:
    """Say in which month a course of the year peaks on either side."""
    months, key = say.months(), f"r.peak.{peak.part.feature}"
    sources = source_note(peak.part, say)
    if not peak.apart:
        return say(f"{key}.same", month=months[peak.month_a], sources=sources)
    return say(
        key,
        a=say.name(facts.explanation.a),
        month_a=months[peak.month_a],
        b=say.name(facts.explanation.b),
        month_b=months[peak.month_b],
        apart=say.number(float(peak.apart), "months"),
        sources=sources,
    )


def _calendar(facts: PairFacts, say: Language) -> list[Figure]:
    """Draw the months in which crops grow on either side."""
    found = facts.growing
    if found is None:
        return []
    names = [say.name(region) for region in (facts.explanation.a, facts.explanation.b)]
    picture, height = strips.calendar(names, (found.a, found.b), say)
    alt = say("list.semicolon").join(
        f"{name}: {_spans(months, say)}" for name, months in zip(names, (found.a, found.b), strict=True)
    )
    return [Figure("calendar", picture, strips.WIDTH, height, alt, say("r.grow.figure"))]


def _growing(facts: PairFacts, say: Language) -> list[str]:
    """Say in which months crops grow on either side, and in which on one side only."""
    found = facts.growing
    if found is None:
        return []
    names = {"a": say.name(facts.explanation.a), "b": say.name(facts.explanation.b)}
    months = {"a": set(found.a), "b": set(found.b)}
    sources = say("list.comma").join(dict.fromkeys(source_note(part, say) for part in found.parts))
    told = [
        say(
            "r.grow",
            a=names["a"],
            months_a=_spans(found.a, say),
            b=names["b"],
            months_b=_spans(found.b, say),
            sources=sources,
        )
    ]
    for side, other in (("a", "b"), ("b", "a")):
        if only := sorted(months[side] - months[other]):
            told.append(say("r.grow.only", name=names[side], other=names[other], months=_spans(only, say)))
    return told


def _spans(months: Sequence[int], say: Language) -> str:
    """Write months (0 = January) as runs through the turn of the year: "March to May, September"."""
    if not months or len(months) == 12:
        return say("r.grow.never" if not months else "r.grow.always")
    names, there = say.months(), set(months)
    runs = []
    for first in sorted(month for month in there if (month - 1) % 12 not in there):
        last = first
        while (last + 1) % 12 in there:
            last = (last + 1) % 12
        ends = names[first], names[last]
        runs.append(ends[0] if first == last else say("num.span", low=ends[0], high=ends[1]))
    return say("list.comma").join(runs)


def feasibility(facts: PairFacts, say: Language) -> Section:
    """Return what the pair must bridge."""
    rows = [
        Row((Cell(say(f"h.{h.key}")), Cell(say(f"h.grade.{h.grade}")), Cell(_hurdle(h, facts, say))))
        for h in facts.hurdles
    ]
    rows += [
        Row((Cell(say(f"h.{key}")), Cell(say("h.grade.unknown")), Cell(say(f"h.ask.{key}")))) for key in ASK
    ]
    columns = (
        Column(say("r.col.hurdle"), width=0.26),
        Column(say("r.col.grade"), width=0.2),
        Column(say("r.col.figures"), width=0.54),
    )
    table = Table("feasibility-table", say("r.feas.caption"), columns, tuple(rows))
    return Section("feasibility", say("r.feas"), (table, *_history(facts.explanation, say)))


def _history(explanation: Explanation, say: Language) -> Iterator[Paragraph]:
    """Say what is recorded of the two countries; nothing where they are not in the table."""
    if history := explanation.history:
        a, b = (say.country(region.country) for region in (explanation.a, explanation.b))
        told = say("list.semicolon").join(say(f"history.{fact}") for fact in history.facts)
        key = "r.history" if told else "r.history.none"
        yield Paragraph(say(key, a=a, b=b, facts=told, source=history.source, year=history.vintage), "note")


def _hurdle(hurdle: Hurdle, facts: PairFacts, say: Language) -> str:
    """Say what is to be bridged."""
    a, b = facts.explanation.a, facts.explanation.b
    values = hurdle.values
    if hurdle.grade == "unknown":
        return say("k.say.unknown")
    if hurdle.key == "distance":
        told = say("h.distance.say", km=say.number(values["km"], "km"))
    elif hurdle.key == "hours":
        hours = say.number(values["hours"], "hours")
        told = say("h.hours.say", hours=hours) if values["hours"] else say("h.hours.none")
    elif hurdle.key == "seasons":
        told = say(f"h.seasons.{values['kind']}", name=say.name(a if values["winter"] == "a" else b))
    elif hurdle.key == "language" and values["language"]:
        tongue = say.word("languages", values["language"])
        told = say("h.language.common", language=tongue, share=say.share(values["share"]))
    elif hurdle.key == "language":
        told = say("h.language.none")
    elif hurdle.key == "level":
        told = say("h.level.say", a=level_of(a, say), b=level_of(b, say))
    else:
        told = say("h.ratio.say", ratio=say.ratio(values["ratio"]))
    return told
