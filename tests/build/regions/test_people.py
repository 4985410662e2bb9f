import numpy as np
import pandas as pd
import pytest

from matcher.build.regions import population, seats


def units(**columns):
    return pd.DataFrame(columns, index=[f"r{i}" for i in range(len(columns["country"]))])


def test_official_figures_stand_and_the_rest_shares_what_is_left():
    table = units(
        country=["AA"] * 3,
        population=[100.0, np.nan, np.nan],
        population_year=pd.array([2020, None, None], "Int64"),
    )
    raw = pd.Series([10.0, 30.0, 60.0], index=table.index)
    result = population.people(table, raw, raw * 0, {"AA": 1000.0})
    assert result["population"].tolist() == [100, 300, 600]
    assert result["population_basis"].tolist() == ["official", "modelled", "modelled"]
    assert result["population_year"].tolist() == [2020, 2025, 2025]


def test_old_counts_give_way_to_the_model():
    table = units(country=["TZ"], population=[5.0], population_year=pd.array([2002], "Int64"))
    raw = pd.Series([1.0], index=table.index)
    assert population.people(table, raw, raw * 0, {"TZ": 80.0})["population"].tolist() == [80]


def test_a_country_without_total_has_no_population():
    table = units(country=["QQ"], population=[np.nan], population_year=pd.array([None], "Int64"))
    raw = pd.Series([1.0], index=table.index)
    result = population.people(table, raw, raw * 0, {})
    assert result["population"].isna().all()
    assert result["population_basis"].tolist() == [None]


def test_towns_keep_their_people():
    raw, floor = pd.Series([1.0, 1.0, 1.0]), pd.Series([0.0, 0.0, 60.0])
    assert population.filled(raw, floor, 100.0).round(3).tolist() == [20, 20, 60]
    crowded = population.filled(raw, floor * 10, 100.0)
    assert crowded.sum() == pytest.approx(100)


def test_sums_go_up_the_whole_chain_once():
    table = pd.DataFrame(
        {
            "parent_id": ["city", "city", "prov", "prov", None],
            "level": ["regency", "regency", "regency", "metropolis", "province"],
            "population": [1.0, 2.0, 4.0, np.nan, np.nan],
            "population_basis": ["official", "official", "modelled", None, None],
            "population_year": pd.array([2020, 2021, 2025, None, None], "Int64"),
        },
        index=["a", "b", "c", "city", "prov"],
    )
    total = population.summed(table)
    assert total.loc["city"].tolist() == [3, "official", 2021]
    assert total.loc["prov"].tolist() == [7, "modelled", 2025]


def test_the_seat_is_a_capital_before_a_larger_town():
    towns = pd.DataFrame(
        [
            ("Big", "AA", 0, 0, 900.0, "PPL", "Z/1", 1),
            ("Seat", "AA", 0, 1, 50.0, "PPLA2", "Z/2", 2),
            ("Abroad", "BB", 0, 1, 990.0, "PPLC", "Z/3", 3),
        ],
        columns=["name", "country", "lat", "lon", "population", "feature", "time_zone", "id"],
    )
    seat = seats.seats(towns, ["u", "u", "u"], pd.Series({"u": "AA"}))
    assert seat.loc["u", "seat_name"] == "Seat"
    assert seat.loc["u", "time_zone"] == "Z/2"


def test_the_figure_of_a_city_is_shared_among_its_parts():
    shares = pd.DataFrame(0.0, index=list("abc"), columns=list(population.DENSITY))
    shares["city"] = 1.0
    raw, area = pd.Series([1.0, 3.0, 5.0], index=list("abc")), pd.Series(1.0, index=list("abc"))
    town = pd.Series([400_000.0, 0.0, 7.0], index=list("abc"))
    city = pd.Series(["M", "M", None], index=list("abc"), dtype=object)
    # The whole city's figure stands in its first district, which cannot hold it.
    assert population.fewest(town, raw, shares, area, city).tolist() == [100_000, 300_000, 7]


def test_quarters_of_a_town_are_not_counted_with_it(squares, geonames):
    units = squares([("A", 0, 0, 1), ("B", 2, 0, 1)], "AA")
    world = geonames(
        [
            (1, "A", "AA", 0.5, 0.5, 900.0, 0, 0, "PPL", None),
            (2, "A East", "AA", 0.6, 0.6, 500.0, 0, 0, "PPL", None),
            (3, "A West", "AA", 0.6, 0.6, 990.0, 0, 0, "PPLX", None),
            (4, "Abroad", "BB", 0.5, 2.5, 990.0, 0, 0, "PPL", None),
            (5, "Gap", "AA", 0.5, 3.01, 70.0, 0, 0, "PPL", None),
        ]
    )
    assert population.largest_town(units, world).tolist() == [900, 70]
