from __future__ import annotations

import json
import sys

import pytest

from matcher.atlas import Atlas
from matcher.cli import main
from matcher.crops.judge import judge_crops
from matcher.errors import DataError, UnknownNameError


@pytest.fixture
def run(capsys, monkeypatch):
    """Run ``matcher ARGS``: exit code, stdout and stderr together."""

    def invoke(*args):
        monkeypatch.setattr(sys, "argv", ["matcher", *args])
        with pytest.raises(SystemExit) as left:
            main()
        captured = capsys.readouterr()
        return int(left.value.code or 0), captured.out + captured.err

    return invoke


HEAD = "country,admin1,unit,unit_code,lat,lon,crop,area_ha,production_t,year\n"


@pytest.fixture
def korea(toy_home, tmp_path, monkeypatch):
    """A made-up atlas whose regions lie in Korea: region, its basket and the office's figures."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from tests.toy import write_manifest

    folder = tmp_path / "atlas"
    table = pq.read_table(folder / "regions.parquet")
    size = table.num_rows
    levels, names = table["level"].to_pylist(), table["name"].to_pylist()
    first = levels.index("regency")  # the one with observed figures
    map_type = table["crops"].type
    columns = {
        "country": pa.array(["KR"] * size),
        "crops": pa.array([[("rice", 0.9), ("wheat", 0.1)]] * size, map_type),
        "crop_basket": pa.array(
            [[("rice", 0.2), ("wheat", 0.8)] if i == first else None for i in range(size)], map_type
        ),
    }
    for name, values in columns.items():
        table = table.set_column(table.column_names.index(name), name, values)
    pq.write_table(table, folder / "regions.parquet", row_group_size=64)
    write_manifest(folder, sorted(path.name for path in folder.glob("*.parquet")))
    for name, value in toy_home.items():
        monkeypatch.setenv(name, value)
    return folder, [name for name, level in zip(names, levels, strict=True) if level == "regency"]


def write(tmp_path, rows):
    path = tmp_path / "crops.csv"
    path.write_text(HEAD + "".join(rows), encoding="utf-8")
    return path


def rows_of(name, rice, wheat):
    return [
        f'South Korea,,{name},,,,"Rice, paddy",{rice},,2020\n',
        f"South Korea,,{name},,,,Wheat,{wheat},,2020\n",
    ]


def test_the_basket_is_compared_with_the_figures(korea, tmp_path):
    folder, names = korea
    found = judge_crops(Atlas.open(folder), write(tmp_path, rows_of(names[3], 90, 10)))
    assert (found.n_units, found.n_mapped) == (1, 1)
    assert found.overall["model"]["overlap"] == pytest.approx(1)
    assert 0 < found.overall["national_mix"]["overlap"] < 1


def test_the_basket_without_own_statistics_is_judged(korea, tmp_path):
    folder, names = korea
    atlas = Atlas.open(folder)
    found = judge_crops(atlas, write(tmp_path, rows_of(names[0], 20, 80)))
    assert found.overall["model"]["overlap"] == pytest.approx(
        1
    )  # .2 and .8, not the .9 and .1 that are shown


def test_what_is_not_mapped_is_said(korea, tmp_path):
    folder, names = korea
    rows = rows_of(names[3], 1, 1) + rows_of("Atlantis of Nowhere", 1, 1)
    found = judge_crops(Atlas.open(folder), write(tmp_path, rows))
    assert (found.n_units, found.n_mapped) == (2, 1)
    assert found.unmapped[0]["reason"] == "no region found"


def test_a_table_of_one_crop_judges_nothing(korea, tmp_path):
    folder, names = korea
    with pytest.raises(DataError, match="single crop"):
        judge_crops(Atlas.open(folder), write(tmp_path, rows_of(names[3], 1, 1)[:1]))


def test_an_unknown_country_is_named(korea, tmp_path):
    folder, _ = korea
    with pytest.raises(UnknownNameError, match="Atlantis"):
        judge_crops(Atlas.open(folder), write(tmp_path, ["Atlantis,,A,,,,Tea,1,,2020\n"]))


def test_the_command_writes_json(korea, run, tmp_path):
    _, names = korea
    out = tmp_path / "out.json"
    path = write(tmp_path, rows_of(names[3], 90, 10))
    code, text = run("evaluate", "--crops", str(path), "--json", str(out))
    assert code == 0, text
    found = json.loads(out.read_text())
    assert {"n_units", "n_mapped", "model", "national_mix", "grid_alone"} <= set(found)
    assert set(found["model"]) == {"overlap", "top1", "top5"}
    assert found["countries"]["KR"]["n_mapped"] == 1
    assert "modelled basket" in text


def test_one_kind_of_judge_must_be_named(korea, run):
    code, text = run("evaluate")
    assert code == 2
    assert "--crops FILE" in text


def test_a_bad_table_is_an_error_of_the_data(korea, run, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    code, text = run("evaluate", "--crops", str(path))
    assert code == 1
    assert "lacks the column" in text
