"""A planner's own regions: outlines checked all at once, packs read below the atlas's own rows."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from matcher.errors import DataError, RegionNotFoundError, TableError, UsageError
from matcher.own.outlines import read_outlines


def feature(name="Ardmoor", country="GB", geometry=None, **properties):
    square = {"type": "Polygon", "coordinates": [[[0, 51], [1, 51], [1, 52], [0, 52], [0, 51]]]}
    return {
        "type": "Feature",
        "properties": {"name": name, "country": country, **properties},
        "geometry": geometry or square,
    }


@pytest.fixture
def geojson(tmp_path):
    def write(*features, **more):
        path = tmp_path / "mine.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}), "utf-8")
        return path

    return write


def faults_of(path):
    with pytest.raises(TableError) as raised:
        read_outlines(path)
    return [(fault.row, fault.column) for fault in raised.value.faults]


def test_outlines_are_read_with_what_they_say(geojson):
    found, ignored = read_outlines(
        geojson(
            feature(population="12000", population_year=2021, unit_type="District", colour="red"),
            feature("B", id="b1"),
        )
    )
    first, second = found
    assert (first.region_id, second.region_id) == ("own:gb-ardmoor", "own:b1")
    assert (first.population, first.population_year, first.level) == (12000, 2021, "regency")
    assert first.texts == {"unit_type": "District"}
    assert ignored == ("colour",)


BOW = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
FAR = {"type": "Polygon", "coordinates": [[[500, 0], [501, 0], [501, 1], [500, 0]]]}
OPEN = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}


@pytest.mark.parametrize(
    ("bad", "column"),
    [
        (feature(name=" "), "name"),
        (feature(name=7), "name"),
        (feature(country="Atlantis"), "country"),
        (feature(country=None), "country"),
        (feature(level="village"), "level"),
        (feature(population=-3), "population"),
        (feature(population="many"), "population"),
        (feature(id="a b"), "id"),
        (feature(geometry={"type": "Point", "coordinates": [0, 0]}), "geometry"),
        (feature(geometry=BOW), "geometry"),
        (feature(geometry=FAR), "geometry"),
        (feature(geometry=OPEN), "geometry"),
        (feature(seat_name="a\nb"), "seat_name"),
    ],
)
def test_a_bad_feature_is_a_fault_at_its_property(geojson, bad, column):
    assert faults_of(geojson(feature(), bad)) == [(2, column)]


def test_all_bad_features_are_told_at_once(geojson):
    bad = [feature(name="", country="??", geometry=BOW)] * 300
    assert len(faults_of(geojson(*bad))) == 900


def test_two_features_of_one_id_are_a_fault(geojson):
    assert faults_of(geojson(feature(), feature())) == [(2, "id")]


def test_another_projection_is_refused(geojson):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::5179"}}
    assert faults_of(geojson(feature(), crs=crs)) == [(0, "crs")]


@pytest.mark.parametrize("content", ["", "[]", '{"type": "FeatureCollection"}', '{"features": 3}'])
def test_what_is_no_geojson_is_told(tmp_path, content):
    path = tmp_path / "mine.geojson"
    path.write_text(content, "utf-8")
    with pytest.raises(DataError, match="GeoJSON"):
        read_outlines(path)


# ------------------------------------------------------------------------ packs


@pytest.fixture
def pack(world, tmp_path):
    """A pack with the values of two regions of the made-up world, under other ids and names."""

    def write(rows=(5, 7), **about):
        folder = world.atlas.data_dir
        whole = pq.read_table(folder / "regions.parquet")
        apart = pq.read_table(folder / "regions-sharealike.parquet")
        for name in apart.column_names[1:]:
            whole = whole.append_column(name, apart[name])
        table = whole.take(list(rows))
        for name, values in {
            "region_id": [f"own:{row}" for row in rows],
            "name": [f"Ownton {row}" for row in rows],
        }.items():
            table = table.set_column(table.column_names.index(name), name, pa.array(values))
        shapes = shapely.box(np.arange(len(rows)), 10.0, np.arange(len(rows)) + 0.5, 10.5)
        table = table.append_column("geometry", pa.array(shapely.to_wkb(shapes), pa.binary()))
        said = {"format": 1, "atlas": "toy", "inputs": "", **about}
        path = tmp_path / "own.parquet"
        pq.write_table(table.replace_schema_metadata({"matcher_own": json.dumps(said)}), path)
        return path

    return write


def test_own_regions_score_as_the_built_in_ones_whose_values_they_have(world, pack):
    wider = world.add_regions(pack())
    ids = list(world.atlas.region_ids)
    others = [each for each in ids[:60] if each not in {ids[5], ids[7]}]
    own = wider.score(["own:5"] * len(others), others)
    assert own.tolist() == world.score([ids[5]] * len(others), others).tolist()
    assert wider.score(ids[5], "own:5").tolist() == world.score(ids[5], ids[5]).tolist()


def test_the_scores_of_the_others_do_not_change(world, pack):
    wider = world.add_regions(pack())
    ids = list(world.atlas.region_ids)
    assert wider.score(ids[:50], ids[50:100]).tolist() == world.score(ids[:50], ids[50:100]).tolist()


def test_own_regions_are_found_ranked_and_explained(world, pack):
    wider = world.add_regions(pack())
    assert wider.find("Ownton 5")[0].region_id == "own:5"
    assert wider.find("Owntom 7")[0].region_id == "own:7"
    assert wider.region("own:7").name == "Ownton 7"
    query = wider.atlas.region_ids[1]
    ranking = wider.rank(query, n=1000, any_size=True, include_own_country=True)
    assert {"own:5", "own:7"} <= {match.region.region_id for match in ranking}
    why = wider.explain("own:5", query)
    assert sum(each.points for each in why.points) == pytest.approx(why.score, abs=1e-9)
    assert wider.rank("own:5", n=3, any_size=True).query.region.region_id == "own:5"


def test_rows_come_back_in_the_order_that_is_asked_for(world, pack):
    atlas = world.add_regions(pack()).atlas
    size = len(world.atlas)
    rows = np.array([size + 1, 3, size, 2])
    assert atlas.column("region_id", rows).tolist() == ["own:7", "toy:0003", "own:5", "toy:0002"]
    assert (
        atlas.column("koppen", rows).tolist()[1::2] == world.atlas.column("koppen", np.array([3, 2])).tolist()
    )


def test_own_outlines_are_drawn_and_located(world, pack):
    atlas = world.add_regions(pack()).atlas
    assert atlas.outline("own:7").bounds == (1.0, 10.0, 1.5, 10.5)
    assert atlas.locate(10.2, 1.2).region_id == "own:7"


def test_own_columns_come_after_own_regions(world, pack, catalogue):
    wider = world.add_regions(pack())
    described = {"groups": catalogue["groups"], "features": {"rooms": catalogue["features"]["rooms"]}}
    import pandas as pd

    table = pd.DataFrame({"region_id": ["own:5", "toy:0001"], "rooms": [10.0, 20.0]})
    both = wider.extend(table, described)
    assert both.atlas.column("rooms", both.atlas.rows(["own:5"])).tolist() == [10.0]
    with pytest.raises(UsageError, match="before own columns"):
        both.add_regions(pack())


@pytest.mark.parametrize(("about", "said"), [({"format": 9}, "format 9"), ({"inputs": "x"}, "other sources")])
def test_a_pack_of_another_atlas_is_refused(world, pack, about, said):
    with pytest.raises(DataError, match=said):
        world.add_regions(pack(**about))


def test_a_table_that_is_no_pack_is_refused(world, tmp_path):
    path = tmp_path / "own.parquet"
    pq.write_table(pa.table({"a": [1]}), path)
    with pytest.raises(DataError, match="no own regions"):
        world.add_regions(path)


def test_an_atlas_without_them_does_not_know_them(world, pack):
    world.add_regions(pack())
    with pytest.raises(RegionNotFoundError):
        world.region("own:5")
