"""Remembered arrays are those that were made, and a damaged file is made again."""

from __future__ import annotations

import numpy as np
import pytest

from matcher import Atlas
from matcher.pool import Pool
from matcher.remembered import remembered
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
