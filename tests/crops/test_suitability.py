from __future__ import annotations

import numpy as np

from matcher.crops.suitability import grade, responses, season_rain, suitable_crops


def test_the_shipped_table_grades_sixty_crops_and_more():
    assert len(suitable_crops()) >= 60
    assert {"rice", "tea", "coffee", "oil_palm", "mango", "grape", "olive", "apple"} <= set(suitable_crops())


def test_strengths_rise_with_the_part_of_the_area():
    assert all((np.diff(knots) >= 0).all() for knots in responses().knots.values())


def test_grades_lie_between_nothing_and_one():
    learned = responses()
    mean = np.array([each[2] for each in learned.inputs])
    found = grade(np.stack([mean, -mean, mean * 3]), learned)
    assert all(((values >= 0) & (values <= 1)).all() for values in found.values())


def test_rain_of_warm_and_cold_months():
    warmth, rain = np.arange(12.0)[None], np.arange(12.0)[None] * 10
    hot, cold = season_rain(warmth, rain)
    assert (hot[0], cold[0]) == (300.0, 30.0)
