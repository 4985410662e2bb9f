from __future__ import annotations

import numpy as np

from matcher.build.season import align, season_shift


def test_the_south_moves_by_six_months_and_the_north_stays():
    assert season_shift(np.array([-35.0, -0.1, 0.0, 0.1, 60.0])).tolist() == [6, 6, 0, 0, 0]


def test_align_moves_months_later():
    months = np.tile(np.arange(12.0), (2, 1))
    out = align(months, np.array([0, 6]))
    assert out[0].tolist() == list(range(12))
    assert out[1].tolist() == [6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5]  # July stands where January stood


def test_align_six_months_twice_is_nothing():
    months = np.random.default_rng(0).random((5, 12))
    twice = align(align(months, np.full(5, 6)), np.full(5, 6))
    assert np.array_equal(months, twice)


def test_mirrored_climates_agree_once_aligned():
    north = 10 - 8 * np.cos(2 * np.pi * np.arange(12) / 12)
    south = np.roll(north, 6)
    out = align(np.stack([north, south]), season_shift(np.array([45.0, -45.0])))
    assert np.allclose(out[0], out[1])
