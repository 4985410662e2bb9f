"""What stands beside a ranking changes neither its order nor its scores."""

from __future__ import annotations

import pytest

from matcher import Atlas, Matcher, SimilarityModel
from matcher.pairspace import PairSpace
from matcher.plausibility import Plausibility
from matcher.pool import Pool
from tests.ties import place_atlas, real_ties
from tests.toy import write_atlas


@pytest.fixture(scope="module")
def m(tmp_path_factory) -> Matcher:
    atlas = Atlas.open(write_atlas(tmp_path_factory.mktemp("toy")))
    return Matcher(atlas, SimilarityModel(n_pairs=200).fit(atlas))


@pytest.mark.parametrize("wishes", [{}, {"country": ["BB", "CC"]}, {"any_size": True}])
def test_a_mutual_rank_is_the_place_on_the_matchs_list_of_the_querys_country(m, wishes):
    region = m.atlas.get("toy:0001")
    ranking = m.rank(region, n=5, **wishes)
    beside = m.with_mutual(ranking)
    assert [match.score for match in beside] == [match.score for match in ranking]
    back = wishes | {"country": region.country}
    for match in beside:
        theirs = m.rank(match.region, n=300, **back)
        assert match.mutual.rank == next(x.rank for x in theirs if x.region == region)
        assert match.mutual.hub is None or 0 < match.mutual.hub <= 1


def test_a_region_that_everybody_gets_is_marked(m, monkeypatch):
    ranking = m.rank(m.atlas.get("toy:0001"), n=3)
    star = ranking[1].region.region_id
    monkeypatch.setattr("matcher.beside.hubs", lambda *_: {star: 0.7})
    assert [match.mutual.hub for match in m.with_mutual(ranking)] == [None, 0.7, None]


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("beside")
    atlas = place_atlas(folder / "atlas", 400)
    model = SimilarityModel(n_pairs=500).fit(atlas)
    ends = (Pool(atlas).positions(rows) for rows in real_ties(atlas, 300))
    Plausibility.fit(PairSpace(Pool(atlas), model), *ends).save(folder)
    return Matcher(atlas, model, folder)


def test_plausibility_beside_a_ranking_is_that_of_the_pair(learned):
    region = learned.atlas.regions(learned.atlas.partner_rows()[:1])[0]
    ranking = learned.rank(region, n=4)
    beside = learned.with_plausibility(ranking)
    assert [match.region for match in beside] == [match.region for match in ranking]
    for match in beside:
        assert match.plausibility == pytest.approx(
            learned.plausibility(region, match.region).points, abs=1e-9
        )


def test_a_region_that_signs_nothing_has_no_plausibility(learned):
    atlas = learned.atlas
    signing = set(atlas.partner_rows().tolist())
    row = next(row for row in range(len(atlas)) if row not in signing)
    silent, region = atlas.regions([row, atlas.partner_rows()[0]])
    assert learned.opinions.points(region, [silent]) == [None]
    assert learned.opinions.points(silent, [region]) == [None]
