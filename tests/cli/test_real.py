"""The command as a process of its own, with the real matcher on a made-up atlas."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import matcher as package


@pytest.fixture
def matcher(python, toy_home, tmp_path):
    def run(*words, **more):
        return python("-m", "matcher", *words, cwd=tmp_path, env=toy_home, check=False, **more)

    return run


def test_rank_explain_show_and_doctor_work(matcher):
    answer = json.loads(matcher("rank", "Town 1", "-n", "5", "--format", "json").stdout)
    assert [match["rank"] for match in answer["matches"]] == [1, 2, 3, 4, 5]
    best = answer["matches"][0]
    why = json.loads(matcher("explain", "Town 1", best["name"], "--format", "json").stdout)
    assert why["score"] == pytest.approx(best["score"], abs=1e-9)
    assert sum(point["points"] for point in why["points"]) == pytest.approx(why["score"], abs=1e-9)
    for words in (
        ["rank", "Town 1"],
        ["explain", "Town 1", "Town 2"],
        ["show", "Town 1"],
        ["find", "Town 7"],
    ):
        done = matcher(*words)
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
        assert done.stdout.strip()
    doctor = matcher("doctor", "--format", "json")
    broken = [check for check in json.loads(doctor.stdout) if check["state"] == "broken"]
    assert not broken


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["rank", "Atlantis"], 3, "Atlantis"),
        (["rank", "Town 1", "--profile", "agricultur"], 2, "did you mean agriculture"),
        (["rank", "Town 1", "--weight", "cultur=1"], 2, "did you mean culture"),
        (["rank", "Town 1", "--weight", "culture=-1"], 2, "-1"),
        (["rank", "Town 1", "--weight", "culture=nan"], 2, "nan"),
        (["rank", "Town 1", "--min-distance", "99999"], 2, "no region is left"),
        (["rank", "Town 1", "--country", "ID"], 2, "ID"),
    ],
)
def test_what_cannot_be_met_is_one_sentence(matcher, words, code, said):
    done = matcher(*words)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert done.stderr.count("Error:") == 1
    assert "Traceback" not in done.stderr
    assert not done.stdout


@pytest.mark.parametrize("harm", ["cut", "gone"])
@pytest.mark.parametrize(
    "file", ["atlas/regions.parquet", "atlas/atlas.json", "model/model.json", "model/arrays.npz"]
)
def test_a_damaged_file_is_one_sentence(matcher, tmp_path, file, harm):
    path = tmp_path / file
    content = path.read_bytes()
    path.unlink()
    if harm == "cut":
        path.write_bytes(content[: len(content) // 2])
    done = matcher("explain", "Town 1", "Town 2")
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("Error: ")


def test_output_is_utf8_in_a_foreign_locale_and_the_same_every_time(python, toy_home):
    env = toy_home | {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    first, again = (python("-m", "matcher", "rank", "Town 1", env=env).stdout for _ in range(2))
    assert "·" in first
    assert first == again


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_a_closed_pipe_is_quiet(toy_home):
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m matcher show 'Town 1' --format json | head -c 10"],
        env=os.environ | toy_home | {"PYTHONPATH": str(Path(package.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
