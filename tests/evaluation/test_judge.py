"""The judge: the same candidates for every model, both directions, blocks that change nothing."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.evaluation import baselines, judge
from matcher.evaluation.judge import Model, Queries, summary
from matcher.pool import Pool
from tests.ties import place_atlas, real_ties


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    return Pool(place_atlas(tmp_path_factory.mktemp("judge") / "atlas", 240))


@pytest.fixture(scope="module")
def ends(pool):
    return tuple(pool.positions(rows) for rows in real_ties(pool.atlas, 60))


def test_the_pool_is_sorted_by_country_and_signs(pool):
    assert (np.diff(pool.country) >= 0).all()
    assert sorted(pool.rows) == pool.atlas.partner_rows().tolist()
    assert (pool.codes[pool.country] == pool.atlas.countries[pool.rows]).all()
    assert (pool.end - pool.start).sum() == len(pool)


def test_distances_are_great_circles(pool):
    from matcher.candidates import distances_km

    region = pool.atlas.regions(pool.rows[:1])[0]
    np.testing.assert_allclose(
        pool.distances_km(np.array([0]))[0], distances_km(pool.atlas, region, pool.rows), atol=3, rtol=1e-4
    )


def test_both_ends_ask(pool, ends):
    queries = Queries(pool, *ends)
    assert len(queries) == 120
    assert sorted(zip(queries.query, queries.truth, strict=True)) == sorted(
        [*zip(*ends, strict=True), *zip(ends[1], ends[0], strict=True)]
    )


def test_random_pairs_are_never_real_ones(pool, ends):
    queries = Queries(pool, *ends)
    for i, (q, t) in enumerate(zip(queries.query, queries.truth, strict=True)):
        barred = {t, *queries.others[i]}
        for kind in judge.KINDS:
            assert not barred & set(queries.negative[kind][i])
        assert set(pool.country[queries.negative["country"][i]]) == {pool.country[t]}
        assert set(pool.country[queries.negative["size"][i]]) == {pool.country[t]}
        assert pool.country[q] not in pool.country[queries.negative["uniform"][i]]


def test_ranks_are_those_of_a_plain_sort(pool, ends, monkeypatch):
    rng = np.random.default_rng(3)
    scores = np.round(rng.random((len(pool), len(pool))), 2).astype(np.float32)  # with ties
    prior = rng.random((len(pool.codes), len(pool.codes))).astype(np.float32)
    queries = Queries(pool, *ends)
    monkeypatch.setattr(judge, "BLOCK", 7)
    found = judge.judge(pool, queries, {"m": Model(lambda q: scores[q], prior)})["m"]
    for i, (q, t) in enumerate(zip(queries.query, queries.truth, strict=True)):
        for task, mask in (
            (found.rank_country, pool.country == pool.country[t]),
            (found.rank_world, pool.country != pool.country[q]),
        ):
            full = scores[q] + (0 if task is found.rank_country else prior[pool.country[q]][pool.country])
            left = np.setdiff1d(np.flatnonzero(mask), [*queries.others[i], t])
            assert task[i] == 1 + (full[left] > full[t]).sum() + (full[left] == full[t]).sum() / 2


def test_the_right_answer_is_perfect_and_chance_is_chance(pool, ends):
    truth = np.zeros((len(pool), len(pool)), np.float32)
    truth[ends], truth[ends[::-1]] = 1, 1
    queries = Queries(pool, *ends)
    models = {"truth": Model(lambda q: truth[q]), "random": Model(baselines.chance(pool))}
    tasks = summary(queries, judge.judge(pool, queries, models))
    assert set(tasks) == {"country", "country_small", "world"}
    for task in tasks.values():
        assert task["truth"]["mrr"] == task["truth"]["percentile"] == task["truth"]["auc_country"] == 1
        assert task["truth"]["mrr_95"] == (1, 1)
        low, high = task["random"]["percentile_95"]
        assert low - 0.05 < 0.5 < high + 0.05
        assert task["random"]["auc_uniform"] == pytest.approx(0.5, abs=0.1)


def test_the_plain_models(pool, ends):
    a, b = ends
    query = np.arange(5)
    everything = {
        "population": baselines.population(pool),
        "gravity": baselines.gravity(pool),
        "nearest": baselines.nearest(pool),
        "seat": baselines.seat_population(pool),
        "popularity": baselines.popularity(pool, a, b),
        "pair": baselines.country_pair(pool, a, b),
        "pair x popularity": baselines.country_pair_popularity(pool, a, b),
    }
    for name, score in everything.items():
        found = score(query)
        assert found.shape == (5, len(pool)), name
        assert np.isfinite(found).all(), name
    assert everything["nearest"](query).argmax(axis=1).tolist() == query.tolist()
    assert everything["population"](query)[0, 0] == 0
    ties = baselines.counts(len(pool), a, b)
    assert everything["popularity"](query)[0].argmax() == ties.argmax()
    pair = everything["pair"](query)
    for code in range(len(pool.codes)):
        assert len(set(pair[0, pool.country == code])) == 1


def test_an_unknown_population_counts_as_the_smallest():
    found = baselines._log10(np.array([100.0, np.nan, 1e6, 0.0]))
    assert found.tolist() == [2, 2, 6, 2]


def test_country_rates_by_hand(pool):
    from matcher.pool import country_rates

    a = np.array([pool.start[0], pool.start[0]])
    b = np.array([pool.start[1], pool.start[1] + 1])
    rates = country_rates(pool, a, b)
    places = pool.end - pool.start
    active = np.array([2, 2, 0, 0])
    expected = (active[0] + 0.5) * (active[1] + 0.5) / (4 + 0.5 * 4)
    assert rates[0, 1] == pytest.approx((2 + 0.3 * expected) / (places[0] * places[1]))
    np.testing.assert_allclose(rates, rates.T)
