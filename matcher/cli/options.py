"""Options that several commands share, and the types of their values."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matcher.matcher import Matcher

_NUMBER = re.compile(r"(?P<number>[\d.,_]*\d\.?)\s*(?P<unit>[kKmM]?)")
_UNITS = {"": 1.0, "k": 1e3, "m": 1e6}
LEVELS = ("regency", "metropolis", "province", "town")


class Span(click.ParamType[tuple[float | None, float | None]]):
    """A range ``MIN:MAX``; either end may be left open; k and M stand for thousand and million."""

    name = "min:max"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        """Return what help shows."""
        return "MIN:MAX"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float | None, float | None]:
        """Read a range."""
        if isinstance(value, tuple):
            return value
        low, colon, high = str(value).partition(":")
        if not colon:
            self.fail(
                f"{value!r} is not a range; write MIN:MAX, such as 10000:500000, 10k: or :2M.", param, ctx
            )
        ends = (self._end(low, param, ctx), self._end(high, param, ctx))
        if ends == (None, None):
            self.fail("a range needs at least one end; write MIN:MAX, MIN: or :MAX.", param, ctx)
        if ends[0] is not None and ends[1] is not None and ends[0] > ends[1]:
            self.fail(f"{value!r} ends below its beginning; write the smaller number first.", param, ctx)
        return ends

    def _end(self, text: str, param: click.Parameter | None, ctx: click.Context | None) -> float | None:
        """Read one end of a range; an open end is None."""
        if not text.strip():
            return None
        match = _NUMBER.fullmatch(text.strip())
        if match is None:
            self.fail(f"{text!r} is not a number of 0 or more; write 250000, 250k or 1.5M.", param, ctx)
        try:
            return float(re.sub(r"[,_]", "", match["number"])) * _UNITS[match["unit"].lower()]
        except ValueError:
            self.fail(f"{text!r} is not a number; write 250000, 250k or 1.5M.", param, ctx)


class WeightChange(click.ParamType[tuple[str, float]]):
    """A weight ``NAME=VALUE``; whether it may be used is for the model to say."""

    name = "name=value"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        """Return what help shows."""
        return "NAME=VALUE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, float]:
        """Read one weight."""
        if isinstance(value, tuple):
            return value
        name, _, number = str(value).partition("=")
        try:
            return name.strip(), float(number)
        except ValueError:
            self.fail(
                f"{value!r} is not a weight; write NAME=VALUE, such as culture=2 or relief=0.", param, ctx
            )


class Countries(click.ParamType[tuple[str, ...]]):
    """One or more countries, by code or name, parted by commas."""

    name = "country"

    def convert(
        self,
        value: Any,
        param: click.Parameter | None,  # noqa: ARG002
        ctx: click.Context | None,  # noqa: ARG002
    ) -> tuple[str, ...]:
        """Read the codes; a name may itself hold a comma ("Korea, South")."""
        from matcher.countries import country_code
        from matcher.errors import UnknownNameError

        if isinstance(value, tuple):
            return value
        parts = [part.strip() for part in str(value).split(",") if part.strip()] or [""]
        if len(parts) > 1:
            with suppress(UnknownNameError):
                return (country_code(str(value)),)
        return tuple(country_code(part) for part in parts)


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
