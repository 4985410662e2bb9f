"""Sentences are true to the contribution they come from."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.caveats import caveats, headline
from matcher.errors import UnknownNameError
from matcher.formats import number, share
from matcher.language import language
from matcher.sentences import ALIKE, STRENGTHS, sentence, sentences, strength, unknown_sentences
from matcher.verdict import verdict
from tests.report.pair import VALUES, A, B, contribution, explanation


def say(name, *value, code="en", **changes):
    return sentence(contribution(name, *(value or VALUES[name]), **changes), A, B, language(code))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "elevation",
            "Both lie about 300 to 420 m above the sea on average (Purwakarta 299 m, Gurye 423 m).",
        ),
        ("coast_km", "The distance to the sea is different: on the coast in Purwakarta, 17 km in Gurye."),
        ("frost_months", "Neither has a month below freezing."),
        (
            "temperature_months",
            (
                "The course of the year's temperature is different: 25 to 26 °C all year in Purwakarta, "
                "−1 to 25 °C through the year in Gurye."
            ),
        ),
        (
            "crop_mix",
            (
                "The crops grown are similar: rice 84% of the measured harvest area in Purwakarta, 86% in Gurye; "
                "soya beans 5.0% and 7.0% (from a 55 km grid, 2000)."
            ),
        ),
        (
            "agro_zone",
            "The agro-climatic zone is the same: tropical humid in both (modelled, not observed, 1961-2025).",
        ),
        (
            "protected_band",
            (
                "The share of protected land is very different: under 5% in Purwakarta, over 20% in Gurye "
                "(from a 55 km grid, 2018)."
            ),
        ),
        ("soil_ph", "Not known for Gurye: acidity of the soil (counted as for an average pair)."),
        (
            "farm_gdp",
            (
                "The weight of farming in the country's output is different: 13% in Indonesia, 1.6% in South Korea "
                "(figures of the whole country)."
            ),
        ),
        (
            "languages",
            (
                "The home languages are very different: Sundanese 86%, Javanese 14% in Purwakarta; Korean 100% in Gurye; "
                "nothing in common (modelled, not observed, 2024)."
            ),
        ),
    ],
)
def test_each_kind_reads_well(name, text):
    assert say(name) == text


def test_tags_say_what_is_shared_and_what_is_not():
    text = say("landscape_tags")
    assert "hills in both; lake only in Purwakarta; forest only in Gurye" in text


def test_unknown_on_both_sides_and_unscored():
    text = say("soil_ph", None, None, 0.7, weight=0.0)
    assert text == "Not known for either Purwakarta or Gurye: acidity of the soil (not scored)."


def test_what_is_unknown_is_said_once_for_each_side():
    values = {"elevation": (None, 5.0, 0.7), "relief": (None, 5.0, 0.7), "soil_ph": (4.8, None, 0.7)}
    assert unknown_sentences(explanation(values)) == [
        "Not known for Purwakarta: mean height of the land, relief (spread of heights) (counted as for an average pair).",
        "Not known for Gurye: acidity of the soil (counted as for an average pair).",
    ]


def test_a_second_opinion_on_crops_is_not_missed():
    assert unknown_sentences(explanation({"crop_basket": (None, None, 0.4)})) == []


def test_languages_of_one_family_are_called_related_and_never_the_same():
    text = say("languages", {"su": 1.0}, {"ms": 1.0}, 0.97)
    assert "related, not the same" in text
    assert "nearly" not in text


def test_a_name_from_right_to_left_does_not_move_the_numbers():
    text = sentence(contribution("elevation", 299.0, 423.0, 0.93), A, replace(B, name="القاهرة"))
    assert text.endswith("(Purwakarta 299 m, \u2068القاهرة\u2069 423 m).")


def test_a_feature_without_a_phrase_is_said_by_its_label():
    part = replace(
        contribution("elevation", 1.0, 5.0, 0.5), feature="tea_houses", label="Tea houses", unit="count"
    )
    assert sentence(part, A, B) == "Tea houses is different: 1 in Purwakarta, 5 in Gurye."


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_likeness_never_gets_a_weaker_word(one, two):
    words = [word for _, word in STRENGTHS]
    low, high = sorted((one, two))
    assert words.index(strength(high)) <= words.index(strength(low))


@given(st.floats(0.0, 1.0), st.floats(1, 5000), st.floats(1, 5000))
def test_both_values_stand_in_the_sentence_and_both_is_said_of_close_ones_only(likeness, x, y):
    text = say("elevation", x, y, likeness)
    assert number(x, "m") in text
    assert number(y, "m") in text
    assert text.startswith("Both") <= (likeness >= 0.85)
    assert language()(f"s.strength.{strength(likeness)}") in text or text.startswith("Both")


@given(st.floats(0, 1), st.floats(0, 1))
def test_direction_and_word_never_contradict_silently(likeness, average):
    text = say("t_range", 3.0, 9.0, likeness, average=average)
    contrary = (likeness >= ALIKE and average - likeness > 0.05) or (
        likeness < ALIKE and likeness - average > 0.05
    )
    assert ("average pair" in text) == contrary


@pytest.mark.parametrize(
    ("code", "less_alike", "less_apart"),
    [
        ("id", "tetapi tidak seserupa", "tetapi masih lebih serupa"),
        ("ko", "만큼 비슷하지는 않습니다", "보다는 차이가 작습니다"),
    ],
)
def test_the_comparison_with_an_average_pair_is_the_right_way_round(code, less_alike, less_apart):
    alike = say("t_range", 3.0, 9.0, 0.8, average=0.95, code=code)
    apart = say("t_range", 3.0, 9.0, 0.5, average=0.3, code=code)
    assert (less_alike in alike, less_apart in alike) == (True, False)
    assert (less_alike in apart, less_apart in apart) == (False, True)


def test_headline_and_caveats_tell_what_the_score_does_not():
    what = explanation()
    assert headline(what).startswith(
        "Purwakarta (Indonesia) and Gurye (South Korea) score 54 of 100: a weak match."
    )
    text = " ".join(caveats(what))
    assert (
        "Purwakarta has 46 times the population of Gurye (1,051,433 against 22,874 people). Size is not part"
        in text
    )
    assert (
        "no month in Purwakarta is colder than 25.0 °C, while Gurye has a frost season (coldest month −0.6 °C)"
        in text
    )
    assert "higher than that of 71% of random pairs" in text


def test_caveats_of_low_coverage_same_country_levels_and_modelled_people():
    what = explanation(coverage=0.61)
    what = replace(what, b=replace(B, country="ID", level="metropolis", population_basis="modelled"))
    text = " ".join(caveats(what))
    assert "Only 61% of the weight" in text
    assert "Both lie in Indonesia" in text
    assert "Purwakarta is a district or municipality, Gurye a metropolis" in text
    assert "The population of Gurye is modelled" in text


def test_a_note_of_the_explanation_replaces_the_same_country_caveat():
    what = replace(explanation(notes=("Read this.",)), b=replace(B, country="ID"))
    assert "Read this." in caveats(what)
    assert not any(text.startswith("Both lie in") for text in caveats(what))


def test_unknown_population_makes_no_size_caveat_up():
    what = replace(explanation(), a=replace(A, population=None, area_km2=None))
    assert not any("differ in size" in text for text in caveats(what))


def test_sentences_come_as_headline_reasons_caveats():
    what = explanation()
    texts = sentences(what, n_for=2, n_against=1)
    assert texts[0] == headline(what)
    assert texts[1:3] == [sentence(part, A, B) for part in what.reasons_for(2)]
    assert texts[3] == sentence(what.reasons_against(1)[0], A, B)
    assert texts[4:] == caveats(what)
    assert what.sentences(n=1)[0] == texts[0]


def test_a_language_without_texts_is_refused():
    with pytest.raises(UnknownNameError, match="'fr'"):
        sentences(explanation(), locale="fr")


@given(st.floats(0, 100))
def test_every_percentile_has_a_verdict(percentile):
    assert verdict(percentile)


@given(st.floats(0, 1))
def test_a_share_never_rounds_to_nothing_or_all(value):
    text = share(value)
    assert (text == "0%") == (value == 0)
    assert (text == "100%") == (100 * value == 100)


def test_missing_is_never_written_as_zero():
    assert number(None, "m") == number(float("nan"), "m") == share(None) == "not known"


def test_sentences_import_neither_pandas_nor_jinja():
    code = "import sys, matcher.sentences, matcher.caveats; print({'pandas', 'jinja2', 'shapely'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("code", ["en", "id", "ko"])
def test_the_two_koreas_are_told_that_theirs_is_no_foreign_exchange(code):
    what = explanation()
    north = replace(what, a=replace(what.a, country="KP"))
    say = language(code)
    assert caveats(north, say)[0] == say("c.korea")
    assert say("c.korea") not in caveats(what, say)
