"""``matcher explain``: the second opinion and the precedents stand apart from the score."""

from __future__ import annotations

import json
import math

import pytest


def test_the_second_opinion_is_a_section_of_its_own(invoke, fake):
    plain = invoke("explain", "Purwakarta", "Gurye").out
    text = invoke("explain", "Purwakarta", "Gurye", "--plausibility").out
    assert text.startswith(plain.rstrip("\n"))
    section = text.partition("Second opinion, apart from the score")[2]
    assert "2.40 times as often" in section
    assert "it is no part of the likeness" in section


def test_the_terms_of_the_second_opinion_sum_to_it(invoke, fake):
    told = json.loads(invoke("explain", "Purwakarta", "Gurye", "--plausibility", "-f", "json").out)
    opinion = told["plausibility"]
    assert math.fsum(term["points"] for term in opinion["terms"]) == pytest.approx(
        opinion["points"], abs=1e-9
    )
    assert math.fsum(part["points"] for part in told["points"]) == pytest.approx(told["score"], abs=1e-9)


def test_precedents_are_named_where_a_file_is_loaded(invoke, fake, tmp_path):
    file = tmp_path / "ties.csv"
    file.write_text("a_name\n", "utf-8")
    text = invoke("explain", "Purwakarta", "Gurye", "--partnerships", str(file)).out
    section = text.partition("\nPrecedents\n")[2]
    assert "3 known partnerships between Indonesia and South Korea" in section
    assert "Unzen" in section
    told = json.loads(
        invoke(
            "explain", "Purwakarta", "Gurye", "--plausibility", "--partnerships", str(file), "-f", "json"
        ).out
    )
    assert told["precedents"]["between"] == 3
    assert fake.calls[-1][1]["partnerships"] == file


def test_neither_is_reckoned_unasked(invoke, fake):
    told = json.loads(invoke("explain", "Purwakarta", "Gurye", "-f", "json").out)
    assert not {"plausibility", "precedents"} & set(told)
    assert [name for name, _ in fake.calls] == ["explain"]


def test_a_pair_that_is_no_strong_match_is_told_so(invoke, fake):
    # 97.1 is strong
    assert "No strong match" not in invoke("explain", "Purwakarta", "Gurye").out
    assert json.loads(invoke("explain", "Purwakarta", "Gurye", "-f", "json").out)["strong_match"] is True
