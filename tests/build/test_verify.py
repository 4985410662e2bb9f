"""Verification of an atlas: what it tells of a good one, and that it finds every kind of damage."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

pa = pytest.importorskip("pyarrow")

import pyarrow.parquet as pq  # noqa: E402

from matcher.build.checks import RANGES  # noqa: E402
from matcher.build.verify import verify  # noqa: E402
from matcher.catalogue import Catalogue  # noqa: E402
from matcher.errors import DataError  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable


def forge(world: Any, name: str, change: Callable[[pa.Table], pa.Table]) -> None:
    """Change a table and put its new hash into the manifest, as a careless editor would."""
    path = world.out / name
    pq.write_table(change(pq.read_table(path)), path)
    manifest = json.loads((world.out / "atlas.json").read_text())
    manifest["files"][name] |= {
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "rows": pq.read_metadata(path).num_rows,
    }
    (world.out / "atlas.json").write_text(json.dumps(manifest))


def swapped(table: pa.Table) -> pa.Table:
    return table.take([1, 0, *range(2, table.num_rows)])


def put(table: pa.Table, name: str, values: list[Any]) -> pa.Table:
    place = table.column_names.index(name)
    field = table.schema.field(name)
    return table.set_column(place, field, pa.array(values, field.type))


def test_a_fresh_atlas_has_no_fault(world: Any) -> None:
    world.build()
    report = verify(world.out)
    assert report.faults == ()
    assert report.ok
    assert report.regions == 5


def test_coverage_by_feature_and_country(world: Any) -> None:
    world.build()
    report = verify(world.out)
    assert report.features["elevation"] == pytest.approx(0.8)
    assert report.well_covered["elevation"] == pytest.approx(0.5)
    assert report.countries["NA"]["levels"] == {"regency": 1}
    assert report.countries["AA"]["coverage"]["elevation"] == pytest.approx(0.75)
    assert report.features["tags"] == pytest.approx(0.8)
    text = str(report)
    assert "5 regions in 2 countries" in text
    assert "no fault found" in text
    assert text.index("languages") > 0


def test_a_changed_file_is_found(world: Any) -> None:
    world.build()
    for name in ("regions.parquet", "geometry-open.parquet", "languages.json"):
        path = world.out / name
        content = path.read_bytes()
        path.write_bytes(content + b" ")
        assert any(name in fault and "hash" in fault for fault in verify(world.out).faults)
        path.write_bytes(content)
    (world.out / "names.parquet").unlink()
    assert any("names.parquet" in fault for fault in verify(world.out).faults)


@pytest.mark.parametrize(
    ("name", "change", "fault"),
    [
        ("regions.parquet", swapped, "sorted by country"),
        ("regions-sharealike.parquet", swapped, "another order of rows"),
        ("geometry-open.parquet", swapped, "in another order"),
        ("geometry-open.parquet", lambda t: t.slice(1), "has 2 outlines, but 3 regions are open"),
        ("regions.parquet", lambda t: t.drop_columns(["zone"]), "'zone' of features.toml has no column"),
        ("regions.parquet", lambda t: put(t, "elevation", [9999.0] * 5), "must be -450 to 9000 m"),
        ("regions.parquet", lambda t: put(t, "elevation", [None] * 5), "no region has a value"),
        ("regions.parquet", lambda t: put(t, "elevation", [float("nan")] * 5), "null where unknown"),
        ("regions.parquet", lambda t: put(t, "cover", [[("crop", 0.5)]] * 5), "shares must sum to 1"),
        (
            "regions.parquet",
            lambda t: put(t, "country", ["AA"] * 4 + [None]),
            "country = None: must not be empty",
        ),
        ("regions.parquet", lambda t: put(t, "level", ["town"] * 5), "must be one of metropolis"),
        ("regions.parquet", lambda t: t.replace_schema_metadata(None).cast(bare(t)), "does not say unit 'm'"),
        ("regions.parquet", lambda t: t.drop_columns(["lat"]), "could not be checked"),
    ],
)
def test_every_kind_of_damage_is_told(world: Any, name: str, change: Any, fault: str) -> None:
    world.build()
    forge(world, name, change)
    assert any(fault in told for told in verify(world.out).faults), verify(world.out).faults


def test_a_trial_of_some_countries_may_lack_a_feature(world: Any) -> None:
    world.build()
    forge(world, "regions.parquet", lambda table: put(table, "elevation", [None] * 5))
    manifest = json.loads((world.out / "atlas.json").read_text())
    (world.out / "atlas.json").write_text(json.dumps(manifest | {"countries": ["AA"]}))
    assert verify(world.out).faults == ()


def bare(table: pa.Table) -> pa.Schema:
    """The schema without what the fields say of themselves."""
    return pa.schema([field.with_metadata({}) for field in table.schema])


def test_no_atlas_is_an_error(tmp_path: Any) -> None:
    with pytest.raises(DataError, match=r"atlas\.json"):
        verify(tmp_path)
    (tmp_path / "atlas.json").write_text("[]")
    with pytest.raises(DataError, match="not an atlas manifest"):
        verify(tmp_path)


def test_every_unit_of_a_number_has_a_range() -> None:
    features = Catalogue.open().features.values()
    assert {f.unit for f in features if f.kind in ("number", "months")} <= set(RANGES)


def test_verifying_does_not_load_pandas() -> None:
    code = "import sys, matcher.build.verify, matcher.build.checks; assert 'pandas' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
