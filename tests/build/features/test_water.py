from __future__ import annotations

import numpy as np
import pytest
import shapely

from matcher.build.features import water
from tests.build.features.shapes import boxes

REGIONS = boxes(wet=(0, 0, 1, 1), dry=(5, 0, 6, 1), north=(0, 60, 1, 61))


def test_lakes_less_islands_and_none_is_zero(monkeypatch):
    shapes = {
        water.LAKE: [shapely.box(0.0, 0.0, 0.5, 1.0), shapely.box(0, 60, 0.5, 61)],
        water.ISLAND: [shapely.box(0.0, 0.0, 0.1, 1.0)],
        water.POND: [],
    }
    monkeypatch.setattr(water, "read_lakes", lambda sources, level: np.array(shapes[level], dtype=object))
    monkeypatch.setattr(
        water, "read_rivers", lambda sources: np.array([shapely.LineString([(0.5, -1), (0.5, 2)])])
    )
    out = water.compute(REGIONS, None)
    assert out["lake_share"].tolist() == pytest.approx([0.4, 0.0, 0.5])
    assert out["river_density"]["wet"] == pytest.approx(111.195 / REGIONS["area_km2"]["wet"], rel=1e-3)
    assert out["river_density"]["dry"] == 0.0


def test_the_plane_keeps_areas():
    assert water.equal_area_km2(REGIONS) == pytest.approx(REGIONS["area_km2"], rel=0.01)


def test_outlines_are_read_by_level(tmp_path):
    class Folder:
        def path(self, key, member=""):
            return tmp_path / member

    ring = np.array([[190, 0], [191, 0], [191, 1], [190, 0]], dtype="<f4")
    (tmp_path / "gshhs_i.dat").write_bytes(ring.tobytes() * 2)
    (tmp_path / "gshhsmeta_i.dat").write_text("1 5.0 4 0 1 0 32 a\n2 5.0 4 0 1 32 32 b\n", encoding="ascii")
    lakes = water.read_lakes(Folder(), water.LAKE)
    assert len(lakes) == 1
    assert lakes[0].bounds == pytest.approx((-170, 0, -169, 1))
