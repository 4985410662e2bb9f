from __future__ import annotations

import json

import numpy as np
import pytest

from matcher.build import suitability as build
from matcher.build.intensity import Response
from matcher.crops.basket import crops
from matcher.crops.limits import left_by_limits
from matcher.crops.suitability import grade, parse

NAMES = [crop.name for crop in crops()]
INPUTS = [("t_mean", False), ("rain_year", True)]


class Lands:
    """Two hundred regions of one country, by warmth and rain."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.mean, self.spread = np.array([15.0, 6.0]), np.array([8.0, 1.0])
        self.features = rng.normal(size=(200, 2)).clip(-3, 3)
        self.base = np.ones(200, dtype=bool)
        self.known = np.arange(200) > 0
        self.weight = rng.uniform(1, 2, 200)
        self.rows = {"AA": np.arange(200)}
        self.hectares = {"AA": 1000.0}

    def limits(self, rows):
        raw = self.features[rows] * self.spread + self.mean
        unknown = np.full(len(rows), np.nan)
        return left_by_limits(np.stack([raw[:, 0], np.expm1(raw[:, 1]), unknown, unknown], axis=1), NAMES)

    def growers(self, column):
        return 20 if NAMES[column] in {"mango", "tea", "wheat", "other_fruit"} else 3


@pytest.fixture
def learned():
    """Mango and tea like warmth, wheat the cold; each is grown where it is strong, tea within its limits."""
    lands, theta = Lands(), np.zeros((len(NAMES), 5))
    theta[[NAMES.index("mango"), NAMES.index("tea")], 1], theta[NAMES.index("wheat"), 1] = 2.0, -2.0
    fitted = Response(theta, np.zeros((1, len(NAMES))))
    return lands, fitted, np.exp(build.all_strengths(lands, fitted))


def test_the_shipped_table_grades_as_the_build_does(learned):
    lands, fitted, shares = learned
    responses = parse(json.loads(build.response_table(lands, fitted, shares, INPUTS)))
    raw = lands.features * lands.spread + lands.mean
    raw[:, 1] = np.expm1(raw[:, 1])
    found = grade(raw, responses)
    assert set(found) == {"mango", "tea", "wheat"}
    warm = lands.features[:, 0]
    assert np.corrcoef(found["mango"], warm)[0, 1] > 0.7
    assert np.corrcoef(found["wheat"], warm)[0, 1] < -0.7
    listed = build.suited(lands, fitted, shares)
    for i in range(1, 200):
        assert ("tea" in listed[i]) == (found["tea"][i] >= build.SUITED) or abs(
            found["tea"][i] - build.SUITED
        ) < 0.03


def test_a_quarter_of_the_area_is_graded_below_a_quarter(learned):
    lands, fitted, shares = learned
    listed = build.suited(lands, fitted, shares)
    area = build.grown_areas(lands, shares)[:, NAMES.index("tea")]
    inside = np.array([bool(row) and "tea" in row for row in listed])
    assert area[~inside].sum() / area.sum() == pytest.approx(0.25, abs=0.03)


def test_crops_of_few_countries_and_collective_names_are_not_graded(learned):
    lands, *_ = learned
    assert {NAMES[i] for i in build.graded(lands)} == {"mango", "tea", "wheat"}


def test_places_without_fields_list_nothing(learned):
    lands, fitted, shares = learned
    assert build.suited(lands, fitted, shares)[0] is None


def test_an_unknown_climate_has_no_suitability(learned):
    lands, fitted, shares = learned
    responses = parse(json.loads(build.response_table(lands, fitted, shares, INPUTS)))
    found = grade(np.array([[np.nan, 800.0], [20.0, np.nan]]), responses)
    assert np.isnan(found["tea"][0])
    assert 0 <= found["tea"][1] <= 1
