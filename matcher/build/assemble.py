"""The atlas, put together: regions, features and names from the sources to the files in `data/`."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from matcher.build.checks import check_regions, raise_on
from matcher.build.ground import Ground, build_ground
from matcher.build.kept import hand_back
from matcher.build.outlines import outline_tables, write_outlines
from matcher.build.steps import (
    Step,
    code_hash,
    find_steps,
    import_module,
    key_of,
    run_steps,
    sources_of,
    step_files,
)
from matcher.build.table import licence_class, regions_table
from matcher.build.writing import file_entry, publish, table_bytes
from matcher.catalogue import Catalogue
from matcher.errors import BuildError, MatcherError
from matcher.paths import data_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pyarrow as pa

    from matcher.build.sources import Sources

    Progress = Callable[[str], None]

VERSION = "1.3.0"
FORMAT = 1
TABLE, SHARE_ALIKE, NAMES = "regions.parquet", "regions-sharealike.parquet", "names.parquet"
OUTLINES = "outlines"


def say(text: str) -> None:
    """Progress on stderr."""
    sys.stderr.write(text + "\n")


def build_atlas(
    sources: Sources,
    out: Path,
    jobs: int = 2,
    countries: Sequence[str] | None = None,
    progress: Progress | None = say,
    *,
    regions: str = "matcher.build.regions",
    features: str = "matcher.build.features",
    names: str = "matcher.build.names",
    families: str = "matcher.build.families",
) -> dict[str, Any]:
    """Build the atlas and replace the files in `out`.

    Every step's result is kept in the cache of the sources, so a build that was stopped goes on where it was.

    Parameters
    ----------
    sources
        Where the sources are.
    out
        Directory of the atlas; its `features.toml` is the catalogue that is built, or that of the data in use if it has
        none.
    jobs
        Processes.
    countries
        ISO 3166-1 alpha-2 codes to build only a part of the world.
    progress
        Called with a line of text now and then; None for silence.
    regions, features, names, families
        Modules that hold the steps.

    Returns
    -------
    dict
        The manifest, as written to `atlas.json`.

    Raises
    ------
    BuildError
        A step failed, a value breaks a rule, or the files cannot be written. The old files stand.
    """
    import geopandas as gpd
    from joblib import parallel_config

    tell = progress or (lambda _: None)
    own = out / "features.toml"
    catalogue = Catalogue.open(own if own.exists() else data_dir() / own.name)
    steps = find_steps(features)
    modules = [import_module(name) for name in (regions, names, families)]
    needed = {*sources_of(steps), *(key for module in modules for key in getattr(module, "SOURCES", ()))}
    sources.fetch_all(sorted(needed), progress)

    with parallel_config(n_jobs=jobs):
        ground, whole = build_ground(sources, regions, countries, tell)
    results = _run(steps, sources, ground, whole, names, catalogue, jobs, tell)

    tell("putting the atlas together")
    table, left_out = regions_table(gpd.read_parquet(whole), steps, results, catalogue, sources)
    raise_on(check_regions(table, catalogue, whole=countries is None), "the table of regions")
    # Of the sources alone: code that computes the same values must give the same bytes.
    inputs = key_of(sources.content_hash(needed))
    files, rows = _files(table, results, catalogue, sources, inputs, jobs)
    files |= _trees(table, catalogue, sources, families)
    files |= getattr(import_module(names), "tables", lambda _: {})(sources)
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "inputs": inputs,
        "countries": sorted(set(countries)) if countries else None,
        "regions": dict(sorted(Counter(table["level"].to_pylist()).items())),
        "features_without_data": left_out,
        "files": {name: file_entry(content, rows.get(name)) for name, content in sorted(files.items())},
        "sources": {key: source_entry(sources, key) for key in sorted(needed)},
    }
    publish(out, files, manifest)
    size = sum(map(len, files.values())) / 1e6
    tell(f"{out}: {table.num_rows} regions, {len(files)} files, {size:.1f} MB")
    return manifest


# ------------------------------------------------------------------ steps


def _run(
    steps: list[Step],
    sources: Sources,
    ground: Ground,
    whole: Path,
    names: str,
    catalogue: Catalogue,
    jobs: int,
    tell: Progress,
) -> dict[str, Path]:
    """Files with the results of all steps, of the names under `NAMES` and of the outlines under `OUTLINES`."""
    from joblib import delayed

    files = step_files(steps, sources, ground.seen.name, catalogue)
    keys = getattr(import_module(names), "SOURCES", tuple(sources.registry))
    key = key_of(names, sources.content_hash(keys), code_hash(names), ground.key)
    files[NAMES] = sources.cache / "steps" / f"names-{key}.parquet"
    key = key_of(code_hash("matcher.build.outlines"), ground.seen.name)
    files[OUTLINES] = sources.cache / "steps" / f"outlines-{key}.parquet"
    beside = [
        task
        for name, task in (
            (NAMES, delayed(_run_names)(names, sources, whole, files[NAMES])),
            (OUTLINES, delayed(_run_outlines)(whole, files[OUTLINES])),
        )
        if not files[name].is_file()
    ]
    run_steps(steps, sources, ground.seen, files, catalogue, jobs, tell, beside)
    return files


def _run_names(module: str, sources: Sources, whole: Path, target: Path) -> list[tuple[str, float]]:
    import geopandas as gpd

    began = time.process_time()
    step = import_module(module)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        step.write_names(step.build_names(gpd.read_parquet(whole), sources), target)
    except MatcherError:
        raise
    except Exception as error:
        raise BuildError(f"step 'names' failed: {type(error).__name__}: {error}") from error
    hand_back()
    return [("names", time.process_time() - began)]


def _run_outlines(whole: Path, target: Path) -> list[tuple[str, float]]:
    import geopandas as gpd

    began = time.process_time()
    write_outlines(gpd.read_parquet(whole, columns=["geometry"]).geometry.to_numpy(), target)
    hand_back()
    return [("outlines", time.process_time() - began)]


# ------------------------------------------------------------------ files


def _files(
    table: pa.Table,
    results: dict[str, Path],
    catalogue: Catalogue,
    sources: Sources,
    inputs: str,
    jobs: int,
) -> tuple[dict[str, bytes], dict[str, int]]:
    """Contents and row counts of the Parquet files."""
    import pyarrow.parquet as pq
    from joblib import Parallel, delayed

    about = {"atlas_version": VERSION, "inputs": inputs}
    tables = parted(table, catalogue, sources, about)
    for name, outlines in outline_tables(table, results[OUTLINES]).items():
        tables[name] = outlines.replace_schema_metadata(about)
    packed = Parallel(n_jobs=jobs, prefer="threads")(delayed(table_bytes)(each) for each in tables.values())
    contents = dict(zip(tables, packed, strict=True))
    rows = {name: each.num_rows for name, each in tables.items()}
    # The names keep the layout that their own module gave them: a key is found by reading one row group.
    contents[NAMES], rows[NAMES] = results[NAMES].read_bytes(), pq.read_metadata(results[NAMES]).num_rows
    return contents, rows


def parted(
    table: pa.Table, catalogue: Catalogue, sources: Sources, about: dict[str, str]
) -> dict[str, pa.Table]:
    """The table of regions by file name: share-alike features in a file of their own, with what they say of themselves."""
    apart = [
        name
        for name in table.column_names
        if name in catalogue.features
        and licence_class(catalogue.features[name].source, sources) == "sharealike"
    ]
    tables = {TABLE: table.drop_columns(apart).replace_schema_metadata(about)}
    if apart:
        about = about | {"licence": "CC BY-SA 4.0"}
        tables[SHARE_ALIKE] = table.select(["region_id", *apart]).replace_schema_metadata(about)
    return tables


def _trees(table: pa.Table, catalogue: Catalogue, sources: Sources, module: str) -> dict[str, bytes]:
    """For each mixture whose classes nest by family, `<feature>.json`: class -> its names and its path in the tree."""
    import pyarrow.compute as pc

    files: dict[str, bytes] = {}
    for feature in catalogue.features.values():
        if feature.tree == "family" and feature.name in table.column_names:
            keys = pc.unique(table[feature.name].combine_chunks().keys).to_pylist()
            rows = import_module(module).language_table(sources, keys)
            lines = [
                f"{json.dumps(key)}: {json.dumps(rows[key], ensure_ascii=False)}" for key in sorted(rows)
            ]
            files[f"{feature.name}.json"] = ("{\n" + ",\n".join(lines) + "\n}\n").encode()
    return files


def source_entry(sources: Sources, key: str) -> dict[str, str]:
    """What the manifest says of a source."""
    source = sources[key]
    return {
        "title": source.title,
        "origin": source.origin,
        "content": source.content_hash,
        "licence": source.licence,
        "licence_class": source.licence_class,
        "vintage": source.vintage,
    }
