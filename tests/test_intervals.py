"""Rank intervals: what the worlds are, and that one product ranks in all of them."""

from __future__ import annotations

import numpy as np
import pytest

from matcher import Atlas, Matcher, SimilarityModel
from matcher.intervals import intervals, ranks, worlds
from matcher.world import Few
from tests.toy import write_atlas


@pytest.fixture(scope="module")
def m(tmp_path_factory) -> Matcher:
    atlas = Atlas.open(write_atlas(tmp_path_factory.mktemp("toy"), missing=0.2))
    return Matcher(atlas, SimilarityModel(n_pairs=200).fit(atlas))


def test_worlds_are_shares_around_the_profile():
    shares = np.array([0.5, 0.3, 0.2])
    drawn = worlds(shares, 4_000, dropped=0.0)
    assert np.allclose(drawn.sum(axis=1), 1.0)
    assert drawn.min() >= 0
    assert np.allclose(drawn.mean(axis=0), shares, atol=0.01)


def test_a_world_lacks_a_feature_now_and_then():
    drawn = worlds(np.full(10, 0.1), 2_000, dropped=0.1)
    assert (drawn == 0).mean() == pytest.approx(0.1, abs=0.01)


def test_a_single_feature_is_never_lost():
    assert np.allclose(worlds(np.array([1.0]), 100, dropped=0.5), 1.0)


def test_the_same_seed_gives_the_same_worlds():
    shares = np.array([0.5, 0.5])
    assert np.array_equal(worlds(shares, 5, 1), worlds(shares, 5, 1))
    assert not np.array_equal(worlds(shares, 5, 1), worlds(shares, 5, 2))


def test_ranks_are_those_of_sorting_every_world(m, monkeypatch):
    monkeypatch.setattr("matcher.intervals._BLOCK", 50)
    weights = m.weights()
    names = [name for name, _ in weights.key]
    rows = np.arange(1, len(m.atlas))
    codes = Few(m.atlas, m.model, np.arange(len(m.atlas)), names)
    own = codes.take(np.array([0]), names)
    many = worlds(weights.vector(names), 20)
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
