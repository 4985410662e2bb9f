"""Sunshine and humidity out of the pickle of the package `pvcz`, without running any code that it names.

A pickle may name any callable and have it called. This reader resolves names only to the inert stand-ins below, which
record what they are given, so that the arrays can be lifted out; any other name is an error. The file's hash is pinned
as well. The result is kept as plain arrays.
"""

from __future__ import annotations

import os
import pickle
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from matcher.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLUMNS = {"sunshine": "GHI_mean", "humidity": "specific_humidity_mean"}


class _Inert:
    """Takes whatever a pickle does to an object and keeps it."""

    args: tuple[Any, ...]
    state: Any

    def __new__(cls, *args: Any) -> Self:
        """A pickle may make an object without `__init__`, so the record is made here."""
        self = super().__new__(cls)
        self.args = args
        self.state = None
        return self

    def __setstate__(self, state: Any) -> None:
        self.state = state


class _Frame(_Inert):
    """Stands in for a DataFrame."""


class _Array(_Inert):
    """Stands in for an array: its state is (version, shape, dtype, fortran order, bytes or list)."""


class _Type(_Inert):
    """Stands in for an array type: its first argument is the type's text."""


class _Index(_Inert):
    """Stands in for an index: its arguments are the class and {"data": array, ...}."""


_STAND_INS: dict[tuple[str, str], type[_Inert]] = {
    ("pandas.core.frame", "DataFrame"): _Frame,
    ("pandas.core.internals.managers", "BlockManager"): _Inert,
    ("pandas.core.indexes.base", "_new_Index"): _Index,
    ("pandas.core.indexes.base", "Index"): _Inert,
    ("pandas.core.indexes.range", "RangeIndex"): _Inert,
    ("numpy.core.multiarray", "_reconstruct"): _Array,
    ("numpy", "ndarray"): _Inert,
    ("numpy", "dtype"): _Type,
    ("builtins", "slice"): _Inert,
}


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> type[_Inert]:
        """Only the stand-ins."""
        try:
            return _STAND_INS[module, name]
        except KeyError:
            raise DataError(
                f"the pickle of source 'sun' names {module}.{name}, which is not allowed"
            ) from None


def _array(stub: _Array) -> NDArray[Any]:
    """Array of a stand-in; texts come as lists, numbers as bytes of a float or integer type."""
    import numpy as np

    _, shape, kind, fortran, raw = stub.state
    if isinstance(raw, list):
        values: NDArray[Any] = np.array([item if isinstance(item, str) else "" for item in raw])
    else:
        # The type's own state starts with (version, byte order), here always little-endian.
        text = kind.args[0]
        if text[0] not in "fi":
            raise DataError(f"the pickle of source 'sun' holds an array of unexpected type {text}")
        values = np.frombuffer(raw, dtype="<" + text)
    return values.reshape(shape, order="F" if fortran else "C")


def read_frame(path: Path) -> dict[str, NDArray[Any]]:
    """Numeric columns of the pickled table, by name, each of shape (rows,)."""
    with path.open("rb") as stream:
        frame = _Reader(stream).load()
    try:
        manager = frame.state["_data"]
        axes, blocks, block_names, _ = manager.state
        columns = [str(name) for name in _array(axes[0].args[1]["data"])]
        table: dict[str, NDArray[Any]] = {}
        for names, block in zip(block_names, blocks, strict=True):
            values = _array(block)
            if values.dtype.kind in "fi":
                table |= dict(zip(map(str, _array(names.args[1]["data"])), values, strict=True))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path} is not the table that source 'sun' is known to hold: {error}") from error
    return {name: table[name] for name in columns if name in table}


def convert(root: Path, members: list[str]) -> Path:
    """File `sun.npz` in `root`: the grids `sunshine` (kWh/m2/d) and `humidity` (g/kg), NaN at sea.

    The grids have shape (600, 1440), SOUTH first; `lat` and `lon` (degrees) are the centres of their rows and columns.
    """
    target = root / "sun.npz"
    if target.is_file():
        return target
    table, info = (
        root / next(name for name in members if name.endswith(end)) for end in (".pkl", "_info.npz")
    )
    import numpy as np

    frame = read_frame(table)
    with np.load(info, allow_pickle=False) as about:
        lat, lon, land = about["lat_all"], about["lon_all"], about["keepers"]
    grids = {}
    for name, column in COLUMNS.items():
        grid = np.full(lat.size * lon.size, np.nan, dtype=np.float32)
        grid[land] = frame[column]
        grids[name] = grid.reshape(lat.size, lon.size)
    handle, part = tempfile.mkstemp(dir=target.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as out:
            np.savez_compressed(out, lat=lat, lon=lon, sunshine=grids["sunshine"], humidity=grids["humidity"])
        Path(part).replace(target)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    return target
