"""What stands beside a ranking where it is asked for: mutual ranks and hubs, and the second opinion. No score changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from matcher.hubs import hubs, mutual_ranks
from matcher.ranking import Mutual, Ranking

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matcher.matcher import Matcher

SAMPLE = 200
"""Random regions whose lists tell the hubs."""
LENGTH = 10
"""Of these lists."""


def with_mutual(matcher: Matcher, ranking: Ranking, seed: int = 0) -> Ranking:
    """Return a ranking whose matches say whether they would choose back, and whether they are hubs.

    A match's own list holds the regions of the query's country that the same rules let through. A hub is on more lists of
    ten than chance explains, of 200 random regions that ask for candidates under the same rules.

    Parameters
    ----------
    seed
        Of the random regions.
    """
    query = ranking.query
    partners = [match.region for match in ranking]
    # The list of a partner is one of the query's country, whatever countries the query looked in.
    filters = replace(
        query.filters, countries=query.filters.countries or tuple({p.country for p in partners})
    )
    rows = matcher.atlas.where("country", [query.region.country]) & matcher.atlas.candidate_mask(
        filters.levels(query.region)
    )
    ends = [matcher.atlas.row(region.region_id, region.country) for region in (query.region, *partners)]
    names = [name for name, _ in query.weights.key]
    codes = matcher.codes(names, np.union1d(np.flatnonzero(rows), ends))
    ranks = mutual_ranks(matcher.atlas, codes, query.weights, query.region, partners, filters)
    found = _hubs(matcher, ranking, seed)
    matches = (
        replace(match, mutual=Mutual(rank, found.get(match.region.region_id)))
        for match, rank in zip(ranking, ranks, strict=True)
    )
    return replace(ranking, matches=tuple(matches))


def _hubs(matcher: Matcher, ranking: Ranking, seed: int) -> Mapping[str, float]:
    filters, weights = ranking.query.filters, ranking.query.weights
    atlas = matcher.atlas
    asking = atlas.partner_rows()
    if filters.countries:
        asking = asking[~atlas.where("country", filters.countries)[asking]]
    drawn = np.random.default_rng(seed).permutation(len(asking))[:SAMPLE]
    found = matcher.batch(
        atlas.regions(asking[np.sort(drawn)]),
        LENGTH,
        country=filters.countries,
        profile=weights.profile,
        weights=weights.changes,
        candidates=filters.candidates or None,
        any_size=filters.any_size,
        level=filters.level,
    )
    return hubs(found.to_table(), ranking.n_candidates)


def with_plausibility(matcher: Matcher, ranking: Ranking) -> Ranking:
    """Return a ranking whose matches say how much they look like real partnerships; the order stays.

    A region that signs no partnerships has none.

    Raises
    ------
    DataError
        The model's folder holds no second opinion.
    """
    points = matcher.opinions.points(ranking.query.region, [match.region for match in ranking])
    matches = (replace(match, plausibility=each) for match, each in zip(ranking, points, strict=True))
    return replace(ranking, matches=tuple(matches))
