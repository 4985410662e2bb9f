"""Kept: what a step reckoned, for the next step of this process that asks the same of the very same things."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from numpy.typing import NDArray

T = TypeVar("T")

_held: dict[Hashable, tuple[Any, Any]] = {}


def kept(about: Hashable, things: Sequence[object] | NDArray[Any], reckon: Callable[[], T]) -> T:
    """Return what `reckon` gave last time, if that was of the same things, else what it gives now.

    Parameters
    ----------
    about
        What is reckoned; of each the last result is held.
    things
        What it is reckoned of, such as outlines. They are the same if they are the same objects; none may change.
    reckon
        Reckons it. What it gives must not be written to.
    """
    if about not in _held or not np.array_equal(_numbers(_held[about][0]), _numbers(things)):
        _held[about] = things, reckon()
    result: T = _held[about][1]
    return result


def forget() -> None:
    """Hold nothing any more, and hand the memory of all that was thrown away back to the system.

    The C library of Linux keeps the room of small pieces, such as outlines, to itself unless it is told, and so does
    Arrow with the room of columns (240 MB after the regions of the world).
    """
    import pyarrow as pa

    _held.clear()
    pa.default_memory_pool().release_unused()
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _numbers(things: Sequence[object] | NDArray[Any]) -> NDArray[np.int64]:
    return np.fromiter(map(id, things), np.int64, len(things))
