"""Structure: what a report says, as plain data. Nothing here knows of HTML; every form of report starts from it."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from matcher.caveats import caveats, headline, verdict
from matcher.formats import UNKNOWN, share
from matcher.language import language
from matcher.ranking import format_ratio
from matcher.report import figures
from matcher.report.cards import Card, card
from matcher.report.sources import SourceRow, source_rows, versions
from matcher.report.standing import Standing, standing
from matcher.report.table import Detail, FeatureGroup, details, feature_groups
from matcher.report.texts import LIMITS, METHOD
from matcher.sentences import sentence, unknown_sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matcher.explanation import Explanation
    from matcher.matcher import Matcher
    from matcher.ranking import Ranking
    from matcher.report.charts import ClimateChart, StackChart
    from matcher.report.shapes import LocatorMap, OutlinePair

N_REASONS = 6
"""Reasons on either side."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a mayor reads in one minute."""

    headline: str
    score: float
    verdict: str
    percentile: float
    percentile_text: str
    coverage: float
    coverage_text: str
    distance_km: float
    population_ratio: str
    profile: str


@dataclass(frozen=True, slots=True)
class GroupBar:
    """A group's likeness 0..100, its points of the whole, its weight and coverage 0..1."""

    name: str
    label: str
    score: float
    points: float
    weight: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Report:
    """A pair dossier.

    Attributes
    ----------
    groups, table
        Scores and features by group, in the catalogue's order; ``total_points`` is the sum of all points.
    reasons_for, reasons_against, unknown, caveats
        Sentences.
    details
        Months and shares in full.
    """

    locale: str
    title: str
    a: Card
    b: Card
    summary: Summary
    standing: Standing
    groups: tuple[GroupBar, ...]
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    unknown: tuple[str, ...]
    caveats: tuple[str, ...]
    locator: LocatorMap | None
    outlines: OutlinePair | None
    climate: tuple[ClimateChart, ...]
    stacks: tuple[StackChart, ...]
    table: tuple[FeatureGroup, ...]
    total_weight: float
    total_points: float
    details: tuple[Detail, ...]
    sources: tuple[SourceRow, ...]
    method: tuple[str, ...]
    limits: tuple[str, ...]
    versions: tuple[tuple[str, str], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def build_report(
    explanation: Explanation,
    matcher: Matcher,
    context: Ranking | Sequence[Ranking] | None = None,
    *,
    locale: str = "en",
) -> Report:
    """Collect all that a report on a pair says.

    Parameters
    ----------
    explanation
        The pair.
    matcher
        Gives outlines, labels and the data folder.
    context
        One or more rankings for `explanation.a`, the one to be shown first.
    locale
        Only "en" so far.

    Raises
    ------
    UnknownNameError
        There is no text in this language.
    """
    language(locale)
    a, b = explanation.a, explanation.b
    labels = {name: group.label for name, group in matcher.catalogue.groups.items()}
    return Report(
        locale=locale,
        title=f"{a.name} and {b.name}",
        a=card(a),
        b=card(b),
        summary=_summary(explanation),
        standing=standing(explanation, context),
        groups=tuple(
            GroupBar(name, labels.get(name, name), g.score, g.points, g.weight, g.coverage)
            for name, g in explanation.by_group().items()
        ),
        reasons_for=tuple(sentence(part, a, b) for part in explanation.reasons_for(N_REASONS)),
        reasons_against=tuple(sentence(part, a, b) for part in explanation.reasons_against(N_REASONS)),
        unknown=tuple(unknown_sentences(explanation)),
        caveats=tuple(caveats(explanation)),
        locator=figures.locator(explanation, matcher),
        outlines=figures.outlines(explanation, matcher),
        climate=figures.climate(explanation),
        stacks=figures.stacks(explanation),
        table=feature_groups(explanation, matcher.catalogue, labels),
        total_weight=math.fsum(part.weight for part in explanation.points),
        total_points=math.fsum(part.points for part in explanation.points),
        details=details(explanation),
        sources=source_rows(explanation, matcher),
        method=METHOD,
        limits=LIMITS,
        versions=versions(explanation, matcher),
    )


def _summary(explanation: Explanation) -> Summary:
    percentile = explanation.percentile
    return Summary(
        headline=headline(explanation),
        score=explanation.score,
        verdict=verdict(percentile),
        percentile=percentile,
        percentile_text=language().percentile(percentile),
        coverage=explanation.coverage,
        coverage_text=share(explanation.coverage),
        distance_km=explanation.distance_km,
        population_ratio=format_ratio(explanation.population_ratio)
        if explanation.population_ratio
        else UNKNOWN,
        profile=explanation.profile,
    )
