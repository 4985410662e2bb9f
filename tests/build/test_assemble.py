"""The build, on a world of a few squares with steps made up for the test."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

pa = pytest.importorskip("pyarrow")

import pyarrow.parquet as pq  # noqa: E402
import shapely  # noqa: E402

from matcher.build import writing  # noqa: E402
from matcher.build.columns import mixtures, rounded, significant, thousandths, wide_frame  # noqa: E402
from matcher.build.outlines import on_grid  # noqa: E402
from matcher.build.steps import code_hash, find_steps  # noqa: E402
from matcher.catalogue import Catalogue  # noqa: E402
from matcher.errors import BuildError  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path


def read(world: Any, name: str = "regions.parquet") -> pa.Table:
    return pq.read_table(world.out / name)


def test_rows_are_sorted_and_typed_as_the_contract_says(world: Any) -> None:
    world.build()
    table = read(world)
    assert table["region_id"].to_pylist() == ["a1:AA-1", "aa:1", "aa:2", "aa:3", "bb:1"]
    assert table["country"].to_pylist()[-1] == "NA"
    types = {
        name: table.schema.field(name).type for name in ("elevation", "rain_months", "cover", "zone", "tags")
    }
    assert types == {
        "elevation": pa.float32(),
        "rain_months": pa.list_(pa.float32(), 12),
        "cover": pa.map_(pa.string(), pa.float32()),
        "zone": pa.string(),
        "tags": pa.list_(pa.string()),
    }
    about = table.schema.field("elevation").metadata
    assert (about[b"unit"], about[b"source"], about[b"evidence"], about[b"vintage"]) == (
        b"m",
        b"grid_open",
        b"grid",
        b"2020",
    )
    assert table.schema.metadata[b"atlas_version"]


def test_a_step_that_needs_months_gets_a_column_of_each(world: Any) -> None:
    world.build()
    catalogue = Catalogue.open(world.out / "features.toml")
    frame = wide_frame(read(world).select(["region_id", "rain_months"]), catalogue)
    assert frame["rain_months:01"].tolist()[0] == pytest.approx(10.0)
    assert frame["rain_months:12"].isna().tolist()[1]


def test_unknown_is_null_and_shares_sum_to_one(world: Any) -> None:
    world.build()
    table = read(world)
    assert table["elevation"].to_pylist()[0] is None
    assert table["rain_months"].to_pylist()[1] is None
    assert table["rain_months"].to_pylist()[0][0] == pytest.approx(10.0)
    assert table["cover"].to_pylist()[2] is None
    assert table["cover"].to_pylist()[0] == [
        ("crop", pytest.approx(0.667)),
        ("forest", pytest.approx(0.333)),
    ]
    assert table["cover"].to_pylist()[1] == [("crop", 1.0)]
    assert table["tags"].to_pylist()[1:3] == [[], None]
    languages = read(world, "regions-sharealike.parquet")["languages"].to_pylist()[0]
    assert languages[0][0] == "sun"
    assert sum(share for _, share in languages) == pytest.approx(1, abs=1e-6)


def test_scale_is_derived_and_official_people_are_exact(world: Any) -> None:
    world.build()
    table = read(world)
    assert table["population"].to_pylist()[2] == 1063932.0
    assert table["population"].to_pylist()[1] is None
    assert table["density"].to_pylist()[1] is None
    assert table["density"].to_pylist()[2] == pytest.approx(1063932 / 11000, rel=1e-3)
    assert table["area_km2"].to_pylist()[3] == 12346.0


def test_licences_split_columns_and_outlines(world: Any) -> None:
    manifest = world.build()
    assert "languages" not in read(world).column_names
    assert read(world, "regions-sharealike.parquet").column_names == ["region_id", "languages"]
    assert read(world, "geometry-open.parquet")["region_id"].to_pylist() == ["a1:AA-1", "aa:1", "aa:3"]
    assert read(world, "geometry-sharealike.parquet")["region_id"].to_pylist() == ["aa:2"]
    shape = shapely.from_wkb(read(world, "geometry-open.parquet")["geometry"][1].as_py())
    assert shape.bounds == (0.0, 0.0, 8091 / 8192, 1.0)
    assert manifest["files"]["geometry-open.parquet"]["rows"] == 3


def test_languages_come_with_their_tree(world: Any) -> None:
    world.build()
    tree = json.loads((world.out / "languages.json").read_text())
    assert tree["sun"] == {"name": "Sun", "path": ["family", "sun"]}
    assert list(tree) == ["bew", "jav", "kor", "sun"]


def test_same_inputs_give_the_same_bytes(world: Any) -> None:
    world.build()
    first = {path.name: path.read_bytes() for path in world.out.iterdir()}
    for kept in (world.root / "cache" / "steps").iterdir():
        kept.unlink()
    world.build()
    assert {path.name: path.read_bytes() for path in world.out.iterdir()} == first
    assert not [path for path in world.out.iterdir() if path.name.startswith(".")]


def test_code_that_computes_the_same_gives_the_same_bytes(world: Any) -> None:
    world.build()
    first = {path.name: path.read_bytes() for path in world.out.iterdir()}
    world.change("features/grid", ("import pandas", "# changed\nimport pandas"))
    world.build()
    assert world.runs() == 2
    assert {path.name: path.read_bytes() for path in world.out.iterdir()} == first


def test_a_step_runs_again_only_when_its_code_or_sources_change(world: Any) -> None:
    world.build()
    world.build()
    assert world.runs() == 1
    world.change("features/language", ("import pandas", "# changed\nimport pandas"))
    world.build()
    assert world.runs() == 1
    world.change("features/grid", ("import pandas", "# changed\nimport pandas"))
    world.build()
    assert world.runs() == 2
    (world.root / "local" / "grid" / "a.txt").write_text("b")
    toml = (world.root / "sources.toml").read_text()
    digest = "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d"
    (world.root / "sources.toml").write_text(
        toml.replace("ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb", digest)
    )
    world.build()
    assert world.runs() == 3


def test_renaming_a_region_computes_no_feature_again(world: Any) -> None:
    world.build()
    world.change("regions", ('"Cee"', '"See"'))
    world.build()
    assert world.runs() == 1
    assert "See" in read(world)["name"].to_pylist()


def test_an_interrupted_build_goes_on_where_it_was(world: Any) -> None:
    world.change("features/language", ("return pd", "1 / 0; return pd"))
    with pytest.raises(BuildError, match="step 'language' failed: ZeroDivisionError"):
        world.build()
    assert world.runs() == 1
    assert not (world.out / "regions.parquet").exists()
    world.change("features/language")
    world.build()
    assert world.runs() == 1


def test_a_step_that_needs_another_runs_after_it_and_again_with_it(world: Any) -> None:
    world.build()
    height = read(world)["height"].to_pylist()
    assert height[0] is None
    assert height[2] is None
    assert [height[1], height[3]] == [
        pytest.approx(501 + 1),
        pytest.approx(1500.7 + 0.5 + 1, abs=0.5),
    ]
    world.change("features/grid", ("2000.56789", "2100.0"))
    world.build()
    assert read(world)["height"].to_pylist()[4] == pytest.approx(2100 + 0 + 1, abs=0.5)
    world.change("features/first", ('("grid",)', '("nothing",)'))
    with pytest.raises(BuildError, match="step 'first' needs nothing"):
        world.build()


def test_only_some_countries(world: Any) -> None:
    world.change("features/grid", ("n = len(regions)", "n = len(regions)\n    assert n == 5, n"))
    with pytest.raises(BuildError, match="AssertionError: 1"):
        world.build(countries=["na"])
    with pytest.raises(BuildError, match="no region lies in ZZ"):
        world.build(countries=["ZZ"])


@pytest.mark.parametrize("fails_at", [0, 2, 5])
def test_a_full_disk_leaves_the_old_atlas(world: Any, monkeypatch: pytest.MonkeyPatch, fails_at: int) -> None:
    world.build()
    before = {path.name: path.read_bytes() for path in world.out.iterdir()}
    world.change("regions", ('"Cee"', '"See"'))
    real, calls = writing.write_atomically, []

    def full(path: Path, content: bytes) -> None:
        if path.parent == world.out:
            calls.append(path)
            if len(calls) > fails_at:
                raise OSError(28, "No space left on device")
        real(path, content)

    monkeypatch.setattr(writing, "write_atomically", full)
    with pytest.raises(BuildError, match=r"No space left.*as they were"):
        world.build()
    assert {path.name: path.read_bytes() for path in world.out.iterdir()} == before


def test_all_broken_rules_are_told_at_once(world: Any) -> None:
    world.change(
        "regions",
        ('"lat": 0.5', '"lat": [95.0, 0.5, 0.5, 0.5, 0.5]'),
        ('"CC0", "CC0", "ODbL"', '"", "CC0", "ODbL"'),
        ('["AA", "AA", "AA", "NA", "AA"]', '["AA", "aa", "AA", "NA", "AA"]'),
    )
    world.change("features/grid", ("2000.56789", "20000.0"))
    with pytest.raises(BuildError) as error:
        world.build()
    for part in (
        "lat: must be -90 to 90",
        "layer_licence: must not be empty",
        "country: must be an ISO 3166-1 alpha-2 code",
        "elevation: must be -450 to 9000 m",
        "aa:3: 95.0",
    ):
        assert part in str(error.value)
    assert not (world.out / "regions.parquet").exists()


def test_two_rows_of_one_unit_are_refused(world: Any) -> None:
    world.change(
        "regions",
        ('"Cee", "Ay"', '"Ay", "Ay"'),
        ("[2.5, 0.5, 1.5", "[0.5, 0.5, 1.5"),
        ("12345.678", "12000.0"),
    )
    with pytest.raises(BuildError, match="must not repeat the unit of another"):
        world.build()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('frame["zone"]', 'frame["zoo"]', "column 'zone' is not of kind 'label'"),
        ("return frame", "return frame.iloc[::-1]", "index is not the 5 regions in order"),
        ("return frame", "return frame.assign(elevation=np.inf)", "infinite"),
        ("[1 / 3, 0.0, np.nan", "[np.nan, 0.0, np.nan", "some shares unknown"),
        ('"zone", "tags")', '"zone", "tags", "new")', "features.toml does not list"),
        ('"zone", "tags")', '"zone", "tags", "languages")', "computed by both"),
    ],
)
def test_a_wrong_result_names_its_step(world: Any, old: str, new: str, message: str) -> None:
    world.change("features/grid", (old, new))
    with pytest.raises(BuildError, match=message):
        world.build()


def test_code_hash_covers_what_a_step_imports(world: Any) -> None:
    step = find_steps(f"{world.name}.features")[0]
    world.write("helper", "VALUE = 1\n")
    world.change("features/grid", ("import pandas", f"from {world.name}.helper import VALUE\nimport pandas"))
    first = code_hash(step.module)
    world.write("helper", "VALUE = 2\n")
    assert code_hash(step.module) != first


def test_rounding() -> None:
    values = significant(np.array([1063932.0, 0.00123456, 0.0, -98.7654, np.nan]), 4)
    assert values[:4].tolist() == [1064000.0, 0.001235, 0.0, -98.77]
    assert np.isnan(values[4])
    assert rounded(np.array([26.2345, -0.001]), "C").tolist() == [26.2, 0.0]
    assert str(rounded(np.array([-0.001]), "C")[0]) == "0.0"


def test_shares_are_scaled_and_sum_to_one() -> None:
    shares = np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [np.nan, 1.0, 0.0], [0.00001, 0.5, 0.5]])
    assert thousandths(shares).tolist() == [[334, 333, 333], [0, 0, 0], [0, 0, 0], [0, 500, 500]]


def test_a_mixture_has_its_largest_share_first_and_is_null_where_unknown() -> None:
    shares = np.array([[0.25, 0.75], [np.nan, np.nan], [1.0, 0.0]])
    rows = mixtures(shares, ["forest", "crop"], np.arange(2)).to_pylist()
    assert rows == [[("crop", 0.75), ("forest", 0.25)], None, [("forest", 1.0)]]


def test_mixtures_of_no_class_are_unknown() -> None:
    assert mixtures(np.empty((2, 0)), [], np.arange(0)).to_pylist() == [None, None]


def test_a_region_smaller_than_the_grid_keeps_its_outline() -> None:
    shapes = np.array([shapely.box(0, 0, 1e-6, 1e-6), shapely.box(0, 0, 1.00003, 1)])
    snapped = on_grid(shapes)
    assert snapped[0].equals(shapes[0])
    assert snapped[1].bounds == (0, 0, 1, 1)
