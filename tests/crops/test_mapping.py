from __future__ import annotations

import math

import numpy as np

from matcher.crops.mapping import ground_of, map_units
from matcher.crops.statistics import Unit


def ground(rows):
    """Regions of country XX: (id, name, level, parent, code, lat, lon)."""
    names = ("region_id", "name", "level", "parent_id", "national_code", "lat", "lon")
    table = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    table |= {"country": ["XX"] * len(rows), "area_km2": [10_000.0] * len(rows)}
    return ground_of(lambda name: table[name], ["name"])


def unit(name="", admin1="", code="", lat=math.nan, lon=math.nan):
    return Unit("Xland", admin1, name, code, lat, lon, {"tea": 1.0})


TWO = ground(
    [
        ("p1", "North", "province", "", "XX-N", 10, 0),
        ("p2", "South", "province", "", "XX-S", 0, 0),
        ("a", "Springfield", "regency", "p1", "0012", 10, 0),
        ("b", "Springfield", "regency", "p2", "0013", 0, 0),
        ("c", "São José", "regency", "p2", "0014", 0, 1),
    ]
)


def found(units, where=TWO):
    return [[where.region_id[row] for row in rows] for rows in map_units(units, where, "XX")]


def test_a_code_leads_to_its_region_with_or_without_zeros():
    assert found([unit("?", code="12")]) == [["a"]]


def test_a_name_is_looked_for_in_its_province():
    assert found([unit("Springfield", "S")]) == [["b"]]  # the end of its ISO code
    assert found([unit("Springfield", "North")]) == [["a"]]


def test_a_name_without_accents_and_with_a_slip_is_found():
    assert found([unit("Sao Jose", "South")]) == [["c"]]
    assert found([unit("Springfeild", "South")]) == [["b"]]


def test_an_unknown_name_maps_to_nothing():
    assert found([unit("Nowhere", "South")]) == [[]]


def test_few_large_units_with_points_share_out_the_country():
    north, south = found([unit("Upper", lat=9.0, lon=0.0), unit("Lower", lat=1.0, lon=0.5)])
    assert north == ["a"]
    assert sorted(south) == ["b", "c"]


def test_a_country_without_regions_maps_to_nothing():
    assert [rows.size for rows in map_units([unit("Springfield")], TWO, "YY")] == [0]


def test_no_region_belongs_to_two_units():
    rows = map_units([unit("Springfield", "South"), unit("Springfield", "South")], TWO, "XX")
    taken = np.concatenate(rows)
    assert len(taken) == len(set(taken.tolist()))
