"""The build, on a world of a few squares with steps made up for the test."""

from __future__ import annotations

import json
import sys
import textwrap
from typing import TYPE_CHECKING

import numpy as np
import pytest

gpd = pytest.importorskip("geopandas", reason="the extra 'build' is not installed")
pa = pytest.importorskip("pyarrow")

import pyarrow.parquet as pq  # noqa: E402
import shapely  # noqa: E402

from matcher.build import writing  # noqa: E402
from matcher.build.assemble import build_atlas  # noqa: E402
from matcher.build.columns import rounded, share_dicts, significant  # noqa: E402
from matcher.build.outlines import on_grid  # noqa: E402
from matcher.build.sources import Sources  # noqa: E402
from matcher.build.steps import code_hash, find_steps  # noqa: E402
from matcher.build.verify import verify  # noqa: E402
from matcher.errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path  # noqa: E402

CATALOGUE = """
version = 1
[groups]
geography = { label = "Geography", weight = 1.0 }
culture = { label = "Culture", weight = 1.0 }
scale = { label = "Scale", weight = 0.0 }
"""
FEATURES = {
    "elevation": ("number", "m", "geography", "grid_open"),
    "rain_months": ("months", "mm", "geography", "grid_open"),
    "cover": ("mixture", "share", "geography", "grid_open"),
    "zone": ("label", "class", "geography", "grid_open"),
    "tags": ("tags", "tags", "geography", "grid_open"),
    "languages": ("mixture", "share", "culture", "grid_sa"),
    "area_km2": ("number", "km2", "scale", "grid_open"),
    "population": ("number", "persons", "scale", "grid_open"),
    "density": ("number", "persons/km2", "scale", "grid_open"),
}
REGISTRY = """
version = 1
[sources.grid_open]
title = "A grid"
kind = "local"
folder = "grid"
licence = "CC0"
licence_class = "open"
citation = "c"
vintage = "2020"
what = "w"
processing = "p"
limits = "l"
[sources.grid_open.files]
"a.txt" = "{digest}"
[sources.grid_sa]
title = "A share-alike table"
kind = "local"
folder = "grid"
licence = "CC BY-SA 4.0"
licence_class = "sharealike"
citation = "c"
vintage = "2020"
what = "w"
processing = "p"
limits = "l"
[sources.grid_sa.files]
"a.txt" = "{digest}"
"""
REGIONS = """
import geopandas as gpd
import numpy as np
import shapely

SOURCES = ("grid_open",)


def build_regions(sources):
    sources.path("grid_open").read_text()
    ids = ["aa:3", "aa:1", "aa:2", "bb:1", "a1:AA-1"]
    boxes = [shapely.box(x, y, x + 0.98765432, y + 1) for x, y in ((2, 0), (0, 0), (1, 0), (20, 5), (0, 0))]
    frame = gpd.GeoDataFrame(
        {
            "name": ["Cee", "Ay", "Bee", "Ay", "Upper"],
            "country": ["AA", "AA", "AA", "NA", "AA"],
            "level": ["regency", "regency", "regency", "regency", "province"],
            "parent_id": ["a1:AA-1", "a1:AA-1", "a1:AA-1", None, None],
            "layer": "test",
            "layer_licence": ["CC0", "CC0", "ODbL", "none", "CC0"],
            "licence_class": ["open", "open", "sharealike", "local", "open"],
            "lat": 0.5,
            "lon": [2.5, 0.5, 1.5, 20.5, 1.0],
            "area_km2": [12345.678, 12000.0, 11000.0, 10.0, 35000.0],
            "population": [1000.0, np.nan, 1063932.0, 20.0, 1500000.0],
            "population_basis": ["official", None, "official", "modelled", "official"],
            "governed": True,
            "fine": False,
        },
        geometry=boxes,
        index=ids,
        crs="EPSG:4326",
    )
    return frame
"""
GRID_STEP = """
import numpy as np
import pandas as pd

FEATURES = ("elevation", "rain_months", "cover", "zone", "tags")
SOURCES = ("grid_open",)


def compute(regions, sources):
    with open(__file__ + ".runs", "a") as log:
        log.write("x")
    n = len(regions)
    frame = pd.DataFrame({"elevation": np.linspace(1.23456, 2000.56789, n)}, index=regions.index)
    frame.loc[frame.index[0], "elevation"] = np.nan
    for month in range(1, 13):
        frame[f"rain_months:{month:02d}"] = np.where(np.arange(n) == 1, np.nan, month * 10.04)
    frame["cover:forest"] = [1 / 3, 0.0, np.nan, 0.5, 1.0]
    frame["cover:crop"] = [2 / 3, 1.0, np.nan, 0.5, 0.0]
    frame["zone"] = ["a", None, "b", "a", "a"]
    frame["tags"] = [["coast"], [], None, ["coast", "hill"], ["hill"]]
    return frame
"""
LANGUAGE_STEP = """
import pandas as pd

FEATURES = ("languages",)
SOURCES = ("grid_sa",)


def compute(regions, sources):
    values = [{"sun": 0.74, "jav": 0.14, "bew": 0.10}, None, {"kor": 1.0}, {"kor": 1}, {"kor": 1}]
    return pd.DataFrame({"languages": pd.Series(values, index=regions.index, dtype=object)})


def tables(sources):
    return {"languages.json": b"{}"}
"""
NAMES = """
import pandas as pd

SOURCES = ()


def build_names(regions, sources):
    return pd.DataFrame({"key": regions["name"].str.lower(), "text": regions["name"], "region_id": regions.index})


def write_names(names, path):
    names.to_parquet(path, index=False)
"""


class World:
    """A build of the made-up world; `build()` runs it."""

    def __init__(self, root: Path, name: str) -> None:
        self.root, self.name = root, name
        self.package = root / name
        self.write("regions", REGIONS)
        self.write("features/grid", GRID_STEP)
        self.write("features/language", LANGUAGE_STEP)
        self.write("names", NAMES)
        (self.package / "__init__.py").touch()
        (self.package / "features" / "__init__.py").touch()
        (root / "local" / "grid").mkdir(parents=True)
        (root / "local" / "grid" / "a.txt").write_text("a")
        digest = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
        (root / "sources.toml").write_text(REGISTRY.format(digest=digest))
        self.out = root / "data"
        self.out.mkdir()
        rows = [
            f'[features.{n}]\nlabel = "{n}"\ngroup = "{g}"\nkind = "{k}"\nunit = "{u}"\nweight = 1.0\n'
            f'source = ["{s}"]\nevidence = "grid"\nresolution = "1 km"\nvintage = "2020"\n'
            for n, (k, u, g, s) in FEATURES.items()
        ]
        (self.out / "features.toml").write_text(CATALOGUE + "\n".join(rows))

    def write(self, module: str, code: str) -> None:
        path = self.package / f"{module}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(code))
        for name in [n for n in sys.modules if n == self.name or n.startswith(self.name + ".")]:
            del sys.modules[name]

    def build(self, **options: object) -> dict[str, object]:
        sources = Sources(self.root / "cache", self.root / "local", registry=self.root / "sources.toml")
        names = {part: f"{self.name}.{part}" for part in ("regions", "features", "names")}
        return build_atlas(sources, self.out, jobs=1, progress=None, **names, **options)

    def runs(self) -> int:
        log = self.package / "features" / "grid.py.runs"
        return len(log.read_text()) if log.exists() else 0


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.syspath_prepend(tmp_path)
    return World(tmp_path, f"world_{tmp_path.name.replace('-', '_')}")


def read(world: World, name: str = "regions.parquet") -> pa.Table:
    return pq.read_table(world.out / name)


def test_rows_are_sorted_and_typed_as_the_contract_says(world: World) -> None:
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


def test_unknown_is_null_and_shares_sum_to_one(world: World) -> None:
    world.build()
    table = read(world)
    assert table["elevation"].to_pylist()[0] is None
    assert table["rain_months"].to_pylist()[1] is None
    assert table["rain_months"].to_pylist()[0][0] == pytest.approx(10.0)
    assert table["cover"].to_pylist()[2] is None
    assert table["cover"].to_pylist()[0] == [
        ("crop", pytest.approx(0.6667)),
        ("forest", pytest.approx(0.3333)),
    ]
    assert table["cover"].to_pylist()[1] == [("crop", 1.0)]
    assert table["tags"].to_pylist()[1:3] == [[], None]
    languages = read(world, "regions-sharealike.parquet")["languages"].to_pylist()[0]
    assert languages[0][0] == "sun"
    assert sum(share for _, share in languages) == pytest.approx(1, abs=1e-6)


def test_scale_is_derived_and_official_people_are_exact(world: World) -> None:
    world.build()
    table = read(world)
    assert table["population"].to_pylist()[2] == 1063932.0
    assert table["population"].to_pylist()[1] is None
    assert table["density"].to_pylist()[1] is None
    assert table["density"].to_pylist()[2] == pytest.approx(1063932 / 11000, rel=1e-3)
    assert table["area_km2"].to_pylist()[3] == 12346.0


def test_licences_split_columns_and_outlines(world: World) -> None:
    manifest = world.build()
    assert "languages" not in read(world).column_names
    assert read(world, "regions-sharealike.parquet").column_names == ["region_id", "languages"]
    assert read(world, "geometry-open.parquet")["region_id"].to_pylist() == ["a1:AA-1", "aa:1", "aa:3"]
    assert read(world, "geometry-sharealike.parquet")["region_id"].to_pylist() == ["aa:2"]
    shape = shapely.from_wkb(read(world, "geometry-open.parquet")["geometry"][1].as_py())
    assert shape.bounds == (0.0, 0.0, 0.9877, 1.0)
    assert manifest["files"]["geometry-open.parquet"]["rows"] == 3
    assert (world.out / "languages.json").read_bytes() == b"{}"


def test_same_inputs_give_the_same_bytes(world: World) -> None:
    world.build()
    first = {path.name: path.read_bytes() for path in world.out.iterdir()}
    for kept in (world.root / "cache" / "steps").iterdir():
        kept.unlink()
    world.build()
    assert {path.name: path.read_bytes() for path in world.out.iterdir()} == first
    assert not [path for path in world.out.iterdir() if path.name.startswith(".")]


def test_a_step_runs_again_only_when_its_code_or_sources_change(world: World) -> None:
    world.build()
    world.build()
    assert world.runs() == 1
    world.write("features/language", LANGUAGE_STEP + "\n# changed\n")
    world.build()
    assert world.runs() == 1
    world.write("features/grid", GRID_STEP + "\n# changed\n")
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


def test_renaming_a_region_computes_no_feature_again(world: World) -> None:
    world.build()
    world.write("regions", REGIONS.replace('"Cee"', '"See"'))
    world.build()
    assert world.runs() == 1
    assert "See" in read(world)["name"].to_pylist()


def test_an_interrupted_build_goes_on_where_it_was(world: World) -> None:
    world.write("features/language", LANGUAGE_STEP.replace("return pd", "1 / 0; return pd"))
    with pytest.raises(BuildError, match="step 'language' failed: ZeroDivisionError"):
        world.build()
    assert world.runs() == 1
    assert not (world.out / "regions.parquet").exists()
    world.write("features/language", LANGUAGE_STEP)
    world.build()
    assert world.runs() == 1


def test_only_some_countries(world: World) -> None:
    world.write("features/grid", GRID_STEP.replace("n = len(regions)", "n = len(regions)\n    assert n == 5, n"))
    with pytest.raises(BuildError, match="AssertionError: 1"):
        world.build(countries=["na"])
    with pytest.raises(BuildError, match="no region lies in ZZ"):
        world.build(countries=["ZZ"])


@pytest.mark.parametrize("fails_at", [0, 2, 5])
def test_a_full_disk_leaves_the_old_atlas(
    world: World, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    world.build()
    before = {path.name: path.read_bytes() for path in world.out.iterdir()}
    world.write("regions", REGIONS.replace('"Cee"', '"See"'))
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


def test_all_broken_rules_are_told_at_once(world: World) -> None:
    code = REGIONS.replace('"lat": 0.5', '"lat": [95.0, 0.5, 0.5, 0.5, 0.5]').replace(
        '"CC0", "CC0", "ODbL"', '"", "CC0", "ODbL"'
    )
    world.write("regions", code.replace('["AA", "AA", "AA", "NA", "AA"]', '["AA", "aa", "AA", "NA", "AA"]'))
    world.write("features/grid", GRID_STEP.replace("2000.56789", "20000.0"))
    with pytest.raises(BuildError) as error:
        world.build()
    text = str(error.value)
    for part in (
        "lat: must be -90 to 90",
        "layer_licence: must not be empty",
        "alpha-2",
        "elevation: must be -450 to 9000 m",
        "aa:3: 95.0",
    ):
        assert part in text
    assert not (world.out / "regions.parquet").exists()


def test_two_rows_of_one_unit_are_refused(world: World) -> None:
    code = (
        REGIONS.replace('"Cee", "Ay"', '"Ay", "Ay"')
        .replace("[2.5, 0.5, 1.5", "[0.5, 0.5, 1.5")
        .replace("12345.678", "12000.0")
    )
    world.write(
        "regions",
        code.replace("[1000.0, np.nan", "[np.nan, np.nan").replace('["official", None', "[None, None"),
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
def test_a_wrong_result_names_its_step(world: World, old: str, new: str, message: str) -> None:
    world.write("features/grid", GRID_STEP.replace(old, new))
    with pytest.raises(BuildError, match=message):
        world.build()


def test_verify_passes_a_fresh_atlas_and_finds_tampering(world: World) -> None:
    manifest = world.build()
    report = verify(world.out)
    assert report.ok, report.faults
    assert report.regions == 5
    assert report.features["elevation"] == pytest.approx(0.8)
    assert "AA" in str(report)
    path = world.out / "geometry-open.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    report = verify(world.out)
    assert not report.ok
    assert any("geometry-open.parquet" in fault and "hash" in fault for fault in report.faults)
    assert manifest["version"] == json.loads((world.out / "atlas.json").read_text())["version"]


def test_code_hash_covers_what_a_step_imports(world: World) -> None:
    step = find_steps(f"{world.name}.features")[0]
    world.write("helper", "VALUE = 1\n")
    world.write("features/grid", f"from {world.name}.helper import VALUE\n" + GRID_STEP)
    first = code_hash(step.module)
    world.write("helper", "VALUE = 2\n")
    assert code_hash(step.module) != first


def test_rounding() -> None:
    values = significant(np.array([1063932.0, 0.00123456, 0.0, -98.7654, np.nan]), 4)
    assert values[:4].tolist() == [1064000.0, 0.001235, 0.0, -98.77]
    assert np.isnan(values[4])
    assert rounded(np.array([26.2345, -0.001]), "C").tolist() == [26.23, 0.0]
    assert str(rounded(np.array([-0.001]), "C")[0]) == "0.0"


def test_shares_are_scaled_sorted_and_sum_to_one() -> None:
    rows = share_dicts(np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [np.nan, 1.0, 0.0], [0.00001, 0.5, 0.5]]))
    assert rows[0] == [(0, 0.3334), (1, 0.3333), (2, 0.3333)]
    assert rows[1] is None
    assert rows[2] is None
    assert rows[3] == [(1, 0.5), (2, 0.5)]


def test_a_region_smaller_than_the_grid_keeps_its_outline() -> None:
    shapes = np.array([shapely.box(0, 0, 1e-6, 1e-6), shapely.box(0, 0, 1.00003, 1)])
    snapped = on_grid(shapes)
    assert snapped[0].equals(shapes[0])
    assert snapped[1].bounds == (0, 0, 1, 1)
