"""Paths: points as SVG path data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def path_data(points: NDArray[np.float64], *, closed: bool, least: float = 0.4) -> str:
    """Write points as SVG path data with relative steps of a tenth of a pixel, leaving out steps under `least`."""
    # Plain integers: numpy is slow one point at a time.
    whole = np.round(np.asarray(points, dtype=np.float64) * 10).astype(np.int64).tolist()
    x, y = whole[0]
    steps: list[tuple[int, int]] = []
    for east, south in whole[1:]:
        if max(abs(east - x), abs(south - y)) >= least * 10:
            steps.append((east - x, south - y))
            x, y = east, south
    if closed and steps and [x, y] == whole[0]:
        steps.pop()
    if len(steps) < (2 if closed else 1):
        # Too small to draw: a line is left out, a shape becomes a dot.
        return f"M{_tenth(whole[0][0])} {_tenth(whole[0][1])}h.4v.4z" if closed else ""
    text = " ".join(f"{_tenth(east)} {_tenth(south)}" for east, south in steps).replace(" -", "-")
    return f"M{_tenth(whole[0][0])} {_tenth(whole[0][1])}l{text}{'z' if closed else ''}"


def _tenth(value: int) -> str:
    """Write tenths as a short decimal: 5 -> .5, -20 -> -2."""
    sign, size = ("-", -value) if value < 0 else ("", value)
    whole, tenth = divmod(size, 10)
    return f"{sign}{whole or ''}.{tenth}" if tenth else f"{sign}{whole}"
