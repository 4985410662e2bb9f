"""``matcher data``: build, fetch, verify and describe the atlas."""

from __future__ import annotations

import importlib.util
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matcher.cli import options
from matcher.cli.output import note, table, write, write_json, write_records
from matcher.cli.values import NewFile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from matcher.build.registry import Source

_FOLDER = click.Path(file_okay=False, path_type=Path)
# What the build imports and the installed program does not need.
BUILD_LIBRARIES = (
    "exactextract",
    "geopandas",
    "h5py",
    "netCDF4",
    "openpyxl",
    "pyogrio",
    "pyproj",
    "rasterio",
    "tifffile",
)


MOST_FAULTS = 20
# Files of an atlas that are written by hand.
BY_HAND = (
    *("features.toml", "profiles.toml", "errors.toml", "sources.toml"),
    *("levels.csv", "world.json", "vocabulary.toml"),
)


@click.group(
    epilog=options.examples(
        "matcher data verify", "matcher data cards", "matcher data cards spam --format json"
    )
)
def data() -> None:
    """Build, fetch, verify and describe the atlas."""


def _sources_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where raw files are."""
    for option in (
        click.option(
            "--sources",
            type=_FOLDER,
            envvar="MATCHER_SOURCES",
            help="Folder of sources that no package holds.",
        ),
        click.option(
            "--archives", type=_FOLDER, envvar="MATCHER_ARCHIVES", help="Folder of packages fetched before."
        ),
        click.option(
            "--cache", type=_FOLDER, envvar="MATCHER_CACHE", help="Folder for downloads and half-done steps."
        ),
    ):
        command = option(command)
    return command


@data.command(
    epilog=options.examples(
        "matcher data build --sources ~/sources --output data",
        "matcher data build --sources ~/sources --output trial --country ID,KR",
    )
)
@_sources_options
@click.option(
    "--output",
    "-o",
    type=_FOLDER,
    required=True,
    help="Folder of the atlas; a new one gets a copy of the catalogue, sources and profiles.",
)
@options.country_option("Only these countries, for a trial.")
@click.option(
    "--open",
    "open_only",
    is_flag=True,
    help="Leave out all that is share-alike or not for commerce; to a new folder.",
)
@click.option(
    "--jobs", "-j", type=click.IntRange(min=1), default=2, show_default=True, help="Steps run at once."
)
def build(
    sources: Path | None,
    archives: Path | None,
    cache: Path | None,
    output: Path,
    country: list[str],
    open_only: bool,  # noqa: FBT001 - click's way
    jobs: int,
) -> None:
    """Build the atlas from its sources.

    Steps whose sources and code have not changed are taken from the cache, so an interrupted build goes on where it
    stopped. Files are replaced whole at the end, or not at all.
    """
    _need_build_libraries()
    from matcher.build.assemble import build_atlas
    from matcher.build.sources import Sources
    from matcher.paths import data_dir

    found = Sources(cache=cache, local=sources, archives=archives)

    def make(folder: Path) -> None:
        build_atlas(found, folder, jobs=jobs, countries=country or None, progress=note)
        # only now: a build that failed leaves nothing for the next one to stumble over
        prepare(folder)

    if open_only:
        _build_open(make, output)
    else:
        own = output / "features.toml"
        if own.exists() and own.read_bytes() != (data_dir() / own.name).read_bytes():
            note(f"{own} is the catalogue that is built; without it, that of {data_dir()} would be.")
        make(output)
    write(str(output))


def _build_open(make: Callable[[Path], None], output: Path) -> None:
    """Build an atlas out of sight, and of it what may be passed on into `output`."""
    from tempfile import TemporaryDirectory

    from matcher.atlas import Atlas
    from matcher.exporting import check_new, export_open

    check_new(output)  # now, not after hours
    output.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{output.name}-", dir=output.parent) as full:
        make(Path(full))
        _say_left_out(export_open(Atlas.open(Path(full)), None, output), output)


@data.command(
    epilog=options.examples(
        "matcher data export --open open-atlas",
        "MATCHER_DATA=open-atlas MATCHER_MODEL=open-atlas/model matcher rank Purwakarta",
    )
)
@click.option("--open", "folder", type=_FOLDER, required=True, metavar="DIR", help="A new folder.")
def export(folder: Path) -> None:
    """Write the atlas and its model without any share-alike or non-commercial part to a new folder.

    Without them there are no languages, no outlines of some countries and no learned weights. The figures and names of
    all regions stay.
    """
    from matcher.atlas import Atlas
    from matcher.exporting import export_open
    from matcher.model import SimilarityModel
    from matcher.paths import model_dir

    atlas = Atlas.open()
    _say_left_out(export_open(atlas, SimilarityModel.load(model_dir()), folder), folder)
    note(f"use it with MATCHER_DATA={folder} MATCHER_MODEL={folder / 'model'}")
    write(str(folder))


def _say_left_out(features: Sequence[str], folder: Path) -> None:
    """Say what an open atlas lacks."""
    note(f"left out of {folder}: {', '.join(features) or 'no feature'}, outlines under share-alike licences.")


def prepare(folder: Path) -> None:
    """Give a new atlas folder the files that are written by hand: catalogue, sources, profiles."""
    from matcher.files import read_bytes, write_atomically
    from matcher.paths import data_dir

    folder.mkdir(parents=True, exist_ok=True)
    for name in BY_HAND:
        if not (folder / name).exists() and (data_dir() / name).exists():
            write_atomically(folder / name, read_bytes(data_dir() / name))


@data.command(epilog=options.examples("matcher data fetch", "matcher data fetch gb spam --cache ~/big/cache"))
@click.argument("key", nargs=-1, metavar="[KEY]...")
@_sources_options
def fetch(key: tuple[str, ...], sources: Path | None, archives: Path | None, cache: Path | None) -> None:
    """Fetch, check and unpack the sources (all, or those of the given KEYs), so that a build needs no network."""
    _need_build_libraries()
    from matcher.build.sources import Sources

    got = Sources(cache=cache, local=sources, archives=archives).fetch_all(key or None, progress=note)
    write(table(["source", "path"], [[name, path] for name, path in got.items()]))


@data.command(
    epilog=options.examples(
        "matcher data regions mine.geojson -o mine.parquet",
        "matcher data regions mine.geojson --cache ~/big/cache -o mine.parquet",
    )
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@_sources_options
@click.option(
    "--output",
    "-o",
    type=NewFile(),
    required=True,
    help="Parquet file to write.",
)
def regions(
    file: Path, sources: Path | None, archives: Path | None, cache: Path | None, output: Path
) -> None:
    """Compute the features of the regions drawn in FILE, a GeoJSON of outlines.

    The result needs neither the sources nor the libraries of the build: `matcher rank --regions OUTPUT` reads it.
    """
    _need_build_libraries()
    from matcher.atlas import Atlas
    from matcher.build.own import own_table, write_own
    from matcher.build.sources import Sources
    from matcher.own.outlines import read_outlines

    outlines, ignored = read_outlines(file)
    if ignored:
        note(f"properties of {file} that mean nothing here: {', '.join(ignored)}.")
    atlas = Atlas.open()
    found = own_table(outlines, atlas, Sources(cache=cache, local=sources, archives=archives), note)
    write_own(output, found, atlas)
    write(str(output))


@data.command(
    epilog=options.examples(
        "matcher data places --sources ~/sources -o places-atlas",
        "matcher data places --sources ~/sources -o places-atlas --country ID,KR --least 1000",
        'MATCHER_DATA=places-atlas matcher rank "Gurye-eup, KR"',
    )
)
@_sources_options
@click.option("--output", "-o", type=_FOLDER, required=True, help="Folder of the atlas of places.")
@options.country_option("Only places of these countries.")
@click.option(
    "--least",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Fewest people; above 0, places whose people are not listed are left out.",
)
@click.option(
    "--jobs", "-j", type=click.IntRange(min=1), default=2, show_default=True, help="Steps run at once."
)
def places(
    sources: Path | None,
    archives: Path | None,
    cache: Path | None,
    output: Path,
    country: list[str],
    least: int,
    jobs: int,
) -> None:
    """Build an atlas of populated places, each with the features of the 5 km around it.

    Places are those of the packaged gazetteers. The result is an atlas of its own, which MATCHER_DATA names; what is
    known of regions only comes from the region that holds the place. A stopped build goes on where it was.
    """
    _need_build_libraries()
    from matcher.atlas import Atlas
    from matcher.build.places import build_places
    from matcher.build.sources import Sources

    atlas = Atlas.open()
    found = Sources(cache=cache, local=sources, archives=archives)
    made = build_places(found, atlas, output, jobs, country or None, float(least), note)
    prepare(output)
    note(f"{sum(made['regions'].values()):,} places; use them with MATCHER_DATA={output}")
    write(str(output))


@data.command(epilog=options.examples("matcher data verify", "matcher data verify --country ID --format csv"))
@options.country_option("Show the coverage of these countries only; everything is checked all the same.")
@options.formats("table", "csv", "json")
@click.pass_context
def verify(ctx: click.Context, country: list[str], form: str) -> None:
    """Check hashes, types, units and ranges of the atlas, and print how much is known per country and feature.

    Faults go to stderr, and the exit code is then 1.
    """
    from matcher.build import verify as checking
    from matcher.paths import data_dir

    found = checking.verify(data_dir())
    shown = {code: row for code, row in found.countries.items() if not country or code in country}
    report = replace(found, countries=shown)
    if form == "json":
        write_json(asdict(report))
    elif form == "csv":
        levels, features = report.levels, list(report.features)
        rows = (
            {
                "country": code,
                **row["levels"],
                **{name: round(share, 4) for name, share in row["coverage"].items()},
            }
            for code, row in sorted(shown.items())
        )
        write_records(rows, ["country", *levels, *features])
    elif found.regions:
        write(f"{report.country_table()}\n\n{report.feature_table()}")
    for fault in found.faults[:MOST_FAULTS]:
        note(f"fault: {fault}")
    if len(found.faults) > MOST_FAULTS:
        note(f"and {len(found.faults) - MOST_FAULTS:,} more; --format json lists all.")
    if not found.ok:
        ctx.exit(1)
    note(
        f"atlas {found.version}: {found.regions:,} regions in {len(found.countries)} countries, no fault found."
    )


@data.command(
    epilog=options.examples("matcher data cards", "matcher data cards gb", "matcher data cards --format json")
)
@click.argument("key", required=False, metavar="[KEY]")
@options.formats("table", "csv", "json")
def cards(key: str | None, form: str) -> None:
    """Show the sources of the atlas: all in a table, or the card of the source KEY."""
    from matcher.build.registry import read_registry
    from matcher.catalogue import unknown
    from matcher.paths import data_dir

    registry = read_registry(data_dir() / "sources.toml")
    if key and key not in registry:
        raise unknown("source", key, registry)
    shown = {key: registry[key]} if key else registry
    records = [card(source) for source in shown.values()]
    if form == "json":
        write_json(records)
    elif form == "csv":
        write_records(records, list(records[0]))
    elif key:
        write("\n".join(f"{label:<12}{text}" for label, text in records[0].items() if text))
    else:
        rows = [
            [row["key"], row["title"], row["version"], row["vintage"], row["shipped as"]] for row in records
        ]
        write(table(["key", "title", "version", "vintage", "shipped as"], rows))


def card(source: Source) -> dict[str, str]:
    """Return the card of a source: the same headings for each."""
    return {
        "key": source.key,
        "title": source.title,
        "what": source.what,
        "from": source.origin,
        "version": source.version,
        "licence": source.licence,
        "shipped as": source.licence_class,
        "citation": source.citation,
        "credit": source.credit,
        "vintage": source.vintage,
        "resolution": source.resolution,
        "processing": source.processing,
        "limits": source.limits,
    }


def _need_build_libraries() -> None:
    """Stop with the way out when the extra `build` is not installed."""
    from matcher.errors import BuildError

    missing = [name for name in BUILD_LIBRARIES if importlib.util.find_spec(name) is None]
    if missing:
        raise BuildError(
            f"{', '.join(missing)} not installed; install the extra: pip install 'matcher[build]'."
        )
