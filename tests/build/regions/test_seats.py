from __future__ import annotations

import pandas as pd
import pytest

from matcher.build.regions.seats import LEAST_SHARE, seats


def seat(name, *towns, country="AA", local=None):
    """Name of the seat of one unit; a town is name, people, feature code and other names."""
    rows = [(i, 0, *town, *("PPL", "")[len(town) - 2 :]) for i, town in enumerate(towns)]
    table = pd.DataFrame(rows, columns=["id", "unit", "name", "population", "feature", "alternates"])
    table = table.assign(country=country, lat=0.0, lon=0.0, time_zone="Z/1")
    units = pd.DataFrame({"country": [country], "name": [name], "name_local": [local], "name_en": [None]})
    return seats(table, units).loc[0, "seat_name"]


@pytest.mark.parametrize("rank", ["PPLC", "PPLA", "PPLA2"])
def test_a_capital_comes_before_a_larger_town_and_the_namesake(rank):
    assert seat("Own", ("Big", 900), ("Own", 800), ("Seat", 50, rank)) == "Seat"


def test_a_town_over_the_border_is_no_seat():
    towns = pd.DataFrame(
        [
            (1, 0, "Here", "AA", 50.0, "PPL", "", 0.0, 0.0, "Z/1"),
            (2, 0, "Abroad", "BB", 990.0, "PPLC", "", 0.0, 0.0, "Z/2"),
        ],
        columns=[
            "id", "unit", "name", "country", "population", "feature", "alternates", "lat", "lon", "time_zone",
        ],
    )  # fmt: skip
    units = pd.DataFrame({"country": ["AA"], "name": ["Unit"], "name_local": [None], "name_en": [None]})
    assert seats(towns, units).loc[0, ["seat_name", "time_zone"]].tolist() == ["Here", "Z/1"]


def test_the_town_of_the_name_comes_before_the_largest():
    assert seat("Own", ("Big", 900), ("Own", 300)) == "Own"


def test_another_name_of_the_town_is_its_name_too():
    assert seat("Talin District", ("Big", 900), ("Tallinn", 300, "PPL", "Verin,Talin")) == "Tallinn"


def test_a_small_namesake_is_no_seat_unless_it_is_marked_as_one():
    small = 900 * LEAST_SHARE - 1
    assert seat("Own", ("Big", 900), ("Own", small)) == "Big"
    assert seat("Own", ("Big", 900), ("Own", small, "PPLA3")) == "Own"


def test_a_compound_is_named_after_a_part():
    assert seat("Queenstown-Lakes", ("Wanaka", 13_200), ("Queenstown", 10_442)) == "Queenstown"


def test_a_part_decides_nothing_where_the_largest_town_holds_one():
    assert seat("Kirchbach-Zerlach", ("Kirchbach in Steiermark", 858), ("Zerlach", 361)) == (
        "Kirchbach in Steiermark"
    )


def test_the_one_seat_of_a_lower_level_is_that_of_the_unit():
    assert seat("Unit", ("Big", 900), ("Seat", 200, "PPLA3")) == "Seat"
    assert seat("Unit", ("Big", 900), ("Seat", 10, "PPLA3")) == "Big"
    assert seat("Unit", ("Big", 900), ("Seat", 200, "PPLA3"), ("Another", 300, "PPLA3")) == "Big"


def test_a_suburb_is_no_seat():
    assert seat("Own", ("Own", 900, "PPLX"), ("Other", 100)) == "Other"


@pytest.mark.parametrize(
    ("unit", "town", "listed"),
    [
        ("Gurye", "Kurye", "Kyurei,구례,구례군"),
        ("Yeongcheon", "Eisen", "Yŏngch’ŏn"),
        ("Goyang-si", "Goyang-si", ""),
    ],
)
def test_a_korean_seat_is_spelled_as_its_unit_is_today(unit, town, listed):
    local = "구례군" if unit == "Gurye" else None
    assert seat(unit, (town, 900, "PPL", listed), country="KR", local=local) == unit.removesuffix("-si")


def test_hangul_decides_whose_name_a_korean_town_bears():
    assert seat("Chilgok", ("Waegwan", 900, "PPL", "Chilgok,왜관"), country="KR", local="칠곡군") == "Waegwan"
