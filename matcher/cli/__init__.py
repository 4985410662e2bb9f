"""The command line: every verb of `Matcher` is a command of the same name.

stdout carries the result and nothing else; stderr carries the rest. Exit codes: 0 it worked, 1 the atlas, the
model or a file is at fault, 2 the request is, 3 a region is not found or not the only one of its name.

Commands are imported when they are called, so that help is quick and `rank` loads only what it needs.
"""

from __future__ import annotations

import importlib
import re
from typing import Any

import click

from matcher.cli.running import run

# Command -> module of this package that defines it, and its line in the help; in the order of their use.
COMMANDS = {
    "rank": ("ranking", "Rank the regions of other countries by their likeness to one."),
    "explain": ("explaining", "Explain the likeness of two regions, feature by feature."),
    "plausibility": ("opinions", "Say how much two regions look like real partners: a second opinion."),
    "precedents": ("opinions", "Find the real partnerships most alike to a pair."),
    "report": ("reporting", "Write the report of two regions, or the shortlist of one."),
    "batch": ("batching", "Rank for many regions at once, into one file."),
    "find": ("finding", "Find regions by name, in any script."),
    "show": ("showing", "Show everything the atlas knows of one region."),
    "features": ("features", "List what is compared, with unit, evidence and source."),
    "profiles": ("features", "List the sets of weights."),
    "data": ("data", "Build, fetch, verify and describe the atlas."),
    "fit": ("fitting", "Fit the likeness model on an atlas."),
    "evaluate": ("evaluating", "Judge the models, and every baseline, by real partnerships."),
    "doctor": ("doctor", "Examine this installation."),
}

_SOUTHERN_POINT = re.compile(r"-\d+(\.\d+)?\s*,\s*-?\d+(\.\d+)?")


class Verbs(click.Group):
    """A group that imports a command only when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands in the order of their use, not of the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"matcher.cli.{COMMANDS[name][0]}"), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or offer the closest ones."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in COMMANDS:
            import difflib

            close = difflib.get_close_matches(name, COMMANDS, n=2)
            hint = f"did you mean {' or '.join(close)}?" if close else f"commands: {', '.join(COMMANDS)}."
            ctx.fail(f"no command is called {name!r}; {hint}")
        # A point south of the equator begins with a minus but is no option; the blank is cut off with the text's own.
        return super().resolve_command(
            ctx, [f" {arg}" if _SOUTHERN_POINT.fullmatch(arg) else arg for arg in args]
        )


EPILOG = """\b
Examples:
  matcher rank Purwakarta --country KR
  matcher explain Purwakarta Gurye
  matcher report Purwakarta Gurye -o purwakarta-gurye.html
  matcher find 구례
  matcher COMMAND --help
"""


def _version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's signature
    """Print the version and leave."""
    if not wanted or ctx.resilient_parsing:
        return
    from matcher import __version__

    click.echo(f"matcher {__version__}")
    ctx.exit()


@click.group(
    cls=Verbs,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Print the version."
)
def cli() -> None:
    """Find partner regions: rank every comparable region of the world and explain each match.

    A REGION is a name in any script ("Purwakarta", "구례", "Springfield, US"), a region_id, a GeoNames or Wikidata
    id, or "lat,lon".
    """


def main(args: list[str] | None = None) -> Any:
    """Run the command line and leave with the exit code that fits."""
    run(cli, args)


__all__ = ["COMMANDS", "cli", "main"]
