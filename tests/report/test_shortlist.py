"""The shortlist says the same as the ranking, and answers for the region that a reader proposes."""

from __future__ import annotations

import csv
import json

import pytest

from matcher.atlas import Atlas
from matcher.language import language, locales
from matcher.matcher import Matcher
from matcher.model import SimilarityModel
from matcher.report.document import Table, walk
from matcher.report.html import to_html
from matcher.report.shortlist import shortlist
from matcher.report.writing import shortlist_facts
from tests.report.page import faults


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    from tests.toy import write_atlas

    folder = write_atlas(tmp_path_factory.mktemp("toy"))
    atlas = Atlas.open(folder)
    return Matcher(atlas, SimilarityModel(n_pairs=200).fit(atlas))


@pytest.fixture(scope="module")
def regions(toy):
    return toy.atlas.regions(toy.atlas.partner_rows())


def facts(toy, regions, **wishes):
    home = regions[0]
    away = next(region for region in reversed(regions) if region.country != home.country)
    near = next(region for region in regions[1:] if region.country == home.country)
    return shortlist_facts(toy, home, n=4, any_size=True, why_not=[away, near], **wishes)


def test_the_candidates_are_those_of_the_ranking(toy, regions):
    known = facts(toy, regions)
    expected = toy.rank(regions[0], n=4, any_size=True)
    assert [m.region.region_id for m in known.ranking] == [m.region.region_id for m in expected]
    document = shortlist(known, language())
    table = next(
        b
        for s in document.sections
        for b in walk(s.blocks)
        if isinstance(b, Table) and b.id == "candidates-table"
    )
    assert [row.cells[3].value for row in table.rows] == [m.score for m in known.ranking]
    for match, explanation in zip(known.ranking, known.explanations, strict=True):
        assert match.score == pytest.approx(explanation.score, abs=1e-9)


def test_why_not_tells_rank_and_losses(toy, regions):
    known = facts(toy, regions)
    for proposed in known.why_not:
        assert proposed.rank or proposed.excluded
        points = {part.feature: part.points for part in proposed.explanation.points}
        assert all(points[feature] == own < other for feature, own, other in proposed.losses)
    own = next(w for w in known.why_not if w.region.country == regions[0].country)
    assert own.excluded == "own_country"


@pytest.mark.parametrize("code", locales())
def test_the_page_is_sound_in_every_language(toy, regions, code):
    text = to_html(shortlist(facts(toy, regions), language(code))).decode()
    assert faults(text) == []
    assert f'<html lang="{code}">' in text


def test_the_facts_are_plain(toy, regions):
    plain = json.loads(json.dumps(facts(toy, regions).to_dict()))
    assert len(plain["ranking"]["matches"]) == len(plain["explanations"]) == 4
    assert "balanced" in plain["profiles"]


def test_many_reports_from_a_file_resume_where_they_stopped(python, toy_home, tmp_path):
    with (tmp_path / "pairs.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [("a", "b"), ("toy:0000", "toy:0001"), ("toy:0000", ""), ("toy:0002", "toy:0003")]
        )
    command = [
        "-m",
        "matcher",
        "report",
        "--all-from",
        "pairs.csv",
        "-o",
        "out",
        "--format",
        "md",
        "--jobs",
        "2",
    ]
    first = python(*command, cwd=tmp_path, env=toy_home)
    files = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert len(files) == len(first.stdout.splitlines()) == 3
    (tmp_path / "out" / files[0]).unlink()
    before = {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in files[1:]}
    second = python(*command, cwd=tmp_path, env=toy_home)
    assert "2 of 3 reports are there already" in second.stderr
    assert len(second.stdout.splitlines()) == 1
    assert {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in files[1:]} == before


def test_a_wrong_name_stops_the_run_before_it_starts(python, toy_home, tmp_path):
    (tmp_path / "pairs.csv").write_text("a,b\ntoy:0000,toy:0001\nnowhere at all,\n", encoding="utf-8")
    command = ["-m", "matcher", "report", "--all-from", "pairs.csv", "-o", "out", "--format", "md"]
    done = python(*command, cwd=tmp_path, env=toy_home, check=False)
    assert done.returncode == 3
    assert list((tmp_path / "out").iterdir()) == []


def test_the_figures_of_a_report_are_those_of_explain(python, toy_home, tmp_path):
    python("-m", "matcher", "report", "toy:0000", "toy:0003", "-o", "r.json", cwd=tmp_path, env=toy_home)
    told = python(
        "-m", "matcher", "explain", "toy:0000", "toy:0003", "--format", "json", cwd=tmp_path, env=toy_home
    )
    explained = json.loads(told.stdout)
    reported = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert reported["facts"]["explanation"]["points"] == explained["points"]
    for name in ("score", "percentile", "coverage", "distance_km", "population_ratio", "groups"):
        assert reported["facts"]["explanation"][name] == explained[name]
    table = next(
        block
        for section in reported["document"]["sections"]
        for block in section["blocks"]
        if block.get("id") == "features-table"
    )
    points = [row["cells"][6]["value"] for row in table["rows"] if row["style"] == "plain"]
    assert points == [point["points"] for point in explained["points"]]
