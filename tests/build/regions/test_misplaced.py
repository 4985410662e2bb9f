import pytest

from matcher.build.regions.misplaced import misplaced_layers, rightly_named

TOWNS = [chr(ord("A") + i) * 6 for i in range(12)]


@pytest.fixture
def world(squares, geonames):
    """Build twelve units in a row, one town in each, and the names that the layer gives them."""

    def build(given):
        units = squares([(name, 2 * i, 0, 1) for i, name in enumerate(given)])
        units = units.assign(
            level="regency",
            layer="gb:1",
            lat=0.5,
            lon=[2 * i + 0.5 for i in range(len(given))],
            area_km2=12_000.0,
        )
        towns = geonames(
            [
                (i, name, "XX", 0.5, 2 * i + 0.5, 900.0, 0, 0, "PPL", None)
                for i, name in enumerate(TOWNS[: len(given)])
            ]
        )
        return units, towns

    return build


def named(units, towns):
    return rightly_named(units, towns.within(units.geometry), towns).tolist()


def test_names_that_lie_by_their_towns_stay(world):
    units, towns = world([*TOWNS[:10], TOWNS[11], TOWNS[10]])
    assert named(units, towns) == units["name"].tolist()


def test_a_layer_of_shifted_names_is_named_by_its_towns(world):
    units, towns = world(TOWNS[6:] + TOWNS[:6])
    assert named(units, towns) == TOWNS


def test_a_town_that_is_none_of_the_names_is_marked(world):
    units, towns = world([*TOWNS[5:11], *TOWNS[:5], "Nowhere"])
    assert named(units, towns)[11] == f"Unnamed (around {TOWNS[11]})"


def test_a_unit_without_a_town_is_named_by_the_nearest_and_marked(world):
    units, towns = world(TOWNS[6:] + TOWNS[:6])
    towns.towns.loc[11, "lat"] = 5.0
    assert named(units, towns)[11] == f"Unnamed (near {TOWNS[10]})"


def test_of_two_towns_of_one_name_the_larger_bears_it(world):
    units, towns = world(TOWNS[6:] + TOWNS[:6])
    towns.towns.loc[0, ["name", "population"]] = [TOWNS[1], 100.0]
    assert named(units, towns)[:2] == [f"Unnamed (around {TOWNS[1]})", TOWNS[1]]


def test_repeated_names_say_nothing_of_a_layer(world):
    units, towns = world([TOWNS[0]] * 12)
    assert misplaced_layers(units, towns) == []
