from __future__ import annotations

import numpy as np
import pytest

from matcher.build import landmass
from matcher.build.features import coast
from matcher.build.landmass import join_runs
from tests.build.features.shapes import boxes


@pytest.fixture
def half_sea(monkeypatch):
    """Sea east of Greenwich; an island of 10 x 10 cells at 10 E, 10 N."""

    def rows(sources, *, block=600):
        for first in range(0, 21600, block):
            sea = np.zeros((block, 43200), dtype=bool)
            sea[:, 21600:] = True
            row = 80 * 120 - first
            if 0 <= row < block:
                sea[row : row + 10, 22800:22810] = False
            yield first, sea

    monkeypatch.setattr(coast, "sea_rows", rows)
    monkeypatch.setattr(landmass, "sea_rows", rows)


@pytest.mark.slow
@pytest.mark.usefixtures("half_sea")
def test_distances_and_areas_of_land():
    regions = boxes(
        near=(-0.5, 0.0, -0.2, 0.3),
        far=(-3.0, 0.0, -2.0, 1.0),
        touching=(-0.5, 0.0, 0.0, 0.5),
        across=(-0.5, 0.0, 0.5, 0.5),
        island=(9.9, 9.8, 10.2, 10.1),
    )
    km = coast.compute(regions, None)["coast_km"]
    assert km["near"] == pytest.approx(0.2 * 111.2 + 0.46, abs=0.1)  # to the middle of the first sea cell
    assert km["far"] == pytest.approx(2.0 * 111.2, abs=0.7)
    assert km[["touching", "across", "island"]].tolist() == [0.0, 0.0, 0.0]

    area = landmass.landmass_km2(None, np.array([9.96, 9.0, 40.0]), np.array([10.04, 10.0, -100.0]))
    assert area[0] == pytest.approx(100 * 0.9266**2 * np.cos(np.radians(9.96)), rel=1e-3)
    assert area[1] == 0.0
    assert area[2] > 2.5e8


def test_runs_are_joined_down_across_and_around():
    # rows of ten cells: '##......##', '..........', '.###......', '...##.....', '.....#....'
    start = np.array([0, 8, 21, 33, 45])
    end = np.array([2, 10, 24, 35, 46])
    label = join_runs(start, end, cols=10)
    assert label[0] == label[1]  # around the globe
    assert label[2] == label[3]  # below one another
    assert label[3] != label[4]  # only across a corner
    assert len(set(label.tolist())) == 3


def test_single_runs_stay_apart():
    assert len(set(join_runs(np.array([1, 12]), np.array([2, 13]), cols=10).tolist())) == 2
