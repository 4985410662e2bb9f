"""An atlas of places: every populated place of the gazetteers, with the features of the ground around it.

A place is a point; its ground is the disc of `RADIUS_KM` around it, which goes through the same steps and grids as the
outline of a region does. What is known of regions only (languages, crop basket ...) is taken from the region that holds
the place, and the catalogue of such an atlas says so.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.build.assemble import FORMAT, NAMES, SHARE_ALIKE, TABLE, VERSION, parted, source_entry
from matcher.build.checks import check_regions, raise_on
from matcher.build.discs import RADIUS_KM, place_frame, place_id
from matcher.build.features.known import count_names
from matcher.build.gazetteer import SOURCES as GAZETTEERS
from matcher.build.gazetteer import read_places
from matcher.build.ground import laid_down
from matcher.build.placenames import SOURCES as NAME_SOURCES
from matcher.build.placenames import names_file
from matcher.build.steps import find_steps, key_of, run_steps, sources_of, step_files
from matcher.build.table import regions_table
from matcher.build.writing import file_entry, publish, table_bytes
from matcher.catalogue import Catalogue
from matcher.errors import BuildError
from matcher.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    import pyarrow as pa
    from numpy.typing import NDArray

    from matcher.atlas import Atlas
    from matcher.build.sources import Sources
    from matcher.build.steps import Step
    from matcher.build.towns import Town

AROUND_STEPS = ("korea", "networks")
"""Steps whose figures are of a unit of government as a whole: a place has those of the one that holds it."""
NO_STEPS = ("known",)
"""Steps that look for towns inside an outline: here the place itself is looked at."""
_TABLE = re.compile(r"^\[features\.(\w+)\]\n(?:(?!\[).*\n?)*", re.MULTILINE)


def build_places(
    sources: Sources,
    atlas: Atlas,
    out: Path,
    jobs: int = 2,
    countries: Sequence[str] | None = None,
    least: float = 0.0,
    tell: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Build an atlas of places and replace the files in `out`; the same input gives the same bytes.

    Parameters
    ----------
    sources
        Where the sources are; results of steps are kept in its cache.
    atlas
        The regions that hold the places.
    out
        Directory of the new atlas.
    jobs
        Processes.
    countries
        ISO 3166-1 alpha-2 codes; None for the world.
    least
        Fewest people of a place.
    tell
        Called with a line of text now and then.

    Returns
    -------
    dict
        The manifest, as written to `atlas.json`.

    Raises
    ------
    BuildError
        There is no such place, `out` or `atlas` is the wrong kind of atlas, or a step failed. The old files stand.
    """
    _check_kinds(atlas, out)
    every = find_steps()
    around = [
        name
        for step in every
        if step.shared_out or step.name in AROUND_STEPS
        for name in step.features
        if name in atlas.store.place
    ]
    steps = [s for s in every if not s.shared_out and s.name not in (*AROUND_STEPS, *NO_STEPS)]
    needed = sorted({*sources_of(steps), *GAZETTEERS, *NAME_SOURCES})
    sources.fetch_all(needed)
    towns, zones = read_places(sources, countries, least)
    if not towns:
        raise BuildError("no place of the gazetteers is wanted; name other countries or fewer people")
    towns = sorted(towns, key=lambda town: (town.country, place_id(town)))
    tell(f"{len(towns):,} places; finding the regions that hold them")
    frame, rows = place_frame(towns, zones, atlas)
    tell(f"{int((rows < 0).sum()):,} places lie in no region of the atlas")
    ground = laid_down(frame, sources)
    files = step_files(steps, sources, ground.seen.name, atlas.catalogue)
    run_steps(steps, sources, ground.seen, files, atlas.catalogue, jobs, tell)
    tell("names")
    names = names_file(towns, frame, rows, atlas, sources, ground.key)
    tell("putting the atlas together")
    written = places_catalogue(read_bytes(atlas.data_dir / "features.toml").decode(), around)
    table, left_out = place_table(frame, rows, towns, steps, files, atlas, (written, around), sources)
    raise_on(check_regions(table, atlas.catalogue, places=True), "the table of places")
    inputs = key_of(sources.content_hash(needed), str(atlas.manifest.get("inputs", "")), "places")
    return _publish(out, table, names, atlas, sources, needed, (written, left_out), inputs, countries, least)


def _check_kinds(atlas: Atlas, out: Path) -> None:
    """Refuse to take places for regions, and to write places over an atlas of regions."""
    if "places" in atlas.manifest:
        raise BuildError(f"{atlas.data_dir} is an atlas of places itself; set MATCHER_DATA to one of regions")
    manifest = out / "atlas.json"
    if manifest.is_file() and "places" not in json.loads(read_bytes(manifest)):
        raise BuildError(f"{out} holds an atlas of regions; choose another folder for the places")


# ------------------------------------------------------------------ features


def place_table(
    frame: gpd.GeoDataFrame,
    rows: NDArray[np.int64],
    towns: Sequence[Town],
    steps: list[Step],
    files: Mapping[str, Path],
    atlas: Atlas,
    told: tuple[str, Sequence[str]],
    sources: Sources,
) -> tuple[pa.Table, list[str]]:
    """All columns of all places, and the features that no place has a value of.

    A point has no area, and so no density: both are unknown. `told` is the catalogue of places, as text, and the
    features that are taken from the region.
    """
    import pyarrow as pa

    written, around = told
    catalogue = Catalogue.parse(written)
    given = around_columns(rows, atlas, around)
    known = pa.array([float(count_names(town)) for town in towns], pa.float32())
    given["names_abroad"] = pa.chunked_array([known])
    computed = {name for step in steps for name in step.features}
    others = {*catalogue.features} - {*computed, *given, "area_km2", "population", "density"}
    given |= around_columns(np.full(len(frame), -1), atlas, sorted(others))
    table, lacking = regions_table(
        frame.assign(area_km2=np.nan), steps, dict(files), catalogue, sources, given
    )
    table = table.append_column("parent_name", pa.array(frame["parent_name"], pa.string(), from_pandas=True))
    empty = [f.name for f in catalogue if f.name in table.column_names and _blank(table[f.name])]
    return table, [*lacking, *empty]


def around_columns(rows: NDArray[np.int64], atlas: Atlas, names: Sequence[str]) -> dict[str, pa.ChunkedArray]:
    """Features of the regions of some rows, as the files of the atlas have them; unknown where the row is -1."""
    import pyarrow as pa
    from pyarrow.parquet import read_schema, read_table

    index = pa.array(rows, mask=rows < 0)
    columns: dict[str, pa.ChunkedArray] = {}
    for file in (TABLE, SHARE_ALIKE):
        if file in atlas.manifest["files"]:
            path = atlas.store.checked(file)
            held = [name for name in read_schema(path).names if name in names and name not in columns]
            table = read_table(path, columns=held)
            columns |= {name: table[name].take(index) for name in held}
    return columns


def _blank(column: pa.ChunkedArray) -> bool:
    return bool(column.null_count == len(column))


def places_catalogue(text: str, around: Sequence[str]) -> str:
    """The catalogue of regions, rewritten where places differ: whose figure it is, and who lists places.

    Parameters
    ----------
    text
        ``features.toml``.
    around
        Features that are taken from the region that holds the place.
    """
    lists = ", ".join(f'"{key}"' for key in GAZETTEERS)

    def rewritten(match: re.Match[str]) -> str:
        table, name = match[0], match[1]
        if name in around:
            table = re.sub(r"^evidence = .*$", 'evidence = "around"', table, flags=re.MULTILINE)
            table = re.sub(r"^evidence_column = .*\n", "", table, flags=re.MULTILINE)
        if name in {"abs_latitude", "population"}:
            table = re.sub(r"^source = .*$", f"source = [{lists}]", table, flags=re.MULTILINE)
        if name == "population":
            table = re.sub(r"^evidence = .*$", 'evidence = "listed"', table, flags=re.MULTILINE)
        return table

    return _TABLE.sub(rewritten, text)


# ------------------------------------------------------------------ files


def _publish(
    out: Path,
    table: pa.Table,
    names: Path,
    atlas: Atlas,
    sources: Sources,
    needed: list[str],
    told: tuple[str, list[str]],
    inputs: str,
    countries: Sequence[str] | None,
    least: float,
) -> dict[str, Any]:
    """Write all files and the manifest, and return the manifest."""
    import pyarrow.parquet as pq

    written, left_out = told
    about = {"atlas_version": VERSION, "inputs": inputs}
    tables = parted(table, Catalogue.parse(written), sources, about)
    files = {name: table_bytes(each) for name, each in tables.items()}
    rows = {name: each.num_rows for name, each in tables.items()}
    files[NAMES], rows[NAMES] = names.read_bytes(), pq.read_metadata(names).num_rows
    trees = [f"{feature.name}.json" for feature in atlas.catalogue if feature.tree == "family"]
    for name in (*trees, "countries.json", "history.json"):
        if name in atlas.manifest["files"]:
            files[name] = read_bytes(atlas.store.checked(name))
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "inputs": inputs,
        "countries": sorted(set(countries)) if countries else None,
        "places": {"radius_km": RADIUS_KM, "least": least, "atlas": atlas.version},
        "regions": dict(Counter(table["level"].to_pylist())),
        "features_without_data": left_out,
        "files": {name: file_entry(content, rows.get(name)) for name, content in sorted(files.items())},
        "sources": {key: source_entry(sources, key) for key in needed},
    }
    publish(out, files | {"features.toml": written.encode()}, manifest)
    return manifest
