"""Packs: own regions with all their columns in one Parquet file, written once and read without the build's libraries."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from matcher.errors import BuildError, DataError
from matcher.folding import fold, fold_bare

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pyarrow as pa

FORMAT = 1
KEY = b"matcher_own"
_NAMES = {"name": "name", "name_local": "name", "name_en": "alias", "name_id": "alias", "name_ko": "alias"}


def pack_of(path: Path, atlas: Any) -> Path:
    """Return the pack of a file: itself, or for GeoJSON one computed into the cache folder.

    Raises
    ------
    TableError
        Outlines cannot be used; all faults are listed.
    BuildError
        A library or a source that the computation needs is missing.
    """
    if path.suffix.lower() == ".parquet":
        return path
    from matcher.own.outlines import read_outlines

    outlines, _ = read_outlines(path)
    try:
        from matcher.build.own import packed
    except ModuleNotFoundError as error:
        raise BuildError(
            f"computing the features of own regions needs {error.name}: pip install 'matcher[build]'; or give the "
            "Parquet file that `matcher data regions` wrote elsewhere"
        ) from error
    return packed(outlines, atlas)


def check_pack(path: Path, manifest: Mapping[str, Any]) -> None:
    """Check that a file holds own regions that were computed for an atlas.

    Parameters
    ----------
    path
        A file that `matcher data regions` wrote.
    manifest
        Of the atlas.

    Raises
    ------
    DataError
        It is no such file, or is of another atlas or version.
    """
    from pyarrow import ArrowException
    from pyarrow.parquet import read_metadata

    todo = "write it again with `matcher data regions FILE.geojson -o OWN.parquet`"
    if not path.is_file():
        raise DataError(f"cannot read {path}: no such file")
    try:
        about = json.loads((read_metadata(path).metadata or {})[KEY])
    except (OSError, ArrowException, KeyError, ValueError) as error:
        raise DataError(f"{path} holds no own regions; {todo}") from error
    if about.get("format") != FORMAT:
        raise DataError(f"{path} is of format {about.get('format')}, this program reads {FORMAT}; {todo}")
    if about.get("inputs") != manifest.get("inputs", ""):
        raise DataError(
            f"the regions in {path} were computed for atlas {about.get('atlas')} from other sources than those of "
            f"this atlas {manifest.get('version')}; {todo}"
        )


def name_rows(table: pa.Table) -> list[dict[str, Any]]:
    """Rows of the index of names for own regions, sorted by key."""
    columns = [name for name in (*_NAMES, "region_id", "country", "level", "parent_id", "population")
               if name in table.column_names]  # fmt: skip
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for region in table.select(columns).to_pylist():
        for column, kind in _NAMES.items():
            text = region.get(column)
            for key in dict.fromkeys((fold(text), fold_bare(text))) if text else ():
                rows.setdefault(
                    (key, region["region_id"]),
                    {
                        "key": key,
                        "text": text,
                        "region_id": region["region_id"],
                        "kind": kind,
                        "priority": round(100 * math.log10((region.get("population") or 0.0) + 1.0)),
                        "country": region["country"],
                        "level": region["level"],
                        "parent_id": region.get("parent_id"),
                    },
                )
    return [rows[key] for key in sorted(rows)]
