"""Files of the atlas, written whole or not at all, and the same bytes for the same content."""

from __future__ import annotations

import hashlib
import io
import json
from typing import TYPE_CHECKING, Any

from matcher.errors import BuildError, DataError
from matcher.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pyarrow as pa

ROW_GROUP = 4096


# Outlines of a row group go into one page, so that borders of neighbours pack together.
_PAGE = 1 << 26


def table_bytes(table: pa.Table, level: int = 12) -> bytes:
    """Parquet file of a table, zstd at the given level, in row groups of 4096."""
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    outlines = "geometry" in table.column_names
    pq.write_table(
        table,
        sink,
        compression="zstd",
        compression_level=level,
        row_group_size=ROW_GROUP,
        data_page_size=_PAGE if outlines else None,
        use_dictionary=[name for name in table.column_names if name != "geometry"] if outlines else True,
    )
    return sink.getvalue()


def write_table(path: Path, table: pa.Table) -> None:
    """Write one Parquet file of the cache."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, table_bytes(table, level=3))


def json_bytes(value: Any) -> bytes:
    """JSON text with sorted keys, one entry a line."""
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def publish(out: Path, files: Mapping[str, bytes], manifest: dict[str, Any]) -> None:
    """Replace the files of an atlas, the manifest last.

    All are first written beside the old ones; a full disk or a kill while writing leaves every old file as it was.
    The moment of renaming is short, and a kill inside it is found by the hashes in the manifest.

    Raises
    ------
    BuildError
        If they cannot be written.
    """
    waiting = {out / f".{name}.new": out / name for name in (*files, "atlas.json")}
    contents = {**files, "atlas.json": json_bytes(manifest)}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for part, final in waiting.items():
            write_atomically(part, contents[final.name])
    except (OSError, DataError) as error:
        for part in waiting:
            part.unlink(missing_ok=True)
        raise BuildError(
            f"the atlas could not be written to {out}: {error}. The files there are as they were."
        ) from error
    for part, final in waiting.items():
        part.replace(final)


def file_entry(content: bytes, rows: int | None = None) -> dict[str, Any]:
    """What the manifest says of a file."""
    entry: dict[str, Any] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    return entry if rows is None else {**entry, "rows": rows}
