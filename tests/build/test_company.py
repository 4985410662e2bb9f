from __future__ import annotations

import numpy as np
import pytest

from matcher.build.company import Company, Lesson, fit_company

FREE = np.ones((3, 2), dtype=bool)


def lesson(country, slope):
    """Fifty units; the share of the third crop follows what stands beside it, as strongly as told."""
    beside = np.random.default_rng(3).normal(size=(50, 2))
    logits = np.zeros((50, 3))
    wanted = logits + np.outer(beside[:, 0], [0.0, 0.0, slope])
    true = np.exp(wanted) / np.exp(wanted).sum(axis=1, keepdims=True)
    return Lesson(country, np.arange(3), logits, true, beside)


def test_a_crop_that_keeps_company_is_found_and_the_other_thing_beside_is_not():
    company = fit_company([lesson("A", 1.0)], [1.0], FREE)
    assert company[2, 0] - company[:2, 0].mean() > 0.5
    assert abs(company[2, 1]) < 0.05


def test_what_is_not_free_stays_nothing():
    free = FREE.copy()
    free[2, 0] = False
    assert fit_company([lesson("A", 1.0)], [1.0], free)[2, 0] == 0.0


def company(of_a):
    mixes = {"A": np.array([0.4, 0.3, 0.3]), "B": np.array([0.3, 0.4, 0.3]), "C": np.array([0.0, 0.0, 0.0])}
    return Company([lesson("A", of_a), lesson("B", 1.0)], mixes, FREE)


def test_a_country_learns_nothing_from_itself():
    """No leak: whatever the statistics of a country say, what is learned for it is the same."""
    assert np.array_equal(company(1.0).of("A"), company(-1.0).of("A"))
    assert not np.array_equal(company(1.0).of("B"), company(-1.0).of("B"))


def test_a_country_like_no_other_learns_nothing():
    assert company(1.0).of("C") is None


@pytest.mark.parametrize("slope", [-1.0, 1.0])
def test_learning_is_the_same_twice(slope):
    first, second = (fit_company([lesson("A", slope)], [1.0], FREE) for _ in range(2))
    assert np.array_equal(first, second)
