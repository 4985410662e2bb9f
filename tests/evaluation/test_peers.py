"""Other systems' formulas against values worked out by hand, and their own rules for what is missing."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import rankdata

from matcher.evaluation.peers import PEERS
from matcher.evaluation.table import Table, read_table
from tests.ties import place_atlas


def table(X, groups=None, B=None):
    X = np.asarray(X, np.float32)
    names = tuple(f"x{i}" for i in range(X.shape[1]))
    return Table(X, np.empty((len(X), 0), np.int64) if B is None else B, names, groups or ("g",) * X.shape[1])


@pytest.fixture(scope="module")
def plain():
    return table(np.random.default_rng(0).gamma(2.0, 3.0, (60, 5)), ("a", "a", "b", "b", "b"))


def against(name, given, expected):
    found = PEERS[name](given)(np.arange(len(given.X)))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=2e-3)


def test_arcgis(plain):
    Z = (plain.X - plain.X.mean(0)) / plain.X.std(0)
    against("arcgis_values", plain, -((Z[:, None] - Z[None]) ** 2).sum(-1))
    unit = Z / np.linalg.norm(Z, axis=1, keepdims=True)
    against("arcgis_profiles", plain, unit @ unit.T)
    R = rankdata(plain.X, axis=0) / len(plain.X)
    against("arcgis_ranks", plain, -((R[:, None] - R[None]) ** 2).sum(-1))


def test_cipfa(plain):
    Z = (plain.X - plain.X.mean(0)) / plain.X.std(0)
    gap = (Z[:, None] - Z[None]) ** 2
    against("cipfa", plain, -(np.sqrt(gap[..., :2].sum(-1)) + np.sqrt(gap[..., 2:].sum(-1))))


def test_harvestchoice_adds_nothing_for_what_is_missing():
    given = table([[0.0, 1.0], [1.0, np.nan], [3.0, 5.0]])
    sd = np.nanstd(given.X, axis=0, ddof=1)
    found = PEERS["harvestchoice"](given)(np.array([0]))[0]
    np.testing.assert_allclose(found, [0, -1 / sd[0], -3 / sd[0] - 4 / sd[1]], rtol=1e-5)


def test_harvestchoice_matches_classes():
    given = table([[0.0], [0.0], [0.0], [1.0]], B=np.array([[0], [0], [1], [1]]))
    sd = np.std([1, 1, 0, 0], ddof=1)
    found = PEERS["harvestchoice"](given)(np.array([0]))[0]
    np.testing.assert_allclose(found[:3], [0, 0, -1 / sd], rtol=1e-5)


def test_eu_twinnings_puts_a_tenth_for_what_is_missing():
    given = table([[0.0, 2.0], [1.0, np.nan], [0.5, 4.0]])
    P = np.array([[0, 0], [1, 0.1], [0.5, 1]])
    found = PEERS["eu_twinnings"](given)(np.array([1]))[0]
    length = np.linalg.norm(P, axis=1)
    expected = np.divide(P @ P[1], length * length[1], out=np.zeros(3), where=length > 0)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_nhs_unskews_and_scales(plain):
    scores = PEERS["nhs"](plain)(np.arange(60))
    assert (scores <= 0).all()
    assert scores.min() >= -plain.X.shape[1]  # every column spans 1
    assert (scores.argmax(axis=1) == np.arange(60)).all()


@pytest.mark.parametrize("name", PEERS)
def test_a_region_is_most_like_itself(name, plain):
    assert (PEERS[name](plain)(np.arange(60)).argmax(axis=1) == np.arange(60)).all()


def test_the_plain_table_of_an_atlas(tmp_path):
    atlas = place_atlas(tmp_path / "atlas", 120)
    rows = atlas.partner_rows()
    found = read_table(atlas, rows)
    assert found.X.shape == (len(rows), len(found.columns)) == (len(rows), len(found.groups))
    koppen = [i for i, name in enumerate(found.columns) if name.startswith("koppen:")]
    total = found.X[:, koppen].sum(axis=1)
    assert np.isnan(total).any()
    np.testing.assert_allclose(total[np.isfinite(total)], 1.0, atol=1e-3)
    assert found.B.shape[1] == sum(f.kind == "label" for f in atlas.catalogue.features.values())
    assert (found.complete(0.95).X.shape[1]) < found.X.shape[1]
    for name, make in PEERS.items():
        assert np.isfinite(make(found)(np.arange(3))).all(), name
