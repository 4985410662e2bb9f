from __future__ import annotations

import numpy as np
import pytest

from matcher.build.features.season import agro_zone, season_months

YEAR = np.ones((1, 12))


def test_months_need_water_and_warmth():
    warmth = 20 * YEAR
    warmth[0, :3] = 4.0
    rain = 60 * YEAR
    rain[0, 3:5] = 49.0
    assert season_months(warmth, rain, 100 * YEAR).tolist() == [7]


def test_an_unknown_month_makes_the_season_unknown():
    rain = 60 * YEAR
    rain[0, 5] = np.nan
    assert np.isnan(season_months(20 * YEAR, rain, 100 * YEAR)).all()
    assert agro_zone(20 * YEAR, rain, 100 * YEAR) == [None]


@pytest.mark.parametrize(
    ("cold", "rain", "zone"),
    [
        (25, 100, "tropical humid"),
        (17.9, 99, "subtropical subhumid"),
        (0, 20, "temperate semiarid"),
        (-0.1, 19, "cold arid"),
    ],
)
def test_zones(cold, rain, zone):
    warmth = 25 * YEAR
    warmth[0, 0] = cold
    assert agro_zone(warmth, rain * YEAR, 100 * YEAR) == [zone]


def test_where_nothing_evaporates_it_is_humid():
    assert agro_zone(-20 * YEAR, YEAR, 0 * YEAR) == ["cold humid"]
