"""Standing: where the partner stands among the candidates of a ranking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        listed=len(ranking),
        candidates=ranking.n_candidates,
        interval=own.interval if own else None,
        best=tuple(best),
        left_out={rule: count for rule, count in ranking.left_out.items() if count},
    )
