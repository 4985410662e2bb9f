"""Standing: where the partner stands among the candidates of a ranking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matcher.candidates import SIZE_RATIO

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matcher.atlas import Region
    from matcher.explanation import Explanation
    from matcher.ranking import Match, Ranking

BEST = 5
"""Candidates shown beside the partner."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The partner's place in one ranking.

    Attributes
    ----------
    countries
        Where the candidates come from; empty for the world.
    rank
        None where the partner is not among the matches listed.
    excluded
        Why the partner is no candidate, see `excluded`; "" where it is one.
    listed, candidates
        How many matches were looked through, and how many regions were ranked.
    interval
        First and last rank under changed weights and data, where that was reckoned.
    best
        The best candidates, and the partner where it was found.
    left_out
        Rule to the number of regions that it left out.
    """

    countries: tuple[str, ...]
    rank: int | None
    excluded: str
    listed: int
    candidates: int
    interval: tuple[int, int] | None
    best: tuple[Match, ...]
    left_out: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "countries": list(self.countries),
            "rank": self.rank,
            "excluded": self.excluded,
            "candidates": self.candidates,
            "interval": self.interval,
            "best": [match.to_dict() for match in self.best],
            "left_out": dict(self.left_out),
        }


def standing(explanation: Explanation, ranking: Ranking) -> Standing:
    """Read the partner's place off a ranking for `explanation.a`."""
    partner = explanation.b.region_id
    own = next((match for match in ranking if match.region.region_id == partner), None)
    best = list(ranking.matches[:BEST])
    if own is not None and own.rank > BEST:
        best.append(own)
    return Standing(
        countries=tuple(ranking.query.filters.countries),
        rank=own.rank if own else None,
        excluded="" if own else excluded(ranking, explanation.b),
        listed=len(ranking),
        candidates=ranking.n_candidates,
        interval=own.interval if own else None,
        best=tuple(best),
        left_out={rule: count for rule, count in ranking.left_out.items() if count},
    )


def excluded(ranking: Ranking, region: Region) -> str:
    """Name the rule that keeps a region from being a candidate: own_country, country, level or size; "" where none does."""
    query = ranking.query
    home, filters = query.region, query.filters
    if (
        region.country == home.country
        and not filters.include_own_country
        and region.country not in filters.countries
    ):
        return "own_country"
    if filters.countries and region.country not in filters.countries:
        return "country"
    if region.level not in filters.levels(home):
        return "level"
    if home.population and region.population and not filters.any_size:
        ratio = max(home.population / region.population, region.population / home.population)
        if ratio > SIZE_RATIO:
            return "size"
    return ""
