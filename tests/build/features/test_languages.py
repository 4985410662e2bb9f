from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from matcher.build.features import languages
from matcher.build.features.languages import (
    as_dict,
    in_towns,
    points,
    second_points,
    variety,
)
from matcher.build.gravity import balance, distances, pull, reach, shares
from tests.build.features.shapes import boxes

# Ten regions in a row along the equator, a degree apart, of ten people each.
LON = np.arange(10.0)
LAT = np.zeros(10)
PEOPLE = np.full(10, 10.0)


def spoken(lons: list[float], speakers: list[float]) -> np.ndarray:
    km = distances(LAT, LON, np.where(np.isnan(lons), np.nan, 0.0), np.array(lons))
    part = np.array(speakers)
    near = pull(km, np.maximum(0.5 * reach(km, PEOPLE, part), 25.0))
    return shares(near, balance(near, PEOPLE, part))


def test_both_margins_hold():
    share = spoken([0.0, 9.0, np.nan], [0.2, 0.3, 0.5])
    assert share.sum(axis=1) == pytest.approx(np.ones(10))
    assert share.mean(axis=0) == pytest.approx([0.2, 0.3, 0.5], abs=1e-3)


def test_a_small_language_stays_small_and_near_its_point():
    share = spoken([2.0, np.nan], [0.01, 0.99])
    assert share[:, 0].argmax() == 2
    assert share[2, 0] < 0.15
    assert share[9, 0] < 0.001


def test_reach_counts_people():
    km = distances(LAT, LON, np.zeros(1), np.zeros(1))
    assert reach(km, PEOPLE, np.array([0.3])) == pytest.approx([2 * 111.2], abs=0.2)


def test_variety():
    assert variety(np.array([[1.0, 0.0], [0.5, 0.5]])) == pytest.approx([0.0, np.log(2)])


def test_a_sparse_row():
    assert as_dict(["a", "b", "c"], np.array([0.199, 0.796, 0.005])) == {
        "b": pytest.approx(0.8),
        "a": pytest.approx(0.2),
    }


def test_which_point_counts():
    rows = pd.DataFrame(
        {
            "lat": [1.0, 1.0, np.nan, np.nan],
            "lon": [1.0, 1.0, np.nan, np.nan],
            "home_lat": [2.0, 50.0, 3.0, 60.0],
            "home_lon": [2.0, 0.0, 3.0, 0.0],
        }
    )
    lat, _ = points(rows, LAT, LON, np.array([True, False, False, False]))
    assert lat[:3].tolist() == [2, 1, 3]  # its own point at home; else its place here; else a near one abroad
    assert np.isnan(lat[3])


def test_a_point_that_languages_share_is_no_place():
    rows = pd.DataFrame({"lat": [1.0, 1.0, 2.0, np.nan], "lon": [1.0, 1.0, 1.0, np.nan]})
    lat, lon = second_points(rows)
    assert np.isnan(lat[[0, 1, 3]]).all()
    assert (lat[2], lon[2]) == (2.0, 1.0)


def test_a_common_second_language_is_of_towns_and_sums_to_its_speakers():
    density, people = np.array([10.0, 100.0, 10_000.0]), np.array([1.0, 2.0, 3.0])
    part = in_towns(density, people, np.ones(3, dtype=bool), 0.2)
    assert (np.diff(part) > 0).all()
    assert np.average(part, weights=people) == pytest.approx(0.2)
    full = in_towns(density, people, np.ones(3, dtype=bool), 0.8)
    assert full.max() <= languages.MOST_COMMON
    assert np.average(full, weights=people) == pytest.approx(0.8, abs=1e-6)


@pytest.fixture
def world(monkeypatch):
    table = pd.DataFrame(
        {
            "country": "XX",
            "code": ["aaa", "bbb"],
            "people": [0.5, 0.5],
            "lat": np.nan,
            "lon": np.nan,
            "script": ["Latn", ""],
            "home_lat": [0.5, 0.5],
            "home_lon": [0.5, 9.5],
            "common": False,
            "status": "",
        }
    )
    monkeypatch.setattr(languages, "home_speakers", lambda sources: table)
    monkeypatch.setattr(languages, "capitals", lambda sources: {"XX": (0.5, 5.0)})
    monkeypatch.setattr(languages, "people_of", lambda regions, sources: np.ones(len(regions)))
    return table


def test_regions_and_the_unit_above(world):
    regions = boxes(west=(0, 0, 1, 1), east=(9, 0, 10, 1), all=(0, 0, 10, 1), else_=(20, 0, 21, 1))
    regions["level"] = ["regency", "regency", "province", "regency"]
    regions["parent_id"] = ["all", "all", None, None]
    regions.loc["else_", "country"] = "YY"
    out = languages.compute(regions, None)
    assert max(out["languages"]["west"], key=out["languages"]["west"].get) == "aaa"
    assert out["languages"]["west"]["aaa"] > 0.95
    assert out["languages"]["all"]["aaa"] == pytest.approx(0.5, abs=0.01)
    assert out["languages_basis"]["west"] == "modelled"
    assert out["languages"]["else_"] is None
    assert (out["script"]["west"], out["script"]["east"]) == ("Latn", "")
    assert out["languages_count"]["all"] == 2
    assert np.isnan(out["language_variety"]["else_"])


@pytest.mark.parametrize("first", ["aaa", "bbb"])
def test_the_official_language_is_heard_round_the_capital(world, first):
    world["status"] = ["official" if code == first else "official_regional" for code in world["code"]]
    regions = boxes(west=(0, 0, 1, 1), middle=(4.5, 0, 5.5, 1), east=(9, 0, 10, 1))
    regions["level"] = "regency"
    out = languages.compute(regions, None)
    assert max(out["languages"]["middle"], key=out["languages"]["middle"].get) == first


@pytest.mark.parametrize(
    ("home", "status", "zone_km"),
    [(5.0, "official", 25.0), (5.0, "", 150.0), (60.0, "", 150.0), (60.0, "official", 300.0)],
)
def test_a_language_beside_one_of_nearly_everybody_pulls_over_more_land_than_it_fills(home, status, zone_km):
    rows = pd.DataFrame(
        {
            "people": [0.93, 0.07],
            "own": [False, True],
            "status": ["official", status],
            "home_lat": [home, 0.0],
            "home_lon": [0.0, 0.0],
        }
    )
    lat = np.arange(10.0)
    km = np.column_stack([np.full(10, np.nan), 150.0 * np.arange(10)])
    zones = languages.near_zones(km, np.ones(10), rows, lat, np.zeros(10))
    assert zones[1] == pytest.approx(zone_km)
