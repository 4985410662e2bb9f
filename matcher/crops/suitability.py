"""How well a place suits a crop by its nature, 0..1, from responses that were learned from where crops grow.

Evergreen crops are held to published limits of warmth, water and soil as well (`matcher.crops.limits`).

A crop's suitability is the part of the crop's area in the world that grows where its response is weaker than here:
0.5 is a place as good as the middle hectare of the crop, 0 a place worse than where anybody grows it. It is modelled,
and says nothing of soil at one's feet, of markets or of what is allowed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.crops.limits import INPUTS, left_by_limits
from matcher.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from matcher.atlas import Atlas

    Floats = NDArray[np.float64]

TABLE = Path(__file__).with_name("responses.json")
SEASONS = ("rain_hot", "rain_cold")
"""Features that no column holds: mm of rain in the three warmest and in the three coldest months."""
MONTHS = ("temperature_months", "rain_months")
"""The columns that they follow from."""
CLIP = 3.0
"""Standard deviations beyond which a feature counts as at the edge."""


@dataclass(frozen=True, slots=True)
class Responses:
    """What was learned.

    Attributes
    ----------
    inputs
        Features of the atlas in order, `log` whether the logarithm of 1 + the value is meant; mean and spread of that.
    crops
        Names of all crops, in the order of `coefficients`.
    coefficients
        Shape (crops, 1 + 2 inputs): constant, features, half their squares.
    knots
        Crop to its strength at even steps of its harvested area in the world, weakest first; only crops of enough
        countries have them.
    """

    inputs: tuple[tuple[str, bool, float, float], ...]
    crops: tuple[str, ...]
    coefficients: Floats
    knots: dict[str, Floats]


@cache
def responses() -> Responses:
    """Return the responses that ship with the package.

    Raises
    ------
    DataError
        The table is not there.
    """
    if not TABLE.is_file():
        raise DataError(f"{TABLE.name} is missing; write it with: python -m matcher.build.responses")
    return parse(json.loads(TABLE.read_text(encoding="utf-8")))


def parse(table: dict[str, Any]) -> Responses:
    """Responses from the plain values of their file."""
    return Responses(
        tuple((each["name"], each["log"], each["mean"], each["spread"]) for each in table["inputs"]),
        tuple(table["crops"]),
        np.array([each["response"] for each in table["crops"].values()]),
        {name: np.array(each["strengths"]) for name, each in table["crops"].items() if each.get("strengths")},
    )


def suitable_crops() -> tuple[str, ...]:
    """Crops whose suitability is known."""
    return tuple(responses().knots)


def suitability(atlas: Atlas, rows: NDArray[np.int64]) -> dict[str, Floats]:
    """Suitability of every crop of `suitable_crops` at some regions.

    Parameters
    ----------
    atlas
        With the features that the responses were learned on.
    rows
        Rows of the regions.

    Returns
    -------
    dict
        Crop to 0..1, shape (n,); NaN at regions whose climate is unknown.

    Raises
    ------
    DataError
        The atlas lacks a feature.
    """
    learned = responses()
    names = [name for name, *_ in learned.inputs]
    columns = [*(name for name in names if name not in SEASONS), *MONTHS]
    if missing := [name for name in columns if name not in atlas.store.place]:
        raise DataError(f"this atlas has no {', '.join(missing)}, which suitability is modelled from")
    table = atlas.read(columns, rows)
    seasons = dict(zip(SEASONS, season_rain(*(monthly(table, name) for name in MONTHS)), strict=True))
    values = [
        seasons[name]
        if name in seasons
        else np.array(table[name].to_numpy(zero_copy_only=False), dtype=np.float64)
        for name in names
    ]
    return grade(np.stack(values, axis=1), learned)


def monthly(table: pa.Table, name: str) -> Floats:
    """Twelve months of each row of an atlas, shape (n, 12); NaN where unknown."""
    unknown = [np.nan] * 12
    return np.array([value or unknown for value in table[name].to_pylist()], dtype=np.float64)


def season_rain(warmth: Floats, rain: Floats) -> tuple[Floats, Floats]:
    """Rain of the three warmest and of the three coldest months, mm: olives have the one, tea the other.

    Parameters
    ----------
    warmth, rain
        Of the same twelve months, C and mm, shape (n, 12).
    """
    order = np.argsort(-warmth, axis=1, kind="stable")
    ranked = np.take_along_axis(rain, order, axis=1)
    return ranked[:, :3].sum(axis=1), ranked[:, -3:].sum(axis=1)


def grade(values: Floats, learned: Responses) -> dict[str, Floats]:
    """Suitability from features in their own units, shape (n, inputs); an unknown value says nothing."""
    log = np.array([each[1] for each in learned.inputs])
    mean, spread = (np.array([each[i] for each in learned.inputs]) for i in (2, 3))
    at = {each[0]: values[:, i] for i, each in enumerate(learned.inputs)}
    known = np.isfinite(at["t_mean"])
    scaled = np.where(log, np.log1p(np.maximum(values, 0.0)), values)
    features = np.clip(np.nan_to_num((scaled - mean) / spread), -CLIP, CLIP)
    unknown = np.full(len(values), np.nan)
    held = np.stack([at.get(name, unknown) for name in INPUTS], axis=1)
    limits = left_by_limits(held, learned.crops)
    strength = strengths(features, learned.coefficients, limits)
    place = {crop: i for i, crop in enumerate(learned.crops)}
    result = {}
    for crop, knots in learned.knots.items():
        part = np.interp(strength[:, place[crop]], knots, np.linspace(0.0, 1.0, len(knots)))
        result[crop] = np.where(known, np.minimum(part, np.exp(limits[:, place[crop]])), np.nan)
    return result


def basis(features: Floats) -> Floats:
    """1, the features, and half their squares: a crop may like the middle best."""
    return np.hstack([np.ones((len(features), 1)), features, features**2 / 2.0])


def strengths(features: Floats, coefficients: Floats, limits: Floats) -> Floats:
    """Logarithm of each crop's share where nature alone decided, shape (n, crops).

    Parameters
    ----------
    features
        Standardised, shape (n, d).
    coefficients
        Shape (crops, 1 + 2 d).
    limits
        What published limits leave of each crop (`matcher.crops.limits`), as a logarithm, shape (n, crops).
    """
    logits = basis(features) @ coefficients.T + limits
    logits -= logits.max(axis=1, keepdims=True)
    result: Floats = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return result
