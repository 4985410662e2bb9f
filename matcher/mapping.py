"""Mapping: tables and arrays in files of the cache folder that are mapped into memory.

Such a file is made once, whole or not at all, and may be deleted at any time. Processes on one machine share its pages,
and reading a few cells of it touches a few pages.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

KEPT = 2
"""Files of other atlases or models that stay in the cache."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path to write to, which becomes `path` if all went well and goes if not."""
    import tempfile  # which imports much, and a ranking writes nothing

    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(descriptor)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def mapped_array(
    path: Path, shape: tuple[int, int], fill: Callable[[NDArray[np.float32]], None]
) -> NDArray[np.float32]:
    """Map an array of float32 (``.npy``, never a pickle), after having `fill` fill it where it is not there yet.

    Raises
    ------
    OSError
        The folder may not be written to, or the disk is full.
    """
    with suppress(OSError, ValueError):
        array = _array(path)
        if array.shape == shape and array.dtype == np.float32:
            os.utime(path)
            return array
    with replacing(path) as temporary:
        new = np.lib.format.open_memmap(temporary, mode="w+", dtype=np.float32, shape=shape)
        fill(new)
        new.flush()
        del new
    make_room(path)
    return _array(path)


def mapped_table(path: Path, make: Callable[[], pa.Table]) -> pa.Table:
    """Map a table (Arrow's file format), each column in one piece, after having `make` make it where it is not there yet.

    Raises
    ------
    OSError
        The folder may not be written to, or the disk is full.
    """
    import pyarrow as pa

    with suppress(OSError, pa.ArrowInvalid):
        table = _table(path)
        os.utime(path)
        return table
    table = make().unify_dictionaries().combine_chunks()
    with (
        replacing(path) as temporary,
        pa.OSFile(str(temporary), "wb") as sink,
        pa.ipc.new_file(sink, table.schema) as file,
    ):
        # One piece a column; a reader then finds any cell without a search.
        file.write_table(table, max_chunksize=max(1, table.num_rows))
    make_room(path)
    return _table(path)


def _array(path: Path) -> NDArray[np.float32]:
    array: NDArray[np.float32] = np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    return array


def _table(path: Path) -> pa.Table:
    import pyarrow as pa

    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


def make_room(path: Path, kept: int = KEPT) -> None:
    """Delete all but the last `kept` other files of the same kind as one that was just made.

    The kind is what a name begins with, up to its first hyphen. What may not be deleted stays.
    """
    kind = path.name.partition("-")[0]
    others = sorted(
        path.parent.glob(f"{kind}-*{path.suffix}"), key=lambda file: file.stat().st_mtime, reverse=True
    )
    for old in [file for file in others if file != path][kept:]:
        with suppress(OSError):
            old.unlink()
