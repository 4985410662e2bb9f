"""The model: exact sums, neutral gaps, order, storage, and scikit-learn's own checks."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from matcher.atlas import Atlas
from matcher.catalogue import Catalogue
from matcher.errors import DataError, UnknownNameError
from matcher.matcher import Matcher
from matcher.model import SimilarityModel
from tests.toy import write_atlas

if TYPE_CHECKING:
    from pathlib import Path


@parametrize_with_checks([SimilarityModel(n_pairs=200)])
def test_the_estimator_keeps_scikit_learns_contract(estimator: Any, check: Any) -> None:
    check(estimator)


def fit(folder: Path, **kwargs: Any) -> Matcher:
    atlas = Atlas.open(write_atlas(folder, **kwargs))
    return Matcher(atlas, SimilarityModel(n_pairs=500).fit(atlas))


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    return fit(tmp_path_factory.mktemp("toy"))


def pairs(toy: Matcher, n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.random.default_rng(1).choice(toy.atlas.region_ids, (2, n))
    return a, b


def test_points_sum_to_the_score_and_the_score_is_the_rankings(toy: Matcher) -> None:
    for a, b in zip(*pairs(toy, 60), strict=True):
        explanation = toy.explain(toy.atlas.get(a), toy.atlas.get(b))
        assert abs(sum(part.points for part in explanation.points) - explanation.score) < 1e-9
        assert abs(toy.score(a, b)[0] - explanation.score) < 1e-9


def test_score_is_symmetric_to_the_last_bit(toy: Matcher) -> None:
    a, b = pairs(toy)
    assert np.array_equal(toy.score(a, b), toy.score(b, a))


def test_score_stays_in_bounds(toy: Matcher) -> None:
    scores = toy.score(*pairs(toy))
    assert scores.min() >= 0.0
    assert scores.max() <= 100.0 + 1e-9


def test_a_fully_known_region_is_exactly_like_itself(tmp_path: Path) -> None:
    full = fit(tmp_path / "full", missing=0.0, n=80)
    ids = full.atlas.region_ids
    assert np.abs(full.score(ids, ids) - 100.0).max() < 1e-9


def test_an_unknown_feature_earns_what_an_average_pair_earns(toy: Matcher) -> None:
    """So blanking a feature moves its points to the average, never above."""
    seen = 0
    for a, b in zip(*pairs(toy, 60), strict=True):
        for part in toy.explain(toy.atlas.get(a), toy.atlas.get(b)).points:
            if not part.known:
                assert part.likeness == part.average
                assert part.points == pytest.approx(100 * part.weight * part.average, abs=1e-12)
                seen += 1
    assert seen > 100


def test_the_average_is_the_mean_likeness_of_random_pairs(toy: Matcher) -> None:
    assert np.allclose(toy.model.calibration_.astype(float).mean(axis=0), toy.model.base_, atol=2e-3)


def test_row_order_does_not_change_a_ranking(toy: Matcher, tmp_path: Path) -> None:
    shuffled = fit(tmp_path / "shuffled", order=7)
    query = toy.atlas.get("toy:0001")
    assert [m.region.region_id for m in shuffled.rank(query, n=50)] == [
        m.region.region_id for m in toy.rank(query, n=50)
    ]


def test_the_ranking_is_the_order_of_the_scores(toy: Matcher) -> None:
    query = toy.atlas.get("toy:0001")
    ranking = toy.rank(query, n=1000, any_size=True)
    ids = [match.region.region_id for match in ranking]
    scores = toy.score(query.region_id, ids)
    assert np.allclose(scores, [match.score for match in ranking], atol=1e-9)
    assert (np.diff(scores) <= 1e-9).all()
    top = toy.rank(query, n=7, any_size=True)
    assert [m.region.region_id for m in top] == ids[:7]


def test_encoding_the_world_or_only_the_candidates_ranks_alike(
    toy: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = toy.atlas.get("toy:0001")
    few = toy.rank(query).to_json()
    monkeypatch.setattr("matcher.matcher._FEW", 0)
    assert Matcher(toy.atlas, toy.model).rank(query).to_json() == few


def test_group_scores_add_up_to_the_score(toy: Matcher) -> None:
    for match in toy.rank(toy.atlas.get("toy:0001")):
        assert sum(match.groups.values()) / 4 == pytest.approx(match.score, abs=1e-9)


def test_percentile_is_the_share_of_random_pairs_below(toy: Matcher) -> None:
    shares = toy.weights().shares
    random = 100 * (toy.model.calibration_.astype(float) @ [shares[f.name] for f in toy.model.features_])
    assert toy.model.percentile(np.array([0.0, np.median(random), 100.0]), shares) == pytest.approx(
        [0, 50, 100], abs=0.2
    )


def test_an_atlas_without_its_share_alike_part_is_ranked_with_less_coverage(
    toy: Matcher, tmp_path: Path
) -> None:
    folder = write_atlas(tmp_path / "open")
    manifest = json.loads((folder / "atlas.json").read_text())
    del manifest["files"]["regions-sharealike.parquet"]
    (folder / "atlas.json").write_text(json.dumps(manifest))
    (folder / "regions-sharealike.parquet").unlink()
    part = Matcher(Atlas.open(folder), toy.model)
    query = part.atlas.get("toy:0001")
    assert all(match.coverage < 0.9 for match in part.rank(query))


# --------------------------------------------------------------------- storage


def test_a_saved_model_scores_the_same(toy: Matcher, tmp_path: Path) -> None:
    toy.model.save(tmp_path)
    again = Matcher(toy.atlas, SimilarityModel.load(tmp_path))
    a, b = pairs(toy)
    assert np.array_equal(again.score(a, b), toy.score(a, b))
    assert again.model.get_params() == toy.model.get_params()


def test_the_same_model_gives_the_same_bytes(toy: Matcher, tmp_path: Path) -> None:
    for name in ("one", "two"):
        toy.model.save(tmp_path / name)
    for file in ("model.json", "arrays.npz"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_model_is_not_overwritten_unasked(toy: Matcher, tmp_path: Path) -> None:
    toy.model.save(tmp_path)
    with pytest.raises(DataError, match="already holds a model"):
        toy.model.save(tmp_path)


def spoil_weight(folder: Path) -> None:
    path = folder / "model.json"
    path.write_text(path.read_text().replace('"weight": 0.5', '"weight": 5.0', 1))


def spoil_arrays(folder: Path) -> None:
    path = folder / "arrays.npz"
    path.write_bytes(path.read_bytes()[:-10])


def spoil_json(folder: Path) -> None:
    (folder / "model.json").write_text((folder / "model.json").read_text()[:1000])


def spoil_format(folder: Path) -> None:
    (folder / "model.json").write_text('{"format": 99, "sha256": ""}')


def spoil_by_removal(folder: Path) -> None:
    (folder / "arrays.npz").unlink()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (spoil_weight, "changed or cut short"),
        (spoil_arrays, "changed or cut short"),
        (spoil_json, "is not a model"),
        (spoil_format, "format 99"),
        (spoil_by_removal, "cannot read"),
    ],
)
def test_a_damaged_model_is_refused_in_one_sentence(
    toy: Matcher, tmp_path: Path, spoil: Any, message: str
) -> None:
    toy.model.save(tmp_path)
    spoil(tmp_path)
    with pytest.raises(DataError, match=message) as caught:
        SimilarityModel.load(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_pickle_in_the_arrays_is_never_run(toy: Matcher, tmp_path: Path) -> None:
    import hashlib

    from matcher.model import _digest

    toy.model.save(tmp_path)
    buffer = io.BytesIO()
    np.savez(buffer, base=np.array([object()], dtype=object))
    (tmp_path / "arrays.npz").write_bytes(buffer.getvalue())
    description = json.loads((tmp_path / "model.json").read_text())
    description.pop("sha256")
    description["arrays_sha256"] = hashlib.sha256(buffer.getvalue()).hexdigest()
    description["sha256"] = _digest(description)
    (tmp_path / "model.json").write_text(json.dumps(description))
    with pytest.raises(DataError, match="not arrays"):
        SimilarityModel.load(tmp_path)


def test_a_feature_that_the_model_lacks_is_named(toy: Matcher) -> None:
    with pytest.raises(UnknownNameError, match="elevation"):
        toy.model.index("elevatoin")


def test_a_feature_that_is_not_compared_is_in_no_model(toy: Matcher) -> None:
    atlas = toy.atlas
    name = next(iter(atlas.catalogue.features))
    features = [replace(f, compared=f.name != name) for f in atlas.catalogue]
    told = Atlas(atlas.data_dir, atlas.manifest, Catalogue(features, atlas.catalogue.groups.values()))
    known = [feature.name for feature in SimilarityModel(n_pairs=10).fit(told).features_]
    assert name not in known
    assert len(known) == len(features) - 1
