"""No leak: what is judged was never learned from, and where there is nothing to learn nothing is found."""

from __future__ import annotations

import numpy as np
import pytest

from matcher import folds
from matcher.evaluation.study import evaluate
from matcher.learned import learn_weights
from matcher.model import SimilarityModel
from matcher.pairspace import PairSpace
from matcher.partnerships import Ties
from matcher.plausibility import Plausibility
from matcher.pool import Pool
from matcher.samples import draw_samples
from matcher.splits import held_out
from tests.ties import place_atlas, real_ties, write_ties


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    return place_atlas(tmp_path_factory.mktemp("leaks") / "atlas")


@pytest.fixture(scope="module")
def model(atlas):
    return SimilarityModel(n_pairs=300).fit(atlas)


def test_no_end_that_is_held_out_is_learned_from_by_anything(atlas, model, tmp_path, monkeypatch):
    path = write_ties(tmp_path / "t.csv", atlas, *real_ties(atlas, 300))
    seen: dict[str, np.ndarray] = {}
    fit = Plausibility.fit.__func__

    def spy(cls, space, a, b, **wishes):
        seen["plausibility"] = space.pool.rows[np.concatenate([a, b])]
        return fit(cls, space, a, b, **wishes)

    def spy_weights(pool, model, samples, *args, **wishes):
        # Random partners are no knowledge of ties: only the real ones are.
        real = samples.real > 0
        seen["learned"] = pool.rows[np.concatenate([samples.query[real], samples.other[real]])]
        return learn_weights(pool, model, samples, *args, **wishes)

    monkeypatch.setattr(Plausibility, "fit", classmethod(spy))
    monkeypatch.setattr("matcher.evaluation.contenders.learn_weights", spy_weights)
    evaluate(atlas, model, path, kind="cold", only=("plausibility", "learned"), world=False, save=tmp_path)
    assert set(seen) == {"plausibility", "learned"}
    for rows in seen.values():
        assert len(rows)
        assert not held_out(atlas, rows).any()
    told = Plausibility.load(tmp_path)
    assert told.activity
    assert not held_out(atlas, atlas.rows(told.activity)).any()


def test_a_tie_is_learned_from_as_if_it_were_not_known(atlas, model, monkeypatch):
    pool = Pool(atlas)
    space = PairSpace(pool, model)
    a, b = pool.pairs(Ties(*real_ties(atlas, 300), np.ones(300, bool)))
    samples = draw_samples(pool, a, b, 0)
    asked = []

    class Spy(folds.Known):
        def __init__(self, near, one, two, listed):
            super().__init__(near, one, two, listed)
            self.pairs = set(map(frozenset, zip(one.tolist(), two.tolist(), strict=True)))

        def of_pairs(self, query, other):
            asked.append((self.pairs, query, other))
            return super().of_pairs(query, other)

    monkeypatch.setattr(folds, "Known", Spy)
    folds.folded_bins(space, folds.neighbours(space, a, b), samples, a, b)
    assert len(asked) == folds.FOLDS
    ties = {frozenset(pair) for pair in zip(a.tolist(), b.tolist(), strict=True)}
    pairs = 0
    for known, query, other in asked:
        mine = ties.intersection(map(frozenset, zip(query.tolist(), other.tolist(), strict=True)))
        pairs += len(mine)
        assert not mine & known
    assert pairs == len(ties)


@pytest.mark.parametrize("seed", [1, 2])
def test_shuffled_partners_of_the_same_countries_give_chance(atlas, model, tmp_path, seed):
    a, b = real_ties(atlas, 400)
    rng, countries = np.random.default_rng(seed), atlas.countries
    for country in np.unique(countries[b].astype(str)):
        mine = np.flatnonzero(countries[b] == country)
        # Any region of the country, so that the ties keep their countries and nothing else.
        there = atlas.partner_rows()
        b[mine] = rng.choice(there[countries[there] == country], len(mine))
    path = write_ties(tmp_path / "t.csv", atlas, a, b)
    found = evaluate(atlas, model, path, kind="cold", only=("plausibility", "learned"), world=False)
    for name in ("plausibility", "learned"):
        low, high = found.tasks["country"][name]["auc_country_95"]
        assert low - 0.05 < 0.5 < high + 0.05
        assert found.tasks["country"][name]["percentile"] == pytest.approx(0.5, abs=0.1)


def test_a_region_that_is_held_back_is_no_random_partner(atlas):
    pool = Pool(atlas)
    a, b = pool.pairs(Ties(*real_ties(atlas, 300), np.ones(300, bool)))
    open_ones = draw_samples(pool, a, b, 0)
    pool.hidden = held_out(atlas, pool.rows)
    kept = draw_samples(pool, a, b, 0)
    strangers = kept.other[kept.real == 0]
    assert pool.hidden[open_ones.other[open_ones.real == 0]].any()
    assert not pool.hidden[strangers].any()
    # The random ones of a question still stand for all that there is to choose from.
    total = np.bincount(kept.question, kept.weight * (kept.real == 0))
    assert np.allclose(total[np.unique(kept.question)], 1.0)
