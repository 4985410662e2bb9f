"""Batch file: the matches of many regions as one Parquet file that a killed run goes on with.

Each part of a batch is written, whole or not at all, into a folder beside the file; a run takes over the parts that an
earlier run of the very same job has left, and makes the others. When all are there they become the row groups of the
file, one after the other, and the folder goes. So no more than one part is ever in memory.
"""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from matcher.backends import searches
from matcher.errors import DataError
from matcher.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matcher.backends import Backend
    from matcher.batch import Batch

_JOB = b"matcher.job"


def write_batch(
    batch: Batch,
    path: Path,
    say: Callable[[int, int, bool], None] | None = None,
    *,
    backend: Backend | None = None,
    **how: Any,
) -> int:
    """Write the matches of a batch and return how many there are.

    Parameters
    ----------
    batch
        What to reckon.
    path
        The Parquet file; it is replaced once all is there.
    say
        Called after each part with the number of parts so far, of all parts, and whether it was taken over.
    backend, how
        Where to search: see `matcher.backends.searches`. In this process and its threads where none is named.

    Raises
    ------
    UsageError
        The backend cannot be had.
    DataError
        The folder is missing or may not be written to, or the disk is full.
    """
    folder = path.with_name(f"{path.name}.parts")
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise DataError(f"cannot write {folder}: {error.strerror or error}") from error
    files = [folder / f"{part:06d}.parquet" for part in range(len(batch))]
    there = [_is_of(file, batch.digest) for file in files]
    missing = [part for part, ready in enumerate(there) if not ready]
    kept = len(files) - len(missing)
    if say is not None:
        for number in range(1, kept + 1):
            say(number, len(files), True)
    for done, (part, table) in enumerate(_tables(batch, missing, backend, how), start=kept + 1):
        _write_part(files[part], table, batch.digest)
        if say is not None:
            say(done, len(files), False)
    count = _join(files, path)
    for file in folder.glob("[0-9]*.parquet"):
        file.unlink()
    with suppress(OSError):  # something else lies there
        folder.rmdir()
    return count


def _tables(
    batch: Batch, parts: list[int], backend: Backend | None, how: dict[str, Any]
) -> Iterator[tuple[int, pa.Table]]:
    """Yield the matches of some parts, in their order."""
    if backend is None or not parts:
        return ((part, batch.table(part)) for part in parts)
    return ((part, batch.finish(part, tops)) for part, tops in searches(batch, parts, backend, **how))


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
