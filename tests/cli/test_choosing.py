"""What a text was read as, where it is no name of the region's own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matcher.cli.choosing import one_region
from tests.cli.fake import GURYE, FakeMatcher


@pytest.fixture
def matcher(monkeypatch) -> FakeMatcher:
    monkeypatch.setattr(FakeMatcher, "region", lambda self, text: replace(GURYE, name_id="Gure"))
    return FakeMatcher()


@pytest.mark.parametrize(
    "text", ["Gurye", "gurye-gun", "구례", "구례군, KR", "Gurye (South Korea)", "Gure", "kr:36330", "35.2,127.46"]
)
def test_own_names_ids_and_points_are_taken_without_a_word(matcher, capsys, text):
    one_region(matcher, text)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("text", ["Guryee", "Kurye", "Hwaeomsa, KR"])
def test_what_is_read_as_another_name_is_told(matcher, capsys, text):
    one_region(matcher, text)
    assert capsys.readouterr().err == f"{text!r} was read as Gurye (Jeollanam-do, KR).\n"
