"""The crops that are told apart, and arithmetic of crop mixes: overlap, leading crops, national mixes."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_FOLDER = Path(__file__).parent
LEAST_PUBLISHED = 0.05
"""Least part of what a country grows of a crop, against that of all its crops, that a table must have of it."""


@dataclass(frozen=True, slots=True)
class Crop:
    """A crop.

    Attributes
    ----------
    item
        Its name in FAOSTAT and in tables of crop statistics.
    name
        The class that stands for it in a mixture.
    group
        cereals, roots, fruit, vegetables ...
    grid
        Its class in the crop grid, or "".
    plant
        The plant that stands for it in tables of published limits, or "".
    """

    item: str
    name: str
    group: str
    grid: str
    plant: str


@cache
def crops() -> tuple[Crop, ...]:
    """Return all crops, by group and name."""
    with (_FOLDER / "crops.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(
            Crop(row["item"], row["crop"], row["group"], row["grid"], row["plant"])
            for row in csv.DictReader(lines)
        )


@cache
def national_areas() -> dict[str, dict[str, float]]:
    """Harvested hectares of each crop by country (FAOSTAT, mean of 2017-2019): code to crop to hectares."""
    found: dict[str, dict[str, float]] = {}
    with (_FOLDER / "national.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["country"], {})[row["crop"]] = float(row["ha"])
    return found


def national_hectares(country: str) -> Floats:
    """Harvested ha of a country over `crops()`; all 0 where FAOSTAT has no figures."""
    areas = national_areas().get(country, {})
    return np.array([areas.get(crop.name, 0.0) for crop in crops()])


def national_mix(country: str) -> Floats:
    """Shares of a country's harvested area over `crops()`; all 0 where FAOSTAT has no figures."""
    values = national_hectares(country)
    mix: Floats = values / max(values.sum(), 1e-9)
    return mix


def published(areas: Floats, nation: Floats) -> NDArray[np.bool_]:
    """Crops that an office publishes in a country, shape (crops,); any other is unknown there, not 0.

    A crop of which its table has next to nothing of what the country grows is not published, but for a few units
    (the cotton of Greece stands in one region of thirteen).

    Parameters
    ----------
    areas
        Harvested ha of the units, NaN or 0 where there is no figure, shape (units, crops).
    nation
        Harvested ha of the country, shape (crops,); 0 where unknown.
    """
    sums = np.nan_to_num(areas).sum(axis=0)
    known = (sums > 0) & (nation > 0)
    covered = sums[known].sum() / max(nation[known].sum(), 1e-9)
    listed: NDArray[np.bool_] = (sums > 0) & (sums >= LEAST_PUBLISHED * covered * nation)
    return listed


def normalised(mixes: Floats) -> Floats:
    """Rows scaled to a sum of 1; rows without anything stay 0."""
    total = mixes.sum(axis=-1, keepdims=True)
    scaled: Floats = np.divide(mixes, total, out=np.zeros_like(mixes), where=total > 0)
    return scaled


def overlap(one: Floats, other: Floats) -> Floats:
    """Common part of two mixes, 0..1: the sum over crops of the smaller share, shape (n,).

    Parameters
    ----------
    one, other
        Shares, shape (n, crops); rows are scaled to 1 first.
    """
    common: Floats = np.minimum(normalised(one), normalised(other)).sum(axis=-1)
    return common


def same_leader(true: Floats, guess: Floats) -> NDArray[np.bool_]:
    """Whether the largest crop is the same, shape (n,)."""
    same: NDArray[np.bool_] = true.argmax(axis=-1) == guess.argmax(axis=-1)
    return same


def leaders_found(true: Floats, guess: Floats, n: int = 5) -> Floats:
    """Share of the n largest crops (of those with any area) that are among the n largest of the guess, shape (n,)."""
    result = np.zeros(len(true))
    for i, (own, other) in enumerate(zip(true, guess, strict=True)):
        wanted = [c for c in np.argsort(-own, kind="stable")[:n] if own[c] > 0]
        given = set(np.argsort(-other, kind="stable")[:n].tolist())
        result[i] = np.mean([c in given for c in wanted]) if wanted else np.nan
    return result
