"""Noise: values err by what their source errs by, and nothing that is unknown becomes known."""

from __future__ import annotations

import numpy as np
import pytest

from matcher import Atlas, Catalogue, SimilarityModel
from matcher.catalogue import read_toml
from matcher.errors import DataError
from matcher.noise import Error, Noise, read_errors
from matcher.paths import data_dir
from tests.toy import write_atlas


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    return Atlas.open(write_atlas(tmp_path_factory.mktemp("noise"), missing=0.2))


@pytest.fixture(scope="module")
def model(atlas):
    return SimilarityModel(n_pairs=200).fit(atlas)


def error(kind, size, km=0.0, draw="d"):
    return Error(kind=kind, size=size, km=km, draw=draw, basis="")


def drawn(atlas, model, errors, name, seed=0):
    rows = np.arange(len(atlas))
    noisy = Noise(atlas, model, errors).codes(rows, [name], np.random.default_rng(seed))
    return noisy, model.encode(atlas.columns([name], rows), [name])


@pytest.mark.parametrize("name", ["elevation", "rain_months", "koppen", "languages", "protected_band"])
def test_without_an_error_codes_are_those_of_the_model(atlas, model, name):
    noisy, plain = drawn(atlas, model, {}, name)
    assert np.allclose(noisy.matrix, plain.matrix, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("elevation", error("add", 5.0)),
        ("rain_year", error("ratio", 0.3)),
        ("relief", error("place", 0.1)),
        ("cover", error("near", 0.5, 5_000.0)),
        ("languages", error("near", 0.5, 5_000.0)),
        ("protected_band", error("near", 1.0, 5_000.0)),
        ("rain_months", error("ratio", 0.3)),
    ],
)
def test_an_error_moves_codes_keeps_their_length_and_what_is_unknown(atlas, model, name, how):
    noisy, plain = drawn(atlas, model, {name: how}, name)
    width = plain.ends[-1]
    assert np.array_equal(noisy.known, plain.known)
    assert not np.allclose(noisy.matrix, plain.matrix, atol=1e-3)
    lengths = [np.linalg.norm(codes.matrix[:, :width], axis=1) for codes in (noisy, plain)]
    assert np.allclose(*lengths, atol=1e-5)


def test_features_of_one_draw_err_together(atlas, model):
    rows = np.arange(len(atlas))
    errors = {name: error("place", 0.05) for name in ("t_mean", "t_cold")}
    apart = {"t_mean": error("place", 0.05, draw="a"), "t_cold": error("place", 0.05, draw="b")}

    def agreement(some):
        moved = []
        for name, column in (("t_mean", 0), ("t_cold", 2)):
            codes = Noise(atlas, model, some).codes(rows, ["t_mean", "t_cold"], np.random.default_rng(0))
            plain = model.encode(atlas.columns([name], rows), [name])
            angles = [
                np.arctan2(m[:, c + 1], m[:, c]) for m, c in ((codes.matrix, column), (plain.matrix, 0))
            ]
            moved.append(angles[0] - angles[1])
        both = [np.isfinite(m) & (np.abs(m) > 0) for m in moved]
        return np.corrcoef(*(m[both[0] & both[1]] for m in moved))[0, 1]

    assert agreement(errors) > 0.9
    assert abs(agreement(apart)) < 0.3


def test_a_single_region_errs_both_ways(atlas, model):
    row = next(r for r in range(len(atlas)) if np.isfinite(atlas.column("elevation", np.array([r]))[0]))
    noise = Noise(atlas, model, {"elevation": error("add", 1.0)})
    codes = noise.codes(np.full(200, row), ["elevation"], np.random.default_rng(0))
    own = model.encode(atlas.columns(["elevation"], np.array([row])), ["elevation"])
    angles = np.arctan2(codes.matrix[:, 1], codes.matrix[:, 0]) - np.arctan2(
        own.matrix[:, 1], own.matrix[:, 0]
    )
    assert 0.3 < (angles > 0).mean() < 0.7


def test_near_is_no_farther_than_the_next_region_allows(atlas, model):
    noise = Noise(atlas, model, {})
    rows = atlas.partner_rows()
    assert np.array_equal(noise.near(rows, 0.001, np.random.default_rng(0)), rows)


def test_the_same_seed_gives_the_same_values(atlas, model):
    errors = {"elevation": error("add", 5.0)}
    one, two, three = (drawn(atlas, model, errors, "elevation", seed)[0].matrix for seed in (1, 1, 2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, three)


def test_every_stated_error_is_of_a_feature_and_says_whence_it_is_known():
    catalogue = Catalogue.open()
    stated = read_toml(data_dir() / "errors.toml")["errors"]
    assert set(stated) <= set(catalogue.features)
    errors = read_errors(data_dir() / "errors.toml", catalogue)
    assert all(each.size > 0 and each.basis for each in errors.values())
    assert errors["cropland"].km == 27.5  # half a cell of its grid
    assert "heritage_cultural_km" not in errors


def test_a_kind_that_does_not_exist_is_refused(tmp_path):
    path = tmp_path / "errors.toml"
    path.write_text('[errors.relief]\nkind = "odd"\nsize = 1\ndraw = "x"\nbasis = "y"\n', "utf-8")
    with pytest.raises(DataError, match="odd"):
        read_errors(path, Catalogue.open())
