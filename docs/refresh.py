"""Put the real output of the commands into README.md and models/README.md, and all help into docs/cli.md.

Run it in an environment in which matcher is installed: ``python docs/refresh.py``. With ``--check`` nothing is written
and the exit code is 1 where a file is not up to date.

In the two README files, a block ```` ```text ```` after ``<!-- output of: COMMAND -->`` holds what the command prints, and the one
after ``<!-- output of the Python above -->`` what the Python block before it prints.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matcher.cli import cli

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
COMMAND = re.compile(r"(<!-- output of: (?P<command>matcher .+?) -->\n```text\n).*?(```\n)", re.DOTALL)
PYTHON = re.compile(
    r"(<!-- run this -->\n```python\n(?P<code>.*?)```\n\n<!-- output of the Python above -->\n```text\n).*?(```\n)",
    re.DOTALL,
)

SETTINGS: dict[str, Any] = {"terminal_width": 100, "help_option_names": ["-h", "--help"]}


def main() -> int:
    """Refresh, or check, all three files."""
    check = "--check" in sys.argv[1:]
    texts = {ROOT / "docs" / "cli.md": cli_reference()}
    if "--cli-only" not in sys.argv[1:]:
        for path in (ROOT / "README.md", ROOT / "models" / "README.md"):
            texts[path] = refreshed(path.read_text(encoding="utf-8"))
    stale = [
        path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path in stale:
        if check:
            print(f"{path.relative_to(ROOT)} is not up to date: run python docs/refresh.py")
        else:
            path.write_text(texts[path], encoding="utf-8")
            print(f"{path.relative_to(ROOT)} written")
    return int(check and bool(stale))


def refreshed(text: str) -> str:
    """Return a README with every output block filled in anew."""

    def command(match: re.Match[str]) -> str:
        words = shlex.split(match["command"])[1:]
        return match[1] + output([sys.executable, "-m", "matcher", *words]) + match[3]

    def python(match: re.Match[str]) -> str:
        return match[1] + output([sys.executable, "-c", match["code"]]) + match[3]

    return PYTHON.sub(python, COMMAND.sub(command, text))


def output(command: list[str]) -> str:
    """Return what a command prints on stdout."""
    environment = os.environ | {"PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        command, check=True, capture_output=True, encoding="utf-8", env=environment, cwd=ROOT / "docs"
    )
    return done.stdout


def cli_reference() -> str:
    """Return the help of every command as one page."""
    parts = ["# The command line", "Written by `python docs/refresh.py` from the help of the commands."]
    for path, command in walk(cli, ("matcher",)):
        with click.Context(command, info_name=" ".join(path), **SETTINGS) as context:
            parts += [f"## {' '.join(path)}", f"```text\n{command.get_help(context)}\n```"]
    return "\n\n".join(parts) + "\n"


def walk(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield a command and all below it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from walk(below, (*path, name))


if __name__ == "__main__":
    sys.exit(main())
