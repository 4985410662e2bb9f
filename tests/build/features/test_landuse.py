from __future__ import annotations

import numpy as np
import pytest

from matcher.build.features.landuse import irrigated_share, mosaic_grid
from matcher.build.grids import Frame, Grid

FRAME = Frame(1, 4, 0.0, 1.0, 1.0)


def test_the_irrigated_share_is_of_cropland():
    assert irrigated_share(np.array([0.2]), np.array([0.4])) == pytest.approx([0.5])
    assert irrigated_share(np.array([0.41]), np.array([0.4])) == pytest.approx([1.0])


def test_without_cropland_irrigation_is_unknown():
    assert np.isnan(irrigated_share(np.array([0.0, np.nan]), np.array([0.004, np.nan]))).all()


def test_fields_lakes_and_the_sea():
    cover = Grid(FRAME, np.array([[12, 14, 0, 0]], dtype=np.uint8))
    values = mosaic_grid(cover, np.array([[1.0, 1.0, 1.0, 0.1]], dtype=np.float32)).values
    assert values[0, :3].tolist() == [1, 1, 0]
    assert np.isnan(values[0, 3])
