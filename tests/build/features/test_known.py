from __future__ import annotations

import numpy as np
import pytest

from matcher.build.features import known
from matcher.build.towns import Town
from matcher.errors import BuildError
from tests.build.features.shapes import boxes


def town(name: str, *alternates: str, people: float = 0.0) -> Town:
    return Town(0, name, name, alternates, 0.5, 0.5, "PPL", "XX", people)


@pytest.mark.parametrize(
    ("alternates", "count"),
    [
        ((), 1),
        (("Wien", "WIEN"), 1),
        (("Vienna", "Bécs", "ウィーン"), 4),
        # Codes, links and machine transliterations are no names.
        (("VIE", "https://en.wikipedia.org/wiki/Vienna", "wei ye na"), 1),
        # One name in two alphabets that fold alike.
        (("Вена", "Vena"), 2),
    ],
)
def test_names_that_differ_are_counted_once(alternates, count):
    assert known.count_names(town("Wien", *alternates)) == count


def test_the_best_known_town_speaks_for_its_region(monkeypatch):
    large, spa = town("Large", people=90_000.0), town("Spa", "Aquae", "Лазне", people=900.0)
    monkeypatch.setattr(known, "towns_in", lambda regions, sources, skip: iter([("home", [large, spa])]))
    out = known.compute(boxes(home=(0, 0, 1, 1)), None)
    assert out["names_abroad"]["home"] == 3.0


def test_no_town_is_unknown_and_never_none(monkeypatch):
    monkeypatch.setattr(known, "towns_in", lambda regions, sources, skip: iter(()))
    out = known.compute(boxes(home=(0, 0, 1, 1)), None)
    assert np.isnan(out["names_abroad"]["home"])


def test_outlines_in_another_system_are_refused():
    with pytest.raises(BuildError, match="EPSG:4326"):
        known.compute(boxes(home=(0, 0, 1, 1)).to_crs(6933), None)
