"""data, fit and doctor on a made-up atlas in the real format."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from dataclasses import replace

import pytest

from matcher.build.verify import Report
from matcher.cli import data as data_commands
from matcher.cli import doctor as doctor_command
from matcher.errors import BuildError
from matcher.paths import data_dir
from tests.toy import write_atlas


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A made-up atlas in MATCHER_DATA."""
    folder = write_atlas(tmp_path / "toy")
    for name in ("sources.toml",):
        (folder / name).write_bytes((data_dir() / name).read_bytes())
    monkeypatch.setenv("MATCHER_DATA", str(folder))
    return folder


def test_fit_writes_a_model_and_does_not_replace_one(toy, tmp_path, invoke):
    out = tmp_path / "model"
    done = invoke("fit", "-o", str(out), "--atlas", str(toy))
    assert (done.code, done.out) == (0, f"{out}\n")
    first = (out / "arrays.npz").read_bytes(), (out / "model.json").read_bytes()
    again = invoke("fit", "-o", str(out))
    assert again.code == 2
    assert "--overwrite" in again.err
    assert invoke("fit", "-o", str(out), "--overwrite").code == 0
    assert first == ((out / "arrays.npz").read_bytes(), (out / "model.json").read_bytes())


REPORT = Report(
    version="1.0.0",
    regions=3,
    faults=(),
    features={"relief": 0.5},
    well_covered={"relief": 0.0},
    partner_level={"relief": (0.5, 0)},
    countries={
        code: {"levels": {"province": 1, "regency": 2}, "coverage": {"relief": 0.5}} for code in ("ID", "KR")
    },
)


def test_verify_prints_what_is_known_per_country(invoke, monkeypatch):
    monkeypatch.setattr("matcher.build.verify.verify", lambda folder: REPORT)
    done = invoke("data", "verify")
    assert (done.code, done.err) == (0, "atlas 1.0.0: 3 regions in 2 countries, no fault found.\n")
    assert "relief" in done.out
    only = json.loads(invoke("data", "verify", "--format", "json", "--country", "Korea").out)
    assert set(only["countries"]) == {"KR"}
    rows = list(csv.DictReader(io.StringIO(invoke("data", "verify", "--format", "csv").out)))
    assert rows[1] == {"country": "KR", "province": "1", "metropolis": "", "regency": "2", "relief": "0.5"}


def test_verify_names_faults_and_cuts_a_long_list(invoke, monkeypatch):
    faults = tuple(f"r{i} relief = 9999: must be -450 to 9000 m" for i in range(1025))
    monkeypatch.setattr("matcher.build.verify.verify", lambda folder: replace(REPORT, faults=faults))
    done = invoke("data", "verify")
    assert done.code == 1
    lines = done.err.splitlines()
    assert lines[0] == "fault: r0 relief = 9999: must be -450 to 9000 m"
    assert len(lines) == 21
    assert lines[-1] == "and 1,005 more; --format json lists all."


@pytest.mark.parametrize("harm", ["cut", "gone", "altered"])
def test_verify_and_doctor_see_a_damaged_file(harm, toy, invoke):
    file = toy / "regions.parquet"
    content = file.read_bytes()
    if harm == "gone":
        file.unlink()
    else:
        file.write_bytes(content[:-100] if harm == "cut" else content[:-1] + b"?")
    done = invoke("data", "verify")
    assert done.code == 1
    assert "regions.parquet" in done.err
    assert not done.out
    examined = invoke("doctor", "--format", "json")
    assert examined.code == 1
    states = {check["what"]: check["state"] for check in json.loads(examined.out)}
    assert states["atlas"] == "broken"


def test_doctor_is_well_with_an_atlas_and_its_model(toy, tmp_path, invoke, monkeypatch):
    assert invoke("fit", "-o", str(tmp_path / "model")).code == 0
    monkeypatch.setenv("MATCHER_MODEL", str(tmp_path / "model"))
    monkeypatch.setattr(doctor_command, "_names", lambda: "")
    monkeypatch.setattr(doctor_command, "_fit", lambda: "")
    done = invoke("doctor")
    assert done.code == 0, done.out
    assert "broken" not in done.out
    assert "240 regions" in done.out


def test_doctor_does_not_fall_ill(invoke, monkeypatch):
    def ill() -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(doctor_command, "_atlas", ill)
    done = invoke("doctor", "--format", "json")
    assert done.code == 1
    assert any(check["found"].startswith("ZeroDivisionError") for check in json.loads(done.out))


def test_doctor_tells_of_a_missing_library_and_of_a_cache_that_is_shut(invoke, monkeypatch, tmp_path):
    monkeypatch.setattr(doctor_command, "LIBRARIES", ("no-such-library",))
    monkeypatch.setattr(doctor_command.os, "access", lambda *_: False)
    monkeypatch.setenv("MATCHER_CACHE", str(tmp_path / "cache"))
    out = invoke("doctor").out
    assert "not installed; install matcher again" in out
    assert "cannot be written to" in out


def test_cards(invoke):
    listed = invoke("data", "cards").out
    assert "geoBoundaries" in listed
    one = invoke("data", "cards", "gb").out
    assert {"licence", "citation", "vintage", "limits"} <= {
        line.split()[0] for line in one.splitlines() if line
    }
    records = json.loads(invoke("data", "cards", "--format", "json").out)
    assert all(record["licence"] and record["citation"] for record in records)
    assert invoke("data", "cards", "--format", "csv").out.startswith("key,title,what,from,version,licence")
    wrong = invoke("data", "cards", "geo")
    assert wrong.code == 2
    assert "no source is called 'geo'" in wrong.err


def test_the_libraries_of_the_build_are_those_of_the_extra(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [re.split("[><=]", line)[0] for line in project["optional-dependencies"]["build"]]
    assert named == list(data_commands.BUILD_LIBRARIES)


def test_build_says_which_libraries_it_lacks(invoke, tmp_path, monkeypatch):
    monkeypatch.setattr(data_commands, "BUILD_LIBRARIES", ("no_such_library",))
    for words in (["build", "-o", str(tmp_path / "new")], ["fetch"]):
        done = invoke("data", *words)
        assert done.code == 1
        assert "pip install 'matcher[build]'" in done.err
    assert not (tmp_path / "new").exists()


def test_build_hands_everything_on(invoke, tmp_path, monkeypatch):
    asked = {}

    def build_atlas(sources, out, *, jobs, countries, progress):
        asked.update(local=sources.local, cache=sources.cache, out=out, jobs=jobs, countries=countries)
        progress("working")

    monkeypatch.setattr("matcher.build.assemble.build_atlas", build_atlas)
    monkeypatch.setattr(data_commands, "BUILD_LIBRARIES", ())
    new, raw, cache = tmp_path / "new", tmp_path / "raw", tmp_path / "cache"
    words = ["-o", str(new), "--sources", str(raw), "--cache", str(cache), "-c", "Indonesia,KR", "-j", "1"]
    done = invoke("data", "build", *words)
    assert (done.code, done.out, done.err) == (0, f"{new}\n", "working\n")
    assert asked == {"local": raw, "cache": cache, "out": new, "jobs": 1, "countries": ["ID", "KR"]}
    assert (new / "features.toml").read_bytes() == (data_dir() / "features.toml").read_bytes()


def failing(sources, out, **_):
    raise BuildError("no such country")


def test_a_build_that_fails_leaves_nothing(invoke, tmp_path, monkeypatch):
    monkeypatch.setattr("matcher.build.assemble.build_atlas", failing)
    monkeypatch.setattr(data_commands, "BUILD_LIBRARIES", ())
    for words in ([], ["--open"]):
        assert invoke("data", "build", "-o", str(tmp_path / "new"), *words).code == 1
    assert list(tmp_path.iterdir()) == []


def test_an_open_build_refuses_a_full_folder_at_once(invoke, tmp_path, monkeypatch):
    monkeypatch.setattr("matcher.build.assemble.build_atlas", failing)
    monkeypatch.setattr(data_commands, "BUILD_LIBRARIES", ())
    (tmp_path / "old").write_text("")
    done = invoke("data", "build", "--open", "-o", str(tmp_path))
    assert "is not empty" in done.err


def test_an_open_build_leaves_the_open_atlas_alone(invoke, tmp_path, monkeypatch):
    def build_atlas(sources, out, **_):
        write_atlas(out)

    monkeypatch.setattr("matcher.build.assemble.build_atlas", build_atlas)
    monkeypatch.setattr(data_commands, "BUILD_LIBRARIES", ())
    done = invoke("data", "build", "--open", "-o", str(tmp_path / "open"))
    assert done.code == 0
    assert "languages" in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["open"]
    assert not (tmp_path / "open" / "regions-sharealike.parquet").exists()


def test_fetch_lists_what_it_has(invoke, tmp_path, monkeypatch):
    monkeypatch.setattr(data_commands, "BUILD_LIBRARIES", ())
    monkeypatch.setattr(
        "matcher.build.sources.Sources.fetch_all", lambda self, keys, progress: dict.fromkeys(keys, tmp_path)
    )
    assert "gb" in invoke("data", "fetch", "gb").out
