"""The page of accuracy: how pairs of values are compared, and what is said of them."""

from __future__ import annotations

import json
import sys

import pytest


@pytest.fixture
def docs(root, monkeypatch):
    monkeypatch.syspath_prepend(str(root / "docs"))
    pytest.importorskip("geopandas", reason="the page is written where the build's libraries are")
    yield
    for name in ("accuracy", "accuracy_page", "references", "people"):
        sys.modules.pop(name, None)


def test_a_factor_counts_up_and_down_alike(docs):
    from accuracy import compare

    check = compare("area", "", "", [2.0, 1.0, 3.0, 0.0], [1.0, 2.0, 3.0, 4.0], list("abcd"), "factor")
    assert check.n == 3  # a ratio with 0 says nothing
    assert check.error == pytest.approx(2.0)
    assert check.bias == pytest.approx(1.0)
    assert {name for name, _, _ in check.worst[:2]} == {"a", "b"}


def test_unknown_values_are_left_out(docs):
    from accuracy import compare

    check = compare("t", "", "", [1.0, float("nan"), 4.0], [2.0, 2.0, 3.0], list("abc"), "C")
    assert (check.n, check.error, check.bias) == (2, 1.0, 0.0)


def test_the_page_holds_what_the_figures_say(docs, root):
    from accuracy_page import page

    figures = json.loads((root / "docs" / "accuracy.json").read_text("utf-8"))
    assert page(figures) == (root / "docs" / "accuracy.md").read_text("utf-8")
    features = " ".join(check["feature"] for check in figures["checks"])
    for wanted in (
        "area",
        "elevation",
        "temperature",
        "rain",
        "land cover",
        "lakes",
        "livestock",
        "languages",
    ):
        assert wanted in features


def test_every_reference_is_registered_with_its_licence(root):
    pytest.importorskip("geopandas", reason="the page is written where the build's libraries are")
    from matcher.build.registry import read_registry

    registry = read_registry(root / "docs" / "truth" / "registry.toml")
    assert all(source.licence and source.vintage for source in registry.values())
    assert not {source.key for source in registry.values() if source.key != "tr_districts"} & set(
        read_registry()
    )


def test_the_halves_of_the_first_languages_are_those_of_the_hash(root):
    import csv
    import hashlib

    with (root / "docs" / "truth" / "first_languages.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len({row["region_id"] for row in rows}) == len(rows) > 150
    for row in rows:
        even = hashlib.sha256(row["place"].encode()).digest()[0] % 2 == 0
        assert row["half"] == ("develop" if even else "judge")


def test_a_code_is_accepted_by_name_or_by_its_beginning(docs):
    from accuracy import accepted

    assert accepted("deu", "deu|gsw")
    assert accepted("quz", "qu*")
    assert not accepted("fra", "deu|gsw")
