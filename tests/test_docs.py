"""The documents say what is so: commands, output blocks, the one-line commands and the changelog."""

from __future__ import annotations

import importlib.util
import re
import sys

import click
import pytest

from matcher.cli import cli
from matcher.paths import data_dir

needs_atlas = pytest.mark.skipif(not (data_dir() / "atlas.json").exists(), reason="no atlas is built yet")


@pytest.fixture(scope="module")
def refresh(root):
    spec = importlib.util.spec_from_file_location("refresh", root / "docs" / "refresh.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def words(text: str) -> str:
    """The text with every run of white space as one blank: another click may break lines elsewhere."""
    return " ".join(text.split())


def test_the_reference_has_every_command_option_and_example(refresh, root):
    page = words((root / "docs" / "cli.md").read_text(encoding="utf-8"))
    for path, command in refresh.walk(cli, ("matcher",)):
        assert f"## {' '.join(path)} " in page
        assert words(command.help or "").replace("\b ", "") in page, f"run python docs/refresh.py for {path}"
        for option in command.params:
            if isinstance(option, click.Option):
                assert words(option.help or "") in page, f"run python docs/refresh.py for {path}"
        for line in (command.epilog or "\b").splitlines()[1:]:
            assert words(line) in page, f"run python docs/refresh.py for {path}"


def test_the_continuous_check_runs_the_readmes_test_line(root):
    readme = (root / "README.md").read_text(encoding="utf-8")
    lines = [line for line in readme.splitlines() if line.startswith("python3 -m venv ")]
    assert len(lines) == 2
    pattern = re.search(r"grep -m1 -E '(.+?)' README.md", (root / ".ci" / "run").read_text(encoding="utf-8"))
    assert [line for line in lines if re.search(pattern[1], line)] == [lines[1]]


def test_relative_links_lead_somewhere(root):
    for page in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        links = re.findall(r"\]\((?!https?:|#)([^)#]+)", (root / page).read_text(encoding="utf-8"))
        assert [link for link in links if not (root / link).exists()] == [], page


@needs_atlas
@pytest.mark.slow
def test_the_outputs_in_the_readme_are_real(refresh, root):
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert len(refresh.COMMAND.findall(readme)) >= 2
    assert len(refresh.PYTHON.findall(readme)) == 1
    assert refresh.refreshed(readme) == readme, "run python docs/refresh.py"


def test_the_python_in_the_readme_is_short(refresh, root):
    readme = (root / "README.md").read_text(encoding="utf-8")
    code = refresh.PYTHON.search(readme)["code"]
    assert len([line for line in code.splitlines() if line.strip()]) <= 8
    compile(code, "README.md", "exec")


def test_blocks_are_filled_in(refresh, monkeypatch):
    monkeypatch.setattr(refresh, "output", lambda command: f"ran {command[-1]}\n")
    text = (
        "<!-- output of: matcher find 구례 -->\n```text\nold\n```\n\n"
        "<!-- run this -->\n```python\n1\n```\n\n<!-- output of the Python above -->\n```text\nold\n```\n"
    )
    assert refresh.refreshed(text) == text.replace("old", "ran 구례", 1).replace("old", "ran 1\n", 1)


def test_refresh_check_tells_a_stale_file(refresh, monkeypatch, tmp_path, capsys):
    (tmp_path / "docs").mkdir()
    (tmp_path / "models").mkdir()
    for path in ("README.md", "models/README.md"):
        (tmp_path / path).write_text("# matcher\n", encoding="utf-8")
    monkeypatch.setattr(refresh, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["refresh.py", "--check"])
    assert refresh.main() == 1
    assert "docs/cli.md is not up to date" in capsys.readouterr().out.replace("\\", "/")
    monkeypatch.setattr(sys, "argv", ["refresh.py"])
    assert refresh.main() == 0
    monkeypatch.setattr(sys, "argv", ["refresh.py", "--check"])
    assert refresh.main() == 0


@needs_atlas
def test_the_countries_without_a_region_that_signs_are_told(root):
    from matcher import Atlas
    from matcher.countries import country_name

    atlas = Atlas.open()
    none = set(atlas.countries) - set(atlas.countries[atlas.partner_rows()])
    page = words((root / "README.md").read_text(encoding="utf-8"))
    told = re.search(r"Of ([^.]*?) it holds nothing else, so no list has it", page)
    assert set(re.split(r", | and the ", told[1])) == {country_name(code) for code in none}
