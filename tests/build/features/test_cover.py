from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from matcher.build import grids
from matcher.build.features import cover, greenness, koppen, protected, settlement
from matcher.build.grids import Frame, Grid, table_grid
from tests.build.features.shapes import boxes

FRAME = Frame(4, 4, 0.0, 2.0, 1.0)


def test_every_class_has_a_name():
    assert sorted(cover.CLASSES) == list(range(17))


def test_the_sea_is_no_landscape_but_a_lake_is(monkeypatch):
    classes = np.array([[0, 5, 5, 12], [0, 0, 0, 0], [0, 0, 0, 0], [1, 8, 14, 13]], dtype=np.uint8)
    land = np.ones((4, 4), dtype=np.float32)
    land[0, 0], land[1:3] = 0.1, 0.0
    land[1, 3] = 1.0  # a lake
    monkeypatch.setattr(grids, "land_cover", lambda sources: Grid(FRAME, classes))
    monkeypatch.setattr(grids, "land_share", lambda sources, frame: land)
    out = cover.compute(boxes(coast=(0, 1, 2, 2), lake=(3, 0, 4, 2), islet=(1.4, 0.4, 1.6, 0.6)), None)
    assert out["forest_share"].tolist() == pytest.approx([1.0, 0.0, 1.0])
    assert out["water_share"].tolist() == pytest.approx([0.0, 0.5, 0.0], abs=1e-3)
    assert out["cover:crop"]["lake"] == pytest.approx(0.5, abs=1e-3)
    assert out.filter(like="cover:").sum(axis=1).tolist() == pytest.approx([1.0] * 3)


def test_koppen_ignores_the_ocean(monkeypatch):
    classes = np.array([[1, 1, 2, 32]] * 4, dtype=np.uint8)
    monkeypatch.setattr(grids, "koppen", lambda sources: (Grid(FRAME, classes), {1: "Af", 2: "Am"}))
    out = koppen.compute(boxes(a=(0, 0, 4, 1), b=(3.1, 0.1, 3.9, 0.9)), None)
    assert out.columns.tolist() == ["koppen:Af", "koppen:Am"]
    assert out.loc["a"].tolist() == pytest.approx([2 / 3, 1 / 3])
    assert out.loc["b"].tolist() == pytest.approx([0.0, 1.0])


def test_green_season_is_the_difference(monkeypatch):
    bands = np.stack([np.full((4, 4), 0.9), np.full((4, 4), 0.4)])
    bands[:, 0, 0] = np.nan
    monkeypatch.setattr(grids, "greenness", lambda sources: Grid(FRAME, bands))
    out = greenness.compute(boxes(a=(0, 1, 2, 2)), None)
    assert out.loc["a"].tolist() == pytest.approx([0.9, 0.5])


def test_only_bands_of_protection_leave(monkeypatch):
    shares = np.array([0.0, 0.03, 0.2, 0.9])
    grid = table_grid(np.array([0.25, 1.25, 2.25, 3.25]), np.full(4, 0.25), shares, 0.5, fill=0.0)
    monkeypatch.setattr(grids, "protected", lambda sources: grid)
    regions = boxes(**{f"r{k}": (k, 0, k + 0.5, 0.5) for k in range(4)}, nowhere=(50, 50, 51, 51))
    out = protected.compute(regions, None)["protected_band"]
    assert out.tolist() == ["none", "<5 %", ">20 %", ">20 %", "none"]


def test_settlement_columns_are_named_by_feature(monkeypatch):
    from matcher.build import settlement as shares

    fake = pd.DataFrame({"city": [1.0], "water": [0.0]})
    monkeypatch.setattr(shares, "settlement_shares", lambda geometries, sources: fake)
    out = settlement.compute(boxes(a=(0, 0, 1, 1)), None)
    assert out.columns.tolist() == ["settlement:city", "settlement:water", "urban_share"]
    assert out.index.tolist() == ["a"]
