import pandas as pd
import pytest

from matcher.build.regions.districts import districts_of
from matcher.build.regions.latin import bare_native
from matcher.build.regions.letters import _mended, worn
from matcher.errors import BuildError


@pytest.mark.parametrize(
    ("left", "name"),
    [
        ("Gy:ngyksmellvk", "Gyöngyösmellék"),  # other letters in their place
        ("Sul6kov", "Sulíkov"),
        ("llo", "Üllő"),  # lost altogether
        ("B", "Büssü"),  # cut at the first
        ("Moravsk8 Nov", "Moravská Nová Ves"),  # cut at a later one
    ],
)
def test_what_is_left_fits_the_name(left, name):
    assert worn(name).fullmatch(left)


def test_plain_letters_are_never_lost():
    assert not worn("Sulkov").fullmatch("Sul6kov")
    assert not worn("Gyöngyös").fullmatch("Gongos")


def test_the_one_place_of_the_district_that_fits_is_taken():
    given = ["Oslany", "Velkn", "Rohov", "Velkn"]
    where = [[0.0, 0, 0], [0.1, 0, 0], [9.0, 0, 0], [9.1, 0, 0]]
    places = ["Oslany", "Veľká", "Rohov", "Veľké"]
    names = _mended(
        given, pd.DataFrame(where).to_numpy(), places, pd.Series(["a", "a", "b", "b"]).to_numpy(object)
    )
    # both districts are near to both, so that two names fit
    assert names == ["Oslany", "Velkn", "Rohov", "Velkn"]
    names = _mended(
        given[:2], pd.DataFrame(where[:2]).to_numpy(), places, pd.Series(list("aabb")).to_numpy(object)
    )
    assert names == ["Oslany", "Veľká"]


def test_a_whole_name_stays():
    names = _mended(
        ["Bob"],
        pd.DataFrame([[0.0, 0, 0]]).to_numpy(),
        ["Bob", "Báb"],
        pd.Series(["a", "a"]).to_numpy(object),
    )
    assert names == ["Bob"]


def test_native_names_lose_their_type_word():
    assert bare_native("بخش سده") == bare_native("سده")
    assert bare_native("كندوان") == "کندوان"


def test_units_go_to_districts_by_name_and_namesakes_by_touch(squares):
    units = squares(
        [
            ("Alto", 0, 0, 1),
            ("San Rafael", 1, 0, 1),
            ("Bajo", 9, 0, 1),
            ("San Rafael", 8, 0, 1),
            ("Nowhere", 0, 1, 1),
        ]
    )
    parts = pd.DataFrame(
        {"name": ["Alto", "San Rafael", "Bajo", "San Rafael"], "district": ["one", "one", "two", "two"]}
    )
    assert districts_of(units, parts, {}).tolist() == ["one", "one", "two", "two", "one"]
    assert districts_of(units, parts, {4: "two"}).tolist()[4] == "two"


def test_a_layer_of_other_names_is_refused(squares):
    parts = pd.DataFrame({"name": ["Qqqq"], "district": ["one"]})
    with pytest.raises(BuildError, match="list of places"):
        districts_of(squares([("Alto", 0, 0, 1)]), parts, {})
