"""Contest: all that a shortlist report rests on: the candidates, why each, other weights, and "why not X?"."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matcher.errors import EmptyCandidatesError
from matcher.report.sources import SourceRow, source_rows, versions
from matcher.report.standing import excluded
from matcher.report.worldmap import PlacesMap, World, places_map, read_world

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matcher.atlas import Region
    from matcher.explanation import Explanation
    from matcher.matcher import Matcher
    from matcher.ranking import Match, Ranking

PROFILES = ("balanced", "agriculture", "tourism")
"""Profiles under which the list is made again; the report's own is always among them."""
SEARCHED = 1_000
"""Places of the ranking that are looked through for a region that a reader proposes."""


@dataclass(frozen=True, slots=True)
class WhyNot:
    """A region that a reader proposes.

    Attributes
    ----------
    rank
        Its place among the candidates; None where it is beyond those looked through, or no candidate.
    excluded
        Why it is no candidate: own_country, country, level, size, candidates; "" where it is one.
    losses
        Features on which it falls farthest behind the last of the shortlist: (feature, its points, the last one's).
    """

    region: Region
    explanation: Explanation
    rank: int | None
    excluded: str
    losses: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortlistFacts:
    """What is known of a shortlist.

    Attributes
    ----------
    explanations
        One a match, in the order of the ranking.
    parents
        The regions in which those that are named lie, by id.
    profiles
        Profile to the ids of its best, as many as the shortlist has.
    """

    ranking: Ranking
    explanations: tuple[Explanation, ...]
    profiles: dict[str, tuple[Match, ...]]
    why_not: tuple[WhyNot, ...]
    parents: Mapping[str, Region]
    sources: tuple[SourceRow, ...]
    versions: tuple[tuple[str, str], ...]
    world: World

    def map(self, name: str) -> PlacesMap | None:
        """Return the map of the world with the region under its name in a language."""
        if not self.world:
            return None
        home = self.ranking.query.region
        spots = [(match.region.lat, match.region.lon) for match in self.ranking]
        return places_map(self.world, (name, home.lat, home.lon), spots)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        explained = []
        for explanation in self.explanations:
            plain = explanation.to_dict()
            plain.pop("sentences")
            explained.append(plain)
        return {
            "ranking": self.ranking.to_dict(),
            "explanations": explained,
            "profiles": {
                name: [match.region.region_id for match in matches] for name, matches in self.profiles.items()
            },
            "why_not": [
                {
                    "region_id": w.region.region_id,
                    "score": w.explanation.score,
                    "rank": w.rank,
                    "excluded": w.excluded,
                    "losses": [list(loss) for loss in w.losses],
                }
                for w in self.why_not
            ],
            "sources": [source.to_dict() for source in self.sources],
            "versions": dict(self.versions),
        }


def gather_shortlist(
    matcher: Matcher, ranking: Ranking, wishes: dict[str, Any], why_not: Sequence[Region] = ()
) -> ShortlistFacts:
    """Collect the facts of a shortlist.

    Parameters
    ----------
    matcher
        Ranks again under other profiles, and explains.
    ranking
        The shortlist.
    wishes
        What `Matcher.rank` was asked for, besides region, n, profile and weights.
    why_not
        Regions that a reader proposes.
    """
    query = ranking.query
    profile, changes = query.weights.profile, dict(query.weights.changes) or None
    partners = [match.region for match in ranking]
    explanations = tuple(matcher.explain_all(query.region, partners, profile=profile, weights=changes))
    profiles = {profile: ranking.matches}
    for name in PROFILES:
        if name not in profiles and name in matcher.profiles:
            with suppress(EmptyCandidatesError):
                profiles[name] = matcher.rank(query.region, n=query.n, profile=name, **wishes).matches
    return ShortlistFacts(
        ranking=ranking,
        explanations=explanations,
        profiles=profiles,
        why_not=tuple(_why_not(matcher, ranking, explanations, region, wishes) for region in why_not),
        parents=matcher.atlas.parents([query.region, *(match.region for match in ranking)]),
        sources=source_rows(explanations, matcher),
        versions=versions(profile, ranking.atlas_version, matcher),
        world=read_world(matcher.atlas.data_dir / "world.json"),
    )


def _why_not(
    matcher: Matcher,
    ranking: Ranking,
    explanations: Sequence[Explanation],
    region: Region,
    wishes: dict[str, Any],
) -> WhyNot:
    query = ranking.query
    weights: dict[str, Any] = {
        "profile": query.weights.profile,
        "weights": dict(query.weights.changes) or None,
    }
    own = matcher.explain(query.region, region, **weights)
    deeper = matcher.rank(query.region, n=SEARCHED, **weights, **wishes)
    rank = next((match.rank for match in deeper if match.region.region_id == region.region_id), None)
    last = {part.feature: part.points for part in explanations[-1].points}
    losses = sorted(
        ((part.feature, part.points, last.get(part.feature, 0.0)) for part in own.points),
        key=lambda loss: (loss[1] - loss[2], loss[0]),
    )
    behind = tuple(loss for loss in losses[:3] if loss[1] < loss[2])
    return WhyNot(region, own, rank, "" if rank else excluded(ranking, region), behind)
