"""The whole study on a made-up world: from a file to figures."""

from __future__ import annotations

import json

import numpy as np
import pytest

from matcher.activity import activity_of, read_activity
from matcher.errors import EmptyCandidatesError, UnknownNameError
from matcher.evaluation.leftout import LeftOut
from matcher.evaluation.study import evaluate
from matcher.folds import neighbours
from matcher.model import SimilarityModel
from matcher.pairspace import PairSpace
from matcher.partnerships import Ties
from matcher.plausibility import Plausibility
from matcher.pool import Pool
from matcher.provinces import tally
from matcher.splits import split
from tests.ties import place_atlas, real_ties, write_ties

FIELDS = {
    "mrr",
    "hits_at_10",
    "hits_at_50",
    "percentile",
    "auc_country",
    "auc_uniform",
    "auc_size",
    "median_rank",
}


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    return place_atlas(tmp_path_factory.mktemp("study") / "atlas")


@pytest.fixture(scope="module")
def model(atlas):
    return SimilarityModel(n_pairs=300).fit(atlas)


@pytest.fixture(scope="module")
def path(atlas, tmp_path_factory):
    return write_ties(tmp_path_factory.mktemp("study") / "t.csv", atlas, *real_ties(atlas, 400))


@pytest.fixture(scope="module")
def cold(atlas, model, path):
    return evaluate(atlas, model, path, kind="cold")


def test_every_model_and_baseline_is_judged_on_every_task(cold):
    expected = {
        "likeness", "learned", "plausibility", "random", "population", "gravity", "nearest", "seat_population",
        "popularity", "country_pair", "country_pair_popularity", "arcgis_values", "arcgis_ranks",
        "arcgis_profiles", "cipfa", "nhs", "harvestchoice", "eu_twinnings",
    }  # fmt: skip
    assert set(cold.tasks) == {"country", "country_small", "world"}
    for models in cold.tasks.values():
        assert set(models) == expected
        for found in models.values():
            assert found.keys() >= FIELDS | {f"{name}_95" for name in FIELDS}
            assert all(low <= high for low, high in (found[f"{name}_95"] for name in FIELDS))
    plain = json.loads(json.dumps(cold.to_dict()))
    assert plain["n_pairs"] == plain["n_mapped"] == 400
    assert plain["tasks"]["country"]["plausibility"]["mrr"] == cold.tasks["country"]["plausibility"]["mrr"]


def test_what_is_learned_beats_chance_and_chance_is_chance(cold):
    country = cold.tasks["country"]
    assert country["plausibility"]["auc_country"] > country["random"]["auc_country"] + 0.2
    assert country["learned"]["percentile"] > country["likeness"]["percentile"]
    assert country["random"]["percentile"] == pytest.approx(0.5, abs=0.08)


def test_shuffled_partners_give_chance(atlas, model, tmp_path):
    rng = np.random.default_rng(1)
    rows = atlas.partner_rows()
    a, b = rng.choice(rows, 300), rng.choice(rows, 300)
    apart = atlas.countries[a] != atlas.countries[b]
    path = write_ties(tmp_path / "t.csv", atlas, a[apart], b[apart])
    found = evaluate(atlas, model, path, kind="cold", only=("plausibility", "learned"), world=False)
    for name in ("plausibility", "learned"):
        assert found.tasks["country"][name]["percentile"] == pytest.approx(0.5, abs=0.1)
        assert found.tasks["country"][name]["auc_country"] == pytest.approx(0.5, abs=0.1)


def test_a_file_alone_is_judged_whole_without_learning(atlas, model, path):
    found = evaluate(atlas, model, path, world=False, only=("likeness", "population"))
    assert found.about["judged_ties"] == 400
    assert found.about["known_ties"] == 0
    assert "world" not in found.tasks
    assert set(found.tasks["country"]) == {"likeness", "population"}


def test_a_tie_that_was_learned_from_does_not_help_to_find_itself(atlas, model, path, tmp_path):
    wishes = {"only": ("plausibility",), "world": True}
    evaluate(atlas, model, path, kind="cold", save=tmp_path, **wishes)
    found = evaluate(atlas, model, path, models_dir=tmp_path, **wishes)
    pool, learned = Pool(atlas), Plausibility.load(tmp_path)
    # All that were learned from are known again, and few others are taken for one.
    assert learned.about["ties"] <= found.about["learned_from_ties"] < 0.5 * (400 + learned.about["ties"])
    space = PairSpace(pool, model, learned.bounds)
    ties = Ties(*real_ties(atlas, 400), np.ones(400, bool))
    a, b = pool.pairs(ties.without(split(atlas, ties, "cold").test))
    evidence, near = learned.evidence(space), neighbours(space, a, b)
    left_out, count = LeftOut(pool, learned, evidence), np.bincount(np.concatenate([a, b]))
    # Where both ends have more ties, they stay neighbours of others: all is as if the tie had never been listed.
    chosen = np.flatnonzero((count[a] > 1) & (count[b] > 1))[:8]
    assert len(chosen) == 8
    for i in chosen:
        query, other = int(a[i]), int(b[i])
        assert left_out.holds(query, other)
        rest = np.delete(a, i), np.delete(b, i)
        never = activity_of(space, tally(pool, *rest), read_activity(pool, near, *rest))
        abroad = pool.country != pool.country[query]
        scores = learned.scorer(space, evidence)(np.array([query]))[0]
        found, expected = (
            left_out.scores(scores, query, other),
            learned.scorer(space, never)(np.array([query]))[0],
        )
        np.testing.assert_allclose(found[abroad], expected[abroad], atol=1e-4)
        assert not np.allclose(found[abroad], scores[abroad], atol=1e-4)
        one, two = pool.country[[query, other]]
        assert left_out.prior(query, other)[two] < learned.prior(pool)[one, two]


def test_a_file_that_was_not_learned_from_is_judged_as_it_is(atlas, model, path, tmp_path):
    wishes = {"only": ("plausibility",), "world": False}
    evaluate(atlas, model, path, kind="cold", save=tmp_path, **wishes)
    judged = evaluate(atlas, model, path, models_dir=tmp_path, known=path, **wishes)
    assert judged.about["known_ties"] == 0
    ties = Ties(*real_ties(atlas, 400), np.ones(400, bool))
    test = split(atlas, ties, "cold").test
    held = write_ties(tmp_path / "held.csv", atlas, test.a, test.b)
    # A place that was held back has no counted tie: nothing is there to be left out.
    assert evaluate(atlas, model, held, models_dir=tmp_path, **wishes).about["learned_from_ties"] == 0


def test_known_ties_are_never_the_judged_ones(atlas, model, path):
    found = evaluate(atlas, model, path, known=path, world=False, only=("population",))
    assert found.about["known_ties"] == 0


def test_the_same_seed_gives_the_same_figures(atlas, model, path):
    wishes = {"kind": "warm", "only": ("plausibility", "popularity"), "world": False, "at_most": 30}
    one, two = (evaluate(atlas, model, path, **wishes).tasks for _ in range(2))
    assert one == two
    assert one["country"]["popularity"]["n_queries"] <= 60


def test_what_cannot_be_judged_is_said(atlas, model, path, tmp_path):
    with pytest.raises(UnknownNameError, match="cipfa"):
        evaluate(atlas, model, path, only=("magic",), world=False)
    with pytest.raises(UnknownNameError, match="cold"):
        evaluate(atlas, model, path, kind="hot")
    text = path.read_text(encoding="utf-8").replace(",True", ",False")
    (tmp_path / "none.csv").write_text(text, encoding="utf-8")
    with pytest.raises(EmptyCandidatesError, match="strict"):
        evaluate(atlas, model, tmp_path / "none.csv")
    assert evaluate(
        atlas, model, tmp_path / "none.csv", every_row=True, only=("population",), world=False
    ).about["judged_ties"]
