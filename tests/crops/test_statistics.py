from __future__ import annotations

import gzip

import pytest

from matcher.crops.basket import crops
from matcher.crops.statistics import read_statistics
from matcher.errors import DataError

HEAD = "country,admin1,unit,unit_code,lat,lon,crop,area_ha,production_t,year\n"
ITEMS = {crop.item: crop.name for crop in crops()}


def write(tmp_path, text, name="t.csv"):
    path = tmp_path / name
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def test_rows_of_one_unit_become_one_unit(tmp_path):
    path = write(
        tmp_path, 'Korea,,Gurye,1,35.2,127.5,"Rice, paddy",10,,2020\nKorea,,Gurye,1,35.2,127.5,Tea,2,,2020\n'
    )
    (unit,) = read_statistics(path, ITEMS)
    assert unit.areas == {"rice": 10.0, "tea": 2.0}
    assert unit.year == "2020"


def test_a_blank_area_is_unknown(tmp_path):
    path = write(tmp_path, "Korea,,Gurye,1,,,Tea,,5,2020\nKorea,,Gurye,1,,,Wheat,3,,2020\n")
    (unit,) = read_statistics(path, ITEMS)
    assert "tea" not in unit.areas


def test_gzipped_tables_are_read(tmp_path):
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress((HEAD + "Korea,,Gurye,1,,,Tea,5,,2020\n").encode()))
    assert len(read_statistics(path, ITEMS)) == 1


def test_totals_are_no_crop(tmp_path):
    path = write(tmp_path, 'Korea,,Gurye,1,,,"Cereals, Total",5,,\nKorea,,Gurye,1,,,Tea,1,,\n')
    assert read_statistics(path, ITEMS)[0].areas == {"tea": 1.0}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Korea,,Gurye,1,,,Tea,many,,\n", "row 2: area_ha is 'many'"),
        ("Korea,,Gurye,1,95,1,Tea,1,,\n", "not on the globe"),
        ("Korea,,Gurye,1,,,Tea,-1,,\n", "below 0"),
        ("Korea,,Gurye,1,,,Unobtainium,1,,\n", "names no crop"),
    ],
)
def test_a_bad_value_is_named(tmp_path, text, says):
    with pytest.raises(DataError, match=says):
        read_statistics(write(tmp_path, text), ITEMS)


def test_missing_columns_are_named(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("country,crop\nKorea,Tea\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"lacks the column.*unit_code.*area_ha"):
        read_statistics(path, ITEMS)


def test_a_file_that_is_no_gzip_is_said(tmp_path):
    path = tmp_path / "t.csv.gz"
    path.write_text("plain", encoding="utf-8")
    with pytest.raises(DataError, match="cannot read"):
        read_statistics(path, ITEMS)
