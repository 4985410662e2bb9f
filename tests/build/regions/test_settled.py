import numpy as np
import pandas as pd
import pytest

from matcher.build.regions import settled

KINDS = list(settled.DENSITY)


@pytest.fixture
def land():
    """Two regions of one country: a city of 10 km2, and villages of 100 km2 with as many people."""
    return pd.DataFrame(
        {
            "region": [0, 1],
            "cell": [0, 0],
            "kind": [KINDS.index("city"), KINDS.index("village")],
            "km2": [10.0, 100.0],
        }
    )


COUNTRY = np.array(["AA", "AA"], object)


def crowding(land, listed, total=100_000.0):
    return settled.crowding(land, np.array([listed, 0.0]), COUNTRY, {"AA": total}).tolist()


def test_cities_are_as_full_as_the_listed_towns_say(land):
    assert crowding(land, 50_000.0) == pytest.approx([1, 1])  # half of the people, as by the classes
    assert crowding(land, 75_000.0) == pytest.approx([3, 3])


def test_a_list_is_believed_within_bounds(land):
    assert crowding(land, 100.0) == [1 / settled.MOST_CROWDED] * 2
    assert crowding(land, 900_000.0) == [settled.MOST_CROWDED] * 2


def test_a_country_without_listed_cities_or_total_keeps_the_usual_density(land):
    assert crowding(land, 0.0) == [1, 1]
    assert settled.crowding(land, np.array([9e4, 0.0]), COUNTRY, {}).tolist() == [1, 1]


@pytest.fixture
def no_grid(monkeypatch):
    """A grid of people that knows nothing."""
    monkeypatch.setattr(settled, "people_by_cell", lambda _: np.full(64_800, np.nan))


@pytest.mark.usefixtures("no_grid")
def test_crowding_moves_cities_alone(land):
    people = settled.laid_out(land, 2, None, 0.0, np.array([4.0, 4.0]))
    usual = settled.laid_out(land, 2, None, 0.0)
    assert (people / usual).tolist() == pytest.approx([4**settled.CROWDED, 1])


def test_a_cell_is_read_with_its_neighbours_also_over_the_date_line():
    cells = np.zeros(64_800)
    cells[360] = 8.0  # second row, first column
    found = settled._with_beside(cells)
    assert found[360] == 8
    assert found[[0, 720, 361, 719]].tolist() == [8 * settled.BESIDE] * 4
    assert found.sum() == 16
