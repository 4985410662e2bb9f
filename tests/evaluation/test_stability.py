"""The study of stability on a made-up world: shapes, seeds, and that shaking nothing moves nothing."""

from __future__ import annotations

import pytest

from matcher import Atlas, Matcher, SimilarityModel
from matcher.evaluation import stability
from matcher.evaluation.stability import SHAKEN, Study
from tests.toy import write_atlas


@pytest.fixture(scope="module")
def m(tmp_path_factory) -> Matcher:
    atlas = Atlas.open(write_atlas(tmp_path_factory.mktemp("stability"), 400))
    return Matcher(atlas, SimilarityModel(n_pairs=200).fit(atlas))


@pytest.fixture(scope="module")
def found(m):
    return Study(m, 12, 3, 0).run()


def test_every_way_of_shaking_is_told_for_both_lists(found):
    groups = ("geography", "landscape", "agriculture", "culture")
    ways = {*SHAKEN, *(f"{way} {group}" for way in ("only", "alone") for group in groups)}
    for kind in ("country", "world"):
        shaken = found["lists"][kind]["shaken"]
        assert set(shaken) == ways
        for figures in shaken.values():
            low, high = figures["median_95"]
            assert 0 <= low <= figures["median"] <= high <= 1
            assert 0 <= figures["first_stays"] <= 1
    assert found["queries"] == 12


def test_the_same_seed_gives_the_same_figures(m, found):
    assert Study(m, 12, 3, 0).run() == found


def test_shaking_nothing_moves_nothing(m, monkeypatch):
    monkeypatch.setattr(stability, "read_errors", lambda *_: {})
    monkeypatch.setattr(
        stability, "worlds", lambda shares, *_, count, **__: shares[None].repeat(count, axis=0)
    )
    lists = Study(m, 8, 2, 0).run()["lists"]
    for kind in lists.values():
        for name, figures in kind["shaken"].items():
            assert name == "harsh" or figures["median"] == 1.0


def test_wider_weights_move_a_list_more(found):
    shaken = found["lists"]["world"]["shaken"]
    assert shaken["half"]["median"] <= shaken["weights"]["median"]


def test_only_features_whose_values_err_move_a_score(m, found):
    errors = Study(m, 2, 1, 0).errors
    sure = {name for name, error in errors.items() if error.kind in {"add", "ratio", "place"}}
    for name, points in found["moved"].items():  # of the others, no neighbour is as near as half a cell
        assert (points > 1e-4) == (name in sure) or name in set(errors) - sure
