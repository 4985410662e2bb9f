from __future__ import annotations

import numpy as np
import pytest

from matcher.build.features.climate import day_hours, potential_evaporation, summaries

FLAT = np.full((1, 12), 20.0)


def test_summaries_of_an_even_climate():
    out = {name: values[0] for name, values in summaries(FLAT, np.full((1, 12), 30.0)).items()}
    assert out["t_mean"] == pytest.approx(20.0)
    assert out["t_range"] == 0.0
    assert out["rain_year"] == 360.0
    assert out["rain_cv"] == 0.0
    assert out["dry_months"] == 12  # 30 mm is less than twice 20
    assert out["growing_degree_days"] == pytest.approx(15 * 365.25)
    assert out["frost_months"] == 0


def test_a_cold_month_is_never_dry_by_being_cold():
    out = summaries(np.full((1, 12), -5.0), np.full((1, 12), 1.0))
    assert out["dry_months"] == [0]
    assert out["frost_months"] == [12]
    assert out["growing_degree_days"] == [0]


def test_without_rain_its_unevenness_is_unknown():
    assert np.isnan(summaries(FLAT, np.zeros((1, 12)))["rain_cv"]).all()


def test_an_unknown_month_makes_counts_unknown():
    warmth = FLAT.copy()
    warmth[0, 3] = np.nan
    assert all(
        np.isnan(values).all() for name, values in summaries(warmth, FLAT).items() if "rain" not in name
    )


def test_evaporation_of_a_textbook_month():
    # 20 C all year: heat index 97.9, exponent 2.14, 16 (200 / 97.9)^2.14 = 73.9 mm in 30 days of 12 hours
    out = potential_evaporation(FLAT, np.array([0.0]))
    assert out[0, 3] == pytest.approx(73.9, rel=0.02)


def test_frozen_months_do_not_evaporate():
    assert potential_evaporation(np.full((1, 12), -3.0), np.array([60.0])).sum() == 0.0


def test_days_are_long_in_summer_and_even_at_the_equator():
    hours = day_hours(np.array([0.0, 50.0, -50.0, 80.0]))
    assert hours[0] == pytest.approx(12.0, abs=1e-6)
    assert hours[1, 5] == pytest.approx(16.3, abs=0.2)
    assert hours[2, 5] == pytest.approx(7.7, abs=0.2)
    assert hours[3, 5] == 24.0
    assert hours[3, 11] == 0.0
