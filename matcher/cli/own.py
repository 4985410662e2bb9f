"""Options for a planner's own columns, and the matcher that knows them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matcher.cli.values import NewFile
from matcher.errors import TableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matcher.matcher import Matcher

_KEY = "matcher.own"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_LISTED = 20


def own_columns(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--regions``, ``--features``, ``--data`` and ``--errors``; `options.load_matcher` then finds what they name."""
    for option in (
        click.option(
            "--regions",
            type=_FILE,
            expose_value=False,
            callback=_remember,
            help="Your own regions: GeoJSON, or what `matcher data regions` made of it; see docs/own-data.md.",
        ),
        click.option(
            "--errors",
            type=NewFile(),
            expose_value=False,
            callback=_remember,
            help="Write every row of --data or --regions that cannot be used to this CSV file.",
        ),
        click.option(
            "--data",
            type=_FILE,
            multiple=True,
            expose_value=False,
            callback=_remember,
            help="Your own columns: CSV or Parquet, one row a region.",
        ),
        click.option(
            "--features",
            type=_FILE,
            multiple=True,
            expose_value=False,
            callback=_remember,
            help="What your own columns mean: TOML; see docs/own-data.md.",
        ),
    ):
        command = option(command)
    return command


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
    ctx.meta.setdefault(_KEY, {})[param.name] = value
    return value


def own_regions() -> Path | None:
    """Return the file of own regions that the running command was given."""
    ctx = click.get_current_context(silent=True)
    found: Path | None = (ctx.meta.get(_KEY, {}) if ctx is not None else {}).get("regions")
    return found


def asked() -> tuple[Sequence[Path], Sequence[Path], Path | None]:
    """Return the catalogues, tables and file for faults that the running command was given."""
    ctx = click.get_current_context(silent=True)
    wishes = ctx.meta.get(_KEY, {}) if ctx is not None else {}
    return wishes.get("features") or (), wishes.get("data") or (), wishes.get("errors")


def extended(matcher: Matcher) -> Matcher:
    """Return the matcher with the own regions and columns that the running command was given.

    Raises
    ------
    UsageError
        A catalogue has no table or a table no catalogue.
    TableError
        Rows cannot be used; with ``--errors`` all are in that file and the first ones in the message.
    """
    from matcher.cli.output import note

    catalogues, tables, errors = asked()
    if len(catalogues) != len(tables):
        raise UsageError(
            f"{len(catalogues)} --features and {len(tables)} --data; each table of your own needs its catalogue: "
            "--features mine.toml --data mine.csv"
        )
    if (regions := own_regions()) is not None:
        try:
            matcher = matcher.add_regions(regions)
        except TableError as error:
            raise error if errors is None else _short(error, errors) from None
    for catalogue, table in zip(catalogues, tables, strict=True):
        try:
            matcher = matcher.extend(table, catalogue)
        except TableError as error:
            raise error if errors is None else _short(error, errors) from None
        if matcher.atlas.ignored:
            note(
                f"columns of {table} that {catalogue} does not describe: {', '.join(matcher.atlas.ignored)}."
            )
    return matcher


def _short(error: TableError, path: Path) -> TableError:
    """Write all faults to a file, and keep the first ones in the message."""
    from matcher.own.faults import write_faults

    write_faults(path, error.faults)
    lines = str(error).splitlines()
    shown = lines[: 3 + _LISTED]
    left = len(lines) - len(shown)
    more = f"\nand {left:,} more" if left else ""
    return TableError("\n".join(shown) + f"{more}\nall {len(error.faults):,} are in {path}", error.faults)
