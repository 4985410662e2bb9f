"""The second opinion of one pair, and its precedents."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matcher.errors import DataError
from matcher.matcher import Matcher
from matcher.model import SimilarityModel
from matcher.opinion import Opinions, find_precedents
from matcher.pairspace import PairSpace
from matcher.partnerships import Ties
from matcher.plausibility import Plausibility
from matcher.pool import Pool
from matcher.precedents import PRECEDENTS
from tests.ties import place_atlas, real_ties


@pytest.fixture(scope="module")
def matcher(tmp_path_factory):
    folder = tmp_path_factory.mktemp("opinion")
    atlas = place_atlas(folder / "atlas", 400)
    model = SimilarityModel(n_pairs=500).fit(atlas)
    pool = Pool(atlas)
    ends = (pool.positions(rows) for rows in real_ties(atlas, 300))
    Plausibility.fit(PairSpace(pool, model), *ends).save(folder)
    return Matcher(atlas, model, folder)


@pytest.fixture(scope="module")
def ties(matcher):
    a, b = real_ties(matcher.atlas, 300)
    return Ties(a, b, np.ones(len(a), bool))


def score(matcher):
    ids = matcher.atlas.region_ids
    return lambda one, two: matcher.score(ids[one].tolist(), ids[two].tolist())


def test_terms_sum_to_the_opinion_and_both_ends_agree(matcher, ties):
    a, b = matcher.atlas.regions(np.array([ties.a[0], ties.b[0]]))
    opinion, turned = matcher.plausibility(a, b), matcher.plausibility(b, a)
    assert opinion.points == pytest.approx(sum(term.points for term in opinion.terms), abs=1e-9)
    assert opinion.points == pytest.approx(turned.points, abs=1e-9)
    assert opinion.to_dict()["times"] == pytest.approx(np.exp(opinion.points))


def test_a_region_that_signs_nothing_is_refused(matcher, ties):
    signing = set(matcher.atlas.partner_rows().tolist())
    row = next(row for row in range(len(matcher.atlas)) if row not in signing)
    other, b = matcher.atlas.regions(np.array([row, ties.b[0]]))
    with pytest.raises(DataError, match="signs no partnerships"):
        matcher.plausibility(other, b)


def test_a_model_without_it_says_how_to_get_it(matcher, tmp_path):
    with pytest.raises(DataError, match="evaluate --split cold --save"):
        Opinions(matcher.atlas, matcher.world, tmp_path)


def test_precedents_are_the_ties_of_the_two_countries_likest_first(matcher, ties):
    atlas = matcher.atlas
    a, b = atlas.regions(np.array([ties.a[0], ties.b[0]]))
    found = find_precedents(atlas, ties, a, b, score(matcher), n=400)
    ends = zip(atlas.countries[ties.a], atlas.countries[ties.b], strict=True)
    assert found.between == sum(set(pair) == {a.country, b.country} for pair in ends)
    assert found.is_known
    assert len(found.most_alike) == found.between - 1  # the tie itself is no precedent of its own
    assert all((p.a.country, p.b.country) == (a.country, b.country) for p in found.most_alike)
    worse = [min(p.score_a, p.score_b) for p in found.most_alike]
    assert worse == sorted(worse, reverse=True)


def test_no_precedent_is_none_and_no_error(matcher, ties):
    a, b = matcher.atlas.regions(np.array([ties.a[0], ties.b[0]]))
    none = np.zeros(len(ties), bool)
    found = find_precedents(matcher.atlas, ties.take(none), a, b, score(matcher))
    assert (found.between, found.most_alike, found.is_known) == (0, (), False)


def test_known_ties_count_and_the_pairs_own_tie_does_not(matcher, ties):
    a, b = matcher.atlas.regions(np.array([ties.a[0], ties.b[0]]))
    others = ties.take(np.arange(len(ties)) > 0)
    told = matcher.opinions.of(a, b, ties)
    assert told == matcher.opinions.of(a, b, others)
    assert PRECEDENTS in {term.term for term in told.terms}
    assert PRECEDENTS not in {term.term for term in matcher.opinions.of(a, b).terms}
    assert told.points == pytest.approx(sum(term.points for term in told.terms), abs=1e-9)


def test_the_opinion_is_the_same_from_the_cache(matcher, ties, monkeypatch):
    a, b = matcher.atlas.regions(np.array([ties.a[0], ties.b[0]]))
    plain = matcher.opinions.of(a, b)

    def never(*_):
        raise AssertionError("read again")

    monkeypatch.setattr("matcher.remembered.read_traits", never)
    assert Opinions(matcher.atlas, matcher.world, matcher.model_dir).of(a, b) == plain


@pytest.mark.parametrize("locale", ["en", "id", "ko"])
def test_terms_are_named_in_the_readers_language_and_keep_their_points(matcher, ties, locale):
    a, b = matcher.atlas.regions(np.array([ties.a[0], ties.b[0]]))
    opinion = matcher.plausibility(a, b)
    named = opinion.named(locale)
    assert [term.points for term in named] == [term.points for term in opinion.terms]
    assert not [term.term for term in named if "at home:" in term.term or "_" in term.term]
    assert [term["name"] for term in opinion.to_dict(locale)["terms"]] == [term.term for term in named]


def test_two_of_one_name_are_told_apart_by_country(matcher, ties):
    a, b = matcher.atlas.regions(np.array([ties.a[0], ties.b[0]]))
    opinion = replace(
        matcher.plausibility(a, b), a=replace(a, name="Friedberg"), b=replace(b, name="Friedberg")
    )
    named = [term.term for term in opinion.named()]
    assert len(set(named)) == len(named)
