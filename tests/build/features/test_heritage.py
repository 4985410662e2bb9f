from __future__ import annotations

import json

import pytest

from matcher.build.features.heritage import compute
from tests.build.features.shapes import boxes

SITES = [
    {"category": "Cultural", "lat": 0.5, "lng": 0.5},
    {"category": "Natural", "lat": 0.5, "lng": 3.0},
    {"category": "Mixed", "lat": 0.5, "lng": -1.0},
]


def test_distances_from_the_edge(tmp_path):
    path = tmp_path / "heritage.json"
    path.write_text(json.dumps(SITES))

    class Sources:
        def path(self, key: str, member: str = ""):
            return path

    out = compute(boxes(home=(0, 0, 1, 1), east=(2, 0, 2.9, 1)), Sources())
    assert out["heritage_cultural_km"]["home"] == 0.0
    assert out["heritage_natural_km"]["home"] == pytest.approx(111.2, abs=0.2)  # the mixed site is both
    assert out["heritage_cultural_km"]["east"] == pytest.approx(1.5 * 111.2, abs=0.2)
    assert out["heritage_natural_km"]["east"] == pytest.approx(11.1, abs=0.3)
