from __future__ import annotations

import numpy as np
import pytest

from matcher.build import grids
from matcher.build.features.season import agro_zone, season_months, season_start
from matcher.build.features.soilwater import CAPACITY_MM, sun_above_air, supply, turc_evaporation

YEAR = np.ones((1, 12))
DAYS = grids.MONTH_DAYS


def test_months_need_water_and_warmth():
    warmth = 20 * YEAR
    warmth[0, :3] = 4.0
    water = 0.6 * YEAR
    water[0, 3:5] = 0.49
    assert season_months(warmth, water).tolist() == [7]


def test_an_unknown_month_makes_the_season_unknown():
    rain = 60 * YEAR
    rain[0, 5] = np.nan
    assert np.isnan(season_months(20 * YEAR, supply(rain, 100 * YEAR))).all()
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


def start(*growing):
    """Start of the season where only the given months, 0 for January, have water."""
    water = np.zeros((1, 12))
    water[0, list(growing)] = 0.6
    return season_start(20 * YEAR, water)


@pytest.mark.parametrize(
    ("growing", "month"),
    [
        ((3, 4, 5), "april"),
        ((10, 11, 0, 1), "november"),  # over the turn of the year
        ((2, 3, 8, 9, 10), "september"),  # the longer of two
        ((1, 2, 7, 8), "february"),  # the earlier of two as long
        (range(12), "all year"),
    ],
)
def test_the_season_starts_with_its_longest_run(growing, month):
    assert start(*growing) == [month]


def test_no_season_has_no_start():
    assert start() == [None]
    assert season_start(20 * YEAR, np.nan * YEAR) == [None]


def test_rain_alone_covers_its_share():
    assert supply(30 * YEAR, 100 * YEAR) == pytest.approx(0.3 * YEAR)


def test_the_soil_carries_half_its_water_over_at_the_full_rate():
    rain = 0 * YEAR
    rain[0, 0] = 1000.0
    covered = supply(rain, np.where(np.arange(12) == 0, 1.0, CAPACITY_MM / 2) * YEAR)[0]
    assert covered[:2] == pytest.approx(1.0)
    assert 0.5 < covered[2] < 0.7  # then it is taken ever more slowly: 1 - exp(-1) of what is left
    assert covered[3] < 0.3


def test_no_more_is_taken_than_fell():
    rain = np.random.default_rng(1).uniform(0, 200, (50, 12))
    need = np.random.default_rng(2).uniform(0, 200, (50, 12))
    taken = (supply(rain, need) * need).sum(axis=1)
    # in a year that repeats itself the store ends as full as it began, but for what three rounds leave open
    assert (taken <= rain.sum(axis=1) + 0.01 * CAPACITY_MM).all()


def test_a_frozen_month_lacks_no_water():
    assert supply(0 * YEAR, 0 * YEAR) == pytest.approx(YEAR)


def test_sun_above_the_air_is_that_of_the_handbook():
    # FAO-56, example 8: 32.2 MJ/m2/d on 3 September (day 246) at 20 deg S
    above = sun_above_air(np.array([-20.0]))[0]
    assert np.interp(246, np.cumsum(DAYS) - DAYS / 2, above) == pytest.approx(32.2, abs=0.3)


def test_evaporation_by_turc():
    # 20 C and 400 calories a day: 0.013 * 20 / 35 * 450 = 3.34 mm a day
    lat = np.array([0.0])
    above = sun_above_air(lat)
    year = above @ DAYS / DAYS.sum()
    sunshine = 400 * 0.04184 / 3.6 * year / above[:, 0]
    assert turc_evaporation(20 * YEAR, sunshine, lat)[0, 0] == pytest.approx(3.34 * 31, rel=1e-2)
