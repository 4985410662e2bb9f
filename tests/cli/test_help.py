"""Every command has help, says every option, shows examples that parse, and is in the documents."""

from __future__ import annotations

import shlex

import click
import pytest

from matcher.cli import COMMANDS, cli


def walk(command: click.Command, path: tuple[str, ...] = ()):
    """Yield every command with the words that call it."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from walk(command.get_command(context, name), (*path, name))
    if path:
        yield path, command


ALL = {" ".join(path): command for path, command in walk(cli)}
LEAVES = {name: command for name, command in ALL.items() if not isinstance(command, click.Group)}


def examples(command: click.Command) -> list[str]:
    return [
        line.strip() for line in (command.epilog or "").splitlines() if " matcher " in f" {line.strip()} "
    ]


def test_the_verbs_are_those_of_the_table():
    assert {name.split()[0] for name in ALL} == set(COMMANDS)
    assert {f"data {verb}" for verb in ("build", "fetch", "verify", "cards")} <= set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_every_command_has_help_and_examples(name):
    command = ALL[name]
    assert command.help
    assert command.help.splitlines()[0].endswith((".", ":"))
    assert len(examples(command)) >= 2


@pytest.mark.parametrize("name", LEAVES)
def test_every_option_has_help(name):
    silent = [p.name for p in LEAVES[name].params if isinstance(p, click.Option) and not p.help]
    assert not silent


@pytest.mark.parametrize("line", sorted({line for command in ALL.values() for line in examples(command)}))
def test_every_example_parses(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in (
        "shortlist.txt",
        "ties.csv",
        "new.csv",
        "id.csv",
        "towns.txt",
        "harvested.csv.gz",
        "mine.geojson",
    ):
        (tmp_path / name).write_text("Gurye\n", encoding="utf-8")
    words = shlex.split(line)
    words = words[words.index("matcher") + 1 :]
    if ">" in words:
        words = words[: words.index(">")]
    group, context = cli, click.Context(cli)
    while isinstance(group, click.Group):
        name, group, words = group.resolve_command(context, words)
        context = click.Context(group, info_name=name, parent=context)
    with group.make_context(name, words):
        pass


@pytest.mark.parametrize("name", ["", *ALL])
def test_help_prints_and_leaves_with_zero(name, invoke):
    done = invoke(*name.split(), "--help")
    assert done.code == 0
    assert done.out.startswith("Usage: matcher")
    assert not done.err


@pytest.mark.parametrize("name", LEAVES)
def test_every_command_is_in_the_documents(name, root):
    assert f"matcher {name}" in (root / "docs" / "cli.md").read_text(encoding="utf-8")
    assert f"matcher {name.split()[0]}" in (root / "README.md").read_text(encoding="utf-8")


def test_version(invoke):
    from matcher import __version__

    assert invoke("--version").out == f"matcher {__version__}\n"


def test_no_command_prints_the_help(invoke):
    done = invoke()
    assert done.code == 2
    assert "Commands:" in done.out + done.err
