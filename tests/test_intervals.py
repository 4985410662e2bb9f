"""Rank intervals: what the worlds are, and that one product ranks in all of them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from matcher import Atlas, Matcher, SimilarityModel
from matcher.intervals import intervals, ranks, worlds
from matcher.noise import Noise
from matcher.world import Few
from tests.toy import write_atlas


@pytest.fixture(scope="module")
def m(tmp_path_factory) -> Matcher:
    atlas = Atlas.open(write_atlas(tmp_path_factory.mktemp("toy"), missing=0.2))
    return Matcher(atlas, SimilarityModel(n_pairs=200).fit(atlas))


def test_worlds_are_shares_around_the_profile():
    shares = np.array([0.5, 0.3, 0.2])
    drawn = worlds(shares, ["x", "x", "y"], 4_000, dropped=0)
    assert np.allclose(drawn.sum(axis=1), 1.0)
    assert drawn.min() > 0
    assert np.allclose(drawn.mean(axis=0), shares, atol=0.01)


def test_groups_and_the_features_inside_them_stray_by_no_more_than_the_spread():
    drawn = worlds(np.array([0.4, 0.2, 0.4]), ["x", "x", "y"], 4_000, spread=0.25, dropped=0)
    inside, between = drawn[:, 0] / drawn[:, 1] / 2, (drawn[:, 0] + drawn[:, 1]) / drawn[:, 2] / 1.5
    for ratio in (inside, between):
        assert ratio.min() >= 0.75 / 1.25
        assert ratio.max() <= 1.25 / 0.75
        assert ratio.max() / ratio.min() > 2


def test_a_world_lacks_one_feature_each_as_often():
    drawn = worlds(np.full(10, 0.1), ["x"] * 10, 2_000)
    assert ((drawn == 0).sum(axis=1) == 1).all()
    assert np.allclose((drawn == 0).mean(axis=0), 0.1, atol=0.03)


def test_what_a_group_loses_its_other_features_gain():
    drawn = worlds(np.array([0.25, 0.25, 0.25, 0.25]), ["x", "x", "y", "y"], 100, spread=0.0)
    assert np.allclose(drawn[:, :2].sum(axis=1), 0.5)


def test_a_single_feature_is_never_lost():
    assert np.allclose(worlds(np.array([1.0]), ["x"], 100), 1.0)


def test_the_same_seed_gives_the_same_worlds():
    shares, groups = np.array([0.5, 0.5]), ["x", "y"]
    assert np.array_equal(worlds(shares, groups, 5, 1), worlds(shares, groups, 5, 1))
    assert not np.array_equal(worlds(shares, groups, 5, 1), worlds(shares, groups, 5, 2))


def test_ranks_are_those_of_sorting_every_world(m, monkeypatch):
    monkeypatch.setattr("matcher.intervals._BLOCK", 50)
    weights = m.weights()
    names = [name for name, _ in weights.key]
    rows = np.arange(1, len(m.atlas))
    codes = Few(m.atlas, m.model, np.arange(len(m.atlas)), names)
    own = codes.take(np.array([0]), names)
    many = worlds(weights.vector(names), [m.catalogue[name].group for name in names], 20)
    likeness = codes.take(rows, names).likeness(own)
    scores = many @ likeness.T
    focus = rows[[3, 100, 7, 200]]
    expected = 1 + (scores[:, None, :] > scores[:, focus - 1, None]).sum(axis=2)
    assert np.array_equal(ranks(codes, own, many, rows, focus), expected)


def test_an_interval_holds_the_middle_of_the_worlds():
    found = np.arange(1, 101)[:, None]
    assert intervals(found).tolist() == [[3, 98]]
    assert intervals(np.full((10, 1), 4)).tolist() == [[4, 4]]


def test_a_ranking_with_intervals_is_the_ranking(m):
    region = m.atlas.get("toy:0001")
    plain, spread = m.rank(region, n=5), m.rank_interval(region, n=5, worlds=50)
    assert [match.region for match in spread] == [match.region for match in plain]
    assert [match.score for match in spread] == [match.score for match in plain]
    for match in spread:
        low, high = match.interval
        assert 1 <= low <= high <= plain.n_candidates
        assert match.to_dict()["rank_interval"] == {"low": low, "high": high, "share": 0.95}
    assert "rank_interval" not in plain[0].to_dict()
    assert {"rank_low", "rank_high"} <= set(spread.rows()[0])
    assert f"{spread[0].interval[0]}-{spread[0].interval[1]}" in str(spread)


def test_values_that_err_widen_an_interval_and_leave_the_order_of_the_ranking(m, monkeypatch):
    region = m.atlas.get("toy:0001")
    wide = m.rank_interval(region, n=5, worlds=60)
    monkeypatch.setattr("matcher.noise.read_errors", lambda *_: {})
    narrow = m.rank_interval(region, n=5, worlds=60)

    def spread(ranking):
        return sum(match.interval[1] - match.interval[0] for match in ranking)

    assert spread(narrow) < spread(wide)
    assert [match.region for match in narrow] == [match.region for match in wide]


def test_an_interval_is_the_same_whatever_others_are_asked_for(m):
    few, many = (
        {
            match.region.region_id: match.interval
            for match in m.rank_interval(m.atlas.get("toy:0001"), n=n, worlds=40)
        }
        for n in (3, 12)
    )
    assert few.items() <= many.items()


def test_errors_of_nothing_change_no_rank(m):
    weights = m.weights()
    names = [name for name, _ in weights.key]
    rows, focus = np.arange(1, len(m.atlas)), np.array([4, 101, 8])
    codes = Few(m.atlas, m.model, np.arange(len(m.atlas)), names)
    own = codes.take(np.array([0]), names)
    many = worlds(weights.vector(names), [m.catalogue[name].group for name in names], 20)
    silent = Noise(m.atlas, m.model, {})
    assert np.array_equal(ranks(codes, own, many, rows, focus, silent), ranks(codes, own, many, rows, focus))


def test_matches_of_one_score_share_their_place(m):
    ranking = m.rank(m.atlas.get("toy:0001"), n=5)
    one, two, three, four, five = ranking.matches
    tied = dataclasses.replace(
        ranking, matches=(one, two, dataclasses.replace(three, score=two.score), four, five)
    )
    assert ranking.places == ["1", "2", "3", "4", "5"]
    assert tied.places == ["1", "2=", "2=", "4", "5"]
    assert [match.get("place") for match in tied.to_dict()["matches"]] == [None, "2=", "2=", None, None]
    assert [row[0] for row in tied.table()[1]] == tied.places
