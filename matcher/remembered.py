"""Remembered: what the second opinion reads everywhere, and the ties of a file, kept in the cache beside the codes.

Reading it takes seconds, opening the file takes none. The file's name is a hash of the atlas, of what was asked for and of
the program that reads it, so none can be mistaken for another; it holds plain arrays, never a pickle, and may be deleted
at any time.
"""

from __future__ import annotations

import hashlib
import io
import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from matcher import names as lookup
from matcher import partnerships, places, traits
from matcher.errors import DataError
from matcher.files import write_atomically
from matcher.mapping import make_room
from matcher.partnerships import Partnerships, Ties, map_partnerships
from matcher.paths import cache_dir
from matcher.traits import read_kinds, read_traits

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matcher.names import NameIndex
    from matcher.pool import Pool

Arrays = dict[str, "NDArray[Any]"]
Traits = tuple[dict[str, "NDArray[np.float64]"], "NDArray[np.object_]"]

_KEPT = 3  # files of a kind, of other atlases, that stay in the cache


def remembered(what: str, pool: Pool, program: str, key: bytes, make: Callable[[], Arrays]) -> Arrays:
    """Return arrays from the cache, after making them where it does not hold them.

    An atlas with a planner's own columns is read anew each time: no manifest names it.

    Parameters
    ----------
    what
        Kind of arrays, with which the file's name begins.
    pool
        The regions that they tell of.
    program
        File of the module that makes them: another version of it may make others.
    key
        What else they depend on.
    make
        Makes them.
    """
    if pool.atlas.own:
        return make()
    path = _path(what, pool, program, key)
    with (
        suppress(OSError, ValueError, EOFError, BadZipFile),
        path.open("rb") as raw,
        np.load(raw, allow_pickle=False) as file,
    ):
        return {name: file[name] for name in file.files}
    arrays, buffer = make(), io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, buffer.getvalue())
        make_room(path, _KEPT)
    return arrays


def remembered_traits(pool: Pool) -> Traits:
    """Return what `read_traits` and `read_kinds` give for a pool."""

    def make() -> Arrays:
        found, kinds = read_traits(pool.atlas, pool.rows), read_kinds(pool.atlas, pool.rows)
        labels, kind = np.unique(kinds.astype(str), return_inverse=True)
        names, values = np.array(list(found)), np.stack(list(found.values()))
        return {"names": names, "values": values, "labels": labels, "kind": kind}

    held = remembered("traits", pool, traits.__file__, b"", make)
    values = dict(zip(held["names"].tolist(), held["values"], strict=True))
    return values, held["labels"].astype(object)[held["kind"]]


def remembered_ties(path: Path, pool: Pool, names: NameIndex) -> Ties:
    """Return the ties that a file of partnerships lists, as `matcher.partnerships.map_partnerships` maps them.

    Raises
    ------
    DataError
        The file is missing or is no table of partnerships.
    """
    try:
        listed = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot read {path} as a table of partnerships: {error}") from error

    def make() -> Arrays:
        ties = map_partnerships(pool.atlas, Partnerships.read(path), names).ties
        return {name: getattr(ties, name) for name in Ties.__dataclass_fields__}

    programs = [Path(str(module.__file__)).read_bytes() for module in (places, lookup)]
    held = remembered("ties", pool, str(partnerships.__file__), b"\0".join([listed, *programs]), make)
    return Ties(**held)


def _path(what: str, pool: Pool, program: str, key: bytes) -> Path:
    about = json.dumps([len(pool), pool.atlas.manifest], sort_keys=True).encode()
    digest = hashlib.sha256(b"\0".join([about, Path(program).read_bytes(), key])).hexdigest()
    return cache_dir() / f"{what}-{digest[:32]}.npz"
