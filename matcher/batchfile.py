"""Batch file: the matches of many regions as one Parquet file that a killed run goes on with.

Each part of a batch is written, whole or not at all, into a folder beside the file; a run takes over the parts that an
earlier run of the very same job has left, and makes the others. When all are there they become the row groups of the
file, one after the other, and the folder goes. So no more than one part is ever in memory.
"""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from matcher.errors import DataError
from matcher.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable

    from matcher.batch import Batch

_JOB = b"matcher.job"


def write_batch(batch: Batch, path: Path, say: Callable[[int, int, bool], None] | None = None) -> int:
    """Write the matches of a batch and return how many there are.

    Parameters
    ----------
    batch
        What to reckon.
    path
        The Parquet file; it is replaced once all is there.
    say
        Called after each part with its number from 1, the number of parts, and whether it was taken over.

    Raises
    ------
    DataError
        The folder is missing or may not be written to, or the disk is full.
    """
    folder = path.with_name(f"{path.name}.parts")
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise DataError(f"cannot write {folder}: {error.strerror or error}") from error
    for part in range(len(batch)):
        file = folder / f"{part:06d}.parquet"
        if not (there := _is_of(file, batch.digest)):
            _write_part(file, batch.table(part), batch.digest)
        if say is not None:
            say(part + 1, len(batch), there)
    files = [folder / f"{part:06d}.parquet" for part in range(len(batch))]
    count = _join(files, path)
    for file in folder.glob("[0-9]*.parquet"):
        file.unlink()
    with suppress(OSError):  # something else lies there
        folder.rmdir()
    return count


def _is_of(file: Path, digest: str) -> bool:
    """Whether a part is there and of this very job."""
    try:
        return (pq.read_schema(file).metadata or {}).get(_JOB) == digest.encode()
    except (OSError, pa.ArrowInvalid):
        return False


def _write_part(file: Path, table: pa.Table, digest: str) -> None:
    buffer = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata({_JOB: digest.encode()}), buffer)
    write_atomically(file, buffer.getvalue().to_pybytes())


def _join(files: list[Path], path: Path) -> int:
    """Make the parts row groups of one file, which is there whole or not at all."""
    count, temporary = 0, None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as sink:
            temporary = Path(sink.name)
            with pq.ParquetWriter(sink, pq.read_schema(files[0])) as writer:
                for file in files:
                    table = pq.read_table(file)
                    count += len(table)
                    writer.write_table(table)
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        raise DataError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
    return count
