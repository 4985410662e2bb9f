import numpy as np
import pandas as pd

from matcher.build.regions import figures, headcount, population


def units(**columns):
    return pd.DataFrame(columns, index=[f"r{i}" for i in range(len(columns["country"]))])


def test_official_figures_stand_and_the_rest_shares_what_is_left():
    table = units(
        country=["AA"] * 3,
        population=[100.0, np.nan, np.nan],
        population_year=pd.array([2020, None, None], "Int64"),
    )
    raw = pd.Series([10.0, 30.0, 60.0], index=table.index)
    result = population.people(table, raw, {"AA": 1000.0})
    assert result["population"].tolist() == [100, 300, 600]
    assert result["population_basis"].tolist() == ["official", "modelled", "modelled"]
    assert result["population_year"].tolist() == [2020, 2025, 2025]


def test_old_counts_give_way_to_the_model():
    table = units(country=["TZ"], population=[5.0], population_year=pd.array([2002], "Int64"))
    raw = pd.Series([1.0], index=table.index)
    assert population.people(table, raw, {"TZ": 80.0})["population"].tolist() == [80]


def test_a_country_without_total_has_no_population():
    table = units(country=["QQ"], population=[np.nan], population_year=pd.array([None], "Int64"))
    raw = pd.Series([1.0], index=table.index)
    result = population.people(table, raw, {})
    assert result["population"].isna().all()
    assert result["population_basis"].tolist() == [None]


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
    facts = headcount.town_facts(world.within(units.geometry), units["country"].to_numpy(dtype=object))
    assert facts["largest"].tolist() == [900, 70]
    assert facts["together"].tolist() == [1400, 70]
    assert facts["second"].tolist() == [500, 0]


def test_a_part_of_the_world_without_cities_keeps_its_people():
    people = np.array([10.0, 20.0])
    kept = headcount.with_whole_cities(people, np.array([-1, -1]), np.array([]))
    assert kept.tolist() == [10, 20]


def test_a_commune_that_took_in_another_outline_has_no_figure():
    rows = [
        {"code": "1", "type": "commune-actuelle", "population": 50, "chefLieu": None},
        {"code": "2", "type": "commune-actuelle", "population": 70},
        {"code": "3", "type": "commune-deleguee", "chefLieu": "1"},
    ]
    code = pd.Series(["1", "2", "3"])
    assert figures.french_figures(rows, code).fillna(-1).tolist() == [-1, 70, -1]
    assert figures.french_figures(rows, code[:2]).tolist() == [50, 70]


def turkish(*districts):
    rows = [
        {"province": "Adıyaman", "name": "Merkez", "population": 310},
        {"province": "Adıyaman", "name": "Kahta", "population": 120},
        {"province": "Sivas", "name": "Altınyayla", "population": 9},
        {"province": "Burdur", "name": "Altınyayla", "population": 5},
        {"province": "Kocaeli", "name": "Kartepe", "population": 140},
    ]
    names = pd.Series([name for name, _ in districts])
    provinces = pd.Series([province for _, province in districts])
    return figures.turkish_figures(rows, names, provinces).fillna(-1).tolist()


def test_a_central_district_goes_by_the_name_of_its_province():
    assert turkish(("Adıyaman (Merkez)", "Adıyaman"), ("Kahta", "Adıyaman")) == [310, 120]
    assert turkish(("Adıyaman", "Adıyaman")) == [310]


def test_a_district_across_a_coarse_border_is_found_if_its_name_is_that_of_one_alone():
    assert turkish(("Kartepe", "Sakarya")) == [140]
    assert turkish(("Altınyayla", "Muğla")) == [-1]
    assert turkish(("Altınyayla", "Sivas"), ("Altınyayla", "Muğla")) == [9, 5]


def learnable(countries):
    random = np.random.default_rng(1)
    country = np.repeat(np.array(countries, dtype=object), 45)
    town = random.uniform(0, 1, len(country))
    guess = np.exp(random.uniform(7, 11, len(country)))
    table = pd.DataFrame({"town": town, "other": random.uniform(0, 1, len(country))})
    return table, guess, guess * np.exp(town), country


def test_what_is_learned_holds_in_a_country_that_was_left_out():
    table, guess, official, country = learnable(list("abcdef"))
    found = headcount.headcount(table, guess, official, country)
    assert np.median(np.abs(np.log(found.held_out / official))) < 0.5 * np.median(
        np.abs(np.log(guess * official.sum() / guess.sum() / official))
    )
    assert np.nanmin(found.factor) >= 1


def test_little_to_learn_from_leaves_the_first_guess():
    table, guess, official, country = learnable(list("ab"))
    found = headcount.headcount(table, guess, official, country)
    assert (found.people == guess).all()
    assert np.isnan(found.factor).all()


def test_only_a_large_town_with_the_name_of_its_unit_counts_as_the_units_own():
    towns = pd.DataFrame(
        [
            ("Émine", "AA", 0, 30_000.0),
            ("Emine", "AA", 0, 45_000.0),
            ("Other", "AA", 0, 900_000.0),
            ("Hamlet", "AA", 1, headcount.LEAST_TOWN - 1.0),
            ("Across", "BB", 2, 80_000.0),
        ],
        columns=["name", "country", "unit", "population"],
    )
    names, country = np.array(["Emine", "Hamlet", "Across"], object), np.array(["AA"] * 3, object)
    found = headcount.own_towns(towns, names, country)
    assert found[0] == 45_000
    assert np.isnan(found[1:]).all()


def test_no_unit_is_left_below_the_town_that_it_is_named_after_unless_the_town_reaches_far_beyond_it():
    people, country = np.array([60.0, 40.0, 10.0]), np.array(["AA", "AA", "BB"], object)
    towns = np.array([150.0, 40.0 * 2 * headcount.MOST_BEYOND + 1.0, np.nan])
    # AA has twice what was estimated: 120 and 80 people, of which the first is below its town.
    assert headcount.with_own_towns(people, towns, country, {"AA": 200.0}).tolist() == [150, 80, 10]


def test_the_parts_of_a_city_are_raised_together_to_the_town_of_its_name():
    people, city = np.array([10.0, 30.0, 7.0, 5.0, 5.0]), np.array([0, 0, -1, 1, 1])
    towns = np.array([80.0, 10.0 * headcount.MOST_BEYOND_CITY + 1.0])
    assert headcount.with_whole_cities(people, city, towns).tolist() == [20, 60, 7, 5, 5]
