"""Shortlist: the report on one region and its best candidates, laid out in one language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.caveats import caveats
from matcher.formats import kind_of
from matcher.report import pictures
from matcher.report.annex import colophon, method_section, sources_section
from matcher.report.document import (
    Bullets,
    Cell,
    Column,
    Document,
    Figure,
    Heading,
    Paragraph,
    Row,
    Section,
    Side,
    Table,
    Tile,
    Tiles,
)
from matcher.report.pieces import (
    cell,
    identity,
    left_out,
    matches_table,
    population_factors,
    scope_of,
    shown,
    source_note,
    sourced,
    title_of,
    words_of,
)
from matcher.sentences import sentence
from matcher.verdict import verdict

if TYPE_CHECKING:
    from datetime import date

    from matcher.explanation import Explanation
    from matcher.language import Language
    from matcher.report.contest import ShortlistFacts, WhyNot
    from matcher.report.document import Block

N_REASONS = 3
"""Reasons told for and against each candidate."""
N_DIFFERENCES = 10
"""Features told on which the candidates differ most."""


def shortlist(facts: ShortlistFacts, say: Language, day: date | None = None) -> Document:
    """Lay a shortlist out in a language; `day` stands on the report where it is given."""
    home = facts.ranking.query.region
    labels = {part.feature: say.label(part.feature, part.label) for part in facts.explanations[0].points}
    kicker = say("r.kicker.shortlist")
    sections = [
        _minute(facts, say),
        _candidates(facts, say),
        _why_each(facts, say),
        _differences(facts, say),
        _sensitivity(facts, say),
    ]
    if facts.why_not:
        sections.append(
            Section("why-not", say("r.whynot"), tuple(_why_not(w, facts, say) for w in facts.why_not))
        )
    return Document(
        locale=say.code,
        kicker=kicker if day is None else say("r.dated", kicker=kicker, day=say.date(day)),
        title=say("r.title.shortlist", name=say.name(home), scope=_scope(facts, say)),
        subtitle=(say("place.country", place=title_of(home, say), country=say.country(home.country)),),
        sections=(*sections, sources_section(facts.sources, labels, say), method_section(say)),
        colophon=colophon(facts.versions, say),
        words=words_of(say),
    )


def _scope(facts: ShortlistFacts, say: Language) -> str:
    return scope_of(facts.ranking.query.filters.countries, say)


def _minute(facts: ShortlistFacts, say: Language) -> Section:
    ranking = facts.ranking
    home, best = ranking.query.region, ranking[0]
    lead = say(
        "r.short.lead",
        name=say.name(home),
        n=say.decimal(ranking.n_candidates),
        scope=_scope(facts, say),
        best=say.place(best.region),
        score=say.decimal(best.score),
        percentile=say.percentile(best.percentile),
    )
    close = sum(verdict(match.percentile) in {"very_close", "close", "fair"} for match in ranking)
    shared = _shared(facts)
    tiles = (
        Tile(say("r.short.tile.candidates"), say.decimal(ranking.n_candidates), _scope(facts, say)),
        Tile(
            say("r.short.tile.close"),
            say.decimal(close),
            say("r.short.tile.close.of", n=say.decimal(len(ranking))),
        ),
        Tile(
            say("r.short.tile.steady"),
            say.decimal(shared),
            say(
                "r.short.tile.steady.of",
                n=say.decimal(len(ranking)),
                profiles=say.decimal(len(facts.profiles)),
            ),
        ),
    )
    told = [say("r.short.none_close")] if not close else []
    if gap := _gap(facts):
        tied = "tied" if _tied(facts) else "apart"
        told.append(say(f"r.short.gap.{tied}", gap=say.decimal(gap, 1), n=say.decimal(len(ranking))))
    blocks: list[Block] = [
        Paragraph(lead, "lead"),
        Tiles(tiles),
        Bullets((*told, *left_out(facts.ranking.left_out, say))),
    ]
    blocks.append(
        Bullets(
            tuple(caveats(facts.explanations[0], say)),
            "mind",
            say("r.short.mind", name=say.name(best.region)),
        )
    )
    return Section("minute", say("r.minute"), tuple(blocks))


def _gap(facts: ShortlistFacts) -> float:
    """Return how many points part the first from the last of the list."""
    return facts.ranking[0].score - facts.ranking.matches[-1].score


def _tied(facts: ShortlistFacts) -> bool:
    """Return whether the ranks between which the first and the last of the list stand overlap."""
    first, last = facts.ranking[0].interval, facts.ranking.matches[-1].interval
    return first is not None and last is not None and first[1] >= last[0]


def _shared(facts: ShortlistFacts) -> int:
    """Return how many candidates are among the best under every profile."""
    sets = [{match.region.region_id for match in matches} for matches in facts.profiles.values()]
    return len(set.intersection(*sets))


def _candidates(facts: ShortlistFacts, say: Language) -> Section:
    ranking = facts.ranking
    caption = say("r.short.table", name=say.name(ranking.query.region))
    blocks: list[Block] = [
        matches_table(ranking.matches, facts.parents, say, id_="candidates-table", caption=caption)
    ]
    blocks.append(Paragraph(say("r.short.table.note"), "note"))
    drawn = facts.map(say.name(ranking.query.region))
    if drawn is not None:
        names = say("list.semicolon").join(f"{m.rank} {say.name(m.region)}" for m in ranking)
        blocks.append(
            Figure(
                "map",
                pictures.places(drawn, [say.place(match.region) for match in ranking]),
                drawn.width,
                drawn.height,
                say("r.short.map.alt", name=say.name(ranking.query.region)),
                say("r.short.map", names=names),
            )
        )
    blocks.append(
        identity(
            ranking.query.region, facts.parents, say, "home", population_factors(facts.explanations[0])[0]
        )
    )
    return Section("candidates", say("r.short"), tuple(blocks))


def _why_each(facts: ShortlistFacts, say: Language) -> Section:
    blocks: list[Block] = [Paragraph(say("r.reasons.note"), "note")]
    for match, explanation in zip(facts.ranking, facts.explanations, strict=True):
        name = say.place(match.region)
        heading = say(
            "r.short.each", rank=say.decimal(match.rank), name=name, score=say.decimal(match.score, 1)
        )
        blocks.append(Heading(heading))
        blocks.append(Side(((_reasons(explanation, "for", say),), (_reasons(explanation, "against", say),))))
    return Section("why", say("r.short.why"), tuple(blocks))


def _reasons(explanation: Explanation, kind: str, say: Language) -> Bullets:
    chosen = explanation.reasons_for(N_REASONS) if kind == "for" else explanation.reasons_against(N_REASONS)
    told = [sourced(part, sentence(part, explanation.a, explanation.b, say), say) for part in chosen]
    return Bullets(tuple(told) or (say("r.no_reason"),), kind)


def _differences(facts: ShortlistFacts, say: Language) -> Section:
    """Return the features whose points part the candidates most, with all their values."""
    spread = []
    for i, part in enumerate(facts.explanations[0].points):
        points = [explanation.points[i].points for explanation in facts.explanations]
        spread.append((max(points) - min(points), i, part))
    spread.sort(key=lambda entry: (-entry[0], entry[1]))
    chosen = [(i, part) for size, i, part in spread[:N_DIFFERENCES] if size > 0]
    home = facts.ranking.query.region
    names = [say.name(match.region) for match in facts.ranking]
    columns = (
        Column(say("r.col.feature"), width=0.16),
        *(Column(name, width=0.72 / (len(names) + 1)) for name in (say.name(home), *names)),
        Column(say("r.col.source"), width=0.12),
    )
    rows = []
    for i, part in chosen:
        values = [part.value_a, *(explanation.points[i].value_b for explanation in facts.explanations)]
        cells = [cell(shown(part, v, say), float(v) if kind_of(v) == "number" else None) for v in values]
        rows.append(Row((Cell(say.label(part.feature, part.label)), *cells, Cell(source_note(part, say)))))
    if not rows:
        return Section("differences", say("r.short.differences"), (Paragraph(say("r.short.alike")),))
    table = Table("differences-table", say("r.short.differences.caption"), columns, tuple(rows), wide=True)
    return Section("differences", say("r.short.differences"), (table,))


def _sensitivity(facts: ShortlistFacts, say: Language) -> Section:
    """Return the best of every profile beside each other, and how many they share with the shortlist."""
    own = {match.region.region_id for match in facts.ranking}
    columns = [Column(say("r.col.rank"), numeric=True, width=0.08)]
    width = 0.92 / len(facts.profiles)
    columns += [Column(say.word("profile", name), width=width) for name in facts.profiles]
    rows = []
    for i in range(len(facts.ranking)):
        cells: list[Cell] = [cell(say.decimal(i + 1), i + 1)]
        for matches in facts.profiles.values():
            if i >= len(matches):
                cells.append(Cell("–"))
                continue
            match = matches[i]
            mark = "" if match.region.region_id in own else say("r.short.new")
            cells.append(Cell(f"{say.place(match.region)} {say.decimal(match.score, 1)}{mark}"))
        rows.append(Row(tuple(cells)))
    shared = [
        say(
            "r.short.overlap",
            profile=say.word("profile", name),
            n=say.decimal(len(own & {match.region.region_id for match in matches})),
            of=say.decimal(len(own)),
        )
        for name, matches in list(facts.profiles.items())[1:]
    ]
    table = Table("profiles-table", say("r.short.profiles.caption"), tuple(columns), tuple(rows))
    return Section("sensitivity", say("r.short.sensitivity"), (table, Bullets(tuple(shared))))


def _why_not(found: WhyNot, facts: ShortlistFacts, say: Language) -> Block:
    """Answer for a region that a reader proposes, from its own figures."""
    explanation = found.explanation
    lines = [
        say(
            "r.whynot.score",
            name=say.place(found.region),
            score=say.decimal(explanation.score, 1),
            percentile=say.percentile(explanation.percentile),
        )
    ]
    last = facts.ranking.matches[-1]
    if found.rank is not None:
        lines.append(
            say("r.whynot.rank", rank=say.decimal(found.rank), n=say.decimal(facts.ranking.n_candidates))
        )
    elif found.excluded:
        lines.append(say(f"r.whynot.{found.excluded}"))
    else:
        lines.append(say("r.whynot.beyond"))
    parts = {part.feature: part for part in explanation.points}
    for feature, own, other in found.losses:
        lines.append(
            say(
                "r.whynot.loss",
                feature=say.label(feature, parts[feature].label),
                own=say.decimal(own, 2),
                other=say.decimal(other, 2),
                last=say.name(last.region),
                told=sentence(parts[feature], explanation.a, explanation.b, say),
            )
        )
    return Bullets(tuple(lines), "mind", say("r.whynot.title", name=say.name(found.region)))
