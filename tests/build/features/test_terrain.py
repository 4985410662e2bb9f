from __future__ import annotations

import numpy as np
import pytest

from matcher.build import grids
from matcher.build.features import terrain
from matcher.build.grids import Frame, Grid
from tests.build.features.shapes import boxes

STEP = 1 / 12
FRAME = Frame(24, 24, 0.0, 1.0, STEP)


@pytest.fixture
def flat_with_wall(monkeypatch):
    """Ground at 100 m, but 900 m east of 1 deg; sea south of the equator."""
    values = np.full((24, 24), 100.0, dtype=np.float32)
    values[:, 12:] = 900.0
    land = np.ones((24, 24), dtype=np.float32)
    values[12:], land[12:] = 0.0, 0.0
    monkeypatch.setattr(grids, "elevation", lambda sources: Grid(FRAME, values))
    monkeypatch.setattr(grids, "land_share", lambda sources, frame: land)


@pytest.mark.usefixtures("flat_with_wall")
def test_mean_and_spread():
    regions = boxes(half=(0.5, 0.2, 1.5, 0.8), plain=(0.1, 0.3, 0.5, 0.7), coast=(0.1, -0.5, 0.7, 0.5))
    out = terrain.compute(regions, None)
    assert out["elevation"].tolist() == pytest.approx(
        [500.0, 100.0, 100.0], rel=1e-5
    )  # the sea does not count
    assert out["relief"].tolist() == pytest.approx([400.0, 0.0, 0.0], abs=1e-3)
    assert out.index.equals(regions.index)


@pytest.mark.usefixtures("flat_with_wall")
def test_a_small_region_sees_the_relief_around_it():
    out = terrain.compute(boxes(foot=(0.95, 0.5, 0.97, 0.52), far=(0.5, 0.5, 0.52, 0.52)), None)
    assert out.loc["foot", "elevation"] == pytest.approx(100.0)
    assert out.loc["foot", "relief"] > 200.0
    assert out.loc["far", "relief"] == pytest.approx(0.0, abs=1e-3)


def test_only_small_regions_are_widened_and_evenly_so_far_north():
    import shapely

    shapes = boxes(big=(0, 0, 1, 1), small=(0, 0, 0.01, 0.01), north=(0, 70, 0.01, 70.01)).geometry.to_numpy()
    out = terrain.widened(shapes, 400.0)
    assert out[0] is shapes[0]
    for shape, lat in ((out[1], 0.0), (out[2], 70.0)):
        km2 = shapely.area(shape) * terrain.DEGREE_KM**2 * np.cos(np.radians(lat))
        assert km2 == pytest.approx(400.0, rel=0.08)
