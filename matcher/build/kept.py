"""Kept: what a step reckoned, for the next step of its group that asks the same of the very same things."""

from __future__ import annotations

import ctypes
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from numpy.typing import NDArray

T = TypeVar("T")
Held = dict["Hashable", tuple[Any, Any]]

_held: ContextVar[Held | None] = ContextVar("held", default=None)


@contextmanager
def keeping() -> Iterator[None]:
    """Let the steps inside have in common what they reckon; with the last of them it goes, and its memory too."""
    token = _held.set({})
    try:
        yield
    finally:
        _held.reset(token)
        hand_back()


def kept(about: Hashable, things: Sequence[object] | NDArray[Any], reckon: Callable[[], T]) -> T:
    """Return what `reckon` gave last time inside `keeping`, if that was of the same things, else what it gives now.

    Parameters
    ----------
    about
        What is reckoned; of each the last result is held.
    things
        What it is reckoned of, such as outlines. They are the same if they are the same objects; none may change.
    reckon
        Reckons it. What it gives must not be written to.
    """
    held = _held.get()
    if held is None:
        return reckon()
    if about not in held or not np.array_equal(_numbers(held[about][0]), _numbers(things)):
        held[about] = things, reckon()
    result: T = held[about][1]
    return result


def hand_back() -> None:
    """Hand the memory of all that was thrown away back to the system.

    The C library of Linux keeps the room of small pieces, such as outlines, to itself unless it is told, and so does
    Arrow with the room of columns.
    """
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _numbers(things: Sequence[object] | NDArray[Any]) -> NDArray[np.int64]:
    return np.fromiter(map(id, things), np.int64, len(things))
