import geopandas as gpd
import pytest
from shapely.geometry import Point, box

from matcher.build.regions.blanks import blank_cities, gap_around
from matcher.build.regions.upper import without_namesakes

RING = [box(0, 0, 0.4, 1), box(0.6, 0, 1, 1), box(0.4, 0, 0.6, 0.4), box(0.4, 0.6, 0.6, 1)]
LAND = [box(-5, -5, 5, 5)]


def test_the_gap_between_units_is_the_outline():
    gap = gap_around(Point(0.5, 0.5), RING, LAND)
    assert gap.equals_exact(box(0.4, 0.4, 0.6, 0.6), 0.01) or gap.area == pytest.approx(0.04, rel=0.05)


def test_land_that_nobody_has_is_no_gap():
    assert gap_around(Point(0.5, 0.5), RING[:1], LAND) is None


def test_a_seat_in_a_gap_becomes_a_unit(geonames):
    base = gpd.GeoDataFrame(
        {
            "region_id": list("abcd"), "name": list("abcd"), "country": "XX", "layer": "gb:1", "layer_year": None,
            "layer_licence": "open", "licence_class": "open", "level": "regency",
        },
        geometry=RING, crs="EPSG:4326",
    )  # fmt: skip
    provinces = gpd.GeoDataFrame({"country": ["XX"]}, geometry=LAND, crs="EPSG:4326")
    town = (7, "Middle", "XX", 0.5, 0.5, 90_000.0, 0, 0, "PPLA", "UTC")
    none = provinces.iloc[:0]
    found = blank_cities(base, provinces, none, geonames([town]))
    assert found[["region_id", "name", "layer", "unit_type"]].values.tolist() == [
        ["gap:7", "Middle", "gb:1", "city"]
    ]
    assert not len(blank_cities(base, provinces, provinces, geonames([town])))  # a metropolis holds it


def test_of_namesakes_the_one_beside_the_city_is_meant(squares):
    units = squares([("Centre", 0, 0, 1), ("Mirpur", 1, 0, 1), ("Mirpur", 7, 0, 1)])
    assert without_namesakes(units)["region_id"].tolist() == ["xx:0", "xx:1"]
