"""A mutual rank is the place on the other's own list, and a hub is on more lists than chance explains."""

from __future__ import annotations

import pyarrow as pa
import pytest

from matcher import Atlas, Matcher, SimilarityModel
from matcher.hubs import hubs, mutual_ranks
from tests.toy import write_atlas


@pytest.fixture(scope="module")
def m(tmp_path_factory) -> Matcher:
    atlas = Atlas.open(write_atlas(tmp_path_factory.mktemp("toy")))
    return Matcher(atlas, SimilarityModel(n_pairs=200).fit(atlas))


@pytest.mark.parametrize("wishes", [{}, {"country": ["BB", "CC"]}, {"any_size": True}])
def test_a_mutual_rank_is_the_place_on_the_others_list(m, wishes):
    ranking = m.rank(m.atlas.get("toy:0001"), n=8, **wishes)
    query = ranking.query
    ranks = mutual_ranks(
        m.atlas, m.world, query.weights, query.region, [x.region for x in ranking], query.filters
    )
    back = wishes | ({"country": query.region.country} if "country" in wishes else {})
    for match, rank in zip(ranking, ranks, strict=True):
        theirs = m.rank(match.region, n=300, **back)
        assert rank == next(x.rank for x in theirs if x.region == query.region)


def test_a_region_on_every_list_is_a_hub_and_one_on_a_single_list_is_not():
    lists = 200
    table = pa.table(
        {
            "query_id": [f"q{i}" for i in range(lists) for _ in range(2)],
            "region_id": [name for i in range(lists) for name in ("hub", f"r{i}")],
        }
    )
    assert hubs(table, n_candidates=10_000) == {"hub": 1.0}


def test_no_list_no_hub():
    empty = pa.table({"query_id": pa.array([], pa.string()), "region_id": pa.array([], pa.string())})
    assert hubs(empty, n_candidates=100) == {}
