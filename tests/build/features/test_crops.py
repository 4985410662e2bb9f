from __future__ import annotations

import numpy as np
import pytest

from matcher.build.features import crops
from matcher.build.features.crops import CROPS, FRAME, intensity, rainfed_share, shares
from tests.build.features.shapes import boxes


def fields(**hectares: tuple[float, float]) -> np.ndarray:
    """Harvested ha of a world where every cell is alike, as (rain-fed, irrigated)."""
    area = np.zeros((len(CROPS), 2, FRAME.rows, FRAME.cols), dtype=np.float32)
    for crop, (dry, wet) in hectares.items():
        area[CROPS.index(crop), 0] = dry
        area[CROPS.index(crop), 1] = wet
    return area


@pytest.fixture(autouse=True)
def cropland(monkeypatch):
    monkeypatch.setattr(crops, "cropland_share", lambda sources, land: np.full(land.shape, 0.5, np.float32))


@pytest.fixture
def land(monkeypatch):
    monkeypatch.setattr(
        crops, "land_share", lambda sources, frame: np.ones((frame.rows, frame.cols), np.float32)
    )


def test_shares_of_harvested_area(monkeypatch, land):
    monkeypatch.setattr(crops, "harvested", lambda sources: fields(rice=(1000, 5000), maize=(2000, 0)))
    out = crops.compute(boxes(small=(10.1, 0.1, 10.11, 0.11), wide=(10, 0, 13, 2)), None)
    for region in ("small", "wide"):
        assert out["crop_mix:rice"][region] == pytest.approx(0.75, abs=1e-6)
        assert out["crop_mix:maize"][region] == pytest.approx(0.25, abs=1e-6)
        assert out["rice_irrigated"][region] == pytest.approx(5 / 6, abs=1e-6)


def test_a_richer_cell_weighs_more(monkeypatch, land):
    area = fields(wheat=(1000, 0))
    row, col = FRAME.cell(np.array([0.25]), np.array([10.75]))
    area[:, :, row, col] = 0
    area[CROPS.index("cotton"), 0, row, col] = 3000
    monkeypatch.setattr(crops, "harvested", lambda sources: area)
    out = crops.compute(boxes(both=(10, 0, 11, 0.5)), None).loc["both"]
    assert out["crop_mix:cotton"] == pytest.approx(0.75, abs=1e-3)
    assert np.isnan(out["rice_irrigated"])


def test_next_to_no_crops_is_unknown_not_zero(monkeypatch, land):
    monkeypatch.setattr(crops, "harvested", lambda sources: fields(wheat=(400, 0)))  # 0.13 ha on each km2
    out = crops.compute(boxes(bare=(10, 0, 11, 0.5)), None)
    assert out.drop(columns="cropping_intensity").isna().all(axis=None)


def test_a_coastal_cell_is_not_thinned_out_by_its_sea(monkeypatch):
    monkeypatch.setattr(crops, "harvested", lambda sources: fields(wheat=(400, 0)))
    monkeypatch.setattr(
        crops, "land_share", lambda sources, frame: np.full((frame.rows, frame.cols), 0.25, np.float32)
    )
    out = crops.compute(boxes(shore=(10, 0, 10.2, 0.2)), None)
    assert out["crop_mix:wheat"]["shore"] == 1.0


def test_shares_keep_the_thresholds():
    mean = np.zeros((2, len(CROPS), 2))
    mean[0, CROPS.index("wheat"), 0] = 1.0
    mean[0, CROPS.index("rice"), 1] = 0.039
    mean[1, CROPS.index("wheat"), 0] = 0.19
    mix, irrigated = shares(mean)
    assert mix[0].sum() == pytest.approx(1.0)
    assert np.isnan(mix[1]).all()
    assert np.isnan(irrigated).all()


def test_harvests_are_set_against_cropland(monkeypatch, land):
    km2 = float(crops.cell_km2(FRAME)[FRAME.cell(np.array([0.25]), np.array([10.25]))[0][0], 0])
    monkeypatch.setattr(crops, "harvested", lambda sources: fields(rice=(0.2 * 100 * km2, 0.4 * 100 * km2)))
    out = crops.compute(boxes(here=(10, 0, 10.5, 0.5)), None).loc["here"]
    assert out["cropping_intensity"] == pytest.approx(0.6 / 0.5, abs=1e-4)
    assert out["rainfed"] == pytest.approx(1 / 3, abs=1e-6)


def test_intensity_without_cropland_is_unknown_and_has_a_ceiling():
    mean = np.full((3, len(CROPS), 2), 100.0)
    assert np.isnan(intensity(mean, np.array([0.0, 0.004, np.nan]))).all()
    assert (intensity(mean, np.array([0.1, 0.5, 1.0])) == crops.MOST_INTENSE).all()


def test_rainfed_share_of_next_to_nothing_is_unknown():
    assert np.isnan(rainfed_share(np.full((1, len(CROPS), 2), 1e-4)))[0]
