"""explain, report, find, show, features, profiles: what is asked and how it is written."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.cli.fake import GURYE, PURWAKARTA


@pytest.fixture(autouse=True)
def _short_sentences(monkeypatch):
    def say(explanation, locale="en", n=5):
        return [f"{explanation.a.name} and {explanation.b.name} in {n} {locale} sentences."]

    monkeypatch.setattr("matcher.explanation.Explanation.sentences", say)


def test_explain_asks_for_both_regions(invoke, fake):
    assert invoke("explain", "Purwakarta", "구례군", "-p", "tourism", "-w", "culture=0").code == 0
    call = {"a": PURWAKARTA, "b": GURYE, "profile": "tourism", "weights": {"culture": 0.0}}
    assert fake.calls == [("explain", call)]


def test_explain_table(invoke, fake):
    out = invoke("explain", "Purwakarta", "Gurye", "-n", "3").out
    assert out.startswith("Purwakarta, Indonesia and Gurye, South Korea: 74.0 of 100\n")
    assert "3 en sentences" in out
    relief = next(line for line in out.splitlines() if line.startswith("Relief"))
    assert {"120", "340", "m", "0.90", "60.0%", "54.00"} <= set(relief.split())
    crops = next(line for line in out.splitlines() if line.startswith("Crops grown"))
    assert "rice 84%" in crops
    assert "(0.50)" in crops, "an assumed likeness stands in brackets"
    assert out.splitlines()[-1] == "Note: Figures differ in year."


def test_explain_points_add_up_in_every_format(invoke, fake):
    answer = json.loads(invoke("explain", "Purwakarta", "Gurye", "--format", "json").out)
    assert sum(point["points"] for point in answer["points"]) == pytest.approx(answer["score"], abs=1e-9)
    assert answer["sentences"] == ["Purwakarta and Gurye in 5 en sentences."]
    rows = list(csv.DictReader(io.StringIO(invoke("explain", "Purwakarta", "Gurye", "--format", "csv").out)))
    assert sum(float(row["points"]) for row in rows) == pytest.approx(answer["score"], abs=1e-9)
    assert json.loads(rows[1]["value_a"]) == {"rice": 0.84, "maize": 0.16}
    assert rows[1]["value_b"] == ""


def test_report_writes_the_file_and_prints_its_path(invoke, fake, tmp_path):
    page = tmp_path / "x.html"
    done = invoke("report", "Purwakarta", "Gurye", "-o", str(page), "-p", "tourism")
    assert (done.code, done.out) == (0, f"{page}\n")
    assert page.exists()
    assert fake.calls[-1][1]["profile"] == "tourism"


def test_find_formats(invoke, fake):
    assert "Jeollanam-do" in invoke("find", "구례군").out
    (record,) = json.loads(invoke("find", "Gurye", "--format", "json").out)
    assert record["region_id"] == GURYE.region_id
    rows = list(csv.DictReader(io.StringIO(invoke("find", "Springfield", "--format", "csv").out)))
    assert [row["region_id"] for row in rows] == ["gb:90", "gb:91"]


def test_find_in_several_countries_and_with_a_limit(invoke, fake, monkeypatch):
    hits = {"ID": [PURWAKARTA], "KR": [GURYE]}
    monkeypatch.setattr(fake, "find", lambda text, country, limit: hits[country])
    assert [r["country"] for r in json.loads(invoke("find", "x", "-c", "KR,ID", "-f", "json").out)] == [
        "KR",
        "ID",
    ]
    assert len(json.loads(invoke("find", "x", "-c", "KR,ID", "-n", "1", "-f", "json").out)) == 1


def test_show(invoke, fake):
    out = invoke("show", "Gurye").out
    assert "Gurye, South Korea" in out
    assert "23,190 (official, 2020)" in out
    assert "100 m" in out
    assert json.loads(invoke("show", "Gurye", "--format", "json").out)["features"]["relief"]["value"] == 100.0
    (row,) = csv.DictReader(io.StringIO(invoke("show", "Purwakarta", "--format", "csv").out))
    assert (row["value"], row["evidence"], row["source"]) == ("", "", ""), "of no value there is no source"
    shape = json.loads(invoke("show", "Gurye", "--format", "geojson").out)
    assert shape["geometry"] == {"type": "Point", "coordinates": [127.46, 35.2]}


def test_features(invoke):
    out = invoke("features", "--group", "geography").out
    assert "relief" in out
    assert "religion" not in out
    assert "share of" not in invoke("features", "relief").err
    records = json.loads(invoke("features", "--format", "json").out)
    assert sum(record["share"] for record in records) == pytest.approx(1)
    without = json.loads(invoke("features", "--format", "json", "-w", "relief=0").out)
    assert next(r for r in without if r["feature"] == "relief")["share"] == 0
    assert "topo" in invoke("features", "relief", "--format", "csv").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["features", "releif"], "no feature is called 'releif'; did you mean relief"),
        (["features", "--group", "cultur"], "no group is called 'cultur'; did you mean culture"),
        (["features", "--profile", "balance"], "no profile is called 'balance'; did you mean balanced"),
        (["features", "--weight", "cultur=1"], "no group or feature is called 'cultur'"),
        (["features", "--weight", "culture=-1"], "the weight of 'culture' is -1"),
        (["features", "--weight", "culture=nan"], "the weight of 'culture' is nan"),
        (
            [
                "features",
                *(
                    word
                    for g in ("geography", "landscape", "agriculture", "culture")
                    for word in ("-w", f"{g}=0")
                ),
            ],
            "every weight is zero",
        ),
    ],
)
def test_wishes_that_cannot_be_met(words, said, invoke):
    done = invoke(*words)
    assert done.code == 2
    assert said in done.err


def test_profiles(invoke):
    assert "balanced" in invoke("profiles").out
    assert set(json.loads(invoke("profiles", "--format", "json").out)) >= {
        "balanced",
        "agriculture",
        "tourism",
    }
    assert invoke("profiles", "--format", "csv").out.startswith("profile,geography,")
