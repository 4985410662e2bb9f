import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import Polygon, box

from matcher.build.regions import layout
from matcher.build.regions.identity import native_name, only_once, reads_as
from matcher.build.regions.levels import COLUMNS, read_levels
from matcher.errors import DataError


def test_area_on_the_ellipsoid():
    pyproj = pytest.importorskip("pyproj")
    shape = box(107.2, -6.8, 107.6, -6.4).segmentize(0.01)
    geodesic = abs(pyproj.Geod(ellps="WGS84").geometry_area_perimeter(shape)[0]) / 1e6
    assert layout.area_km2([shape])[0] == pytest.approx(geodesic, rel=1e-4)


def test_bow_ties_become_valid_areas():
    bow = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    fixed = layout.polygons_only([bow, box(0, 0, 1, 1)])
    assert shapely.is_valid(fixed).all()
    assert set(shapely.get_type_id(fixed)) <= {3, 6}


def test_joined_outlines_have_no_slivers_inside():
    left = Polygon([(0, 0), (1, 0), (1, 0.4), (1, 0.6), (1, 1), (0, 1)])
    right = Polygon([(1, 0), (2, 0), (2, 1), (1, 1), (1, 0.6), (1.00005, 0.5), (1, 0.4)])
    keys, shapes = layout.dissolve([left, right, box(5, 5, 6, 6)], ["a", "a", "b"])
    assert keys == ["a", "b"]
    assert shapes[0].geom_type == "Polygon"
    assert not shapes[0].interiors


def test_every_identity_column_is_there_and_typed():
    frame = gpd.GeoDataFrame(
        {"region_id": ["x:1"], "name": ["A"], "population": ["12"], "wikidata": [" "]},
        geometry=[box(0, 0, 1, 1)],
    )
    table = layout.conform(frame)
    assert table.columns.tolist() == [*layout.IDENTITY, "official_km2", "geometry"]
    assert table.loc["x:1", "population"] == 12.0
    assert table.loc["x:1", "wikidata"] is None
    assert bool(table.loc["x:1", "governed"]) is True
    assert pd.isna(table.loc["x:1", "geonames_id"])


def test_levels_keep_namibia_and_refuse_doubles(tmp_path):
    row = dict.fromkeys(COLUMNS, "") | {
        "country": "NA",
        "level": "regency",
        "layer": "gb:1",
        "fine": "yes",
        "year": "2019",
    }
    path = tmp_path / "levels.csv"
    pd.DataFrame([row]).to_csv(path, index=False)
    table = read_levels(path)
    assert table.loc[0, ["country", "fine", "year"]].tolist() == ["NA", True, 2019]
    pd.DataFrame([row, row]).to_csv(path, index=False)
    with pytest.raises(DataError, match="twice"):
        read_levels(path)


def test_the_table_of_levels_is_complete():
    table = read_levels()
    assert set(table["level"]) == {"metropolis", "province", "regency"}
    assert set(table["licence_class"]) == {"local", "open", "sharealike"}
    assert (table[["why", "licence"]] != "").all(axis=None)
    assert not table[table["level"] == "regency"].duplicated("country").any()
    assert {"NA", "XK", "PS", "ID", "KR"} <= set(table["country"])


@pytest.mark.parametrize(
    ("aliases", "country", "name"),
    [
        (["うんぜんし", "雲仙", "雲仙市"], "JP", "雲仙市"),
        (["Kurye", "구례", "구례군"], "KR", "구례군"),
        (["Goseong"], "KR", None),
        (["Guriyev", "Гурьевский район"], "RU", "Гурьевский район"),
        (["Paris"], "FR", None),
        (["偃师城关镇"], "CN", "偃师"),
    ],
)
def test_native_names_are_in_the_script_of_the_country(aliases, country, name):
    assert native_name(aliases, country) == name


def test_old_names_of_a_chinese_town_are_no_names_of_the_county():
    assert reads_as("偃师", "Yanshi")
    assert not reads_as("东门", "Luocheng")


def test_an_id_goes_to_the_largest_that_claims_it():
    ids = pd.Series([7, 7, None], index=["a", "b", "c"], dtype="Int64")
    kept = only_once(ids, pd.Series([1.0, 2.0, 3.0], index=ids.index))
    assert kept.isna().tolist() == [True, False, True]
    assert kept["b"] == 7


def test_sampled_points_lie_inside_and_holes_stay_empty():
    from matcher.build.settlement import sample_points

    ring = Polygon(box(0, 0, 1, 1).exterior, [box(0.3, 0.3, 0.7, 0.7).exterior])
    shapes = np.array([ring, box(5, 5, 5.001, 5.001)], dtype=object)
    owner, lon, lat = next(iter(sample_points(shapes)))
    assert shapely.intersects_xy(shapes[owner], lon, lat).all()
    assert np.bincount(owner)[1] >= 20
    assert 300 <= np.bincount(owner)[0] <= 450
