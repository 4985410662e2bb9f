from __future__ import annotations

import numpy as np
import pytest

from matcher.build.features.season import agro_zone, season_months, season_start

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


def start(*growing):
    """Start of the season where only the given months, 0 for January, have water."""
    rain = np.zeros((1, 12))
    rain[0, list(growing)] = 60
    return season_start(20 * YEAR, rain, 100 * YEAR)


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
    assert season_start(20 * YEAR, np.nan * YEAR, 100 * YEAR) == [None]
