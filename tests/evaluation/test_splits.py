"""Splits: a rule of the ids alone, and no held-out end in training."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.partnerships import Ties
from matcher.splits import SPLITS, draw, held_out, split
from tests.ties import place_atlas, real_ties


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    return place_atlas(tmp_path_factory.mktemp("splits") / "atlas")


@pytest.fixture(scope="module")
def ties(atlas):
    a, b = real_ties(atlas, 500)
    return Ties(a, b, np.ones(len(a), bool))


@pytest.mark.parametrize("kind", SPLITS)
def test_every_tie_is_in_one_part(atlas, ties, kind):
    parts = split(atlas, ties, kind)
    keys = [set(zip(part.a, part.b, strict=True)) for part in (parts.train, parts.validation, parts.test)]
    assert sum(map(len, keys)) == len(ties) == len(set.union(*keys))


def test_no_held_out_place_is_in_training(atlas, ties):
    parts = split(atlas, ties, "cold")
    trained = np.unique(np.concatenate([parts.train.a, parts.train.b]))
    tuned = np.unique(np.concatenate([parts.validation.a, parts.validation.b]))
    assert not held_out(atlas, trained).any()
    # Nor is a place of the validation part: what is chosen by it was not learned from it.
    assert draw(atlas.region_ids[trained], "place").min() >= 0.24
    assert not held_out(atlas, tuned).any()
    assert (held_out(atlas, parts.test.a) | held_out(atlas, parts.test.b)).all()
    # A validation tie has an end that no training tie has.
    assert (~np.isin(parts.validation.a, trained) | ~np.isin(parts.validation.b, trained)).all()


def test_no_held_out_pair_of_countries_is_in_training(atlas, ties):
    parts = split(atlas, ties, "country")
    pairs = [
        {tuple(sorted(pair)) for pair in zip(atlas.countries[p.a], atlas.countries[p.b], strict=True)}
        for p in (parts.train, parts.validation, parts.test)
    ]
    assert not pairs[0] & pairs[2]
    assert not pairs[0] & pairs[1]


def test_the_rule_reads_ids_alone(atlas, ties):
    some = np.arange(0, len(ties), 3)
    whole, part = split(atlas, ties, "cold"), split(atlas, ties.take(some), "cold")
    assert set(zip(part.test.a, part.test.b, strict=True)) <= set(
        zip(whole.test.a, whole.test.b, strict=True)
    )


def test_draws_are_even_and_never_change():
    found = draw([str(i) for i in range(4000)], "place")
    assert found.min() >= 0
    assert found.max() < 1
    assert (found < 0.12).mean() == pytest.approx(0.12, abs=0.02)
    assert draw(["kr:36330"], "place")[0] == pytest.approx(draw(["kr:36330"], "place")[0])
    assert draw(["kr:36330"], "place")[0] != draw(["kr:36330"], "fold")[0]
