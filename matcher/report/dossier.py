"""Dossier: the report on a pair, laid out in one language."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from matcher.caveats import caveats, headline
from matcher.report import comparison, cooperation, formalities, terms
from matcher.report.annex import colophon, method_section, sources_section
from matcher.report.document import Bullets, Document, Paragraph, Section, Tile, Tiles
from matcher.report.pieces import (
    parent_of,
    scope_of,
    title_of,
    words_of,
)
from matcher.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from matcher.atlas import Region
    from matcher.language import Language
    from matcher.report.document import Block
    from matcher.report.facts import PairFacts

N_FIRST = 2
"""Reasons on either side in the summary."""
STATUSES = ("met", "partly", "not_met", "unknown")


def dossier(facts: PairFacts, say: Language, day: date | None = None) -> Document:
    """Lay a pair out in a language.

    Parameters
    ----------
    facts
        Of the pair.
    say
        The language.
    day
        The day that stands on the report; none for None, so that the same facts give the same bytes.
    """
    explanation = facts.explanation
    a, b = explanation.a, explanation.b
    labels = {part.feature: say.label(part.feature, part.label) for part in explanation.points}
    return Document(
        locale=say.code,
        kicker=say("r.kicker.pair")
        if day is None
        else say("r.dated", kicker=say("r.kicker.pair"), day=say.date(day)),
        title=say("r.title.pair", a=say.name(a), b=say.name(b)),
        subtitle=tuple(_where(region, parent_of(region, facts.parents, say), say) for region in (a, b)),
        sections=(
            _minute(facts, say),
            comparison.cards(facts, say),
            comparison.groups(explanation, say),
            comparison.reasons(facts, say),
            comparison.side_by_side(facts, say),
            cooperation.opportunities(facts, say),
            cooperation.complementarity(facts, say),
            cooperation.feasibility(facts, say),
            formalities.partnerships(facts, say),
            formalities.statements(facts, say),
            formalities.criteria(facts, say),
            formalities.steps(facts, say),
            formalities.drafts(facts, say),
            terms.features(explanation, say),
            sources_section(facts.sources, labels, say),
            method_section(say),
        ),
        colophon=colophon(facts.versions, say),
        words=words_of(say),
    )


def _where(region: Region, parent: str | None, say: Language) -> str:
    """Return a region's name with what it lies in; a state of one city lies in nothing."""
    name, country = title_of(region, say), say.country(region.country)
    around = say("list.comma").join(part for part in (parent, country) if part and part != name)
    return say("place.country", place=name, country=around) if around else name


def _minute(facts: PairFacts, say: Language) -> Section:
    """Return what a mayor reads in one minute."""
    explanation = facts.explanation
    a, b = explanation.a, explanation.b
    points = [sentence(p, a, b, say) for p in explanation.reasons_for(N_FIRST)]
    points += [sentence(p, a, b, say) for p in explanation.reasons_against(N_FIRST)]
    blocks: list[Block] = [
        Paragraph(headline(explanation, say), "lead"),
        Tiles(tuple(_tiles(facts, say))),
        Bullets((*points, *_outlook(facts, say))),
        Bullets(tuple(caveats(explanation, say)), "mind", say("r.mind")),
    ]
    return Section("minute", say("r.minute"), tuple(blocks))


def _tiles(facts: PairFacts, say: Language) -> list[Tile]:
    explanation = facts.explanation
    profile = say.word("profile", explanation.profile)
    name = say.name(explanation.b)
    tiles = [
        Tile(
            say("r.tile.score"),
            say.decimal(explanation.score, 1),
            say("r.tile.score.of", profile=profile),
        ),
        Tile(say("r.tile.percentile"), say.percentile(explanation.percentile), say("r.tile.percentile.of")),
    ]
    for ranked in facts.standings:
        scope = scope_of(ranked.countries, say)
        of = say("r.tile.rank.of", n=say.decimal(ranked.candidates), scope=scope)
        if ranked.interval:
            first, last = (say.decimal(end) for end in ranked.interval)
            of = say("r.tile.rank.interval", of=of, first=first, last=last)
        if ranked.rank:
            figure = say("r.tile.rank.figure", n=say.decimal(ranked.rank))
        elif ranked.excluded:
            figure, of = say("r.tile.rank.none"), say(f"r.whynot.{ranked.excluded}")
        else:
            figure = say("r.tile.rank.beyond", n=say.decimal(ranked.listed))
        tiles.append(Tile(say("r.tile.rank", name=name, scope=scope), figure, of))
    tiles += [
        Tile(say("r.tile.known"), say.share(explanation.coverage), say("r.tile.known.of")),
        Tile(say("r.tile.distance"), say.number(explanation.distance_km, "km"), say("r.tile.distance.of")),
        Tile(
            say("r.tile.people"),
            say.ratio(explanation.population_ratio),
            say("r.tile.people.of", b=name, a=say.name(explanation.a)),
        ),
    ]
    return tiles


def _outlook(facts: PairFacts, say: Language) -> Sequence[str]:
    """Say what could be done together, what the criteria say, and what comes next."""
    told = []
    if facts.opportunities:
        sectors = list(dict.fromkeys(say(f"sector.{o.rule.sector}") for o in facts.opportunities))
        told.append(
            say("r.minute.fields", n=say.decimal(len(facts.opportunities)), sectors=say.listing(sectors))
        )
    else:
        told.append(say("r.minute.no_fields"))
    own = {facts.explanation.a.country, facts.explanation.b.country}
    for form in (form for form in facts.forms if form.country in own):
        counts = Counter(answer.status for answer in form.answers)
        met = [
            say(f"k.count.{status}", n=say.decimal(counts[status])) for status in STATUSES if counts[status]
        ]
        told.append(say("r.minute.form", form=say(f"k.form.{form.id}"), counts=say("list.comma").join(met)))
    if facts.ties is not None and facts.ties.tied:
        told.append(say("r.ties.tied", a=say.name(facts.explanation.a), b=say.name(facts.explanation.b)))
    first = facts.procedures[0]
    step = say(f"p.{first.name}.{first.steps[0].id}")
    told.append(
        say(
            "r.minute.next",
            place=say.place(facts.explanation.a),
            step=step,
            who=say(f"p.who.{first.steps[0].who}"),
        )
    )
    return told
