from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from matcher.build.features.livestock import compute, density_grids
from tests.build.features.shapes import boxes

TABLE = pd.DataFrame(
    {
        "lon": [10.5, 11.5, 12.5],
        "lat": [0.5, 0.5, 0.5],
        "land_area": [10_000.0, 10_000.0, 10.0],
        "poultry": [1e6, 3e6, 1e6],
        "livestock_mam": [1e5, np.nan, 1e6],
    }
)


def test_heads_per_land():
    heads, _ = density_grids(TABLE)
    row, col = heads.frame.cell(np.array([0.5, 0.5]), np.array([10.5, 12.5]))
    assert heads.values[:, row[0], col[0]].tolist() == [100, 10]
    assert np.isnan(heads.values[:, row[1], col[1]]).all()  # 10 km2 of land is noise


def test_regions(tmp_path):
    class Sources:
        def path(self, key: str, member: str = ""):
            TABLE.to_csv(tmp_path / "a.csv", index=False)
            return tmp_path / "a.csv"

    out = compute(boxes(one=(10, 0, 11, 1), two=(10, 0, 12, 1), none=(40, 40, 41, 41)), Sources())
    assert out["poultry"]["one"] == pytest.approx(100)
    assert out["poultry"]["two"] == pytest.approx(200)
    assert out["livestock"]["two"] == pytest.approx(10)  # the half that is known
    assert out.loc["none"].isna().all()
