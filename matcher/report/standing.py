"""Standing: where the partner stands among the candidates of one or more rankings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matcher.countries import country_name
from matcher.formats import isolated, number, share
from matcher.language import language
from matcher.ranking import Ranking, format_ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matcher.explanation import Explanation
    from matcher.ranking import Match

BEST = 5
"""Candidates shown beside the partner."""


@dataclass(frozen=True, slots=True)
class Rank:
    """The partner's place in one ranking: ``rank`` is None where it is not among the matches listed."""

    scope: str
    rank: int | None
    candidates: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Peer:
    """A candidate as one row of text; `chosen` marks the partner."""

    rank: str
    name: str
    country: str
    score: str
    groups: tuple[str, ...]
    percentile: str
    coverage: str
    distance: str
    ratio: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """All that is said about rankings.

    Attributes
    ----------
    ranks
        One a ranking.
    scope, groups, peers
        The best candidates of the first ranking and the partner, with the groups as columns.
    left_out
        What the filters of the first ranking left out.
    """

    ranks: tuple[Rank, ...] = ()
    scope: str = ""
    groups: tuple[str, ...] = ()
    peers: tuple[Peer, ...] = ()
    left_out: tuple[str, ...] = ()


def standing(explanation: Explanation, context: Ranking | Sequence[Ranking] | None) -> Standing:
    """Read the partner's place off the rankings.

    Parameters
    ----------
    explanation
        The pair.
    context
        Rankings for `explanation.a`, the one to be shown first; None where there are none.
    """
    rankings = [context] if isinstance(context, Ranking) else list(context or ())
    rankings = [ranking for ranking in rankings if ranking.query.region.region_id == explanation.a.region_id]
    if not rankings:
        return Standing()
    first = rankings[0]
    partner = explanation.b.region_id
    shown = [match for i, match in enumerate(first) if i < BEST or match.region.region_id == partner]
    groups = tuple(shown[0].groups) if shown else ()
    return Standing(
        ranks=tuple(_rank(explanation, ranking) for ranking in rankings),
        scope=_scope(first),
        groups=groups,
        peers=tuple(_peer(match, groups, chosen=match.region.region_id == partner) for match in shown),
        left_out=tuple(
            f"{rule.replace('_', ' ')}: {count:,}" for rule, count in first.left_out.items() if count
        ),
    )


def _scope(ranking: Ranking) -> str:
    """Say where the candidates come from."""
    names = [country_name(code) for code in ranking.query.filters.countries]
    if not names:
        return "the world"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _rank(explanation: Explanation, ranking: Ranking) -> Rank:
    name, scope, total = isolated(explanation.b.name), _scope(ranking), ranking.n_candidates
    rank = next((m.rank for m in ranking if m.region.region_id == explanation.b.region_id), None)
    if rank is None:
        text = f"{name} is not among the {len(ranking):,} best of {total:,} candidates in {scope}."
    else:
        text = f"{name} is no. {rank:,} of {total:,} candidates in {scope}."
    return Rank(scope, rank, total, text)


def _peer(match: Match, groups: Sequence[str], *, chosen: bool) -> Peer:
    region = match.region
    return Peer(
        rank=f"{match.rank:,}",
        name=f"{region.name}, {region.parent_name}" if region.parent_name else region.name,
        country=country_name(region.country),
        score=f"{match.score:.1f}",
        groups=tuple(f"{match.groups[group]:.0f}" if group in match.groups else "–" for group in groups),
        percentile=language().percentile(match.percentile),
        coverage=share(match.coverage),
        distance=number(match.distance_km, "km"),
        ratio=format_ratio(match.population_ratio),
        chosen=chosen,
    )
