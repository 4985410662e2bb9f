"""A file of partnerships is read as it stands, and each end is mapped to a region of its own country or to a reason."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from matcher.errors import DataError
from matcher.partnerships import Partnerships, map_partnerships
from matcher.places import AMBIGUOUS, NO_COUNTRY, NO_REGION, Places, map_places
from tests.ties import COLUMNS, place_atlas, real_ties, write_ties


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    return place_atlas(tmp_path_factory.mktemp("ties") / "atlas")


def places(*entries):
    """Places from (name, country, lat, lon) entries."""
    name, country, lat, lon = zip(*entries, strict=True)
    return Places(
        np.array(name, object), np.array(country, object), np.array(lat, float), np.array(lon, float),
        np.array([""] * len(entries), object),
    )  # fmt: skip


def write(path, *rows):
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
    return path


def test_namibia_is_a_country_and_not_a_gap(tmp_path):
    found = Partnerships.read(
        write(tmp_path / "t.csv", "Windhoek,NA,-22.5,17.0,Q3935,Berlin,DE,52.5,13.4,,x,True")
    )
    assert found.a.country.tolist() == ["NA"]
    assert found.a.wikidata.tolist() == ["Q3935"]
    assert found.strict.tolist() == [True]


def test_an_empty_point_is_unknown_and_strict_is_read(tmp_path):
    found = Partnerships.read(write(tmp_path / "t.csv", "A,AA,,,,B,BB,1,2,,x,False"))
    assert np.isnan(found.a.lat[0])
    assert not found.strict[0]


def test_rows_are_strict_where_the_file_does_not_say(tmp_path):
    columns = [name for name in COLUMNS if name not in {"strict", "source", "a_qid", "b_qid"}]
    (tmp_path / "t.csv").write_text(",".join(columns) + "\nA,AA,1,2,B,BB,3,4\n", encoding="utf-8")
    found = Partnerships.read(tmp_path / "t.csv")
    assert found.strict.tolist() == [True]
    assert found.b.wikidata.tolist() == [""]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\0"])
def test_a_file_that_is_no_table_of_partnerships_is_refused(tmp_path, text):
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError):
        Partnerships.read(tmp_path / "t.csv")


@pytest.mark.parametrize(
    ("point", "said"),
    [
        ("north,2", "a_lat of row 3 is 'north'; write degrees from -90 to 90"),
        ("91,2", "a_lat of row 3 is '91';"),
        ("1,181", "a_lon of row 3 is '181'; write degrees from -180 to 180"),
        ("nan,2", "a_lat of row 3 is 'nan';"),
    ],
)
def test_a_point_that_is_none_is_refused(tmp_path, point, said):
    rows = ("A,AA,1,2,,B,BB,3,4,,x,True", f"A,AA,{point},,B,BB,3,4,,x,True")
    with pytest.raises(DataError, match=said):
        Partnerships.read(write(tmp_path / "t.csv", *rows))


def test_the_wrong_points_of_a_file_are_counted(tmp_path):
    row = "A,AA,99,2,,B,BB,3,4,,x,True"
    with pytest.raises(DataError, match=r"a_lat of row 2 is '99' \(and 2 rows more\);"):
        Partnerships.read(write(tmp_path / "t.csv", row, row, row))


def test_a_file_in_another_encoding_says_how_to_save_it(tmp_path):
    (tmp_path / "t.csv").write_bytes("région\n".encode("latin-1"))
    with pytest.raises(DataError, match="no text in UTF-8; save it"):
        Partnerships.read(tmp_path / "t.csv")


def test_every_point_finds_its_region(atlas):
    rows = atlas.partner_rows()[:50]
    entries = [(r.name, r.country, r.lat, r.lon) for r in atlas.regions(rows)]
    mapped = map_places(atlas, places(*entries))
    assert mapped.rows.tolist() == rows.tolist()
    assert set(mapped.how) == {"inside"}


def test_a_point_off_the_edge_is_snapped_but_not_over_a_border(atlas):
    region = atlas.regions(atlas.partner_rows()[:1])[0]
    near, far = region.lon + 0.05 + 0.14, region.lon + 0.05 + 0.16
    other = next(code for code in ("AA", "BB", "CC", "DD") if code != region.country)
    mapped = map_places(
        atlas,
        places(
            ("x", region.country, region.lat, near),
            ("x", region.country, region.lat, far),
            ("x", other, region.lat, region.lon),
            ("x", "ZZ", region.lat, region.lon),
        ),
    )
    assert mapped.rows[0] == atlas.row(region.region_id)
    assert mapped.rows[1:].tolist() == [-1, -1, -1]
    assert mapped.how.tolist() == ["near", NO_REGION, NO_REGION, NO_COUNTRY]


def test_a_region_without_an_outline_is_found_by_its_middle(atlas):
    last = atlas.regions(np.array([len(atlas) - 1]))[0]
    mapped = map_places(atlas, places(("x", last.country, last.lat + 0.1, last.lon)))
    assert (mapped.rows[0], mapped.how[0]) == (len(atlas) - 1, "middle")


def test_a_metropolis_comes_before_its_ward_unless_the_ward_is_named(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq
    import shapely

    from matcher.atlas import Atlas
    from tests.toy import write_atlas, write_manifest

    folder = write_atlas(tmp_path / "atlas")
    table = pq.read_table(folder / "regions.parquet").to_pylist()
    city = next(i for i, row in enumerate(table) if row["level"] == "metropolis")
    ward = next(
        i
        for i, row in enumerate(table)
        if row["level"] == "regency" and row["country"] == table[city]["country"]
    )
    boxes = [shapely.box(0, 0, 1, 1), shapely.box(0.4, 0.4, 0.6, 0.6)]
    ids = [table[city]["region_id"], table[ward]["region_id"]]
    pq.write_table(
        pa.table({"region_id": ids, "geometry": pa.array(shapely.to_wkb(boxes).tolist())}),
        folder / "geometry-open.parquet",
    )
    write_manifest(folder, sorted(path.name for path in folder.glob("*.parquet")))
    atlas = Atlas.open(folder)
    country = table[city]["country"]
    mapped = map_places(
        atlas, places(("Anything", country, 0.5, 0.5), (table[ward]["name"], country, 0.5, 0.5))
    )
    assert mapped.rows.tolist() == [city, ward]


def test_names_are_asked_last_and_namesakes_are_not_guessed(atlas):
    rows = atlas.partner_rows()[:3]
    ids = atlas.region_ids[rows]
    country = atlas.countries[rows[0]]

    class Names:
        def search(self, text, country, limit, *, near):
            assert not near
            found = {"one": ids[:1], "two": ids[:2]}.get(text, [])
            return [SimpleNamespace(region_id=i, quality="exact") for i in found]

    nowhere = (np.nan, np.nan)
    mapped = map_places(
        atlas,
        places(("one", country, *nowhere), ("two", country, *nowhere), ("none", country, *nowhere)),
        Names(),
    )
    assert mapped.rows.tolist() == [rows[0], -1, -1]
    assert mapped.how.tolist() == ["name", AMBIGUOUS, NO_REGION]


def test_ties_are_cross_border_once_each_and_every_row_is_accounted_for(atlas, tmp_path):
    a, b = real_ties(atlas, 40)
    path = write_ties(
        tmp_path / "t.csv", atlas, np.append(a, b[:5]), np.append(b, a[:5])
    )  # five again, turned
    with path.open("a", encoding="utf-8") as file:
        one, two = atlas.regions(np.flatnonzero(atlas.where("country", ["AA"]))[3:5])
        file.write(f"x,AA,{one.lat},{one.lon},,y,AA,{two.lat},{two.lon},,toy,True\n")
        file.write(f"lost,ZZ,0,0,,y,AA,{two.lat},{two.lon},,toy,True\n")
    mapped = map_partnerships(atlas, Partnerships.read(path))
    assert (mapped.n_pairs, mapped.n_mapped, len(mapped.ties)) == (47, 46, 40)
    assert mapped.left_out == {
        "an end was not mapped": 1,
        "both ends in one country": 1,
        "the same two regions as another row": 5,
    }
    assert sorted(zip(mapped.ties.a, mapped.ties.b, strict=True)) == sorted(zip(a, b, strict=True))
    assert [entry["name"] for entry in mapped.unmapped] == ["lost"]
    assert mapped.unmapped[0]["reason"] == NO_COUNTRY
