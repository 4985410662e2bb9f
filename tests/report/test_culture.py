"""What a dossier tells of the two countries' history and of festivals, beside the score."""

import pytest

from matcher.history import History
from matcher.language import language, locales
from matcher.report.comparison import cards
from matcher.report.cooperation import feasibility
from matcher.report.document import Cell
from matcher.report.facts import gather_pair
from tests.report.pair import B, door, explanation

KINDS = ("contiguous", "official_language", "colony", "common_coloniser", "same_country")
FESTIVAL = "구례산수유꽃축제 (2025-03)"


def history_of(facts, code):
    what = explanation(history=History(facts, KINDS, "cepii", "2011"))
    told = feasibility(gather_pair(what, door()), language(code))
    return told.blocks[-1].text


@pytest.mark.parametrize("code", locales())
def test_every_fact_is_told_with_source_and_year(code):
    text = history_of(KINDS, code)
    say = language(code)
    assert all(say(f"history.{kind}") in text for kind in KINDS)
    assert "cepii 2011" in text


def test_a_pair_without_a_fact_is_told_so():
    assert "no common border" in history_of((), "en")


def test_countries_that_are_not_recorded_are_not_spoken_of():
    assert len(feasibility(gather_pair(explanation(), door()), language("en")).blocks) == 1


@pytest.mark.parametrize(("code", "marked"), [("en", "ko"), ("id", "ko"), ("ko", "")])
def test_festivals_stand_in_the_card_under_their_korean_names(code, marked):
    facts = gather_pair(explanation(), door(), festivals={B.region_id: (FESTIVAL,)})
    one, two = (column[0] for column in cards(facts, language(code)).blocks[0].columns)
    assert two.rows[-1].cells[1] == Cell(FESTIVAL, lang=marked)
    assert len(two.rows) == len(one.rows) + 1


def test_what_is_told_beside_the_score_is_credited():
    what = explanation(history=History((), KINDS, "cepii", "2011"))
    facts = gather_pair(what, door(), festivals={B.region_id: (FESTIVAL,)})
    assert {"cepii", "krfest"} <= {row.key for row in facts.sources}
