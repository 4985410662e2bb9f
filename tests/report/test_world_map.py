"""The map of the world keeps borders common and drops specks."""

from __future__ import annotations

import json

import shapely

from matcher.build.world import outlines, write_world
from matcher.report.worldmap import read_world


def province(country, shape):
    return {"properties": {"iso_a2": country}, "geometry": json.loads(shapely.to_geojson(shape))}


FEATURES = [
    province("AA", shapely.box(0, 0, 5, 5)),
    province("AA", shapely.box(0, 5, 5, 10)),
    province("BB", shapely.box(5, 0, 10, 10)),
    province("BB", shapely.box(20, 0, 20.01, 0.01)),
    province("CC", shapely.box(30, 0, 30.01, 0.01)),
]


def test_provinces_become_countries_with_common_borders():
    rings = outlines(FEATURES)
    assert sorted(rings) == ["AA", "BB", "CC"]
    left, right = (shapely.Polygon(rings[code][0]) for code in ("AA", "BB"))
    assert left.area == right.area == 50
    assert shapely.intersection(left, right).length == 10


def test_a_speck_goes_unless_it_is_all_there_is():
    rings = outlines(FEATURES)
    assert [len(rings[code]) for code in ("AA", "BB", "CC")] == [1, 1, 1]


def test_what_is_written_can_be_read(tmp_path):
    (tmp_path / "admin1.json").write_text(json.dumps({"features": FEATURES}), encoding="utf-8")
    path = write_world(tmp_path / "admin1.json", tmp_path / "world.json")
    assert read_world(path) == outlines(FEATURES)
