from __future__ import annotations

import numpy as np
import pytest

from matcher.build.features import volcano
from tests.build.features.shapes import boxes


def test_inside_near_and_far(monkeypatch):
    points = np.array([0.5, 0.9]), np.array([0.5, 1.2])
    monkeypatch.setattr(volcano, "read_volcanoes", lambda sources: points)
    out = volcano.compute(boxes(home=(0, 0, 1, 1), near=(2, 0, 3, 1), far=(10, 0, 11, 1)), None)
    assert out["volcano_km"]["home"] == 0.0
    assert out["volcano_km"]["near"] == pytest.approx(0.8 * 111.2, abs=0.2)
    assert out["volcano_km"]["far"] == pytest.approx(8.8 * 111.2, abs=1.0)
    assert out["volcanoes_100km"].tolist() == [2, 1, 0]


def test_the_antimeridian_is_no_border(monkeypatch):
    monkeypatch.setattr(volcano, "read_volcanoes", lambda sources: (np.array([0.0]), np.array([-179.9])))
    out = volcano.compute(boxes(west=(179.0, -0.5, 179.9, 0.5)), None)
    assert out["volcano_km"]["west"] == pytest.approx(0.2 * 111.2, abs=0.2)
