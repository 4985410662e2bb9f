from __future__ import annotations

import pandas as pd
import pytest

from matcher.build.regions.exonyms import indonesian_names, korean_names
from matcher.build.regions.geonames import GeoNames

NOTHING = GeoNames(pd.DataFrame(), pd.DataFrame({"aliases": pd.Series(dtype=object)}))


def unit(name: str, country: str) -> pd.DataFrame:
    nothing = {"name_local": None, "name_ko": None, "name_id": None, "geonames_id": None}
    return pd.DataFrame({"name": [name], "country": country, **nothing})


def town(name: str, country: str, alternates: str, zone: str = "") -> pd.DataFrame:
    facts = {"unit": 0, "name": name, "country": country, "alternates": alternates}
    return pd.DataFrame([facts | {"time_zone": zone, "feature": "PPLA"}])


@pytest.mark.parametrize(
    ("name", "place", "alternates", "korean"),
    [
        ("Kota Denpasar", "Denpasar", "덴파사르", "덴파사르"),
        ("München", "Munich", "München,뮌헨", "뮌헨"),
        ("Allegheny", "Pittsburgh", "Allegheny,피츠버그", None),  # the county has names of its town
        ("Salt Lake", "Salt Lake City", "솔트레이크시티", None),
        ("Nadi", "Nadi", "나디,난디", None),  # nobody says which
    ],
)
def test_the_korean_name_of_a_unit_is_that_of_the_town_it_is_called_after(name, place, alternates, korean):
    found = korean_names(unit(name, "XX"), town(place, "XX", alternates), NOTHING)
    assert found.tolist() == [korean]


@pytest.mark.parametrize(
    ("name", "alternates", "indonesian"), [("Wien", "Wien", "Wina"), ("Graz", "Wien", None)]
)
def test_the_city_of_a_time_zone_has_its_indonesian_name(name, alternates, indonesian):
    found = indonesian_names(unit(name, "AT"), town("Vienna", "AT", alternates, "Europe/Vienna"))
    assert found.tolist() == [indonesian]


def test_a_unit_in_indonesia_is_called_as_it_is():
    assert indonesian_names(unit("Purwakarta", "ID"), town("X", "ID", "")).tolist() == ["Purwakarta"]
