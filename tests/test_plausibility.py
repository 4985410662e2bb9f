"""Plausibility and learned weights: what they learn, that they add up, and that nothing held out leaks in."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from matcher import folds as folds_module
from matcher import learned as learned_module
from matcher.additive import Penalty, Shape, fit_choices, sum_tables
from matcher.atlas import Atlas
from matcher.errors import DataError
from matcher.files import content_sha256
from matcher.folds import folded_bins, neighbours
from matcher.learned import LearnedWeights, learn_weights, likenesses
from matcher.model import SimilarityModel
from matcher.pairspace import PairSpace
from matcher.plausibility import Plausibility
from matcher.pool import Pool
from matcher.precedents import Known
from matcher.provinces import provinces_of, tally
from matcher.samples import draw_samples
from matcher.slopes import fit_slope
from matcher.traits import BINS, binned, rank_inside
from matcher.weights import read_profiles, resolve
from tests.ties import place_atlas, real_ties


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    return Pool(place_atlas(tmp_path_factory.mktemp("learn") / "atlas", 400))


@pytest.fixture(scope="module")
def model(pool):
    return SimilarityModel(n_pairs=500).fit(pool.atlas)


@pytest.fixture(scope="module")
def space(pool, model):
    return PairSpace(pool, model)


@pytest.fixture(scope="module")
def ends(pool):
    return tuple(pool.positions(rows) for rows in real_ties(pool.atlas, 400))


@pytest.fixture(scope="module")
def plausibility(space, ends):
    return Plausibility.fit(space, *ends)


# ------------------------------------------------------------------- samples


def test_random_pairs_are_of_the_same_countries_and_no_ties(pool, ends):
    samples = draw_samples(pool, *ends)
    real, random = samples.take(samples.real == 1), samples.take(samples.real == 0)
    assert len(real) == 2 * len(ends[0])
    where = {(t, q): pool.country[o] for q, o, t in zip(real.query, real.other, real.tie, strict=True)}
    assert all(
        where[t, q] == pool.country[o] for q, o, t in zip(random.query, random.other, random.tie, strict=True)
    )
    known = set(zip(real.query, real.other, strict=True))
    assert not known & set(zip(random.query, random.other, strict=True))
    assert random.weight.sum() == pytest.approx(len(real))


def test_the_weights_undo_the_draw_by_population(pool, ends):
    samples = draw_samples(pool, *ends, per_tie=200)
    random = samples.take(samples.real == 0)
    people = np.log10(pool.population)
    country = np.unique(pool.country[random.other])
    expected = np.mean([people[pool.start[c] : pool.end[c]].mean() for c in country])
    assert np.average(people[random.other], weights=random.weight) == pytest.approx(expected, abs=0.1)


def test_the_weights_undo_the_draw_by_ties(pool, ends):
    samples = draw_samples(pool, *ends, per_tie=200, tilts=(0.0,), by_ties=True)
    random = samples.take(samples.real == 0)
    ties = np.bincount(np.concatenate(ends), minlength=len(pool))
    assert ties[random.other].mean() > 1.1 * np.average(ties[random.other], weights=random.weight)
    people = np.log10(pool.population)
    country = np.unique(pool.country[random.other])
    expected = np.mean([people[pool.start[c] : pool.end[c]].mean() for c in country])
    assert np.average(people[random.other], weights=random.weight) == pytest.approx(expected, abs=0.1)


def test_some_ties_are_asked_about_and_all_are_no_strangers(pool, ends):
    samples = draw_samples(pool, *ends, of=np.array([3, 7]))
    assert set(samples.tie) == {3, 7}
    known = set(zip(*ends, strict=True)) | set(zip(*ends[::-1], strict=True))
    random = samples.take(samples.real == 0)
    assert not known & set(zip(random.query, random.other, strict=True))


# ------------------------------------------------------------------ additive


def test_tables_find_what_draws_the_choice():
    rng = np.random.default_rng(0)
    bins = rng.integers(0, 4, (8_000, 5, 2)).astype(np.int32)
    truth = np.array([-1.0, -0.5, 0.5, 1.0])
    # The largest of scores with Gumbel noise is a choice by conditional logit.
    real = np.zeros((8_000, 5), bool)
    real[np.arange(8_000), (truth[bins[:, :, 0]] + rng.gumbel(size=(8_000, 5))).argmax(axis=1)] = True
    shapes = {"a": Shape(4, extra=0), "b": Shape(4, extra=0)}
    bins = bins.reshape(-1, 2)
    question = np.repeat(np.arange(8_000), 5)
    tables = fit_choices(bins, shapes, question, real.ravel(), np.ones(40_000), penalty=Penalty(bend=0.1))
    np.testing.assert_allclose(np.diff(tables["a"]), np.diff(truth), atol=0.1)
    np.testing.assert_allclose(tables["b"], 0, atol=0.1)
    assert sum_tables(bins[:1], list(shapes), tables)[0] == tables["a"][bins[0, 0]] + tables["b"][bins[0, 1]]


def test_a_sample_may_stand_for_many_candidates():
    bins = np.array([[0], [1], [1], [0], [1], [1]], np.int32)
    question = np.repeat([0, 1], 3)
    real = np.array([True, False, False] * 2)
    shapes = {"a": Shape(2, extra=0)}
    whole = fit_choices(bins, shapes, question, real, np.ones(6))
    kept = [0, 1, 3, 4]
    half = fit_choices(bins[kept], shapes, question[kept], real[kept], np.array([1.0, 2.0, 1.0, 2.0]))
    np.testing.assert_allclose(np.diff(half["a"]), np.diff(whole["a"]), atol=1e-5)


def test_a_slope_makes_scores_that_say_too_much_come_true():
    rng = np.random.default_rng(0)
    truth = rng.normal(size=(6_000, 5))
    real = np.zeros((6_000, 5), bool)
    real[np.arange(6_000), (truth + rng.gumbel(size=(6_000, 5))).argmax(axis=1)] = True
    question = np.repeat(np.arange(6_000), 5)
    found = fit_slope(2.0 * truth.ravel(), question, real.ravel(), np.ones(30_000))
    assert found == pytest.approx(0.5, abs=0.03)


def test_a_search_that_begins_elsewhere_ends_at_the_same_tables():
    rng = np.random.default_rng(1)
    bins = rng.integers(0, 3, (3_000, 1)).astype(np.int32)
    question = np.repeat(np.arange(1_000), 3)
    real = np.tile([True, False, False], 1_000)
    shapes = {"a": Shape(3, extra=0)}
    plain = fit_choices(bins, shapes, question, real, np.ones(3_000))
    begun = fit_choices(bins, shapes, question, real, np.ones(3_000), begin={"a": np.array([2.0, -1.0, 3.0])})
    np.testing.assert_allclose(begun["a"], plain["a"], atol=1e-3)


def test_ranks_inside_a_group():
    found = rank_inside(np.array([3.0, 1.0, 1.0, np.nan, 9.0]), np.array([0, 0, 0, 0, 1]))
    np.testing.assert_allclose(found, [5 / 6, 1 / 3, 1 / 3, np.nan, 0.5])
    assert np.isnan(rank_inside(np.full(3, np.nan), np.zeros(3, int))).all()


def test_an_unknown_value_has_its_own_bin():
    assert binned(np.array([np.nan, -1.0, 99.0]), np.arange(BINS - 1.0)).tolist() == [BINS, 0, BINS - 1]


# -------------------------------------------------------------- plausibility


def test_it_learns_what_the_ties_show(pool, space, ends):
    half = len(ends[0]) // 2
    found = Plausibility.fit(space, ends[0][:half], ends[1][:half])
    samples = draw_samples(pool, ends[0][half:], ends[1][half:], seed=5)
    scores = found.scorer(space)(np.arange(len(pool)))[samples.query, samples.other]
    real = scores[samples.real == 1].mean()
    assert real > np.average(scores[samples.real == 0], weights=samples.weight[samples.real == 0]) + 0.5


def test_contributions_sum_to_the_score(space, plausibility, ends):
    known = Known(neighbours(space, *ends), *ends)
    for a, b in zip(ends[0][:10], ends[1][:10], strict=True):
        for loaded in (None, plausibility.evidence(space), known):
            terms = plausibility.explain(space, int(a), int(b), loaded)
            turned = plausibility.explain(space, int(b), int(a), loaded)
            total = sum(term.points for term in terms)
            assert total == pytest.approx(sum(term.points for term in turned), abs=1e-9)
            score = plausibility.scorer(space, loaded)
            there, back = score(np.array([a]))[0, b], score(np.array([b]))[0, a]
            assert total == pytest.approx((there + back) / 2.0, abs=2e-4)  # the scorer's are float32


def test_a_random_region_of_a_country_has_a_rate_of_one(space, plausibility):
    rates = np.exp(plausibility.scorer(space, plausibility.evidence(space))(np.arange(3)))
    for start, end in zip(space.pool.start, space.pool.end, strict=True):
        np.testing.assert_allclose(rates[:, start:end].mean(axis=1), 1.0, rtol=1e-4)


def test_it_survives_the_disk_and_says_when_it_did_not(plausibility, space, tmp_path):
    plausibility.save(tmp_path)
    again = Plausibility.load(tmp_path)
    query = np.arange(3)
    np.testing.assert_allclose(again.scorer(space)(query), plausibility.scorer(space)(query), atol=1e-4)
    np.testing.assert_allclose(again.prior(space.pool), plausibility.prior(space.pool))
    text = (tmp_path / "plausibility.json").read_text(encoding="utf-8")
    # No pair of regions that sign is named: each stands alone, with its number of ties with each country.
    parents = set(space.pool.atlas.column("parent_id").tolist())
    entries = re.findall(r"\[[^\[\]]*\]", text)
    assert all(len(set(re.findall(r"toy:\d+", entry)) - parents) <= 1 for entry in entries)
    (tmp_path / "plausibility.json").write_text(text.replace('"seed": 0', '"seed": 1'), encoding="utf-8")
    with pytest.raises(DataError, match="changed"):
        Plausibility.load(tmp_path)
    (tmp_path / "plausibility.json").write_text("[]", encoding="utf-8")
    with pytest.raises(DataError):
        Plausibility.load(tmp_path)


def test_a_model_of_the_format_before_is_told_to_be_learned_again(plausibility, tmp_path):
    plausibility.save(tmp_path)
    content = json.loads((tmp_path / "plausibility.json").read_text(encoding="utf-8"))
    content["format"] -= 1
    del content["sha256"]
    content["sha256"] = content_sha256(content)
    (tmp_path / "plausibility.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DataError, match=r"another format.*learn it again"):
        Plausibility.load(tmp_path)


def test_a_trait_that_an_atlas_has_no_value_of_is_no_term(pool, model, monkeypatch):
    assert "both at home:names_abroad" in PairSpace(pool, model).shapes
    real = Atlas.columns

    def blanked(atlas, names, rows=None):
        found = real(atlas, names, rows)
        if list(names) == ["names_abroad"]:
            monkeypatch.setattr(
                found, "numbers", lambda feature: np.full((len(rows), 1), np.nan), raising=False
            )
        return found

    monkeypatch.setattr(Atlas, "columns", blanked)
    assert not [term for term in PairSpace(pool, model).shapes if term.endswith("names_abroad")]


def test_a_tie_is_never_its_own_precedent(space, ends):
    a, b = ends
    near = neighbours(space, a, b)
    whole = Known(near, a, b)
    for i in range(20):
        without = np.arange(len(a)) != i
        less = Known(near, a[without], b[without])
        one, two = a[[i]], b[[i]]
        full, part = whole.of_pairs(one, two), less.of_pairs(one, two)
        for term in ("precedents near", "ties nearby", "activity nearby"):
            assert full[term] == part[term]


def test_activity_says_what_the_ties_say_but_for_precedents(space, plausibility, ends):
    known = Known(neighbours(space, *ends), *ends)
    kept = plausibility.evidence(space)
    assert kept is not None
    bins = known.of_pairs(*ends)
    for term, found in kept.of_pairs(*ends).items():
        assert found.tolist() == bins[term].tolist(), term


def test_counts_by_province_say_what_the_ties_say(space, ends):
    pool = space.pool
    known = Known(neighbours(space, *ends), *ends)
    found = provinces_of(pool, tally(pool, *ends))
    query, other = np.repeat(np.arange(0, 40), 3), np.arange(100, 220)
    whole = known.of_pairs(query, other)
    for term, bins in found.of_pairs(query, other).items():
        np.testing.assert_array_equal(bins, whole[term])
    assert sum(tally(pool, *ends).values()) <= len(ends[0])


def test_terms_of_pairs_are_those_of_queries(space, ends):
    known = Known(neighbours(space, *ends), *ends)
    query = np.array([3, 200])
    every = np.arange(len(space.pool))
    for q in query:
        pairs = known.of_pairs(np.full(len(every), q), every)
        for term, bins in (known.of_query(int(q)) | known.fixed).items():
            np.testing.assert_array_equal(bins, pairs[term])


@pytest.mark.parametrize("as_counts", [False, True])
def test_a_tie_can_be_left_out_of_all_that_is_counted(space, plausibility, ends, as_counts):
    a, b = ends
    near, pool = neighbours(space, a, b), space.pool
    whole = plausibility.evidence(space) if as_counts else Known(near, a, b)
    moved = set()
    for i in range(0, len(a), 7):
        less = Known(near, np.delete(a, i), np.delete(b, i))
        for query, other in ((int(a[i]), int(b[i])), (int(b[i]), int(a[i]))):
            assert whole.holds(query, other)
            abroad = pool.country != pool.country[query]
            found, full = whole.without(query, other), whole.of_query(query) | whole.fixed
            assert found.keys() == full.keys()
            for term, bins in (less.of_query(query) | less.fixed).items():
                if term in found:  # counts know of no precedents
                    np.testing.assert_array_equal(found[term][abroad], bins[abroad], err_msg=term)
                    moved |= {term} if (found[term] != full[term])[abroad].any() else set()
    assert moved >= {
        "own ties",
        "own ties there",
        "ties of both",
        "countries in common",
        "ties nearby",
        "size of known partners",
        "ties of the provinces",
    }


def test_who_is_taken_for_not_listed_does_not_depend_on_who_was_chosen(space, ends, monkeypatch):
    told = []

    class Watched(Known):
        def of_pairs(self, query, other):
            bins = super().of_pairs(query, other)
            told.append((other, bins["own ties"]))
            return bins

    monkeypatch.setattr(folds_module, "Known", Watched)
    samples = draw_samples(space.pool, *ends)
    folded_bins(space, neighbours(space, *ends), samples, *ends)
    ties = np.bincount(np.concatenate(ends), minlength=len(space.pool))
    shares = []
    for other, bins in told:
        busy = ties[other] > 2
        shares.append((bins[busy] == 0).mean())
    # Half of those with ties, whether they are the real partner or not.
    assert np.mean(shares) == pytest.approx(0.5, abs=0.12)


def test_a_region_that_is_not_listed_still_counts_for_its_neighbours(space, ends):
    near = neighbours(space, *ends)
    none = Known(near, *ends, listed=np.zeros(len(space.pool), bool))
    every = Known(near, *ends)
    found, full = none.of_pairs(*ends), every.of_pairs(*ends)
    for term in ("precedents near", "ties nearby", "activity nearby", "ties of the provinces"):
        np.testing.assert_array_equal(found[term], full[term])
    for term in ("own ties", "own ties there", "ties of both", "countries in common", "partners in common"):
        assert not found[term].any()
        assert full[term].any(), term


def test_partners_and_countries_in_common_by_hand(space):
    pool = space.pool
    # Two regions of the first country, each with the same partner in the second, and one with another in the third.
    p, q = int(pool.start[0]), int(pool.start[0]) + 1
    x, y = int(pool.start[1]), int(pool.start[2])
    a, b = np.array([p, q, q]), np.array([x, x, y])
    known = Known(neighbours(space, a, b), a, b)
    bins = known.of_pairs(np.array([p, q, p]), np.array([q, y, y]))
    assert bins["partners in common"].tolist() == [1, 0, 0]
    assert (bins["countries in common"] % 9).tolist() == [1, 0, 0]
    assert bins["own ties"].tolist() == [2, 1, 1]
    assert (bins["own ties there"] % 4).tolist() == [0, 1, 1]


def test_shuffled_partners_teach_nothing(space, ends):
    rng = np.random.default_rng(0)
    pool = space.pool
    b = np.array([rng.integers(pool.start[c], pool.end[c]) for c in pool.country[ends[1]]])
    a = np.array([rng.integers(pool.start[c], pool.end[c]) for c in pool.country[ends[0]]])
    found = Plausibility.fit(space, a[:200], b[:200])
    samples = draw_samples(pool, a[200:], b[200:], seed=9)
    scores = found.scorer(space)(np.arange(len(pool)))[samples.query, samples.other]
    real = samples.real == 1
    order = np.argsort(scores)
    rank = np.empty(len(order))
    rank[order] = np.arange(len(order)) / len(order)
    assert np.average(rank[~real], weights=samples.weight[~real]) == pytest.approx(
        rank[real].mean(), abs=0.06
    )


# ------------------------------------------------------------------- learned


@pytest.fixture(scope="module")
def learned(pool, model, ends):
    catalogue = pool.atlas.catalogue
    balanced = resolve(catalogue, read_profiles()["balanced"]).shares
    return learn_weights(pool, model, draw_samples(pool, *ends), balanced, shrink=20.0, bootstraps=5)


def test_learned_weights_are_shares_and_find_what_matters(learned):
    shares = learned.shares
    assert min(shares.values()) >= 0
    assert sum(shares.values()) == pytest.approx(1)
    assert max(shares, key=shares.get) == "population"
    assert all(learned.low[name] <= learned.high[name] for name in shares)


def test_the_search_for_weights_ends_at_one_place_wherever_it_starts(pool, model, ends):
    samples = draw_samples(pool, *ends)
    shares = resolve(pool.atlas.catalogue, read_profiles()["balanced"]).shares
    names = [feature.name for feature in model.features_ if feature.weight > 0]
    likeness = likenesses(pool, model, samples, names)
    anchor = np.array([shares[name] for name in names])
    near, far = (
        learned_module._fit(likeness, samples, anchor, samples.weight, 20.0, start)
        for start in (None, np.full(len(names), 3.0))
    )
    assert near == pytest.approx(far, abs=2e-3)


def test_the_shipped_weights_lie_in_their_intervals(root):
    # A search that stops short of the end gives weights that its own bootstrap does not bear out.
    shipped = LearnedWeights.load(root / "models" / "default")
    for name, share in shipped.shares.items():
        assert shipped.low[name] - 1e-3 <= share <= shipped.high[name] + 1e-3, name


def test_the_learned_profile_gives_the_learned_shares(learned, pool):
    catalogue = pool.atlas.catalogue
    found = resolve(catalogue, learned.profile(catalogue)).shares
    assert found == pytest.approx({name: learned.shares.get(name, 0.0) for name in found}, abs=1e-9)


def test_learned_weights_survive_the_disk(learned, tmp_path):
    learned.save(tmp_path)
    assert LearnedWeights.load(tmp_path).shares == pytest.approx(learned.shares, abs=1e-6)
    (tmp_path / "learned.json").write_text(json.dumps({"weights": []}), encoding="utf-8")
    with pytest.raises(DataError):
        LearnedWeights.load(tmp_path)


def test_learned_weights_that_were_changed_are_refused(learned, tmp_path):
    learned.save(tmp_path)
    content = json.loads((tmp_path / "learned.json").read_text("utf-8"))
    next(iter(content["weights"].values()))["share"] += 0.1
    (tmp_path / "learned.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DataError, match="was changed"):
        LearnedWeights.load(tmp_path)


def test_a_strong_pull_leaves_the_balanced_weights(pool, model, ends):
    balanced = resolve(pool.atlas.catalogue, read_profiles()["balanced"]).shares
    names = [feature.name for feature in model.features_ if feature.weight > 0]
    samples = draw_samples(pool, *ends)
    # Ties that likeness does tell: where it tells nothing, any multiple of the balanced weights is as good, 0 too.
    alike = likenesses(pool, model, samples, names) @ np.array([balanced[name] for name in names])
    samples = replace(samples, real=(alike > np.median(alike)).astype(samples.real.dtype))
    found = learn_weights(pool, model, samples, balanced, shrink=1e4, bootstraps=0).shares
    assert found == pytest.approx({name: balanced[name] for name in found}, abs=2e-3)
