"""The report says what the explanation says, in one safe page that needs nothing else."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
import shapely
from markupsafe import escape

from matcher.candidates import Filters
from matcher.errors import DataError, UnknownNameError
from matcher.ranking import Match, Query, Ranking
from matcher.report import build_report, render, write_report
from tests.report.pair import DATA, VALUES, A, B, door, explanation, named

SHAPES = {
    A.region_id: shapely.box(107.3, -6.8, 107.6, -6.4).difference(shapely.box(107.4, -6.6, 107.45, -6.55)),
    B.region_id: shapely.box(127.4, 35.1, 127.6, 35.4),
}
VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(HTMLParser):
    """Collects tags with their attributes, checks that they are nested well."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.ids = [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for key, value in attrs if key == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def ranking(places, countries=("KR",), candidates=194, region=A):
    regions = [replace(B, region_id=f"kr:{i}", name=f"Peer {i}") for i in range(12)]
    regions[places - 1 : places] = [B]
    matches = tuple(
        Match(i + 1, r, 60.0 - i, {"geography": 60.0, "culture": 20.0}, 90.0, 0.97, 5000.0, 0.02)
        for i, r in enumerate(regions)
    )
    query = Query(region, Filters(countries=countries), SimpleNamespace(profile="balanced"), 12)
    return Ranking(query, matches, candidates, {"own_country": 514})


@pytest.fixture(scope="module")
def page():
    return render(build_report(explanation(), door(SHAPES), [ranking(7), ranking(9, (), 98_211)]))


def test_the_structure_holds_the_numbers_of_the_explanation():
    what = explanation()
    report = build_report(what, door(SHAPES))
    rows = {row.feature: row for group in report.table for row in group.rows}
    assert set(rows) == {part.feature for part in what.points}
    for part in what.points:
        row = rows[part.feature]
        assert (row.likeness, row.weight, row.points, row.known) == (
            part.likeness,
            part.weight,
            part.points,
            part.known,
        )
        assert row.source == part.source
    assert math.isclose(report.total_points, what.score, abs_tol=1e-9)
    assert math.isclose(math.fsum(group.points for group in report.table), what.score, abs_tol=1e-9)
    assert [(g.name, g.score) for g in report.groups] == [(n, g.score) for n, g in what.by_group().items()]
    assert report.summary.score == what.score
    assert report.summary.coverage == what.coverage


def test_every_figure_of_the_table_is_on_the_page(page):
    for part in explanation().points:
        if part.weight:
            assert f'<td class="n">{100 * part.weight:.2f}%</td><td class="n">{part.points:.2f}</td>' in page
    assert f'<td class="n">{explanation().score:.2f}</td>' in page


def test_the_page_needs_no_network_and_no_script(page):
    for tag, attrs in Page(page).tags:
        assert tag not in {"script", "link", "img", "iframe", "object", "embed", "base"}
        assert not any(key.startswith("on") for key in attrs)
        for key in ("src", "href", "srcset", "data", "action"):
            assert attrs.get(key, "#").startswith("#")
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)


def test_the_page_can_be_found_and_heard(page):
    parsed = Page(page)
    tags = parsed.tags
    assert ("html", {"lang": "en"}) in tags
    for landmark in ("header", "nav", "main", "footer"):
        assert sum(tag == landmark for tag, _ in tags) == 1
    assert sum(tag == "h1" for tag, _ in tags) == 1
    assert len(parsed.ids) == len(set(parsed.ids))
    assert all("scope" in attrs for tag, attrs in tags if tag == "th")
    for tag, attrs in tags:
        if tag == "svg":
            assert attrs.get("aria-hidden") == "true" or (attrs["role"] == "img" and attrs["aria-label"])
        if tag == "a":
            assert attrs["href"][1:] in parsed.ids


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "O'Brien & Söhne",
        "{{ 7*7 }}",
        "ܐܪܒܝܠ القاهرة",
        "x" * 300,
    ],
)
def test_no_name_can_break_the_page(name):
    what = named(explanation(), name, name, name_local=name, parent_name=name, seat_name=name)
    text = render(build_report(what, door(SHAPES), ranking(3)))
    plain = render(build_report(explanation(), door(SHAPES), ranking(3)))
    assert [tag for tag, _ in Page(text).tags if tag in {"script", "img"}] == []
    # The same elements in the same order, but for the lines that only a longer card has.
    assert {tag for tag, _ in Page(text).tags} == {tag for tag, _ in Page(plain).tags}
    assert escape(name) in text


def test_class_names_and_sources_are_escaped_too(tmp_path):
    (tmp_path / "sources.toml").write_text('[sources.topo]\ntitle = "<b>T</b>"\n', encoding="utf-8")
    values = dict(VALUES) | {
        "agro_zone": ("<i>x</i>", '"y"', 0.0),
        "cover": ({"<u>": 1.0}, {"</svg>": 1.0}, 0.0),
    }
    text = render(build_report(explanation(values), door(SHAPES, tmp_path)))
    assert "<b>T</b>" not in text
    assert "<i>x</i>" not in text
    assert "<u>" not in text
    Page(text)


def test_the_same_inputs_give_the_same_bytes(tmp_path):
    paths = [write_report(explanation(), door(SHAPES), tmp_path / name, ranking(7)) for name in ("a", "b")]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert len(paths[0].read_bytes()) < 400_000


def test_missing_knowledge_is_shown_as_missing():
    blank = dict.fromkeys(VALUES, (None, None, 0.7))
    what = replace(explanation(blank), a=replace(A, population=None, area_km2=None), population_ratio=None)
    text = render(build_report(what, door()))
    assert text.count('class="missing">not known') == 2 * len(VALUES)
    assert "No outline is shipped for either region" in text
    assert "Neither temperatures nor rain are known" in text
    assert "assumed" in text


def test_one_missing_side_leaves_its_place_empty():
    values = dict(VALUES) | {
        "temperature_months": (VALUES["temperature_months"][0], None, 0.7),
        "rain_months": (None, VALUES["rain_months"][1], 0.7),
        "crop_mix": (None, VALUES["crop_mix"][1], 0.3),
    }
    report = build_report(explanation(values), door({A.region_id: SHAPES[A.region_id]}))
    assert [bool(chart.line) for chart in report.climate] == [True, False]
    assert [bool(chart.rain) for chart in report.climate] == [False, True]
    assert report.outlines.path_a
    assert not report.outlines.path_b
    crops = next(chart for chart in report.stacks if chart.feature == "crop_mix")
    assert crops.bar_a == ()
    assert {row.share_a for row in crops.legend} == {"not known"}
    text = render(report)
    assert "no outline shipped for this region" in text
    assert "rain is not known" in text


def test_ranks_are_told_and_only_of_the_region_asked_for(page):
    report = build_report(explanation(), door(SHAPES), [ranking(7), ranking(9, (), 98_211)])
    assert [rank.sentence for rank in report.standing.ranks] == [
        "Gurye is no. 7 of 194 candidates in South Korea.",
        "Gurye is no. 9 of 98,211 candidates in the world.",
    ]
    assert [peer.rank for peer in report.standing.peers] == ["1", "2", "3", "4", "5", "7"]
    assert [peer.chosen for peer in report.standing.peers][-1]
    assert "own country: 514" in page
    assert build_report(explanation(), door(), ranking(7, region=B)).standing.ranks == ()


def test_a_partner_beyond_the_list_is_said_to_be_beyond_it():
    other = replace(explanation(), b=replace(B, region_id="kr:elsewhere"))
    report = build_report(other, door(), ranking(7))
    assert report.standing.ranks[0].rank is None
    assert "not among the 12 best of 194" in report.standing.ranks[0].sentence
    render(report)


def test_a_failed_write_leaves_the_old_report(tmp_path):
    path = tmp_path / "folder" / "x.html"
    with pytest.raises(DataError):
        write_report(explanation(), door(), path)
    with pytest.raises(UnknownNameError, match="'xx'"):
        write_report(explanation(), door(), tmp_path / "x.html", locale="xx")
    assert list(tmp_path.iterdir()) == []


def test_an_atlas_without_map_and_registry_still_gives_a_report(tmp_path):
    text = render(build_report(explanation(), door(SHAPES, tmp_path)))
    assert "ships no map of the world" in text
    assert "not stated" in text


def test_damaged_map_and_registry_are_named(tmp_path):
    (tmp_path / "world.json").write_text("[]", encoding="utf-8")
    with pytest.raises(DataError, match=r"world\.json"):
        build_report(explanation(), door(SHAPES, tmp_path))
    (tmp_path / "world.json").unlink()
    (tmp_path / "sources.toml").write_text("= 1", encoding="utf-8")
    with pytest.raises(DataError, match=r"sources\.toml"):
        build_report(explanation(), door(SHAPES, tmp_path))


def test_the_report_is_plain_data():
    data = build_report(explanation(), door(SHAPES), ranking(7)).to_dict()
    assert data["title"] == "Purwakarta and Gurye"
    assert data["a"]["lines"][0] == ("Country", "Indonesia (ID)")
    assert (DATA / "world.json").stat().st_size < 300_000
