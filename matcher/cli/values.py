"""Types of the values of options: what is typed becomes a range, a weight, countries or a file, or is refused."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import click

_NUMBER = re.compile(r"(?P<number>[\d.,_]*\d\.?)\s*(?P<unit>[kKmM]?)")
_UNITS = {"": 1.0, "k": 1e3, "m": 1e6}


class Text(NamedTuple):
    """What a file holds, and what messages call it."""

    name: str
    content: str


class TextFile(click.ParamType[Text]):
    """A file of text in UTF-8, read whole; - is stdin."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Text:
        """Read the file."""
        try:
            with click.open_file(value, encoding="utf-8-sig") as file:
                return Text(str(getattr(file, "name", value)), file.read())
        except OSError as error:
            self.fail(f"{str(value)!r}: {error.strerror or error}", param, ctx)
        except UnicodeDecodeError:
            self.fail(f"{str(value)!r} is no text in UTF-8; save it as UTF-8 or 'CSV UTF-8'.", param, ctx)


class NewFile(click.Path):
    """A file to write, in a folder that is there: no long run shall end in finding that it is not."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Check the path and its folder."""
        path = Path(str(super().convert(value, param, ctx)))
        if not path.resolve().parent.is_dir():
            self.fail(f"the folder {str(path.parent)!r} does not exist; create it first.", param, ctx)
        return path


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
