"""What a text was read as, where it is no name of the region's own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matcher.cli.choosing import many_regions, one_region
from matcher.errors import RegionNotFoundError
from tests.cli.fake import GURYE, FakeMatcher


@pytest.fixture
def matcher(monkeypatch) -> FakeMatcher:
    monkeypatch.setattr(FakeMatcher, "region", lambda self, text: replace(GURYE, name_id="Gure"))
    return FakeMatcher()


@pytest.mark.parametrize(
    "text",
    ["Gurye", "gurye-gun", "구례", "구례군, KR", "Gurye (South Korea)", "Gure", "kr:36330", "35.2,127.46"],
)
def test_own_names_ids_and_points_are_taken_without_a_word(matcher, capsys, text):
    one_region(matcher, text)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("text", ["Guryee", "Kurye", "Hwaeomsa, KR"])
def test_what_is_read_as_another_name_is_told(matcher, capsys, text):
    one_region(matcher, text)
    assert capsys.readouterr().err == f"{text!r} was read as Gurye (Jeollanam-do, KR).\n"


def test_a_name_that_a_list_has_twice_is_looked_up_once(monkeypatch):
    asked = []
    monkeypatch.setattr(FakeMatcher, "region", lambda self, text: asked.append(text) or GURYE)
    lines = [(1, "Gurye"), (2, "구례"), (3, "Gurye")]
    assert many_regions(FakeMatcher(), lines, "list.txt") == [GURYE]
    assert asked == ["Gurye", "구례"]


def test_of_a_long_list_of_faults_the_first_twenty_are_told():
    lines = [(number, f"x{number}") for number in range(1, 1501)]
    with pytest.raises(RegionNotFoundError) as error:
        many_regions(FakeMatcher(), lines, "list.txt")
    told = str(error.value).splitlines()
    assert told[0] == "1,500 of 1,500 regions in list.txt are not clear:"
    assert told[20].startswith("  line 20: ")
    assert told[21:] == ["  and 1,480 more"]
