"""From what a planner typed to one region, or to a list to choose from."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import click

from matcher.cli.output import note, table, whole
from matcher.countries import country_name
from matcher.errors import EmptyCandidatesError, RegionError, RegionNotFoundError
from matcher.folding import fold, fold_bare
from matcher.references import parse_reference

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matcher.atlas import Region
    from matcher.matcher import Matcher


_TOLD = 20  # unclear regions of a list that are told one by one


class RegionChoice(click.ClickException):
    """A text that is no region or more than one; shown with the regions to choose from."""

    exit_code = RegionError.exit_code

    def __init__(self, error: RegionError, text: str) -> None:
        super().__init__(str(error))
        self.error = error
        self.text = text

    def show(self, file: object = None) -> None:  # noqa: ARG002 - click's signature
        """Print the error, the candidates and the command that picks the first of them, on stderr."""
        click.echo(f"Error: {self.message}", err=True)
        if not self.error.candidates:
            return
        click.echo(choices(self.error.candidates), err=True)
        first = self.error.candidates[0].region_id
        click.echo(f"choose one, e.g. {_again(sys.argv[1:], self.text, first)}", err=True)


def choices(regions: Iterable[Region]) -> str:
    """Return a numbered table of regions to choose from."""
    rows = [
        [
            number,
            region.name,
            region.unit_type or region.level,
            region.parent_name or "",
            country_name(region.country),
            whole(region.population),
            region.region_id,
        ]
        for number, region in enumerate(regions, start=1)
    ]
    return table(["", "region", "unit", "in", "country", "people", "region_id"], rows, right={0, 5})


def one_region(matcher: Matcher, text: str) -> Region:
    """Return the region that `text` names, or stop with a list to choose from (exit code 3).

    What was found by another name than the region's own, a town in it or a slip of the pen is told on stderr.
    """
    text = text.strip()
    try:
        region = matcher.region(text)
    except RegionError as error:
        raise RegionChoice(error, text) from error
    if not _bears(region, text):
        note(f"{text!r} was read as {region}.")
    return region


def many_regions(matcher: Matcher, texts: Iterable[tuple[int, str]], source: str) -> list[Region]:
    """Return the regions of numbered texts, each once; those that fail are told at once, the first twenty one by one.

    Parameters
    ----------
    matcher
        The matcher to ask.
    texts
        Line number and text of each region.
    source
        Name of the list, for messages.
    """
    first: dict[str, int] = {}  # a name that comes twice is looked up once
    for line, text in texts:
        first.setdefault(text, line)
    found: dict[str, Region] = {}
    faults: list[str] = []
    for text, line in first.items():
        try:
            region = matcher.region(text)
        except RegionError as error:
            ids = ", ".join(region.region_id for region in error.candidates[:3])
            faults.append(f"  line {line}: {error}" + (f" [{ids}]" if ids else ""))
        else:
            found[region.region_id] = region
    if faults:
        more = f"\n  and {len(faults) - _TOLD:,} more" if len(faults) > _TOLD else ""
        raise RegionNotFoundError(
            f"{len(faults):,} of {len(first):,} regions in {source} are not clear:\n"
            + "\n".join(faults[:_TOLD])
            + more
        )
    if not found:
        raise EmptyCandidatesError(f"{source} holds no region; write one a line.")
    return list(found.values())


def _bears(region: Region, text: str) -> bool:
    """Whether a text is a name of the region itself, with or without type words; ids and points always are."""
    if parse_reference(text).kind != "name":
        return True
    said = text.replace("(", ",").split(",")[0]
    names = (region.name, region.name_local, region.name_en, region.name_id, region.name_ko)
    own = [name for name in names if name]
    return not {fold(said), fold_bare(said)}.isdisjoint(
        key for name in own for key in (fold(name), fold_bare(name))
    )


def _again(args: list[str], text: str, region_id: str) -> str:
    """Return the command line with `text` replaced by `region_id`."""
    replaced = [region_id if arg == text else arg for arg in args]
    return shlex.join(["matcher", *replaced])
