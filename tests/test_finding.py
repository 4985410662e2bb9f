"""What a planner typed leads to the region that is meant, or to a list to choose from."""

from __future__ import annotations

import pytest

from matcher import AmbiguousRegionError, Atlas
from matcher.finding import resolve_region
from matcher.names import NameIndex


@pytest.fixture(scope="module")
def resolve():
    atlas = Atlas.open()
    names = NameIndex.open(atlas.data_dir)
    return lambda text: resolve_region(atlas, names, text)


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Spain", "ES"),  # a hamlet of North Carolina
        ("Australia", "AU"),  # a sugar mill of Cuba
        ("Jordan", "JO"),  # a municipality of the Philippines
        ("Indonesia", "ID"),  # nothing else
        ("대한민국", "KR"),
        ("Sierra Leone", "SL"),  # a country without regions of the level that signs
    ],
)
def test_the_name_of_a_country_asks_for_a_region_of_it(resolve, text, country):
    with pytest.raises(AmbiguousRegionError, match=f"'{text}' is a country") as error:
        resolve(text)
    assert error.value.candidates[0].country == country


def test_what_bears_the_name_of_a_country_elsewhere_can_be_chosen_too(resolve):
    with pytest.raises(AmbiguousRegionError) as error:
        resolve("Georgia")
    countries = [region.country for region in error.value.candidates]
    assert countries[0] == "GE"
    assert countries[-1] == "US"


@pytest.mark.parametrize(
    ("text", "country"), [("Singapore", "SG"), ("Macau", "MO"), ("Panama", "PA"), ("Georgia, US", "US")]
)
def test_a_region_that_is_called_like_its_country_is_found(resolve, text, country):
    assert resolve(text).country == country


def test_a_code_is_no_name_of_a_country(resolve):
    """ "Ede" of the Netherlands is nobody's code, "Usa" of Japan is."""
    with pytest.raises(AmbiguousRegionError) as error:
        resolve("Can")
    assert "is a country" not in str(error.value)


def test_the_list_says_how_long_it_is(resolve):
    with pytest.raises(AmbiguousRegionError, match="'Savannakhet' may mean 2 regions; "):
        resolve("Savannakhet")
    with pytest.raises(AmbiguousRegionError, match="'Springfield' may mean 10 regions or more; "):
        resolve("Springfield")


def test_a_list_of_near_spellings_says_that_none_is_called_so(resolve):
    with pytest.raises(AmbiguousRegionError, match="no region is called 'Jogja'; it may mean 4 regions; "):
        resolve("Jogja")


def test_an_alias_without_its_type_word_is_less_meant_than_a_town_of_that_name(resolve):
    """Warsaw is called "Phoenix City"; who types Phoenix is asked."""
    with pytest.raises(AmbiguousRegionError) as error:
        resolve("Phoenix")
    assert "US" in {region.country for region in error.value.candidates[:2]}
