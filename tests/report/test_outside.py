"""Other programs take the reports as they are: a browser at two widths, and an office suite."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from html import escape
from pathlib import Path

import pytest

from matcher.language import language
from matcher.report.dossier import dossier
from matcher.report.forms import written
from tests.report.pair import explanation, named
from tests.report.test_report import HOSTILE, facts

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
OFFICE = next(filter(None, map(shutil.which, ("soffice", "libreoffice"))), None)
# Asks the browser itself: does anything stick out of the page, is a text clipped, did a script run?
PROBE = """
<script>
addEventListener("load", () => {
  const wide = innerWidth;
  const out = [...document.querySelectorAll("body *")].filter((e) => !e.closest(".scroll") && !e.closest("svg")
    && !e.classList.contains("skip") && e.getBoundingClientRect().right > wide + 1).map((e) => e.tagName + "." + e.className);
  const small = [...document.querySelectorAll("p, td, th, li, dd, small")].filter((e) =>
    parseFloat(getComputedStyle(e).fontSize) < 11).length;
  const texts = [...document.querySelectorAll("figure svg")].flatMap((svg) => {
    const box = svg.getBoundingClientRect();
    return [...svg.querySelectorAll("text")].filter((t) => {
      const b = t.getBoundingClientRect();
      return b.right > box.right + 2 || b.left < box.left - 2 || b.bottom > box.bottom + 3;
    }).map((t) => t.textContent);
  });
  top.document.title = JSON.stringify({wide, out, small, texts, alerts: window.alerts || 0});
});
window.alert = () => { window.alerts = 1; };
</script>"""

# The checker of the Web Content Accessibility Guidelines that browsers and auditors use.
AXE = importlib.util.find_spec("axe_core_python")
AXE_RUN = """
<script>
addEventListener("load", () => axe.run(document, {resultTypes: ["violations"]}).then((found) => {
  top.document.title = JSON.stringify({wide: innerWidth, passed: found.passes.length, faults: found.violations.map((fault) =>
    [fault.id, fault.nodes.map((node) => node.target.join(" ") + " " + node.failureSummary).slice(0, 3)])});
}));
</script>"""

# Clicks the head of the column of points three times.
SORT = """
<script>
addEventListener("load", () => {
  const table = document.querySelector("#features-table");
  const heads = [...table.tHead.rows[0].cells], column = heads.length - 2, head = heads[column];
  const order = () => [...table.tBodies[0].rows].map((row) => row.cells[column].dataset.v ?? null).map((v) => v && +v);
  const first = order(), orders = [], told = [];
  for (let i = 0; i < 3; i++) {
    head.querySelector("button").click();
    orders.push(order());
    told.push(head.getAttribute("aria-sort"));
  }
  top.document.title = JSON.stringify({wide: innerWidth, first, orders, told});
});
</script>"""

pytestmark = pytest.mark.slow


def probe(page, tmp_path, width, script=PROBE):
    """Open a page in a frame of the width in the browser (which opens no window so narrow) and return what it saw."""
    path = tmp_path / f"page-{width}.html"
    inner = escape(page.decode().replace("</head>", script + "</head>"))
    frame = f'<iframe srcdoc="{inner}" style="border: 0; width: {width}px; height: 1200px"></iframe>'
    path.write_text(f"<!doctype html><meta charset=utf-8><title></title>{frame}", encoding="utf-8")
    command = [
        BROWSER,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--window-size={width + 200},1300",
        "--virtual-time-budget=60000",
        "--dump-dom",
    ]
    done = subprocess.run([*command, path.as_uri()], capture_output=True, check=True, timeout=240)
    title = done.stdout.decode().split("<title>")[1].split("</title>")[0]
    return json.loads(title.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">"))


@pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("code", ["en", "id", "ko"])
def test_the_page_fits_a_phone_and_a_desk(code, width, tmp_path):
    seen = probe(written(dossier(facts(), language(code)), {}, ".html"), tmp_path, width)
    assert seen["wide"] == width
    assert seen["out"] == []
    assert seen["texts"] == []
    assert seen["small"] == 0


@pytest.mark.skipif(BROWSER is None or AXE is None, reason="no Chromium or no axe-core is installed")
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("code", ["en", "id", "ko"])
def test_the_page_has_no_fault_of_accessibility(code, width, tmp_path):
    source = Path(AXE.submodule_search_locations[0], "axe.min.js").read_text(encoding="utf-8")
    page = written(dossier(facts(), language(code)), {}, ".html")
    # A script in a page ends at its first closing tag, even inside a text.
    script = f"<script>{source.replace('</', '<' + chr(92) + '/')}</script>{AXE_RUN}"
    seen = probe(page, tmp_path, width, script)
    assert seen["wide"] == width
    assert seen["passed"] > 20
    assert seen["faults"] == []


@pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
def test_a_click_sorts_a_table_and_a_third_one_restores_it(tmp_path):
    seen = probe(written(dossier(facts(), language()), {}, ".html"), tmp_path, 1280, SORT)
    down, up, again = seen["orders"]
    assert down == sorted(down, reverse=True)
    assert up == sorted(down)
    assert again == seen["first"]
    assert seen["told"] == ["descending", "ascending", "none"]


@pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_runs_a_script_or_breaks_the_layout(name, tmp_path):
    what = facts(named(explanation(), name, name, name_local=name, parent_name=name))
    seen = probe(written(dossier(what, language()), {}, ".html"), tmp_path, 500)
    assert seen["alerts"] == 0
    assert seen["out"] == []


@pytest.mark.skipif(OFFICE is None, reason="no LibreOffice is installed")
@pytest.mark.parametrize("form", [".docx", ".xlsx"])
def test_an_office_suite_opens_it_without_a_warning(form, tmp_path):
    for module in ("typst", "docx", "xlsxwriter"):
        pytest.importorskip(module)
    path = tmp_path / f"report{form}"
    path.write_bytes(written(dossier(facts(), language("ko")), {}, form))
    home = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    command = [OFFICE, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=240)
    told = [line for line in done.stderr.splitlines() if "javaldx" not in line and line.strip()]
    assert told == []
    assert (tmp_path / "report.pdf").stat().st_size > 50_000
