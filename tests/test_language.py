"""Every language says everything, in its own words, and writes numbers as English does but for the signs."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import formats
from matcher.errors import DataError, UnknownNameError
from matcher.language import Language, language, locales, read_messages
from matcher.opportunities import default_rules
from matcher.particles import particle
from matcher.phrases import PHRASES
from matcher.procedures import procedure
from matcher.report.dossier import dossier
from matcher.report.html import to_html
from tests.report.page import Page
from tests.report.pair import A, B, explanation
from tests.report.test_report import facts

OTHERS = ("id", "ko")
# English words that are Indonesian or Korean usage too, or names and signs of units.
COMMON = {
    "A", "B", "CLAIR", "City", "Collins", "Council", "DPRD", "Fort", "GAOK", "GeoNames", "Governors", "Association", "Korea",
    "Redwood", "of", "for", "International", "Relations", "Local", "Authorities", "Japan", "sister", "city", "policy", "Sister",
    "Cities", "Equal", "Earth", "Natural", "matcher", "Atlas", "Program", "Model", "Status", "No", "to", "a", "in", "is", "kWh",
    "PP", "UU", "Permendagri", "Permenlu", "Surat", "Edaran", "PUOD",
}  # fmt: skip
ENGLISH = re.compile(
    r"\b(the|and|with|from|of|which|their|both|years?|region|regions|known|share|between|under|over|than)\b"
)


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", OTHERS)
def test_no_message_is_missing_and_none_is_left_over(code):
    english, own = read_messages("en"), read_messages(code)
    # English words for features, sources and licences stand where those are: in the code and in the atlas.
    assert {key for key in own if not key.startswith(("phrase.", "src.", "lic.", "name."))} == set(english)
    assert all(text.strip() for key, text in own.items() if not key.startswith("list."))


@pytest.mark.parametrize("code", OTHERS)
def test_messages_ask_for_the_same_values(code):
    english, own = read_messages("en"), read_messages(code)
    for key, text in english.items():
        # The verb of a sentence is English only.
        assert fields(own[key]) - fields(text) == set(), key
        assert fields(text) - fields(own[key]) <= {"verb"} | (
            {"profile"} if key == "r.short.overlap" else set()
        ), key


@pytest.mark.parametrize("code", OTHERS)
def test_every_feature_with_english_words_has_words_of_its_own(code):
    own = read_messages(code)
    for feature, words in PHRASES.items():
        assert f"phrase.{feature}" in own
        for part in ("both", "neither", "zero", "whole"):
            assert bool(getattr(words, part)) <= (f"phrase.{feature}.{part}" in own), (feature, part)


@pytest.mark.parametrize("code", locales())
def test_every_rule_step_and_criterion_has_words(code):
    say = language(code)
    for rule in default_rules():
        assert say(f"o.{rule.id}.title")
        assert say(f"o.{rule.id}.project")
        assert say(f"sector.{rule.sector}")
    for country in ("ID", "KR", "FR"):
        law = procedure(country)
        for step in law.steps:
            assert say(f"p.{law.name}.{step.id}.do")
            assert say(f"p.who.{step.who}")
        assert say(f"verify.{law.verify}")
    assert [a.id for form in facts().forms for a in form.answers if not say(f"k.{form.id}.{a.id}")] == []


@pytest.mark.parametrize("code", OTHERS)
def test_no_english_leaks_into_a_page(code):
    what = explanation(a=replace(A, parent_name="X"), b=replace(B, parent_name="Y"))
    page = Page(to_html(dossier(facts(what), language(code))).decode())
    told = [text for text, lang in page.texts if lang == code]
    assert len(told) > 300
    leaks = [
        text
        for text in told
        if ENGLISH.search(text) and not COMMON.issuperset(re.findall(r"[A-Za-z]+", text))
    ]
    # Names of source files and associations are what they are.
    assert [
        text
        for text in leaks
        if "Council of Local" not in text and "policy" not in text and "Governors" not in text
    ] == []


def test_a_catalogue_of_korean_holds_no_english_words():
    own = read_messages("ko")
    for key, text in own.items():
        if key.startswith(("src.", "lic.")):
            continue  # data sets and licences keep their names
        bare = re.sub(r"\{[^}]*\}", "", text)
        words = set(re.findall(r"[A-Za-z]{3,}", bare)) - COMMON
        assert words <= {"Sisters"}, (key, words)


@pytest.mark.parametrize(
    ("word", "choice", "form"),
    [
        ("구례", "은/는", "는"),
        ("구례군", "은/는", "은"),
        ("서울", "으로/로", "로"),
        ("부산", "으로/로", "으로"),
        ("Purwakarta", "와/과"[::-1], "와"),
        ("Bandung", "을/를", "을"),
        ("Seoul", "이/가", "이"),
        ("Leipzig", "이/가", "가"),
        ("York", "은/는", "는"),
        ("Frankfurt", "은/는", "는"),
        ("Minsk", "은/는", "는"),
        ("Bangkok", "은/는", "은"),
        ("Kota Langkat", "은/는", "은"),
        ("298 m", "으로/로", "로"),
        ("84%", "으로/로", "로"),
        ("12명", "으로/로", "으로"),
        ("1.30", "으로/로", "으로"),
        ("27", "으로/로", "로"),
        ("구례군(대한민국)", "과/와", "과"),
        ("«이천»", "은/는", "은"),
        ("", "은/는", "는"),
    ],
)
def test_a_particle_follows_the_last_sound(word, choice, form):
    assert particle(word, choice) == form


def test_the_catalogue_may_hold_a_name_that_the_atlas_lacks():
    region = replace(A, region_id="gb:22746128B43709097539954")
    assert language("ko").name(region) == "푸르와카르타"
    assert language("ko").original(region) == "Purwakarta"
    assert language("id").name(region) == language("en").name(region) == "Purwakarta"


@given(st.text(max_size=30))
def test_any_name_gets_one_of_the_two_forms(word):
    assert particle(word, "은/는") in {"은", "는"}


@given(
    st.floats(-1e7, 1e7, allow_nan=False),
    st.sampled_from(
        ["", "m", "km", "km2", "C", "mm", "months", "persons", "share", "index", "pH", "head/km2"]
    ),
)
def test_english_numbers_are_those_of_the_tables(value, unit):
    value = abs(value) / 1e7 if unit == "share" else value
    assert language("en").number(value, unit) == formats.number(value, unit).replace(
        "r 1 months", "r 1 month"
    )


@given(st.floats(0, 1))
def test_english_shares_are_those_of_the_tables(part):
    assert language("en").share(part) == formats.share(part)


def test_ranges_name_the_unit_once_and_times_have_two_digits():
    say = language("en")
    assert say.span(25.1, 26.4, "C") == "25.1 to 26.4 °C"
    assert say.span(260.2, 260.4, "m") == "260 m"
    assert [say.times(ratio) for ratio in (1.234, 45.6, 1234.0)] == ["1.2 times", "46 times", "1,200 times"]


def test_a_country_takes_its_article_inside_a_sentence():
    assert [language(code).inside("US") for code in ("en", "id", "ko")] == [
        "the United States",
        "Amerika Serikat",
        "미국",
    ]
    assert language("en").inside("KR") == "South Korea"


@pytest.mark.parametrize(
    ("code", "number", "share", "date"),
    [
        ("en", "1,063,932 people", "8.1%", "November 24, 2026"),
        ("id", "1.063.932 jiwa", "8,1%", "24 November 2026"),
        ("ko", "1,063,932명", "8.1%", "2026년 11월 24일"),
    ],
)
def test_numbers_and_dates_are_written_as_the_country_does(code, number, share, date):
    from datetime import date as day

    say = language(code)
    assert say.number(1063932.0, "persons") == number
    assert say.share(0.081) == share
    assert say.date(day(2026, 11, 24)) == date


def test_a_name_stands_in_the_readers_script_with_the_other_beside_it():
    assert (language("en").name(B), language("en").original(B)) == ("Gurye", "구례군")
    korean = replace(B, name_ko="구례군")
    assert (language("ko").name(korean), language("ko").original(korean)) == ("구례군", "Gurye")


def test_what_a_catalogue_lacks_is_named():
    say = Language("en", {"x": "{y}"})
    with pytest.raises(DataError, match="cannot say 'z'"):
        say("z")
    with pytest.raises(DataError, match="'y' is missing"):
        say("x")
    with pytest.raises(UnknownNameError, match="'fr'"):
        language("fr")


def test_a_value_in_braces_is_no_placeholder():
    assert language("en")("r.title.pair", a="{b}", b="x") == "{b} and x"


def test_the_languages_are_the_folders():
    folders = {
        path.name for path in (Path(__file__).parents[1] / "matcher" / "locale").iterdir() if path.is_dir()
    }
    assert set(locales()) == folders
    assert locales()[0] == "en"
