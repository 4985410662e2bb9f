from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from matcher.build.features.livestock import HALF_KM2, compute, country_densities, density_grids, drawn_in
from tests.build.features.shapes import boxes

TABLE = pd.DataFrame(
    {
        "iso3": "XXX",
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


@pytest.fixture
def sources(tmp_path):
    class Sources:
        def path(self, key: str, member: str = ""):
            return tmp_path / key

    TABLE.to_csv(tmp_path / "hot2", index=False)
    (tmp_path / "gnc").write_text('{"YY": {"iso3": "XXX"}}')
    return Sources()


def test_regions(sources):
    out = compute(boxes(one=(10, 0, 11, 1), two=(10, 0, 12, 1), none=(40, 40, 41, 41)), sources)
    assert out["poultry"]["one"] == pytest.approx(100)
    assert out["poultry"]["two"] == pytest.approx(200)
    assert out["livestock"]["two"] == pytest.approx(10)  # the half that is known
    assert out.loc["none"].isna().all()


def test_regions_are_drawn_toward_their_country(sources):
    out = compute(boxes(one=(10, 0, 11, 1), two=(11, 0, 12, 1)).assign(country="YY"), sources)
    assert 100 < out["poultry"]["one"] < 200  # of the country
    assert 200 < out["poultry"]["two"] < 300


def test_a_country_has_the_heads_of_its_cells_over_their_land():
    table = pd.DataFrame(
        {"iso3": "XXX", "land_area": [100.0, 300.0], "poultry": 1000.0, "livestock_mam": [400.0, np.nan]}
    )
    assert country_densities(table, {"XXX": "YY"}).loc["YY"].tolist() == [5, 4]


def test_the_less_land_the_more_the_country_counts():
    drawn = drawn_in(np.full(4, 99.0), np.array([0.0, HALF_KM2, 1e9, 0.0]), np.array([0.0, 0.0, 0.0, np.nan]))
    assert drawn == pytest.approx([0, 9, 99, 99], abs=1e-3)
