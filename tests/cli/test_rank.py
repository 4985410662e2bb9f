"""``matcher rank``: what is asked of the matcher, and how the answer is written."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from matcher.cli.ranking import read_candidates
from matcher.tables import width as wcswidth
from tests.cli.fake import GURYE, PURWAKARTA


def asked(fake):
    return fake.calls[-1][1]


def test_defaults_are_left_to_the_matcher(invoke, fake):
    assert invoke("rank", "Purwakarta").code == 0
    assert asked(fake) == {"region": PURWAKARTA, "profile": "balanced", "n": 10}


@pytest.mark.parametrize(
    "words", [["-c", "KR", "-c", "jpn"], ["--country", "kor,Japan"], ["-c", "Korea, South", "-c", "JP"]]
)
def test_countries_by_code_or_name_repeated_or_listed(invoke, fake, words):
    invoke("rank", "Purwakarta", *words)
    assert asked(fake)["country"] == ["KR", "JP"]


def test_every_option_reaches_the_matcher(invoke, fake, tmp_path):
    file = tmp_path / "list.txt"
    file.write_text("# my list\n\nGurye\n구례군\n", encoding="utf-8")
    done = invoke(
        *(
            "rank",
            "Purwakarta",
            "--include-own-country",
            "--level",
            "regency",
            "--population",
            "10k:2M",
            "--area",
            ":5,000",
        ),
        *("--min-distance", "100", "--min-coverage", "0.8", "--any-size", "--candidates", str(file)),
        *("--profile", "agriculture", "--weight", "culture=2", "--weight", "relief=0", "-n", "3"),
    )
    assert done.code == 0
    assert asked(fake) == {
        "region": PURWAKARTA,
        "include_own_country": True,
        "level": "regency",
        "population": (10_000.0, 2_000_000.0),
        "area_km2": (None, 5000.0),
        "min_distance_km": 100.0,
        "min_coverage": 0.8,
        "any_size": True,
        "candidates": [GURYE],
        "profile": "agriculture",
        "weights": {"culture": 2.0, "relief": 0.0},
        "n": 3,
    }


def test_table(invoke, fake):
    done = invoke("rank", "Purwakarta", "--weight", "culture=2")
    head, empty, titles, *_ = done.out.splitlines()
    assert head == (
        "Partners for Purwakarta, Indonesia (kabupaten; 1,063,932 people, 984 km²)"
        " · profile balanced, culture=2 · 229 candidates"
    )
    assert not empty
    assert {"score", "geography", "culture", "percentile"} <= set(titles.split())
    line = next(line for line in done.out.splitlines() if "Gurye" in line)
    assert {"78.3", "80", "62", "97%", "5,312", "1:46"} <= set(line.split())


def test_remarks_go_to_stderr(invoke, fake):
    err = invoke("rank", "Purwakarta").err
    assert (
        "12,345 regions left out: population beyond 1:50 of Purwakarta's (--any-size takes them in)." in err
    )
    assert "1 region left out: in Purwakarta's own country" in err
    assert "Mind the gap." in err


def test_json(invoke, fake):
    done = invoke("rank", "Purwakarta", "--format", "json")
    answer = json.loads(done.out)
    assert answer["query"]["region_id"] == "gb:1"
    assert answer["left_out"] == {"size": 12345, "own_country": 1}
    first, second, _ = answer["matches"]
    assert (first["rank"], first["region_id"], first["name"], first["country"]) == (
        1,
        "kr:36330",
        "Gurye",
        "KR",
    )
    assert first["score"] == 78.26
    assert second["groups"]["culture"] is None, "NaN is no JSON"
    assert "구례군" in done.out, "written as it is, not escaped"


def test_csv(invoke, fake):
    rows = list(csv.DictReader(io.StringIO(invoke("rank", "Purwakarta", "--format", "csv").out)))
    assert [row["region_id"] for row in rows] == ["kr:36330", "gb:2", "gb:3"]
    assert rows[0]["score"] == "78.26"
    assert rows[1]["population"] == "", "unknown is empty, never 0"
    assert rows[2]["name"] == "'=1+1", "a spreadsheet must not run a name"


def test_geojson(invoke, fake):
    answer = json.loads(invoke("rank", "Purwakarta", "--format", "geojson").out)
    assert answer["type"] == "FeatureCollection"
    assert len(answer["features"]) == 4


def test_output_is_the_same_every_time(invoke, fake):
    for form in ("table", "csv", "json", "geojson"):
        assert invoke("rank", "Purwakarta", "-f", form) == invoke("rank", "Purwakarta", "-f", form)


def test_wide_characters_keep_columns_aligned(invoke, fake):
    lines = [line for line in invoke("find", "구례군").out.splitlines() if line]
    rule = lines[1]
    columns = [0] + [i for i, sign in enumerate(rule) if i and rule[i - 1] == " " and sign == "-"]
    assert len(columns) == 8
    row = lines[2]
    start = row.index("gun")
    assert wcswidth(row[:start]) in columns


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", []),
        ("Gurye\n", [(1, "Gurye")]),
        ("# list\n\n Purwakarta, ID \nGurye", [(3, "Purwakarta, ID"), (4, "Gurye")]),
        ("name,region_id\nGurye,kr:36330\nx,\n", [(2, "kr:36330")]),
    ],
)
def test_candidate_files(text, read):
    assert read_candidates(text) == read


def test_candidates_from_stdin_and_all_faults_at_once(invoke, fake, monkeypatch):
    monkeypatch.setattr(
        "sys.stdin", io.TextIOWrapper(io.BytesIO(b"Gurye\nGuri\nSpringfield\n"), encoding="utf-8")
    )
    done = invoke("rank", "Purwakarta", "--candidates", "-")
    assert done.code == 3
    assert "2 of 3 regions" in done.err
    assert "line 2: no region is called 'Guri'" in done.err
    assert "line 3: 2 regions are called 'Springfield' [gb:90, gb:91]" in done.err
    assert not fake.calls


def test_a_southern_point_is_no_option(invoke, fake, monkeypatch):
    monkeypatch.setattr(fake, "region", lambda text: {"-6.55, 107.45": PURWAKARTA}.get(text.strip(), GURYE))
    assert "Purwakarta" in invoke("show", "-6.55, 107.45").out
    assert invoke("rank", "-6.55,107.45", "--min-distance", "5").code == 0


def test_mutual_ranks_and_hubs_stand_in_a_column_and_in_json(invoke, fake):
    done = invoke("rank", "Purwakarta", "--mutual")
    lines = {word: line for line in done.out.splitlines() for word in ("Gurye", "Unzen") if word in line}
    assert lines["Gurye"].rstrip().endswith("12")
    assert lines["Unzen"].rstrip().endswith("3 (hub: on 40% of lists)")
    first, second, _ = json.loads(invoke("rank", "Purwakarta", "--mutual", "-f", "json").out)["matches"]
    assert (first["mutual_rank"], first["hub_share"]) == (12, None)
    assert (second["mutual_rank"], second["hub_share"]) == (3, 0.4)


def test_plausibility_stands_in_a_column_and_changes_no_order(invoke, fake):
    plain = json.loads(invoke("rank", "Purwakarta", "-f", "json").out)["matches"]
    beside = json.loads(invoke("rank", "Purwakarta", "--plausibility", "-f", "json").out)["matches"]
    assert [m["region_id"] for m in plain] == [m["region_id"] for m in beside]
    assert [m["score"] for m in plain] == [m["score"] for m in beside]
    assert beside[0]["plausibility"] == 2.5
    assert "plausibility" not in plain[0]
    text = invoke("rank", "Purwakarta", "--plausibility").out
    assert next(line for line in text.splitlines() if "Gurye" in line).rstrip().endswith("12x")


def test_what_was_not_asked_for_is_not_reckoned(invoke, fake):
    invoke("rank", "Purwakarta")
    assert [name for name, _ in fake.calls] == ["rank"]


def test_no_strong_match_is_said_plainly(invoke, fake, monkeypatch):
    assert "No strong match" not in invoke("rank", "Purwakarta").out
    strong = fake.rank

    def weak(*args, **wishes):
        ranking = strong(*args, **wishes)
        return replace(ranking, matches=tuple(replace(match, percentile=61.2) for match in ranking))

    monkeypatch.setattr(fake, "rank", weak)
    assert (
        "No strong match: the best candidate is more alike than 61.2 % of random cross-border pairs; "
        "a strong match is above 95 %." in invoke("rank", "Purwakarta").out
    )
    told = json.loads(invoke("rank", "Purwakarta", "-f", "json").out)
    assert (told["strong_match"], told["strong_percentile"]) == (False, 95.0)
