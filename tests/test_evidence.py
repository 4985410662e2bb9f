"""Evidence: cited, read whole or refused whole, quoted by reports and unseen by every score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from matcher.atlas import Atlas
from matcher.errors import DataError
from matcher.evidence import evidence_folders, read_evidence
from matcher.matcher import Matcher
from matcher.model import SimilarityModel
from matcher.paths import data_dir
from matcher.vocabulary import LOCALES
from tests.toy import write_atlas

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
[[point]]
region = "toy:0001"
topic = "crafts"
text = { id = "Keramik." }
stated_by = "The craft office"
year = 2024
title = "Yearbook"
url = "https://example.org/yearbook"
"""


def write(folder: Path, text: str, name: str = "mine.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_the_shipped_points_are_whole_and_about_regions_that_exist() -> None:
    points = read_evidence([data_dir() / "evidence"])
    atlas = Atlas.open()
    for region_id, found in points.items():
        atlas.row(region_id)
        for point in found:
            assert set(point.texts) == set(LOCALES)
            assert set(point.stated_by) == set(LOCALES)
            assert set(point.doubt) in (set(), set(LOCALES))
            assert point.title


def test_a_text_in_another_language_stands_in_and_says_so(tmp_path: Path) -> None:
    [point] = read_evidence([write(tmp_path, GOOD)])["toy:0001"]
    assert point.text("id") == point.text("ko") == ("Keramik.", "id")


def test_who_states_it_may_be_said_in_several_languages(tmp_path: Path) -> None:
    plain, several = 'stated_by = "The craft office"', 'stated_by = { en = "The office", ko = "사무소" }'
    [point] = read_evidence([write(tmp_path / "a", GOOD)])["toy:0001"]
    assert point.text("ko", "stated_by") == ("The craft office", "en")
    [point] = read_evidence([write(tmp_path / "b", GOOD.replace(plain, several))])["toy:0001"]
    assert point.text("ko", "stated_by") == ("사무소", "ko")
    assert point.text("id", "stated_by") == ("The office", "en")
    assert point.text("id", "doubt") == ("", "id")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('region = "toy:0001"\n', "", "lacks 'region'"),
        ("year = 2024", 'year = "2024"', "year is '2024'"),
        ('text = { id = "Keramik." }', 'text = "Keramik."', "table of languages"),
        ("{ id =", "{ fr =", "table of languages"),
        ("https://example.org/yearbook", "javascript:alert(1)", "url is 'javascript"),
        ('topic = "crafts"', 'topic = ""', "topic is empty"),
        ('title = "Yearbook"', 'title = "Yearbook"\nscore = 3', "a field 'score'"),
        ('"Keramik."', '"a\\nb"', "one printable line"),
    ],
)
def test_a_faulty_point_is_told_with_its_file_and_number(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    with pytest.raises(DataError) as caught:
        read_evidence([write(tmp_path, GOOD + GOOD.replace(old, new))])
    assert "mine.toml, point 2:" in str(caught.value)
    assert said in str(caught.value)


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("year = 2024", "year = 1"), "a.toml")
    write(tmp_path, GOOD.replace('"Keramik."', '""') + "[other]\n", "b.toml")
    with pytest.raises(DataError, match="2 faults"):
        read_evidence([tmp_path])


def test_a_planners_folders_come_after_the_shipped_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHER_EVIDENCE", str(tmp_path / "b"))
    assert evidence_folders(tmp_path, [tmp_path / "c"]) == [tmp_path / "b", tmp_path / "c"]
    with pytest.raises(DataError, match="no folder"):
        read_evidence([tmp_path / "nowhere"])


def test_no_score_sees_evidence(tmp_path: Path) -> None:
    folder = write_atlas(tmp_path / "atlas")
    atlas = Atlas.open(folder)
    matcher = Matcher(atlas, SimilarityModel(n_pairs=200).fit(atlas))
    a, b = atlas.region_ids[:50], atlas.region_ids[50:100]
    why = matcher.explain(atlas.get("toy:0001"), atlas.get("toy:0002")).to_dict()
    scores = matcher.score(a, b)
    write(folder / "evidence", GOOD)
    again = Atlas.open(folder)
    told = Matcher(again, SimilarityModel(n_pairs=200).fit(again))
    assert [point.topic for point in told.evidence(again.get("toy:0001"))] == ["crafts"]
    assert np.array_equal(told.score(a, b), scores)
    assert told.explain(again.get("toy:0001"), again.get("toy:0002")).to_dict() == why
