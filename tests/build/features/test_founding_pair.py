"""The figures of the founding pair, from the raw sources: an independent reading of the same maps gave them."""

from __future__ import annotations

import importlib
import os

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from tests.build.features.shapes import described

pytestmark = [pytest.mark.sources, pytest.mark.slow]

PURWAKARTA = "22746128B43709097539954"


@pytest.fixture(scope="module")
def sources():
    if not os.environ.get("MATCHER_SOURCES"):
        pytest.skip("MATCHER_SOURCES is not set")
    from matcher.build.sources import Sources
    from matcher.errors import DataError

    found = Sources()
    try:
        for key in ("gb", "kr", "topo", "rain", "era", "kg", "lc", "ndvi", "land", "sun", "lakes", "gvp"):
            found.path(key)
    except DataError as error:
        pytest.skip(f"a source cannot be had: {error}")
    return found


@pytest.fixture(scope="module")
def pair(sources):
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(sources.path("gb", "data.db"))) as base:
        query = "select coordinates from location_data where shape_id = ?"
        outline = shapely.from_wkb(base.execute(query, (PURWAKARTA,)).fetchone()[0])
    korea = gpd.read_file(sources.path("kr", "boundaries.gpkg"), layer="adm2_2020").to_crs(4326)
    gurye = korea.loc[korea["adm2_code"].astype(str) == "36330", "geometry"].iloc[0]
    index = pd.Index(["P", "G"], name="region_id")
    return described(gpd.GeoDataFrame(geometry=[outline, gurye], index=index, crs=4326))


@pytest.fixture(scope="module")
def figures(pair, sources):
    topics = (
        "terrain",
        "coast",
        "climate",
        "koppen",
        "sun",
        "cover",
        "greenness",
        "water",
        "volcano",
        "protected",
    )
    modules = [importlib.import_module(f"matcher.build.features.{topic}") for topic in topics]
    return pd.concat([module.compute(pair, sources) for module in modules], axis=1)


@pytest.mark.parametrize(
    ("column", "purwakarta", "gurye", "tolerance"),
    [
        ("elevation", 299, 423, 2),
        ("relief", 256, 259, 2),
        (
            "coast_km",
            23.7,
            17.4,
            1.0,
        ),  # half a cell of the mask: which corner its positions name is read otherwise
        ("rain_year", 2397, 1430, 5),
        ("t_mean", 25.95, 12.5, 0.1),  # 25.8 and 12.6 at the height of the cells
        ("t_cold", 25.2, -0.9, 0.1),
        ("water_surplus", 1036, 700, 5),
        ("sunshine", 4.9, 4.0, 0.05),
        ("humidity", 15.6, 8.0, 0.25),
        ("cover:mosaic", 0.513, 0.0, 0.005),
        ("cover:savanna", 0.294, 0.052, 0.005),
        ("cover:forest", 0.065, 0.777, 0.005),
        ("cover:crop", 0.045, 0.172, 0.005),
        ("water_share", 0.064, 0.0, 0.005),
        ("greenness", 0.79, 0.86, 0.01),
        ("green_season", 0.32, 0.47, 0.01),
        ("lake_share", 0.079, 0.0, 0.005),
        ("koppen:Af", 0.63, 0.0, 0.01),
        ("koppen:Am", 0.37, 0.0, 0.01),
        ("koppen:Cwa", 0.0, 0.76, 0.01),
        ("koppen:Dwb", 0.0, 0.19, 0.01),
        ("koppen:Dwa", 0.0, 0.05, 0.01),
        ("dry_months", 0, 1, 1),
    ],
)
def test_figures(figures, column, purwakarta, gurye, tolerance):
    assert figures[column].tolist() == pytest.approx([purwakarta, gurye], abs=tolerance)


def test_rain_keeps_time_once_the_seasons_are_in_line(figures):
    rain = figures.filter(like="rain_months:").to_numpy(dtype=float)
    assert np.corrcoef(rain)[0, 1] > 0.8
    assert np.corrcoef(np.roll(rain[0], 6), rain[1])[0, 1] < -0.8


def test_volcanoes_and_protection(figures):
    assert figures["volcano_km"]["P"] < 29.5  # Tangkuban Parahu, from the edge
    assert figures["volcano_km"]["G"] == pytest.approx(214.5, abs=2)
    assert figures["volcanoes_100km"].tolist() == [12, 0]
    assert figures["protected_band"].tolist() == ["<5 %", ">20 %"]
