"""Remembered: what was reckoned of an outline, kept in the cache for another step, or another build, that asks the same."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray


def remembered(
    path: Path, shapes: NDArray[Any], reckon: Callable[[NDArray[Any]], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return a row of numbers for each outline; only those that the file does not know are reckoned.

    Parameters
    ----------
    path
        File (``.npz``) of earlier results; its name must change with all that `reckon` depends on but the outlines.
    shapes
        Shape (n,).
    reckon
        Gives shape (m, k) for m outlines, each row by its outline alone.
    """
    import shapely

    keys = np.array([hashlib.sha256(wkb).hexdigest()[:32] for wkb in shapely.to_wkb(shapes)], "S32")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            known, rows = kept["keys"], kept["rows"]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        known, rows = keys[:0], None
    place = {key: i for i, key in enumerate(known.tolist())}
    new = np.flatnonzero([key not in place for key in keys.tolist()])
    if len(new) or rows is None:
        reckoned = reckon(shapes[new])
        known = np.append(known, keys[new])
        rows = reckoned if rows is None else np.concatenate([rows, reckoned])
        place = {key: i for i, key in enumerate(known.tolist())}
        sink = io.BytesIO()
        np.savez(sink, allow_pickle=False, keys=known, rows=rows)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, sink.getvalue())
    found: NDArray[np.float64] = rows[[place[key] for key in keys.tolist()]]
    return found
