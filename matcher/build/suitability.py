"""Suitability of regions for crops from fitted responses, and the table of responses that ships with the package."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.crops.basket import crops
from matcher.crops.suitability import strengths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from matcher.build.features.basket import Lands
    from matcher.build.intensity import Response

    Floats = NDArray[Any]

SUITED = 0.25
"""Least suitability of a crop that is listed: a quarter of its area in the world grows in places that suit it less."""
MOST_SUITED = 12
LEAST_GROWERS = 15
"""Crops of fewer countries are not listed: what they need cannot be told from where those countries lie."""
CHUNK = 10_000  # regions at once, which bounds the memory
OTHER = "other_"  # no single plant
STEPS = 40
"""Parts of a crop's area in the world that the shipped table tells apart."""
DIGITS = 4


def graded(lands: Lands) -> list[int]:
    """Columns of the crops whose suitability can be told."""
    return [
        column
        for column, crop in enumerate(crops())
        if not crop.name.startswith(OTHER) and lands.growers(column) >= LEAST_GROWERS
    ]


def all_strengths(lands: Lands, fitted: Response) -> Floats:
    """Strength of every crop in every region, shape (n, crops)."""
    result = np.empty((len(lands.features), len(crops())), dtype=np.float32)
    for first in range(0, len(result), CHUNK):
        rows = np.arange(first, min(first + CHUNK, len(result)))
        result[rows] = strengths(lands.features[rows], fitted.theta, lands.limits(rows))
    return result


def grown_areas(lands: Lands, modelled: Floats) -> Floats:
    """Harvested ha of each crop in each region, shape (n, crops); 0 where unknown."""
    area = np.zeros(modelled.shape, dtype=np.float32)
    for code, rows in lands.rows.items():
        own = rows[lands.base[rows]]
        part = lands.weight[own] / lands.weight[own].sum()
        area[own] = np.nan_to_num(modelled[own]) * part[:, None] * lands.hectares[code]
    return area


def suited(lands: Lands, fitted: Response, modelled: Floats) -> list[list[str] | None]:
    """Crops that each place suits by its nature, best first, whatever its country grows.

    A crop's suitability at a place is the part of the crop's area in the world that grows where the response is
    weaker than there, 0..1, and no more than published limits leave; `SUITED` and more is in the list.
    """
    counted = np.flatnonzero(lands.base & np.isfinite(modelled).all(axis=1))
    area, strength = grown_areas(lands, modelled), all_strengths(lands, fitted)
    values = np.zeros(modelled.shape, dtype=np.float32)
    for column in graded(lands):
        order = counted[np.argsort(strength[counted, column], kind="stable")]
        below = np.cumsum(area[order, column], dtype=np.float64)
        values[:, column] = np.interp(
            strength[:, column], strength[order, column], below / max(below[-1], 1e-9)
        )
    for first in range(0, len(values), CHUNK):
        rows = np.arange(first, min(first + CHUNK, len(values)))
        values[rows] = np.minimum(values[rows], np.exp(lands.limits(rows)))
    names = [crop.name for crop in crops()]
    result: list[list[str] | None] = []
    for row, known in zip(values, lands.known, strict=True):
        order = np.argsort(-row, kind="stable")[:MOST_SUITED]
        result.append([names[i] for i in order if row[i] >= SUITED] if known else None)
    return result


def response_table(
    lands: Lands, fitted: Response, modelled: Floats, inputs: Sequence[tuple[str, bool]]
) -> bytes:
    """The table that `matcher.crops.suitability` reads.

    Parameters
    ----------
    lands, fitted
        What the responses were learned from, and they.
    modelled
        Modelled shares, shape (n, crops).
    inputs
        Name in the atlas of each feature, and whether its logarithm is meant.
    """
    counted = np.flatnonzero(lands.base & np.isfinite(modelled).all(axis=1))
    area, strength = grown_areas(lands, modelled), all_strengths(lands, fitted)
    with_knots = set(graded(lands))
    steps = np.linspace(0.0, 1.0, STEPS + 1)
    found: dict[str, dict[str, list[float]]] = {}
    for column, crop in enumerate(crops()):
        entry = {"response": np.round(fitted.theta[column], DIGITS).tolist()}
        if column in with_knots:
            order = counted[np.argsort(strength[counted, column], kind="stable")]
            below = np.cumsum(area[order, column], dtype=np.float64)
            knots = np.interp(steps, below / max(below[-1], 1e-9), strength[order, column])
            entry["strengths"] = np.round(np.maximum.accumulate(knots), DIGITS).tolist()
        found[crop.name] = entry
    table = {
        "inputs": [
            {"name": name, "log": log, "mean": round(float(mean), 6), "spread": round(float(spread), 6)}
            for (name, log), mean, spread in zip(inputs, lands.mean, lands.spread, strict=True)
        ],
        "crops": found,
    }
    return (json.dumps(table, separators=(",", ":")) + "\n").encode()
