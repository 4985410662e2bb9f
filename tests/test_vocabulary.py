"""The vocabulary: every class that occurs has its word in every language, and no word is a stranger's script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from matcher.atlas import Atlas
from matcher.catalogue import Catalogue
from matcher.errors import DataError, UnknownNameError
from matcher.vocabulary import LOCALES, Vocabulary, has_term, term, vocabulary
from matcher.weights import read_profiles

if TYPE_CHECKING:
    from pathlib import Path

# Classes with names of their own: languages.json holds those of languages, a festival goes by what its town calls it.
NAMED_ELSEWHERE = {"languages", "festivals"}


def classes() -> list[tuple[str, str]]:
    atlas = Atlas.open()
    features = [
        feature
        for feature in atlas.catalogue
        if feature.kind in {"mixture", "label", "tags"} and feature.name not in NAMED_ELSEWHERE
    ]
    return [
        (feature.name, name)
        for feature in features
        for name in atlas.columns([feature.name]).shares(feature).classes
    ]


@pytest.mark.slow
def test_every_class_that_occurs_in_the_atlas_has_its_words() -> None:
    lacking = [f"{kind}: {key}" for kind, key in classes() if not has_term(kind, key)]
    assert lacking == []


def test_every_feature_group_unit_evidence_and_profile_has_its_words() -> None:
    catalogue = Catalogue.open()
    wanted = {
        *(("feature", feature.name) for feature in catalogue),
        *(("unit", feature.unit) for feature in catalogue if feature.unit),
        *(("evidence", feature.evidence) for feature in catalogue),
        *(("group", group) for group in catalogue.groups),
        *(("profile", profile) for profile in read_profiles()),
    }
    assert sorted(pair for pair in wanted if not has_term(*pair)) == []


def test_the_english_words_are_those_of_the_catalogue() -> None:
    catalogue = Catalogue.open()
    assert {f.name: term("feature", f.name) for f in catalogue} == {f.name: f.label for f in catalogue}
    assert {g: term("group", g).capitalize() for g in catalogue.groups} == {
        name: group.label for name, group in catalogue.groups.items()
    }


def test_korean_is_written_in_hangul_and_the_others_are_not() -> None:
    def hangul(text: str) -> bool:
        return any("가" <= sign <= "힣" for sign in text)

    for kind, terms in vocabulary().terms.items():
        for key, texts in terms.items():
            assert not hangul(texts["en"] + texts["id"]), (kind, key)
            assert kind == "unit" or hangul(texts["ko"]), (kind, key)


def test_no_text_is_padded_or_says_nothing() -> None:
    for terms in vocabulary().terms.values():
        for texts in terms.values():
            assert all(texts[locale].strip() == texts[locale] != "" for locale in LOCALES)


def test_an_unknown_word_is_its_key_or_the_default() -> None:
    assert term("crop", "star_apple", "ko") == "star apple"
    assert term("feature", "own_index", "id", default="Own index") == "Own index"


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(UnknownNameError, match="'fr'"):
        term("crop", "rice", "fr")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[crop]\nrice = { en = "rice", id = "padi" }', "'rice' of \\[crop\\] has no text in ko"),
        ('[crop]\nrice = "rice"', "no text in en, id, ko"),
        ('crop = "rice"', "no table of terms"),
        ("[crop", "not valid TOML"),
    ],
)
def test_a_faulty_vocabulary_is_refused_with_the_reason(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "vocabulary.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=said):
        Vocabulary.open(path)


def test_an_atlas_folder_without_words_uses_the_embedded_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHER_DATA", str(tmp_path))
    assert term("crop", "rice", "ko") == "벼"
