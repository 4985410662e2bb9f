"""The report says what the explanation says, in every form and language, and nothing can break it."""

from __future__ import annotations

import io
import json
import math
import re
import zipfile
from dataclasses import replace
from types import SimpleNamespace

import pytest
import shapely
from markupsafe import escape

from matcher.candidates import Filters
from matcher.errors import DataError, UnknownNameError, UsageError
from matcher.evidence import read_evidence
from matcher.language import language
from matcher.ranking import Match, Query, Ranking
from matcher.report.document import Figure, Table, Tiles, walk
from matcher.report.dossier import dossier
from matcher.report.facts import gather_pair
from matcher.report.forms import SUFFIXES, form_of, written
from matcher.report.html import TEMPLATES, to_html
from matcher.report.sources import read_registry
from matcher.report.writing import write_pair
from tests.report.page import Page, contrast, faults
from tests.report.pair import COLD, DATA, VALUES, A, B, door, explanation, named, with_crops

SHAPES = {
    A.region_id: shapely.box(107.3, -6.8, 107.6, -6.4).difference(shapely.box(107.4, -6.6, 107.45, -6.55)),
    B.region_id: shapely.box(127.4, 35.1, 127.6, 35.4),
}
LOCALES = ("en", "id", "ko")
SORTING = (TEMPLATES / "sort.js").read_text(encoding="utf-8")
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "O'Brien & Söhne",
    "{{ 7*7 }} {name}",
    "=HYPERLINK(1)",
    "#set page(width: 1pt)",
    "ܐܪܒܝܠ القاهرة",
    "x" * 300,
    "tab\x0bbell\x07",
]


def ranking(places, countries=("KR",), candidates=194, region=A):
    regions = [replace(B, region_id=f"kr:{i}", name=f"Peer {i}") for i in range(12)]
    regions[places - 1 : places] = [B]
    matches = tuple(
        Match(i + 1, r, 60.0 - i, {"geography": 60.0, "culture": 20.0}, 90.0, 0.97, 5000.0, 0.02)
        for i, r in enumerate(regions)
    )
    query = Query(region, Filters(countries=countries), SimpleNamespace(profile="balanced"), 12)
    return Ranking(query, matches, candidates, {"own_country": 514})


def facts(what=None, shapes=None, data_dir=DATA, rankings=None):
    chosen = [ranking(7), ranking(9, (), 98_211)] if rankings is None else rankings
    return gather_pair(what or explanation(), door(SHAPES if shapes is None else shapes, data_dir), chosen)


def page(what=None, code="en", **more):
    return to_html(dossier(facts(what, **more), language(code))).decode()


def tables(code="en", what=None):
    document = dossier(facts(what), language(code))
    return {b.id: b for s in document.sections for b in walk(s.blocks) if isinstance(b, Table)}


def test_the_facts_hold_the_numbers_of_the_explanation():
    what = explanation()
    plain = json.loads(facts(what).to_json())
    assert plain["explanation"]["points"] == json.loads(json.dumps([p.to_dict() for p in what.points]))
    assert plain["explanation"]["score"] == what.score


@pytest.mark.parametrize("code", LOCALES)
def test_every_number_of_the_table_is_that_of_the_explanation(code):
    what = explanation()
    rows = [row for row in tables(code)["features-table"].rows if row.style == "plain"]
    assert len(rows) == len(what.points)
    for row, part in zip(rows, what.points, strict=True):
        values = [cell.value for cell in row.cells]
        assert values[3:7] == [part.likeness, part.average, part.weight, part.points]
        for value, given in zip(values[1:3], (part.value_a, part.value_b), strict=True):
            assert value == (given if isinstance(given, float) else None)
    total = tables(code)["features-table"].rows[-1]
    assert math.isclose(total.cells[6].value, what.score, abs_tol=1e-9)


def test_the_three_languages_hold_the_same_numbers():
    found = [
        {name: [[c.value for c in row.cells] for row in table.rows] for name, table in tables(code).items()}
        for code in LOCALES
    ]
    assert found[0] == found[1] == found[2]


def test_every_opportunity_names_its_rule_and_evidence():
    what = facts()
    assert what.opportunities
    rows = tables()["opportunities-table"].rows
    credited = {row.cells[0].text for row in tables()["sources-table"].rows}
    for row, found in zip(rows, what.opportunities, strict=True):
        assert row.cells[4].text.startswith(f"Rule {found.rule.number}: ")
        for part in found.evidence:
            assert part.source[0] in row.cells[3].text
            assert set(part.source) <= credited
            assert part.vintage in row.cells[3].text
        assert found.evidence or found.pair


def test_a_figure_of_a_country_is_told_of_the_country():
    values = {name: VALUES[name] for name in ("t_cold", "cover")} | {"farm_labour": (0.4, 0.05, 0.3)}
    rows = {
        row.cells[0].text: row.cells for row in tables(what=explanation(values))["opportunities-table"].rows
    }
    [cells] = [cells for title, cells in rows.items() if "farm work" in title.lower()]
    assert "Indonesia 40%, South Korea 5.0%" in cells[3].text
    assert "Purwakarta 25.0 °C" in cells[3].text


def test_what_a_rule_asks_of_one_thing_stands_together():
    what = with_crops({"tea": 0.2, "rice": 0.8}, {"rice": 1.0})
    rows = {row.cells[0].text: row.cells for row in tables(what=what)["opportunities-table"].rows}
    [cells] = [cells for title, cells in rows.items() if title.startswith("Plantation products")]
    assert "cashew nuts together: at least 5% in one, at most 1% in the other;" in cells[4].text
    assert cells[4].text.count("cinnamon") == 1
    assert "Purwakarta (tea 20%), Gurye (none)" in cells[3].text


@pytest.mark.parametrize(("code", "none"), [("en", "none"), ("id", "tidak ada"), ("ko", "없음")])
def test_no_lake_is_none_and_not_a_measured_nought(code, none):
    what = explanation()
    lake = replace(what.points[0], feature="largest_lake_km2", unit="km2", value_a=80.3, value_b=0.0)
    rows = tables(code, replace(what, points=(*what.points, lake)))["grounds"].rows
    cells = next(row.cells for row in rows if row.cells[1].value == 80.3)
    assert (cells[2].text, cells[2].value) == (none, 0.0)


@pytest.mark.parametrize("code", LOCALES)
def test_a_reason_is_told_with_its_sources(code):
    text = page(code=code)
    for part in explanation().reasons_for(6):
        assert f"{', '.join(part.source)}]" in text


def test_the_page_needs_no_network_and_its_only_script_is_the_one_that_sorts():
    text = page()
    assert re.findall(r"<script.*?</script>", text, re.DOTALL) == [f"<script>\n{SORTING}</script>"]
    for tag, attrs, _ in Page(text).tags:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base"}
        assert not any(key.startswith("on") for key in attrs)
        for key in ("src", "href", "srcset", "data", "action"):
            assert attrs.get(key, "#").startswith("#")
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)


@pytest.mark.parametrize("code", LOCALES)
def test_the_page_can_be_found_heard_and_seen(code):
    text = page(code=code)
    assert f'<html lang="{code}">' in text
    assert faults(text) == []
    style = text.split("</style>")[0]
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", style))
    for ink in ("ink", "soft", "a", "b"):
        for paper in ("paper", "wash"):
            assert contrast(colours[ink], colours[paper]) >= 4.5


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_can_break_the_page(name):
    what = named(explanation(), name, name, name_local=name, parent_name=name, seat_name=name)
    text, plain = page(what), page()
    assert [tag for tag, *_ in Page(text).tags if tag in {"script", "img"}] == ["script"]
    assert {tag for tag, *_ in Page(text).tags} - {"bdi"} == {tag for tag, *_ in Page(plain).tags} - {"bdi"}
    assert escape(name) in text
    assert faults(text) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_can_break_markdown_or_json(name):
    what = facts(named(explanation(), name, name, name_local=name))
    document = dossier(what, language())
    text = written(document, what.to_dict(), ".md").decode()
    assert not re.search(r"(?<!\\)<(script|img)", text)
    content = json.loads(written(document, what.to_dict(), ".json"))
    assert content["facts"]["explanation"]["a"]["name"] == name


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_can_break_pdf_docx_or_xlsx(name):
    openpyxl, docx = pytest.importorskip("openpyxl"), pytest.importorskip("docx")
    pytest.importorskip("typst")
    what = facts(named(explanation(), name, name, name_local=name))
    document = dossier(what, language("ko"))
    assert written(document, {}, ".pdf").startswith(b"%PDF")
    text = docx.Document(io.BytesIO(written(document, {}, ".docx")))
    shown = "".join(sign for sign in name if sign.isprintable())
    assert any(shown in "".join(s for s in p.text if s.isprintable()) for p in text.paragraphs)
    book = openpyxl.load_workbook(io.BytesIO(written(document, {}, ".xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_class_names_and_sources_are_escaped_too(tmp_path):
    (tmp_path / "sources.toml").write_text('[sources.topo]\ntitle = "<b>T</b>"\n', encoding="utf-8")
    values = dict(VALUES) | {
        "agro_zone": ("<i>x</i>", '"y"', 0.0),
        "cover": ({"<u>": 1.0}, {"</svg>": 1.0}, 0.0),
    }
    text = page(explanation(values), data_dir=tmp_path)
    assert "<b>T</b>" not in text
    assert "<i>x</i>" not in text
    assert "<u>" not in text
    Page(text)


@pytest.mark.parametrize("form", SUFFIXES)
def test_the_same_inputs_give_the_same_bytes(form):
    if form in {".pdf", ".docx", ".xlsx"}:
        for module in ("typst", "docx", "xlsxwriter"):
            pytest.importorskip(module)
    pages = []
    for _ in range(2):
        what = facts()
        pages.append(written(dossier(what, language("ko")), what.to_dict(), form))
    assert pages[0] == pages[1]
    assert len(pages[0]) < 1_500_000


@pytest.mark.parametrize("code", LOCALES)
def test_no_sheet_is_named_by_a_key(code):
    openpyxl = pytest.importorskip("openpyxl")
    document = dossier(facts(), language(code))
    keys = {
        block.id
        for section in document.sections
        for block in walk(section.blocks)
        if isinstance(block, Table)
    }
    names = openpyxl.load_workbook(io.BytesIO(written(document, {}, ".xlsx"))).sheetnames
    assert not keys & set(names)
    assert document.sections[2].title in names


def test_the_sheets_hold_numbers_as_numbers():
    openpyxl = pytest.importorskip("openpyxl")
    pytest.importorskip("xlsxwriter")
    book = openpyxl.load_workbook(io.BytesIO(written(dossier(facts(), language()), {}, ".xlsx")))
    sheet = next(s for s in book if s["A3"].value == "Feature" and s.max_column == 8)
    row = next(r for r in sheet.iter_rows(values_only=True) if r[0] == "Mean elevation")
    part = next(p for p in explanation().points if p.feature == "elevation")
    assert row[1:3] == (299, 423)
    assert row[6] == pytest.approx(part.points, abs=1e-12)


def test_the_text_file_has_headings_captions_and_described_pictures():
    docx = pytest.importorskip("docx")
    pytest.importorskip("typst")
    document = dossier(facts(), language("id"))
    content = written(document, {}, ".docx")
    styles = [p.style.name for p in docx.Document(io.BytesIO(content)).paragraphs]
    assert styles.count("Heading 1") == len(document.sections)
    assert styles.count("Caption") > 5
    xml = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    figures = [b for s in document.sections for b in walk(s.blocks) if isinstance(b, Figure)]
    assert len(re.findall(r'<wp:docPr [^>]*descr="[^"]+"', xml)) == len(figures)
    assert xml.count("<w:tblHeader") == sum(
        isinstance(b, Table) for s in document.sections for b in walk(s.blocks)
    )


def figures(what, code="en"):
    document = dossier(facts(what), language(code))
    return {b.id: b for s in document.sections for b in walk(s.blocks) if isinstance(b, Figure)}


def test_the_crop_basket_takes_the_place_of_the_coarser_crops_and_names_who_counted():
    counted = with_crops({"rice": 1.0}, {"tea": 1.0}, ("modelled", "observed, IBGE 2023"))
    drawn = figures(counted)
    assert "stack-crop_mix" not in drawn
    assert "Purwakarta: modelled; Gurye: observed, IBGE 2023" in drawn["stack-crops"].caption
    assert "stack-crop_mix" in figures(explanation())
    cells = [c.text for row in tables(what=counted)["complements-table"].rows for c in row.cells]
    assert "modelled / observed, IBGE 2023, 2017-2019, fao + regcrops" in cells


def test_a_modelled_basket_says_so():
    caption = figures(with_crops({"rice": 1.0}, {"tea": 1.0}))["stack-crops"].caption
    assert caption == "Crop basket (modelled, not observed, 2017-2019)"


@pytest.mark.parametrize("code", LOCALES)
def test_a_modelled_population_stands_in_its_band(code):
    what = explanation()
    factor = replace(what.points[0], feature="population_factor", value_a=2.0, value_b=None, weight=0.0)
    cards = tables(code, replace(what, points=(*what.points, factor)))
    people = [next(row for row in cards[f"card-{side}"].rows if row.cells[1].value == p).cells[1].text
              for side, p in (("a", A.population), ("b", B.population))]  # fmt: skip
    say = language(code)
    assert say.decimal(530_000) in people[0]
    assert say.decimal(2_100_000) in people[0]
    assert people[1].count(say.number(B.population, "persons")) == 1
    assert ";" not in people[1]


@pytest.mark.parametrize(("code", "title"), [("id", "Ketinggian medan ITU-R"), ("ko", "ITU-R 지형고도")])
def test_a_source_is_described_in_the_language_and_cited_as_published(code, title):
    rows = {row.cells[0].text: row.cells for row in tables(code)["sources-table"].rows}
    assert (rows["topo"][1].text, rows["topo"][1].lang) == (title, "")
    assert rows["topo"][2].lang == "en"
    assert rows["topo"][3].lang == ""


@pytest.mark.parametrize("code", LOCALES)
def test_every_source_and_licence_that_ships_has_words(code):
    registry = read_registry(DATA / "sources.toml")
    own = language(code)
    assert [key for key in registry if code != "en" and f"src.{key}" not in own] == []


def test_a_rank_names_the_list_that_it_is_of():
    text = page()
    assert "Rank of Gurye in South Korea" in text
    assert "Rank of Gurye in the world" in text


def test_a_region_stands_in_one_that_is_named_in_the_language():
    parent = replace(B, region_id="kr:36", name="Jeollanam-do", name_ko="전라남도", parent_id=None)
    what = explanation(b=replace(B, parent_id="kr:36"))
    known = replace(facts(what), parents={"kr:36": parent})
    assert "Gurye(구례군)(전라남도, 대한민국)" in dossier(known, language("ko")).subtitle
    assert "Gurye (구례군) (Jeollanam-do, South Korea)" in dossier(known, language()).subtitle


def test_months_in_which_only_one_side_can_harvest_are_told():
    text = page()
    assert "Purwakarta all year; Gurye March to November" in text
    assert (
        "December to February: warmth and rain suffice for crops in Purwakarta, in Gurye not without" in text
    )


def test_missing_knowledge_is_shown_as_missing():
    blank = dict.fromkeys(VALUES, (None, None, 0.7))
    what = replace(explanation(blank), a=replace(A, population=None, area_km2=None), population_ratio=None)
    text = page(what, shapes={})
    assert text.count("<td>not known</td>") >= 2 * len(VALUES)
    assert "No outline is shipped for either region" in text
    assert "Neither temperatures nor rain are known" in text
    assert "assumed" in text
    assert not facts(what).opportunities or all(o.pair for o in facts(what).opportunities)


def test_ranks_are_told(tmp_path):
    text = page()
    assert "of 194 candidates in South Korea" in text
    assert "of 98,211 candidates in the world" in text
    assert "own country (514)" in text
    table = tables()["peers-0"]
    assert [row.cells[1].value for row in table.rows] == [1, 2, 3, 4, 5, 7]
    assert [row.style for row in table.rows][-1] == "chosen"


def test_an_interval_of_ranks_is_told_where_it_was_reckoned():
    one = ranking(7)
    spread = tuple(replace(match, interval=(match.rank, match.rank + 12)) for match in one)
    what = facts(rankings=[replace(one, matches=spread)])
    assert what.standings[0].interval == (7, 19)
    text = to_html(dossier(what, language())).decode()
    assert "7 to 19 in 95 of 100 trials with other weights and errors of the data" in text


@pytest.mark.parametrize("code", LOCALES)
def test_a_statement_never_stands_without_its_source(code):
    points = read_evidence([DATA / "evidence"])
    said = [point for region_id in sorted(points) for point in points[region_id]]
    what = gather_pair(explanation(), door(SHAPES), (), None, said)
    table = {
        b.id: b
        for s in dossier(what, language(code)).sections
        for b in walk(s.blocks)
        if isinstance(b, Table)
    }
    rows = table["statements-table"].rows
    assert len(rows) == len(said) > 5
    for row, point in zip(rows, said, strict=True):
        assert row.cells[2].text == point.text(code, "stated_by")[0]
        assert point.title in row.cells[3].text
        assert str(point.year) in row.cells[3].text
        assert point.url in row.cells[3].text
        assert row.cells[4].text == point.text(code, "doubt")[0]


def test_a_partner_beyond_the_list_is_said_to_be_beyond_it():
    other = replace(explanation(), b=replace(B, region_id="kr:elsewhere"))
    assert facts(other).standings[0].rank is None
    assert "beyond 12" in page(other)


def test_a_failed_write_leaves_the_old_report(tmp_path):
    with pytest.raises(DataError):
        write_pair(facts(), [(tmp_path / "folder" / "x.html", "en")])
    with pytest.raises(UnknownNameError, match="'xx'"):
        write_pair(facts(), [(tmp_path / "x.html", "xx")])
    assert list(tmp_path.iterdir()) == []


def test_a_form_without_its_package_says_what_to_install(monkeypatch):
    from matcher.report import forms

    forms._writer.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, "matcher.report.sheets", None)
    with pytest.raises(UsageError, match=r"pip install 'matcher\[report\]'"):
        written(dossier(facts(), language()), {}, ".xlsx")
    forms._writer.cache_clear()


@pytest.mark.parametrize("name", ["x.doc", "x", "x.html.exe"])
def test_another_form_is_refused(name):
    with pytest.raises(UsageError, match=r"does not end in \.html"):
        form_of(name)


def test_an_atlas_without_map_and_registry_still_gives_a_report(tmp_path):
    text = page(data_dir=tmp_path)
    assert 'id="map"' not in text
    assert "not stated" in text


def test_damaged_map_and_registry_are_named(tmp_path):
    (tmp_path / "world.json").write_text("[]", encoding="utf-8")
    with pytest.raises(DataError, match=r"world\.json"):
        facts(data_dir=tmp_path)
    (tmp_path / "world.json").unlink()
    (tmp_path / "sources.toml").write_text("= 1", encoding="utf-8")
    with pytest.raises(DataError, match=r"sources\.toml"):
        facts(data_dir=tmp_path)


def test_the_map_that_ships_is_small():
    assert (DATA / "world.json").stat().st_size < 300_000


def test_a_state_of_one_city_is_named_once():
    what = explanation()
    city = replace(what, a=replace(what.a, name="Singapore", country="SG", parent_name=None))
    text = page(city)
    assert "Singapore (Singapore)" not in text
    assert "Indonesia: the six criteria" not in text.split('id="regions"')[0]


def test_a_partner_that_is_no_candidate_has_no_rank():
    what = explanation()
    hamlet = replace(what, b=replace(what.b, region_id="kr:none", population=90.0))
    found = facts(hamlet, rankings=[ranking(7)])
    tiles = next(b for b in dossier(found, language()).sections[0].blocks if isinstance(b, Tiles)).tiles
    told = next(tile for tile in tiles if tile.label.startswith("Rank of"))
    assert (told.figure, told.note) == ("no candidate", language()("r.whynot.size"))


@pytest.mark.parametrize("code", LOCALES)
def test_a_month_that_is_warmest_on_both_sides_is_told_once(code):
    say = language(code)
    what = explanation({**VALUES, "temperature_months": (COLD, COLD, 1.0)}, a=replace(A, lat=40.0))
    month = say.months()[COLD.index(max(COLD))]
    assert say("r.peak.temperature_months.same", month=month, sources="")[:-3] in page(what, code)
