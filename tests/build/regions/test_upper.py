import numpy as np
import pandas as pd
import pytest

from matcher.build.regions import upper, uppers
from matcher.build.regions.replaced import without_lent_names
from matcher.errors import BuildError

COLUMNS = ["country", "code", "name", "members", "within", "fine", "reason"]


def test_every_metropolis_has_a_reason_and_one_way_to_be_found():
    table = upper.read_metropolises()
    assert table.columns.tolist() == COLUMNS
    assert (table["reason"] != "").all()
    assert ((table["code"] != "") ^ (table["members"] != "")).all()
    assert not table.duplicated(["country", "name"]).any()


def test_upper_units_that_are_a_city_are_metropolises(squares):
    provinces = squares(
        [("Krung Thep", 0, 0, 1), ("Phuket", 1, 0, 1)], "TH", iso=["TH-10", "TH-83"], adm1_code=["a", "b"]
    )
    table = pd.DataFrame([["TH", "TH-10", "Bangkok", "", "", "", "x"]], columns=COLUMNS)
    marked = upper.mark_cities(provinces, table)
    assert marked["level"].tolist() == ["metropolis", "province"]
    assert marked["name"].tolist() == ["Bangkok", "Phuket"]


def test_an_upper_unit_with_the_outline_of_one_base_unit_is_the_same(squares):
    base = squares([("Berlin", 0, 0, 1), ("Potsdam", 2, 0, 1), ("Cottbus", 3, 1, 1)])
    above = squares([("Land Berlin", 0, 0, 1.05), ("Brandenburg", 2, 0, 2)])
    assert upper.same_outline(base, above, [0, 1, 1]).tolist() == [True, False]


def test_parents_are_of_the_same_country(squares):
    base = pd.concat(
        [squares([("a", 0, 0, 1)], "AA"), squares([("b", 0.1, 0.1, 1)], "BB")], ignore_index=True
    )
    above = pd.concat(
        [squares([("A", -1, -1, 4)], "AA"), squares([("B", -1, -1, 4)], "BB")], ignore_index=True
    )
    assert upper.inside(base, above).tolist() == [0, 1]
    assert upper.inside(base, above[above["country"] == "CC"]).tolist() == [-1, -1]


def test_provinces_at_the_base_level_are_no_upper_level(squares):
    base = squares([(str(i), i, 0, 1) for i in range(4)])
    assert len(upper.usable(squares([("a", 0, 0, 2), ("b", 2, 0, 2)]), base)) == 2
    assert len(upper.usable(squares([("a", 0, 0, 1), ("b", 1, 0, 1), ("c", 2, 0, 2)]), base)) == 0


def test_boroughs_join_to_the_city_that_signs(squares):
    base = squares([("Bronx", 0, 0, 1), ("Queens", 1, 0, 1), ("Albany", 2, 0, 1), ("Queens", 50, 0, 1)], "US")
    base["parent_id"] = ["a1:US-NY"] * 3 + ["a1:US-XX"]
    base["fine"] = False
    provinces = squares([("New York", -1, -1, 5)], "US", iso=["US-NY"], adm1_code=["USA-1"])
    above = squares([("New York", -1, -1, 5)], "US", level="province", double=False, parent_id=None)
    above["region_id"] = "a1:US-NY"
    table = pd.DataFrame([["US", "", "New York City", "^(Bronx|Queens)$", "US-NY", "", "x"]], columns=COLUMNS)
    result = uppers.with_groups(above, base, provinces, table)
    city = result[result["level"] == "metropolis"].iloc[0]
    assert (city["region_id"], city["parent_id"]) == ("city:us-new-york-city", "a1:US-NY")
    assert base["parent_id"].tolist() == ["city:us-new-york-city"] * 2 + ["a1:US-NY", "a1:US-XX"]
    assert not base["fine"].any()


def test_an_upper_layer_without_a_row_is_refused(squares):
    above = squares([("A", 0, 0, 1)], "AA", level="province", layer="ne1")
    levels = pd.DataFrame(columns=["country", "level", "layer"])
    with pytest.raises(BuildError, match="AA province ne1"):
        uppers.credited(above, levels)


def test_double_flags_have_one_entry_an_upper_unit(squares):
    above = squares([("A", 0, 0, 1), ("B", 1, 0, 1)])
    flags = upper.same_outline(squares([("a", 0, 0, 1)]), above, np.array([-1]))
    assert flags.tolist() == [False, False]


def test_a_name_lent_by_another_province_is_none():
    names = ["Antananarivo", "Itasy", "Diana"]
    frame = pd.DataFrame(
        {
            "country": "MG",
            "name": names,
            "name_en": [names[0], names[0], "Diana"],
            "name_id": None,
            "name_ko": "가",
        }
    )
    assert without_lent_names(frame)["name_ko"].isna().tolist() == [False, True, False]
