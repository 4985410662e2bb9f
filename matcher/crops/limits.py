"""Warmth, water and soil that evergreen crops need, as published: what they cannot do without, no totals teach.

A country's total does not tell on which of its slopes the tangerines stand, and the responses that are learned from
totals are too flat to keep them off the cold ones. EcoCrop states for each plant between which temperatures, with how
much rain and on which soils it grows at all, and grows best. A plant that keeps its leaves grows all year, so that
temperature and rain hold for the year; they are used of evergreen plants alone, since what rests in winter or is sown
for a season is not ruled by yearly figures. The least of the three decides (the law of the minimum), and fields that are
irrigated lack no water.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[Any]

TABLE = Path(__file__).with_name("limits.csv")
INPUTS = ("t_mean", "rain_year", "soil_ph", "irrigated")
"""Columns of the atlas that the limits are held against."""
FLOOR = 0.02
"""What is left beyond the limits: a region is not all of one height, nor of one soil."""
_WARMTH = ("warmth_least", "warmth_best_from", "warmth_best_to", "warmth_most")
_RAIN = ("rain_least", "rain_best_from")
_SOIL = ("ph_least", "ph_best_from", "ph_best_to", "ph_most")
COLUMNS = (*_WARMTH, *_RAIN, *_SOIL)


@cache
def limits() -> dict[str, dict[str, float]]:
    """Crop to its limits by `COLUMNS`: yearly mean temperature in C, yearly rain in mm, pH of the soil."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {row["crop"]: {name: float(row[name]) for name in COLUMNS} for row in csv.DictReader(lines)}


def left_by_limits(place: Floats, names: Sequence[str]) -> Floats:
    """Logarithm of the part of its best growth that each crop reaches by warmth, water and soil, shape (n, crops).

    Parameters
    ----------
    place
        The columns `INPUTS` in their own units, shape (n, 4); what is unknown is held against no crop.
    names
        The crops; 0 for those without limits.
    """
    warmth, rain, ph, irrigated = np.asarray(place, dtype=float).T
    watered = np.nan_to_num(irrigated)
    result = np.zeros((len(place), len(names)), dtype=np.float32)
    for column, name in enumerate(names):
        if (own := limits().get(name)) is not None:
            parts = (
                np.interp(warmth, [own[edge] for edge in _WARMTH], (0.0, 1.0, 1.0, 0.0)),
                np.maximum(np.interp(rain, [own[edge] for edge in _RAIN], (0.0, 1.0)), watered),
                np.interp(ph, [own[edge] for edge in _SOIL], (0.0, 1.0, 1.0, 0.0)),
            )
            least = np.fmin.reduce([*parts, np.ones(len(place))])
            result[:, column] = np.log(np.maximum(least, FLOOR))
    return result
