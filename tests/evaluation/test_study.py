"""The whole study on a made-up world: from a file to figures."""

from __future__ import annotations

import json

import numpy as np
import pytest

from matcher.errors import EmptyCandidatesError, UnknownNameError
from matcher.evaluation.study import evaluate
from matcher.model import SimilarityModel
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
