"""Licences: every feature states its terms, and an open atlas has nothing of a share-alike source."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from matcher.atlas import Atlas
from matcher.catalogue import Catalogue
from matcher.errors import DataError
from matcher.exporting import export_open
from matcher.licences import CLOSED, licence_class, licence_text, read_licences, told_of, vintage_text
from matcher.matcher import Matcher
from matcher.model import SimilarityModel
from matcher.paths import data_dir
from tests.toy import SHARE_ALIKE, write_atlas

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_atlas(tmp_path_factory.mktemp("toy"))
    (folder / "sources.toml").write_bytes((data_dir() / "sources.toml").read_bytes())
    return folder


@pytest.fixture(scope="module")
def exported(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    atlas = Atlas.open(folder)
    target = tmp_path_factory.mktemp("open") / "atlas"
    assert export_open(atlas, SimilarityModel(n_pairs=200).fit(atlas), target) == (
        "languages",
        "language_variety",
        "languages_basis",
        "languages_count",
        "script",
    )
    return target


def test_every_feature_states_source_year_licence_and_evidence() -> None:
    sources = read_licences(data_dir() / "sources.toml")
    for feature in Catalogue.open():
        assert feature.source, feature.name
        assert all(key in sources for key in feature.source), feature.name
        assert vintage_text(feature, sources), feature.name
        assert licence_text(feature, sources), feature.name
        assert licence_class(feature, sources) in {"open", "derived", "sharealike"}, feature.name
        assert feature.evidence, feature.name


def test_a_source_of_one_country_is_named_for_that_country_alone() -> None:
    sources = read_licences(data_dir() / "sources.toml")
    keys = ("idn", "fr_communes", "era", "of nobody")
    assert told_of(keys, sources, {"ID", "KR"}) == ("idn", "era", "of nobody")
    assert told_of(keys, sources, {"FR"}) == ("fr_communes", "era", "of nobody")
    covered = tomllib.loads((data_dir() / "sources.toml").read_text("utf-8"))["covers"]
    assert set(covered) <= set(sources)


def test_every_part_of_an_explanation_states_its_licence(folder: Path) -> None:
    atlas = Atlas.open(folder)
    matcher = Matcher(atlas, SimilarityModel(n_pairs=200).fit(atlas))
    points = {
        part.feature: part for part in matcher.explain(atlas.get("toy:0001"), atlas.get("toy:0002")).points
    }
    assert points["languages"].licence_class == "sharealike"
    assert "CC BY-SA 4.0" in points["languages"].licence
    assert all(part.to_dict()["licence"] for part in points.values())


def test_nothing_share_alike_is_in_an_open_atlas(exported: Path) -> None:
    registry = tomllib.loads((data_dir() / "sources.toml").read_text(encoding="utf-8"))["sources"]
    closed = {key for key, entry in registry.items() if entry["licence_class"] in CLOSED}
    features = tomllib.loads((exported / "features.toml").read_text(encoding="utf-8"))["features"]
    assert closed
    assert not {name: entry["source"] for name, entry in features.items() if closed & set(entry["source"])}
    assert not closed & set(tomllib.loads((exported / "sources.toml").read_text(encoding="utf-8"))["sources"])
    gone = set(Catalogue.open().features) - set(features)
    for path in exported.rglob("*.parquet"):
        assert "sharealike" not in path.name
        assert not gone & set(pq.read_schema(path).names)
    assert not list(exported.rglob("languages.json")) + list(exported.rglob("learned.json"))
    model = json.loads((exported / "model" / "model.json").read_text(encoding="utf-8"))
    assert not gone & {feature["name"] for feature in model["features"]}


def test_an_open_atlas_says_what_was_left_out(exported: Path) -> None:
    left_out = Atlas.open(exported).manifest["left_out"]
    assert left_out == {
        "features": ["language_variety", "languages", "languages_basis", "languages_count", "script"],
        "files": ["regions-sharealike.parquet"],
    }


def test_the_kept_catalogue_is_the_catalogue_without_the_features_left_out(
    exported: Path, folder: Path
) -> None:
    whole, kept = Catalogue.open(folder / "features.toml"), Catalogue.open(exported / "features.toml")
    assert kept.features == whole.without(SHARE_ALIKE).features
    assert kept.groups == whole.groups


def test_an_open_atlas_ranks_as_the_whole_one_opened_so(exported: Path, folder: Path) -> None:
    apart = Matcher.load(exported, exported / "model")
    whole = Atlas.open(folder)
    opened = Matcher(Atlas.open(folder, open_only=True), SimilarityModel(n_pairs=200).fit(whole))
    one, two = (m.rank(m.atlas.get("toy:0001"), any_size=True) for m in (apart, opened))
    assert [(x.region.region_id, x.score, x.coverage) for x in one] == [
        (x.region.region_id, x.score, x.coverage) for x in two
    ]
    why = apart.explain(apart.atlas.get("toy:0001"), apart.atlas.get("toy:0002"))
    assert abs(sum(part.points for part in why.points) - why.score) < 1e-9
    assert why.by_group()["culture"].weight == pytest.approx(0.25)
    assert "languages" not in {part.feature for part in why.points}


def test_an_open_matcher_has_no_learned_weights() -> None:
    assert "learned" not in Matcher.load(open_only=True).profiles


def test_a_folder_that_is_not_empty_is_left_alone(folder: Path) -> None:
    with pytest.raises(DataError, match="not empty"):
        export_open(Atlas.open(folder), None, folder)


def test_outlines_of_an_open_atlas_are_open(root: Path) -> None:
    atlas = Atlas.open(open_only=True)
    assert [
        name for name in atlas.manifest["files"] if "sharealike" in name or name == "languages.json"
    ] == []
    shown = set(
        pq.read_table(atlas.data_dir / "geometry-open.parquet", columns=["region_id"])[
            "region_id"
        ].to_pylist()
    )
    kinds = dict(zip(atlas.region_ids, atlas.column("licence_class"), strict=True))
    assert {kinds[region_id] for region_id in shown} == {"open"}
    assert atlas.outline("kr:36330") is not None
