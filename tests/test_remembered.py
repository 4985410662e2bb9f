"""Remembered arrays are those that were made, and a damaged file is made again."""

from __future__ import annotations

import numpy as np
import pytest

from matcher import Atlas
from matcher.errors import DataError
from matcher.partnerships import Partnerships, map_partnerships
from matcher.pool import Pool
from matcher.remembered import remembered, remembered_ties
from tests.ties import place_atlas, real_ties, write_ties
from tests.toy import write_atlas


@pytest.fixture
def pool(tmp_path, monkeypatch):
    monkeypatch.setenv("MATCHER_CACHE", str(tmp_path / "cache"))
    return Pool(Atlas.open(write_atlas(tmp_path / "toy")))


class Maker:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self):
        self.calls += 1
        return {"x": np.arange(3), "words": np.array(["a", "bc"])}


def ask(pool, make, key=b"", what="things"):
    return remembered(what, pool, __file__, key, make)


def test_they_are_made_once(pool):
    make = Maker()
    one, two = ask(pool, make), ask(pool, make)
    assert make.calls == 1
    assert all(np.array_equal(one[name], two[name]) for name in ("x", "words"))


def test_another_key_makes_others(pool):
    make = Maker()
    ask(pool, make, b"1")
    ask(pool, make, b"2")
    assert make.calls == 2


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"no archive"])
def test_a_damaged_file_is_made_again(pool, tmp_path, content):
    make = Maker()
    ask(pool, make)
    next((tmp_path / "cache").glob("things-*.npz")).write_bytes(content)
    assert np.array_equal(ask(pool, make)["x"], np.arange(3))
    assert make.calls == 2


def test_few_files_stay(pool, tmp_path):
    for number in range(9):
        ask(pool, Maker(), bytes([number]))
    assert len(list((tmp_path / "cache").glob("things-*.npz"))) == 4


def test_a_folder_that_cannot_be_written_to_is_no_error(pool, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MATCHER_CACHE", str(tmp_path / "file"))
    assert np.array_equal(ask(pool, Maker())["x"], np.arange(3))


def test_ties_are_those_that_the_file_lists_and_are_mapped_once(tmp_path, monkeypatch):
    monkeypatch.setenv("MATCHER_CACHE", str(tmp_path / "cache"))
    atlas = place_atlas(tmp_path / "atlas")
    path = tmp_path / "ties.csv"
    write_ties(path, atlas, *real_ties(atlas))
    fresh = map_partnerships(atlas, Partnerships.read(path), None).ties
    calls = []
    monkeypatch.setattr(
        "matcher.remembered.map_partnerships", lambda *asked: calls.append(1) or map_partnerships(*asked)
    )
    for _ in range(2):
        ties = remembered_ties(path, Pool(atlas), None)
        for name in ("a", "b", "strict"):
            assert np.array_equal(getattr(ties, name), getattr(fresh, name))
    assert len(calls) == 1
    path.write_bytes(b"\n".join(path.read_bytes().splitlines()[:20]))  # another list is another list
    assert len(remembered_ties(path, Pool(atlas), None)) < len(fresh)
    with pytest.raises(DataError, match=r"missing\.csv"):
        remembered_ties(tmp_path / "missing.csv", Pool(atlas), None)
