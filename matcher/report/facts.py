"""Facts: all that a report on a pair rests on, as plain data in no language. Every form and language starts from it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matcher.complements import Complement, Growing, Peaks, complements, growing, peaks
from matcher.criteria import Facts, Form, check
from matcher.feasibility import Hurdle, hurdles, pair_facts
from matcher.opportunities import Opportunity, opportunities
from matcher.procedures import Procedure, procedure
from matcher.report.festivals import FEATURE
from matcher.report.outlines import OutlinePair, outline_pair
from matcher.report.sources import SourceRow, source_rows, versions
from matcher.report.standing import Standing, standing
from matcher.report.worldmap import LocatorMap, World, locator_map, read_world

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matcher.atlas import Region
    from matcher.evidence import Point
    from matcher.explanation import Explanation
    from matcher.matcher import Matcher
    from matcher.ranking import Ranking
    from matcher.report.known import KnownTies


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFacts:
    """What is known of a pair.

    Attributes
    ----------
    standings
        The partner's place in each ranking, the country's first.
    ties
        Known partnerships around the pair; None where no file of them was read.
    statements
        What texts state of either region, each with its source; no score sees them.
    festivals
        Names of festivals by region id; only regions with some.
    parents
        The regions in which those that are named lie, by id.
    """

    explanation: Explanation
    standings: tuple[Standing, ...]
    opportunities: tuple[Opportunity, ...]
    complements: tuple[Complement, ...]
    peaks: tuple[Peaks, ...]
    growing: Growing | None
    hurdles: tuple[Hurdle, ...]
    forms: tuple[Form, ...]
    procedures: tuple[Procedure, ...]
    ties: KnownTies | None
    statements: tuple[Point, ...]
    festivals: Mapping[str, tuple[str, ...]]
    outlines: OutlinePair | None
    parents: Mapping[str, Region]
    sources: tuple[SourceRow, ...]
    versions: tuple[tuple[str, str], ...]
    world: World

    def locator(self, name_a: str, name_b: str) -> LocatorMap | None:
        """Return the map of the world with both regions under names of a language."""
        if not self.world:
            return None
        a, b = self.explanation.a, self.explanation.b
        return locator_map(self.world, (name_a, a.country, a.lat, a.lon), (name_b, b.country, b.lat, b.lon))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values: keys and numbers, no text of any language but the explanation's own."""
        explanation = self.explanation.to_dict()
        explanation.pop("sentences")
        return {
            "explanation": explanation,
            "standings": [ranked.to_dict() for ranked in self.standings],
            "opportunities": [
                {
                    "rule": o.rule.id,
                    "number": o.rule.number,
                    "sector": o.rule.sector,
                    "basis": o.rule.basis,
                    "when": [dict(condition) for condition in o.rule.when],
                    "strong": o.strong,
                    "evidence": [part.feature for part in o.evidence],
                    "pair": dict(o.pair),
                }
                for o in self.opportunities
            ],
            "complements": [
                {"side": c.side, "feature": c.part.feature, "name": c.name, "has": c.has, "lacks": c.lacks}
                for c in self.complements
            ],
            "peaks": [
                {
                    "feature": p.part.feature,
                    "month_a": p.month_a + 1,
                    "month_b": p.month_b + 1,
                    "apart": p.apart,
                }
                for p in self.peaks
            ],
            "growing_months": None
            if self.growing is None
            else {side: [month + 1 for month in getattr(self.growing, side)] for side in "ab"},
            "feasibility": [{"key": h.key, "grade": h.grade, **h.values} for h in self.hurdles],
            "criteria": {
                form.id: [{"id": a.id, "test": a.test, "status": a.status, **a.values} for a in form.answers]
                for form in self.forms
            },
            "procedures": [p.name for p in self.procedures],
            "partnerships": None if self.ties is None else self.ties.to_dict(),
            "statements": [point.to_dict() for point in self.statements],
            "festivals": {region_id: list(names) for region_id, names in self.festivals.items()},
            "sources": [source.to_dict() for source in self.sources],
            "versions": dict(self.versions),
        }

    def to_json(self) -> str:
        """Return `to_dict` as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1)


def gather_pair(
    explanation: Explanation,
    matcher: Matcher,
    rankings: Sequence[Ranking] = (),
    ties: KnownTies | None = None,
    statements: Sequence[Point] = (),
    festivals: Mapping[str, tuple[str, ...]] | None = None,
) -> PairFacts:
    """Collect the facts of a pair.

    Parameters
    ----------
    explanation
        The pair.
    matcher
        Gives outlines, sources and the data folder.
    rankings
        Rankings for `explanation.a`, the one to be shown first.
    ties
        Known partnerships around the pair.
    statements
        What texts state of either region.
    festivals
        See `matcher.report.festivals`.
    """
    a, b = explanation.a, explanation.b
    found = hurdles(explanation)
    fields = opportunities(explanation, pair_facts(found))
    lacking = complements(explanation)
    questions = Facts(
        explanation=explanation,
        hurdles=found,
        opportunities=fields,
        complements=lacking,
        ties=None if ties is None else len(ties.between),
    )
    standings = tuple(standing(explanation, ranking) for ranking in rankings)
    return PairFacts(
        explanation=explanation,
        standings=standings,
        opportunities=fields,
        complements=lacking,
        peaks=peaks(explanation),
        growing=growing(explanation),
        hurdles=found,
        forms=check(questions),
        procedures=tuple(procedure(region.country) for region in (a, b)),
        ties=ties,
        statements=tuple(statements),
        festivals=festivals or {},
        outlines=outline_pair(
            (a.name, matcher.atlas.outline(a.region_id)), (b.name, matcher.atlas.outline(b.region_id))
        ),
        parents=matcher.atlas.parents([a, b, *(m.region for ranked in standings[:1] for m in ranked.best)]),
        sources=source_rows([explanation], matcher, (FEATURE,) if festivals else ()),
        versions=versions(explanation.profile, explanation.atlas_version, matcher),
        world=read_world(matcher.atlas.data_dir / "world.json"),
    )
