from __future__ import annotations

import pytest

from matcher.build.families import _shared, likeness, reduce_paths

LINES = {
    "deu": ["Indo-European", "Germanic", "Northwest Germanic", "West Germanic"],
    "eng": ["Indo-European", "Germanic", "Northwest Germanic", "West Germanic"],
    "swe": ["Indo-European", "Germanic", "Northwest Germanic"],
    "fra": ["Indo-European", "Italic"],
    "spa": ["Indo-European", "Italic"],
    "ita": ["Indo-European", "Italic"],
    "eus": [],
}


def test_only_branches_that_divide_are_kept():
    paths = reduce_paths(LINES, list(LINES))
    assert paths["deu"] == ["Indo-European", "Germanic", "deu"]
    assert paths["eus"] == ["eus"]


def test_depth_is_bounded():
    chain = {f"l{i}": [f"n{j}" for j in range(i + 1)] for i in range(64)}
    halves = {code: [f"h{d}-{int(code[1:]) >> (6 - d)}" for d in range(6)] for code in chain}
    paths = reduce_paths(halves, list(halves))
    assert {len(path) for path in paths.values()} == {5}


def test_branches_of_unused_languages_do_not_count():
    assert reduce_paths(LINES, ["deu", "fra"])["deu"] == ["Indo-European", "deu"]


def test_likeness():
    paths = reduce_paths(LINES, list(LINES))
    assert likeness(paths["deu"], paths["deu"]) == pytest.approx(1.0)
    assert likeness(paths["deu"], paths["eng"]) == pytest.approx(2 / 3)
    assert likeness(paths["deu"], paths["fra"]) == pytest.approx(1 / 3)
    assert likeness(paths["deu"], paths["eus"]) == 0.0


def test_a_macrolanguage_takes_what_its_members_share():
    assert _shared([["A", "B", "C"], ["A", "B", "D"], ["A", "B"], ["X"]]) == ["A", "B"]
    assert _shared([]) == []
