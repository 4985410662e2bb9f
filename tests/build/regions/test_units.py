import pandas as pd
import pytest
import shapely

from matcher.build.regions import units
from matcher.errors import BuildError


def test_only_land_without_a_council_is_ungoverned():
    names = pd.Series(["Williams Lake", "Lake Macquarie", "Banff National Park", "Stikine Unorganized"])
    assert units.governed(names, "CA").tolist() == [True, True, False, False]
    assert units.governed(pd.Series(["Ochapowace 71-26", "Montague"]), "CA").tolist() == [False, True]
    assert units.governed(pd.Series(["Comuna 10"]), "AR").tolist() == [True]


def test_a_layer_of_another_country_is_refused():
    with pytest.raises(BuildError, match=r"gives layer gb:1 to AA.*of BB"):
        units.check_country("AA", "1", pd.Series(["BB", "BB", "AA"]))
    units.check_country("NA", "1", pd.Series(["NA"]))


def test_units_of_a_territory_carry_its_code(squares):
    layer = squares([("Helsinki", 0, 0, 1), ("Mariehamn", 2, 0, 1), ("Nowhere", 4, 0, 1)], "FI")
    layer["unit_key"] = [0, 1, 2]
    towns = pd.DataFrame({"unit": [0, 1], "country": ["FI", "AX"]})
    assert units.own_country(layer, towns, "FI")["country"].tolist() == ["FI", "AX", "FI"]


def test_wards_join_to_districts_by_their_towns(squares, geonames):
    layer = squares([("A Ward", 0, 0, 1), ("B Ward", 1, 0, 1), ("C Ward", 2, 0, 1)], "NZ")
    layer["unit_key"] = [0, 1, 2]
    world = geonames(
        [
            (1, "Queenstown", "NZ", 0.5, 0.5, 100, 0, 70, "PPL", None),
            (2, "Alex", "NZ", 0.5, 2.5, 50, 0, 71, "PPL", None),
        ],
        [(70, "Queenstown-Lakes District", "NZ", 2, "", []), (71, "Central Otago District", "NZ", 2, "", [])],
    )
    towns = world.within(layer.geometry)
    joined = units.joined(layer, towns, world, "admin2")
    assert joined["name"].tolist() == ["Queenstown-Lakes District", "Central Otago District"]
    assert sorted(shapely.area(joined.geometry.to_numpy()).round(6)) == [1.0, 2.0]


def test_numbered_wards_join_by_name(squares, geonames):
    layer = squares([("Nyanga 1", 0, 0, 1), ("Nyanga 31", 1, 0, 1), ("Harare 2", 3, 0, 1)], "ZW")
    layer["unit_key"] = [0, 1, 2]
    joined = units.joined(layer, pd.DataFrame(), geonames([]), "name")
    assert joined["name"].tolist() == ["Harare", "Nyanga"]


def test_districts_of_one_city_are_joined(squares):
    layer = squares([("Tondo", 0, 0, 1), ("Binondo", 1, 0, 1), ("Cebu", 9, 0, 1)], "PH")
    outline = squares([("Manila", 0, 0, 2)], "PH")
    result = units.one_city(layer, ("PH", "Manila"), outline)
    assert result["name"].tolist() == ["Cebu", "Manila"]
    assert shapely.area(result.geometry.to_numpy()).round(6).tolist() == [1.0, 2.0]
