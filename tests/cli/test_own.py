"""Own columns on the command line."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CATALOGUE = """
[groups]
market = { label = "Market", weight = 1.0 }
[features.rooms]
kind = "number"
group = "market"
unit = "rooms"
source = "Tourism office, 2024"
"""


@pytest.fixture
def own(toy_home, tmp_path: Path, monkeypatch) -> list[str]:
    for name, value in toy_home.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "mine.toml").write_text(CATALOGUE, encoding="utf-8")
    rows = "\n".join(f"toy:{i:04d},{i % 7},x" for i in range(240))
    (tmp_path / "mine.csv").write_text(f"region_id,rooms,note\n{rows}\n", encoding="utf-8")
    return ["--features", str(tmp_path / "mine.toml"), "--data", str(tmp_path / "mine.csv")]


def test_every_command_takes_own_columns(own, invoke, tmp_path: Path) -> None:
    for words in (
        ["rank", "toy:0001", "--any-size", "-w", "rooms=2"],
        ["explain", "toy:0001", "toy:0002"],
        ["show", "toy:0001"],
        ["features"],
        ["report", "toy:0001", "toy:0002", "-o", str(tmp_path / "out.html")],
    ):
        done = invoke(*words, *own)
        assert done.code == 0, done.err
        assert "note" in done.err  # the column that is not described
    assert "Tourism office, 2024" in (tmp_path / "out.html").read_text(encoding="utf-8")


def test_an_explanation_says_whose_the_figure_is(own, invoke) -> None:
    points = json.loads(invoke("explain", "toy:0001", "toy:0002", "-f", "json", *own).out)["points"]
    [rooms] = [point for point in points if point["feature"] == "rooms"]
    assert rooms["evidence"] == "planner's own"
    assert rooms["licence"] == "not stated"
    assert rooms["source"] == ["Tourism office, 2024"]


def test_bad_rows_go_to_a_file_and_the_exit_code_is_1(own, invoke, tmp_path: Path) -> None:
    rows = "\n".join(f"no:{i},=1" for i in range(1000))
    (tmp_path / "mine.csv").write_text(f"region_id,rooms\n{rows}\n", encoding="utf-8")
    done = invoke("rank", "toy:0001", *own)
    assert (done.code, done.out) == (1, "")
    assert len([line for line in done.err.splitlines() if "not a number" in line]) == 1000
    short = invoke("rank", "toy:0001", *own, "--errors", str(tmp_path / "bad.csv"))
    assert short.code == 1
    assert len(short.err.splitlines()) < 40
    with (tmp_path / "bad.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert len(table) == 2000
    assert not any(row["value"].startswith("=") for row in table)


def test_features_can_be_listed_before_there_is_a_table(own, invoke) -> None:
    done = invoke("features", "rooms", *own[:2])
    assert done.code == 0
    assert "planner's own" in done.out


def test_a_table_without_its_catalogue_is_a_fault_of_the_request(own, invoke) -> None:
    done = invoke("rank", "toy:0001", *own[2:])
    assert done.code == 2
    assert "--features mine.toml --data mine.csv" in done.err


def test_an_open_atlas_is_written_with_one_flag(own, invoke, tmp_path: Path) -> None:
    done = invoke("data", "export", "--open", str(tmp_path / "open"))
    assert done.code == 0, done.err
    assert (tmp_path / "open" / "model" / "model.json").exists()
    assert "MATCHER_DATA=" in done.err


@pytest.mark.slow
def test_the_example_of_the_documentation_works(invoke, root) -> None:
    folder = root / "docs" / "own-data"
    own = ["--features", str(folder / "mine.toml"), "--data", str(folder / "mine.csv")]
    done = invoke("explain", "Purwakarta", "Gurye", "-f", "json", *own)
    assert done.code == 0, done.err
    points = {point["feature"]: point for point in json.loads(done.out)["points"]}
    assert (points["guest_rooms"]["value_a"], points["guest_rooms"]["value_b"]) == (1200, 900)
    assert points["jobs"]["value_b"] == {"farm": 0.45, "services": 0.45, "industry": 0.1}
    assert invoke("rank", "Purwakarta", "-c", "KR", "-p", "visitors_first", *own).code == 0
