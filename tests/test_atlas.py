"""The atlas: lazy reads give what a whole read gives, values keep their kinds, damage is named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.atlas import Atlas
from matcher.errors import DataError, RegionNotFoundError, UnknownNameError
from tests.toy import MIXTURES, write_atlas, write_manifest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_atlas(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module")
def atlas(folder: Path) -> Atlas:
    return Atlas.open(folder)


ROWS = st.lists(st.integers(0, 239), min_size=1, max_size=30)


@settings(max_examples=30)
@given(ROWS)
def test_some_rows_are_the_rows_of_the_whole(atlas: Atlas, rows: list[int]) -> None:
    index = np.array(rows)
    names = ["region_id", "elevation", "rain_months", "crop_mix", "languages", "agro_zone", "landscape_tags"]
    assert atlas.read(names, index).to_pylist() == atlas.read(names).take(index).to_pylist()


@settings(max_examples=30)
@given(ROWS)
def test_shares_are_the_mixtures_of_the_file(atlas: Atlas, rows: list[int]) -> None:
    feature = atlas.catalogue["crop_mix"]
    shares = atlas.columns(["crop_mix"], np.array(rows)).shares(feature)
    dense = np.zeros((shares.n, len(MIXTURES["crop_mix"])))
    for row, klass, share in zip(shares.row, shares.klass, shares.share, strict=True):
        dense[row, MIXTURES["crop_mix"].index(shares.classes[klass])] = share
    for cell, line in zip(atlas.values(["crop_mix"], np.array(rows))["crop_mix"], dense, strict=True):
        expected = [(cell or {}).get(name, 0.0) for name in MIXTURES["crop_mix"]]
        assert line == pytest.approx(expected)


def test_values_are_plain_and_mixtures_come_largest_first(atlas: Atlas) -> None:
    for cell in atlas.values(["cover"], np.arange(len(atlas)))["cover"]:
        assert cell is None or list(cell.values()) == sorted(cell.values(), reverse=True)


def test_months_and_numbers_are_nan_where_the_file_is_null(atlas: Atlas) -> None:
    for name, width in (("rain_months", 12), ("elevation", 1)):
        values = atlas.columns([name]).numbers(atlas.catalogue[name])
        assert values.shape == (240, width)
        assert np.array_equal(np.isnan(values[:, 0]), atlas.read([name])[name].is_null().to_numpy())


def test_get_row_and_rows_agree(atlas: Atlas) -> None:
    ids = ["toy:0123", "toy:0007"]
    assert [atlas.get(i).region_id for i in ids] == ids
    assert [atlas.row(i) for i in ids] == atlas.rows(ids).tolist()


def test_an_unknown_id_is_named(atlas: Atlas) -> None:
    for ask in (atlas.get, atlas.row, lambda i: atlas.rows(["toy:0001", i]), atlas.children):
        with pytest.raises(RegionNotFoundError, match="toy:9999"):
            ask("toy:9999")


def test_children_and_parent_are_two_sides(atlas: Atlas) -> None:
    children = atlas.children("toy:0040")
    assert len(children) == 39
    assert {child.parent_name for child in children} == {"Town 40"}


def test_an_unknown_column_is_named(atlas: Atlas) -> None:
    with pytest.raises(UnknownNameError, match="elevation"):
        atlas.column("elevatoin")


def test_truncated_and_tampered_files_are_refused_in_one_sentence(tmp_path: Path) -> None:
    folder = write_atlas(tmp_path)
    path = folder / "regions.parquet"
    whole = path.read_bytes()
    for spoilt in (whole[:-100], whole[:500] + b"x" + whole[501:]):
        path.write_bytes(spoilt)
        with pytest.raises(DataError, match="changed or cut short") as caught:
            len(Atlas.open(folder))
        assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_without_an_atlas_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"atlas\.json"):
        Atlas.open(tmp_path)
    folder = write_atlas(tmp_path / "a")
    (folder / "regions.parquet").unlink()
    with pytest.raises(DataError, match=r"regions\.parquet"):
        len(Atlas.open(folder))
    (folder / "atlas.json").write_text("[]")
    with pytest.raises(DataError, match="not an atlas manifest"):
        Atlas.open(folder)


def test_a_file_the_manifest_does_not_list_is_refused(tmp_path: Path) -> None:
    folder = write_atlas(tmp_path)
    (folder / "atlas.json").write_text(json.dumps({"files": {}}))
    with pytest.raises(DataError, match="does not list"):
        len(Atlas.open(folder))


def test_the_row_groups_of_the_file_do_not_matter(tmp_path: Path) -> None:
    one = Atlas.open(write_atlas(tmp_path))
    assert pq.ParquetFile(one.data_dir / "regions.parquet").num_row_groups > 1


def test_a_point_in_an_atlas_of_places_is_the_nearest_place_within_its_disc(tmp_path: Path) -> None:
    atlas = Atlas.open(write_atlas(tmp_path / "places"))
    atlas.manifest["places"] = {"radius_km": 5.0}
    lat, lon = (float(atlas.column(name)[7]) for name in ("lat", "lon"))
    country = atlas.countries[7]
    other = next(code for code in atlas.countries if code != country)
    near = atlas.locate(lat + 4 / 111.2, lon)
    assert near is not None
    assert near.region_id == "toy:0007"
    assert atlas.locate(lat, lon, country) is not None
    assert atlas.locate(lat + 6 / 111.2, lon) is None
    assert atlas.locate(lat, lon, other) is None


def test_a_place_says_its_region_which_is_in_another_atlas(tmp_path: Path) -> None:
    folder = write_atlas(tmp_path / "places")
    table = pq.read_table(folder / "regions.parquet")
    pq.write_table(
        table.append_column("parent_name", pa.array(["Sangamon, Illinois"] + [None] * (len(table) - 1))),
        folder / "regions.parquet",
        row_group_size=64,
    )
    write_manifest(folder, ["regions.parquet", "regions-sharealike.parquet"])
    first, second = Atlas.open(folder).regions(np.array([0, 1]))
    assert (first.parent_name, second.parent_name) == ("Sangamon, Illinois", None)
    assert str(first) == f"{first.name} (Sangamon, Illinois, {first.country})"
