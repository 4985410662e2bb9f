"""Metrics against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.evaluation.metrics import Auc, auc, interval, means, of_ranks, percentile, rank, resamples

NONE = np.empty(0, np.float32)


def test_a_rank_counts_those_above_and_half_of_the_equal():
    scores = np.array([5, 4, 4, 4, 1], np.float32)
    assert rank(scores, 5, NONE) == 1
    assert rank(scores, 4, NONE) == 3  # one above, two equal
    assert rank(scores, 1, NONE) == 5


def test_other_known_partners_do_not_count():
    scores = np.array([5, 4, 4, 4, 1], np.float32)
    assert rank(scores, 4, np.array([5, 4], np.float32)) == 1.5


def test_all_tied_is_the_middle():
    assert rank(np.zeros(9, np.float32), 0, NONE) == 5
    assert percentile(np.array([5.0]), np.array([9])) == pytest.approx(0.5)


def test_means_over_ranks():
    found = of_ranks(np.array([1.0, 4.0, 20.0]), np.array([21, 21, 21]))
    assert found["mrr"].mean() == pytest.approx((1 + 0.25 + 0.05) / 3)
    assert found["hits_at_1"].tolist() == [1, 0, 0]
    assert found["hits_at_10"].tolist() == [1, 1, 0]
    assert found["hits_at_50"].tolist() == [1, 1, 1]
    assert found["percentile"].tolist() == pytest.approx([1.0, 0.85, 0.05])


def test_the_auc_is_over_all_queries_together():
    positive = np.array([3, 1], np.float32)
    negative = np.array([[2, 3], [0, 1]], np.float32)
    # 3 beats 2, 0, 1 and ties 3; 1 beats 0 and ties 1.
    assert auc(positive, negative) == pytest.approx((3.5 + 1.5) / 8)


def test_a_weighted_auc_is_that_of_the_repeated_queries():
    rng = np.random.default_rng(0)
    positive, negative = (
        rng.normal(0.5, 1, 20).astype(np.float32),
        rng.normal(0, 1, (20, 5)).astype(np.float32),
    )
    times = rng.integers(0, 4, 20)
    repeated = np.repeat(np.arange(20), times)
    assert Auc(positive, negative)(times.astype(float)[None])[0] == pytest.approx(
        auc(positive[repeated], negative[repeated])
    )


def test_queries_of_one_region_are_drawn_together():
    drawn = resamples(np.array([7, 7, 9]), count=50)
    assert (drawn[:, 0] == drawn[:, 1]).all()
    assert (drawn[:, 0] + drawn[:, 2] == 2).all()


def test_an_interval_holds_the_mean_of_a_large_sample():
    values = np.random.default_rng(1).random(500)
    low, high = interval(means(values, resamples(np.arange(500))))
    assert low < values.mean() < high
    assert high - low == pytest.approx(2 * 1.96 * values.std() / np.sqrt(500), rel=0.2)
