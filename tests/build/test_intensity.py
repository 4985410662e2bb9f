from __future__ import annotations

import numpy as np
import pytest

from matcher.build.intensity import Cells, fit_response, rake


def test_raked_shares_keep_both_sums():
    rng = np.random.default_rng(0)
    weight, mix = rng.uniform(0.1, 1, 40), rng.dirichlet(np.ones(6))
    shares = rake(rng.normal(size=(40, 6)), weight, mix, rounds=200)
    assert np.allclose(shares.sum(axis=1), 1)
    assert np.allclose(weight @ shares / weight.sum(), mix, atol=1e-4)


def test_a_crop_that_the_country_lacks_is_nowhere():
    shares = rake(np.zeros((5, 3)), np.ones(5), np.array([0.5, 0.5, 0.0]))
    assert (shares[:, 2] == 0).all()


def test_rows_without_weight_follow_the_same_columns():
    logits = np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    shares = rake(logits, np.array([1.0, 1.0, 0.0]), np.array([0.3, 0.7]))
    assert np.allclose(shares[0], shares[2])


@pytest.fixture
def world():
    """Twenty countries of eight cells; crop 0 likes cold, crop 1 warmth, and only national totals say so."""
    rng = np.random.default_rng(1)
    warmth = rng.normal(size=(20, 1)) + 0.7 * rng.normal(size=(20, 8))
    true = 1 / (1 + np.exp(-2 * warmth))
    nations = np.stack([1 - true.mean(axis=1), true.mean(axis=1)], axis=1)
    cells = Cells(
        warmth.reshape(-1, 1),
        np.repeat(np.arange(20), 8),
        np.ones(160),
        np.zeros((160, 0)),
        nations,
        np.full(20, 1e7),
        np.zeros((160, 2)),
    )
    return cells, true.reshape(-1)


def test_responses_are_learned_from_totals_alone(world):
    cells, true = world
    fitted = fit_response(cells, [])
    guess = np.concatenate(
        [
            rake(fitted.logits(cells.features[cells.country == k], k), np.ones(8), cells.nations[k])[:, 1]
            for k in range(20)
        ]
    )
    inside = true - cells.nations[cells.country, 1]
    assert np.corrcoef(guess - cells.nations[cells.country, 1], inside)[0, 1] > 0.9


def test_the_same_cells_give_the_same_numbers(world):
    cells, _ = world
    assert (fit_response(cells, []).theta == fit_response(cells, []).theta).all()
