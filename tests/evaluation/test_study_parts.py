"""The parts of the study: calibration, misses, growth."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.evaluation.calibration import reliability
from matcher.evaluation.growth import against_trees, learning_curve, share_of
from matcher.evaluation.judge import Queries
from matcher.evaluation.misses import WORST, misses
from matcher.model import SimilarityModel
from matcher.pairspace import PairSpace
from matcher.partnerships import Ties
from matcher.plausibility import Plausibility
from matcher.pool import Pool
from tests.ties import place_atlas, real_ties


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    return Pool(place_atlas(tmp_path_factory.mktemp("parts") / "atlas"))


@pytest.fixture(scope="module")
def ties(pool):
    return Ties(*real_ties(pool.atlas, 300), np.ones(300, bool))


@pytest.fixture(scope="module")
def queries(pool, ties):
    return Queries(pool, *pool.pairs(ties))


def even(pool):
    return lambda query: np.zeros((len(query), len(pool)), np.float32)


def test_chances_of_a_question_sum_to_one(pool, queries):
    bins = reliability(pool, queries, even(pool))
    assert sum(each["candidates"] * each["predicted"] for each in bins) == pytest.approx(len(queries))
    assert sum(each["candidates"] * each["observed"] for each in bins) == pytest.approx(len(queries))


def test_who_says_that_all_are_equal_is_right_on_average(pool, queries):
    (only,) = reliability(pool, queries, even(pool))
    assert only["predicted"] == pytest.approx(only["observed"])
    assert only["observed_95"][0] <= only["predicted"] <= only["observed_95"][1] + 1e-12


def test_who_is_too_sure_is_found_out(pool, queries):
    def sure(query):
        scores = np.zeros((len(query), len(pool)), np.float32)
        scores[:, ::7] = 3.0
        return scores

    best = reliability(pool, queries, sure)[-1]
    assert best["observed_95"][1] < best["predicted"]


def test_misses_count_every_question_once(pool, queries):
    ranks = np.arange(len(queries)) % 20 + 1.0
    found = misses(pool, queries, ranks)
    for key in ("by_country_size", "by_seat"):
        assert sum(each["questions"] for each in found[key]) == len(queries)
    assert len(found["worst"]) == WORST
    shares = [each["rank"] / each["candidates"] for each in found["worst"]]
    assert shares == sorted(shares, reverse=True) or min(shares) > 0.15
    assert all(each["asks"] and each["partner"] for each in found["worst"])


@pytest.fixture(scope="module")
def space(pool):
    return PairSpace(pool, SimilarityModel(n_pairs=300).fit(pool.atlas))


def test_a_smaller_share_is_part_of_a_larger(pool, ties):
    small, large = (set(share_of(pool, ties, share).a.tolist()) for share in (0.2, 0.6))
    assert small <= large
    assert len(share_of(pool, ties, 1.0)) == len(ties)


def test_a_learning_curve_has_a_point_a_share_and_the_same_seed_the_same_figures(pool, space, ties):
    train, judged = ties.take(np.arange(300) >= 60), ties.take(np.arange(300) < 60)
    (one, _), (two, _) = (learning_curve(pool, space, train, judged, shares=(0.5, 1.0)) for _ in range(2))
    assert one == two
    assert [row["share"] for row in one] == [0.5, 1.0]
    assert one[0]["ties"] < one[1]["ties"] == 240


def test_the_sum_and_the_trees_are_judged_by_the_same_questions(pool, space, ties):
    train, judged = ties.take(np.arange(300) >= 40), ties.take(np.arange(300) < 40)
    ends = pool.pairs(train)
    found = against_trees(pool, space, Plausibility.fit(space, *ends), ends, judged)
    assert set(found) == {"additive", "trees"}
    for row in found.values():
        assert row["auc_country"] > 0.5
        assert 0 < row["mrr"] <= 1
