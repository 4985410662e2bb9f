"""``matcher batch`` and ``matcher rank --intervals`` on a made-up atlas."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import matcher.batch
from matcher import Matcher, backends
from matcher.cli import batching
from matcher.cli.batching import read_queries


@pytest.fixture
def home(toy_home, monkeypatch) -> None:
    for name, value in toy_home.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("home")
def test_a_batch_becomes_a_file_and_stdout_stays_empty(invoke, tmp_path):
    (tmp_path / "q.csv").write_text("name\nTown 1\nTown 2\n", encoding="utf-8")
    out = tmp_path / "out.parquet"
    done = invoke("batch", "--queries", str(tmp_path / "q.csv"), "-n", "3", "-o", str(out))
    assert (done.code, done.out) == (0, ""), done.err
    assert "part 1 of 1 is done." in done.err
    assert pq.read_table(out)["query_id"].to_pylist() == ["toy:0001"] * 3 + ["toy:0002"] * 3


@pytest.mark.usefixtures("home")
def test_every_row_that_is_not_clear_is_told_by_its_line(invoke, tmp_path):
    (tmp_path / "q.csv").write_text("name\nTown 1\nXqzvw\n\nWvzqx\n", encoding="utf-8")
    out = tmp_path / "out.parquet"
    done = invoke("batch", "--queries", str(tmp_path / "q.csv"), "-o", str(out))
    assert done.code == 3
    assert "2 of 3 regions are not clear" in done.err
    assert "  3: " in done.err
    assert "  5: " in done.err
    assert not out.exists()


@pytest.mark.usefixtures("home")
def test_a_ranking_with_intervals_says_them_in_json(invoke):
    done = invoke("rank", "Town 1", "-n", "2", "--intervals", "--format", "json")
    assert done.code == 0, done.err
    for match in json.loads(done.out)["matches"]:
        assert match["rank_interval"]["low"] <= match["rank_interval"]["high"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Gurye\n\n# no\n구례\n", {1: "Gurye", 4: "구례"}),
        ("region_id,x\nkr:1,2\n,3\nkr:2,\n", {2: "kr:1", 4: "kr:2"}),
        ("name,country\nGurye,KR\nPurwakarta,\n", {2: "Gurye, KR", 3: "Purwakarta"}),
        ("region_id,name\n,Gurye\n", {2: "Gurye"}),
        ("", {}),
    ],
)
def test_queries_by_line(text, expected):
    assert read_queries(text) == expected


def test_the_backends_are_those_of_the_library():
    assert batching.BACKENDS == backends.BACKENDS


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    "how",
    [
        ["--backend", "threads", "--jobs", "3"],
        ["--threads", "3"],
        ["--memory", "1"],
        pytest.param(["--backend", "processes"], marks=pytest.mark.slow),
        pytest.param(["--backend", "dask", "--jobs", "4"], marks=pytest.mark.slow),
    ],
)
@pytest.mark.filterwarnings("ignore")  # sockets of an engine
def test_the_file_is_the_same_whoever_searches(invoke, tmp_path, how):
    if "dask" in how:
        pytest.importorskip("distributed")
    (tmp_path / "q.txt").write_text("\n".join(f"Town {i}" for i in range(30)), encoding="utf-8")
    files = tmp_path / "one.parquet", tmp_path / "other.parquet"
    for file, more in zip(files, ([], how), strict=True):
        done = invoke("batch", "--queries", str(tmp_path / "q.txt"), "-n", "4", *more, "-o", str(file))
        assert done.code == 0, done.err
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.usefixtures("home")
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    threads=st.integers(1, 4),
    jobs=st.integers(1, 4),
    memory=st.integers(1, 3),
    backend=st.sampled_from([[], ["--backend", "threads"]]),
    part=st.integers(1, 40),
    n=st.integers(1, 6),
)
def test_a_file_holds_what_the_library_gives_however_it_is_cut(
    invoke, tmp_path, toy_home, monkeypatch, threads, jobs, memory, backend, part, n
):
    monkeypatch.setattr(matcher.batch, "PART", part)
    ids = [f"toy:{i:04d}" for i in range(0, 240, 9)]
    (tmp_path / "q.txt").write_text("\n".join(ids), encoding="utf-8")
    out = tmp_path / "out.parquet"
    how = ["--threads", str(threads), "--jobs", str(jobs), "--memory", str(memory), *backend]
    done = invoke("batch", "--queries", str(tmp_path / "q.txt"), "-n", str(n), *how, "-o", str(out))
    assert done.code == 0, done.err
    library = Matcher.load(Path(toy_home["MATCHER_DATA"]), Path(toy_home["MATCHER_MODEL"]))
    assert pq.read_table(out).equals(library.batch(ids, n).to_table())


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("how", [[], ["--backend", "threads"]])
def test_a_scheduler_without_an_engine_is_refused(invoke, tmp_path, how):
    (tmp_path / "q.txt").write_text("Town 1", encoding="utf-8")
    out = str(tmp_path / "out.parquet")
    done = invoke("batch", "--queries", str(tmp_path / "q.txt"), "--scheduler", "tcp://x:1", *how, "-o", out)
    assert done.code == 2
    assert "scheduler" in done.err
