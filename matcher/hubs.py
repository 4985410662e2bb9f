"""Hubs and mutual ranks: whether a match is a match for everybody, and whether it would choose back.

In a space of many features some regions are on far more lists than chance would have it (Radovanovic, Nanopoulos and
Ivanovic, 2010, JMLR 11): they are alike to all, so their likeness says little. A mutual rank tells the same of one pair:
a hub has a region far down on its own list.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from matcher.candidates import Filters, choose
from matcher.errors import EmptyCandidatesError
from matcher.world import SLACK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from matcher.atlas import Atlas, Region
    from matcher.weights import Weights
    from matcher.world import Few, World

CHANCE = 0.01
"""How likely it may be that chance alone names any hub at all."""


def hubs(matches: pa.Table, n_candidates: int, chance: float = CHANCE) -> Mapping[str, float]:
    """Return the regions that are on more lists than chance explains, and the share of the lists that each is on.

    Parameters
    ----------
    matches
        Of a batch over a sample of regions: columns ``query_id`` and ``region_id``.
    n_candidates
        How many regions could be on a list.
    chance
        By a binomial law and Bonferroni's bound, the probability that any region at all is named wrongly.

    Returns
    -------
    mapping
        Region id to share, 0..1, the largest first; equal ones by id.
    """
    from scipy.stats import binom

    ids, counts = np.unique(np.array(matches["region_id"].to_pylist(), dtype=str), return_counts=True)
    lists = len(set(matches["query_id"].to_pylist()))
    if not lists:
        return {}
    odds = len(matches) / lists / n_candidates
    rare = binom.sf(counts - 1, lists, min(odds, 1.0)) < chance / n_candidates
    order = np.lexsort((ids[rare], -counts[rare]))
    return {str(ids[rare][i]): float(counts[rare][i] / lists) for i in order}


def mutual_ranks(
    atlas: Atlas,
    codes: World | Few,
    weights: Weights,
    region: Region,
    partners: Sequence[Region],
    filters: Filters | None = None,
) -> list[int | None]:
    """Return the rank that `region` has, or would have, on each partner's own list.

    Parameters
    ----------
    codes
        Must hold the region, the partners and all their candidates; `Matcher.world` holds everyone.
    filters
        Those of the region's ranking. A partner's list has the same rules on size, level and own country; where
        countries were named, it is a list of the region's country. Wishes for a population, an area or a distance
        describe the partner that the region seeks, and do not hold for the partner's list.

    Returns
    -------
    list
        1 is the best; None where the partner has no candidate at all.
    """
    filters = filters or Filters()
    mirrored = Filters(
        countries=(region.country,) if filters.countries else (),
        include_own_country=filters.include_own_country,
        any_size=filters.any_size,
    )
    own = atlas.row(region.region_id, region.country)
    return [_rank_of(atlas, codes, weights, own, partner, mirrored) for partner in partners]


def _rank_of(
    atlas: Atlas, codes: World | Few, weights: Weights, row: int, partner: Region, filters: Filters
) -> int | None:
    if partner.country in filters.countries:
        filters = replace(filters, include_own_country=True)
    try:
        rows = choose(atlas, partner, filters).rows
    except EmptyCandidatesError:
        return None
    names = [name for name, _ in weights.key]
    vector = weights.vector(names)
    judge = codes.take(np.array([atlas.row(partner.region_id, partner.country)]), names)

    def exact(some: NDArray[np.int64]) -> NDArray[np.float64]:
        scores: NDArray[np.float64] = 100.0 * (codes.take(some, names).likeness(judge) * vector).sum(axis=1)
        return scores

    rows = rows[rows != row]
    mine = exact(np.array([row]))[0]
    vectors, constants = judge.query(vector)
    rough = codes.scores(vectors[0], names, rows) + constants[0]
    near = rows[np.abs(rough - mine) <= SLACK]  # float32 decides nothing
    scores = exact(near)
    ahead = (scores > mine) | ((scores == mine) & (atlas.id_places[near] < atlas.id_places[row]))
    return 1 + int((rough > mine + SLACK).sum()) + int(ahead.sum())
