"""What stands beside a ranking where it is asked for: intervals, mutual ranks and hubs, the second opinion.

No score changes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from matcher.candidates import choose
from matcher.errors import UsageError
from matcher.hubs import hubs, mutual_ranks
from matcher.ranking import Mutual, Ranking
from matcher.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matcher.atlas import Region
    from matcher.matcher import Matcher

SAMPLE = 200
"""Random regions whose lists tell the hubs."""
LENGTH = 10
"""Of these lists."""


def with_intervals(matcher: Matcher, ranking: Ranking, worlds: int, seed: int) -> Ranking:
    """Return a ranking whose matches say between which ranks they stand; see `Matcher.rank_interval`."""
    spread = intervals_of(matcher, ranking, [match.region for match in ranking], worlds, seed)
    matches = tuple(
        replace(match, interval=interval) for match, interval in zip(ranking, spread, strict=True)
    )
    return replace(ranking, matches=matches)


def intervals_of(
    matcher: Matcher, ranking: Ranking, regions: Sequence[Region], worlds: int, seed: int
) -> list[tuple[int, int]]:
    """Return between which ranks some of a ranking's candidates stand in 95 of 100 worlds.

    Raises
    ------
    UsageError
        No world is asked for.
    """
    from matcher import intervals
    from matcher.noise import Noise, read_errors

    if worlds < 1:
        raise UsageError(f"worlds is {worlds}; ask for at least 1")
    atlas, catalogue, query = matcher.atlas, matcher.catalogue, ranking.query
    names = [name for name, _ in query.weights.key]
    vector = query.weights.vector(names)
    rows = choose(atlas, query.region, query.filters).rows
    row = atlas.row(query.region.region_id, query.region.country)
    codes = matcher.codes(names, np.append(rows, row))
    own = codes.take(np.array([row]), names)
    if query.filters.min_coverage > 0:
        rows = rows[codes.coverage(own, rows, vector) >= query.filters.min_coverage]
    focus = np.array([atlas.row(region.region_id, region.country) for region in regions])
    drawn = intervals.worlds(vector, [catalogue[name].group for name in names], worlds, seed)
    errors = read_errors(atlas.data_dir / "errors.toml", catalogue)
    noise = Noise(atlas, matcher.model, errors, codes if isinstance(codes, World) else None)
    found = intervals.ranks(codes, own, drawn, rows, focus, noise, row, seed)
    return [(int(low), int(high)) for low, high in intervals.intervals(found)]


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
