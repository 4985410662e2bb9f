"""The own catalogue: every fault at once, each with the name it stands under."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from matcher.catalogue import Catalogue
from matcher.errors import DataError
from matcher.own.catalogue import OwnCatalogue

if TYPE_CHECKING:
    from pathlib import Path

GOOD = {"kind": "number", "group": "culture", "source": "survey"}


def read(features: Any, **parts: Any) -> OwnCatalogue:
    return OwnCatalogue.open({"features": features, **parts}, Catalogue.open(), ["seat_name"])


def test_what_is_not_said_has_a_plain_default() -> None:
    [feature] = read({"guest_rooms": GOOD}).features
    assert (feature.label, feature.weight, feature.evidence) == ("Guest rooms", 1.0, "planner's own")
    assert (feature.source, feature.licence) == (("survey",), "not stated")


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("x", {"kind": "colour"}, "kind 'colour'"),
        ("x", {"group": "markets"}, "group 'markets', which is not declared"),
        ("x", {"weight": -1}, "weight -1"),
        ("x", {"weight": float("nan")}, "weight nan"),
        ("x", {"weight": "2"}, "weight '2'"),
        ("x", {"scale": "cubic"}, "scale 'cubic'"),
        ("x", {"tree": "family"}, "tree 'family'"),
        ("x", {"source": ""}, "lacks 'source'"),
        ("x", {"label": "a\nb"}, "one printable line"),
        ("x", {"min": 2, "max": 1}, "min 2 is above max 1"),
        ("x", {"classes": "low"}, "classes is a list"),
        ("x", {"sensitive": "yes"}, "true or false"),
        ("x", {"evidence": "region"}, "a field 'evidence'"),
        ("relief", {}, "exists already in the atlas"),
        ("seat_name", {}, "name of a column of the atlas"),
        ("My Index", {}, "small letters"),
    ],
)
def test_a_faulty_feature_is_told_by_name(name: str, change: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError) as caught:
        read({name: GOOD | change})
    assert said in str(caught.value)
    assert name in str(caught.value)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(DataError, match="4 faults") as caught:
        read(
            {"a": GOOD | {"kind": "colour"}, "b": GOOD | {"weight": -1}},
            groups={"culture": {}},
            profiles={"balanced": {"features": {"c": 1.0}}},
        )
    assert len(str(caught.value).splitlines()) == 5


def test_one_fault_is_counted_as_one() -> None:
    with pytest.raises(DataError, match="has 1 fault:"):
        read({"a": GOOD | {"kind": "colour"}})


def test_an_unknown_table_and_an_empty_catalogue_are_faults() -> None:
    with pytest.raises(DataError, match="'feature' is no part"):
        read({}, feature={})
    with pytest.raises(DataError, match="there is no feature"):
        OwnCatalogue.open({}, Catalogue.open())


def test_a_name_given_twice_is_refused_by_the_file_format(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[features.a]\nkind='number'\n[features.a]\nkind='number'\n", encoding="utf-8")
    with pytest.raises(DataError, match="not valid TOML"):
        OwnCatalogue.open(path, Catalogue.open())
