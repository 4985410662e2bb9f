"""Farming and culture of the founding pair, from the raw sources."""

from __future__ import annotations

import importlib
import os

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from tests.build.features.shapes import described

pytestmark = [pytest.mark.sources, pytest.mark.slow]

PURWAKARTA = "22746128B43709097539954"
TOPICS = ("crops", "landuse", "season", "soil", "livestock", "country", "religion", "heritage")


@pytest.fixture(scope="module")
def sources():
    if not os.environ.get("MATCHER_SOURCES"):
        pytest.skip("MATCHER_SOURCES is not set")
    from matcher.build.sources import Sources
    from matcher.errors import DataError

    found = Sources()
    keys = {"gb", "kr"} | {
        key
        for topic in (*TOPICS, "languages")
        for key in importlib.import_module(f"matcher.build.features.{topic}").SOURCES
    }
    try:
        for key in sorted(keys):
            found.path(key)
    except DataError as error:
        pytest.skip(f"a source cannot be had: {error}")
    return found


@pytest.fixture(scope="module")
def countries(sources):
    """Base units of Indonesia and Korea; P and G among them."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(sources.path("gb", "data.db"))) as base:
        query = "select shape_id, coordinates from location_data where shape_id like '22746128B%'"
        outlines = dict(base.execute(query).fetchall())
    korea = gpd.read_file(sources.path("kr", "boundaries.gpkg"), layer="adm2_2020").to_crs(4326)
    shapes = [*shapely.from_wkb(list(outlines.values())), *korea.geometry]
    codes = ["P" if key == PURWAKARTA else key for key in outlines]
    codes += ["G" if code == "36330" else f"kr{code}" for code in korea["adm2_code"].astype(str)]
    table = described(gpd.GeoDataFrame(geometry=shapes, index=pd.Index(codes, name="region_id"), crs=4326))
    table["country"] = ["ID"] * len(outlines) + ["KR"] * len(korea)
    return table


@pytest.fixture(scope="module")
def figures(countries, sources):
    pair = countries.loc[["P", "G"]]
    modules = [importlib.import_module(f"matcher.build.features.{topic}") for topic in TOPICS]
    return pd.concat([module.compute(pair, sources) for module in modules], axis=1)


@pytest.mark.parametrize(
    ("column", "purwakarta", "gurye", "tolerance"),
    [
        ("crop_mix:rice", 0.84, 0.85, 0.03),
        ("crop_mix:maize", 0.11, 0.01, 0.01),
        ("crop_mix:soybean", 0.05, 0.07, 0.01),
        ("crop_mix:barley", 0.0, 0.06, 0.01),
        ("rice_irrigated", 0.62, 0.76, 0.005),
        ("cropland", 0.390, 0.164, 0.005),
        ("pasture", 0.119, 0.006, 0.005),
        ("irrigated", 0.219 / 0.390, 0.069 / 0.164, 0.005),
        ("crop_mosaic", 0.558, 0.172, 0.005),
        ("season_months", 12, 9, 0),
        ("soil_ph", 4.84, 5.90, 0.01),
        ("poultry", 3053, 857, 1),
        ("livestock", 56.5, 110, 1),
        ("farm_gdp", 0.126, 0.016, 1e-9),
        ("farm_labour", 0.389, 0.057, 1e-9),
        ("religion:muslim", 0.87, 0.0, 0.01),
        ("religion:none", 0.0, 0.606, 0.01),
        ("heritage_cultural_km", 305, 67, 2),  # Borobudur; Gaya Tumuli, a serial site
        ("heritage_natural_km", 204, 76, 2),  # Ujung Kulon; Getbol
    ],
)
def test_figures(figures, column, purwakarta, gurye, tolerance):
    assert figures[column].tolist() == pytest.approx([purwakarta, gurye], abs=tolerance)


def test_zones(figures):
    assert figures["agro_zone"].tolist() == ["tropical humid", "cold humid"]


def test_languages(countries, sources):
    from matcher.build.features.languages import compute

    found = compute(countries, sources)["languages"]
    assert found["G"] == pytest.approx({"kor": 1.0})
    assert next(iter(found["P"])) == "sun"
    assert found["P"]["sun"] == pytest.approx(0.8, abs=0.1)
    # Indonesian, the common second language, is spoken at home in towns.
    assert found["P"]["ind"] == pytest.approx(0.2, abs=0.1)
