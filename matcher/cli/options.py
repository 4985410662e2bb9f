"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matcher.cli.values import Countries, Span, WeightChange

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matcher.matcher import Matcher

LEVELS = ("regency", "metropolis", "province", "town")


def country_option(text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add ``--country``, which may be repeated; the command gets a flat list of codes."""
    return click.option(
        "--country", "-c", type=Countries(), multiple=True, callback=_flat, metavar="COUNTRY", help=text
    )


def _flat(_ctx: click.Context, _param: click.Parameter, value: Sequence[Sequence[str]]) -> list[str]:
    """Join the lists of a repeated option, each code once."""
    return list(dict.fromkeys(code for codes in value for code in codes))


def _named(
    _ctx: click.Context, _param: click.Parameter, value: Sequence[tuple[str, float]]
) -> dict[str, float]:
    """Turn repeated NAME=VALUE into a mapping; the last one wins."""
    return dict(value)


def narrowing(region: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the options that narrow the candidates; `region` is what the help calls the one that asks."""
    added = (
        country_option("Only candidates of these countries: code or name; repeat it or part them by commas."),
        click.option(
            "--include-own-country", is_flag=True, help=f"Take candidates of {region}'s own country too."
        ),
        click.option("--level", type=click.Choice(LEVELS), help="Only candidates of this level."),
        click.option("--population", type=Span(), help="Only candidates with so many people, e.g. 50k:2M."),
        click.option(
            "--area", "area_km2", type=Span(), help="Only candidates of such an area in km², e.g. 100:5000."
        ),
        click.option(
            "--min-distance",
            "min_distance_km",
            type=click.FloatRange(min=0),
            metavar="KM",
            help="Only candidates at least so far away.",
        ),
        click.option(
            "--min-coverage",
            type=click.FloatRange(0, 1),
            metavar="SHARE",
            help="Only pairs for which at least this share of the weight is known on both sides, e.g. 0.8.",
        ),
        click.option(
            "--any-size", is_flag=True, help=f"Take candidates beyond 1:50 of {region}'s population too."
        ),
    )

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(added):
            command = option(command)
        return command

    return add


def weighing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--profile`` and ``--weight``."""
    command = click.option(
        "--weight",
        "-w",
        "weights",
        type=WeightChange(),
        multiple=True,
        callback=_named,
        help="Weight of a group or a feature, 0 to leave it out; may be repeated.",
    )(command)
    return click.option(
        "--profile",
        "-p",
        default="balanced",
        show_default=True,
        metavar="PROFILE",
        help="Set of weights to start from; `matcher profiles` lists them.",
    )(command)


def formats(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add ``--format`` with the given choices, the first being the default."""
    return click.option(
        "--format",
        "-f",
        "form",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        help="How the result is written to stdout.",
    )


def locale_option(text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add ``--locale`` with the languages that have a catalogue."""
    # By their folders: help must not load what reads catalogues.
    folder = Path(__file__).parents[1] / "locale"
    codes = sorted(
        (path.name for path in folder.iterdir() if path.is_dir()), key=lambda code: (code != "en", code)
    )
    return click.option("--locale", type=click.Choice(codes), default="en", show_default=True, help=text)


def examples(*lines: str) -> str:
    """Return the epilog of a command: examples that run as they stand."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def load_matcher() -> Matcher:
    """Load the matcher; a function of its own so that tests can put another in its place."""
    from matcher.cli.own import extended
    from matcher.matcher import Matcher

    return extended(Matcher.load())
