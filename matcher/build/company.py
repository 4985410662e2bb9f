"""Which crops keep company with those of the crop grid, learned from the regional statistics of other countries.

Sugar beet stands where wheat does, chickpeas where barley does, beans where the grid's crops leave the fields empty.
How a crop's share follows the ratios of the grid's crops, and how much of the fields they fill, is learned from observed
regions for the overlap of mixes. A country learns most from those that grow what it grows, and nothing from itself, so
that its statistics can judge its basket. Crops of the grid follow their own ratio alone.

Wider models (climate, relief, land use; by crop, by group, by the crop's place in the world's climates) were tried on the
same regions and lost in the countries left out what they gained in the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from matcher.build.trust import Trust
from matcher.crops.basket import normalised, overlap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from matcher.build.yearbooks import Yearbook

    Floats = NDArray[Any]

MOST_UNITS = 200
"""Most units that a country teaches by."""
FULL_UNITS = 20
"""Countries with fewer units teach by the root of their share in this."""
TEACHES = 160.0
"""Weight of a country that teaches in full."""
ALIKE = 0.5
"""Overlap of two countries' mixes at which the one teaches the other with weight 1; the weight is its fourth power."""
MOST_ALIKE = 3.0
LEAST_ALIKE = 0.02
RIDGE = 3.0
FREE_RIDGE = 0.3
"""Pull of what a teaching country grows for reasons of its own toward 0."""
SOFTNESS = 1e-4
"""Rounds the corner of the smaller of two shares off, so that it has a slope."""
ITERATIONS = 40


class Ground(Protocol):
    """What is learned on (`matcher.build.features.basket.Lands`)."""

    rows: dict[str, NDArray[np.intp]]
    mixes: dict[str, Floats]
    weight: Floats
    grid_columns: NDArray[np.intp]

    def logits(
        self, code: str, rows: NDArray[np.intp], response: Floats, grid: Floats, trust: Trust
    ) -> Floats:
        """Return logarithms of shares without company."""

    def beside(self, rows: NDArray[np.intp], grid: Floats) -> Floats:
        """Return what stands beside a crop."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """The units of one country: logarithms of shares without company and true shares (n, columns), what stands beside."""

    country: str
    columns: NDArray[np.intp]
    logits: Floats
    true: Floats
    beside: Floats


@dataclass(slots=True)
class Company:
    """Coefficients for each country, shape (crops, beside), learned when they are first asked for."""

    lessons: list[Lesson]
    mixes: dict[str, Floats]
    free: NDArray[np.bool_]
    _found: dict[tuple[float, ...], Floats] = field(default_factory=dict)

    def of(self, country: str) -> Floats | None:
        """Coefficients for a country, from all others; None where no country that has statistics is like it."""
        weights = tuple(
            0.0 if each.country == country else self._alike(country, each.country) for each in self.lessons
        )
        if not any(weights):
            return None
        if weights not in self._found:
            self._found[weights] = fit_company(self.lessons, weights, self.free)
        return self._found[weights]

    def _alike(self, one: str, other: str) -> float:
        common = float(overlap(self.mixes[one][None], self.mixes[other][None])[0])
        weight = min(MOST_ALIKE, (common / ALIKE) ** 4)
        return weight if weight >= LEAST_ALIKE else 0.0


def learn_company(ground: Ground, response: Floats, grid: Floats, books: Sequence[Yearbook]) -> Company:
    """Lay the statistics out for learning.

    Parameters
    ----------
    ground
        Regions, fields and mixes of countries.
    response, grid
        Shares by the responses and logarithms of the grid's ratios, shape (regions, crops).
    books
        Statistics of the countries that teach.
    """
    lessons = [_lesson(ground, response, grid, book) for book in books if book.country in ground.rows]
    n_crops = grid.shape[1]
    free = np.ones((n_crops, len(ground.grid_columns) + 1), dtype=bool)
    free[ground.grid_columns, :-1] = False
    return Company([each for each in lessons if len(each.true)], ground.mixes, free)


def _lesson(ground: Ground, response: Floats, grid: Floats, book: Yearbook) -> Lesson:
    columns = np.flatnonzero(book.listed & (ground.mixes[book.country] > 0))
    true = np.nan_to_num(book.areas[:, columns])
    units = [i for i, rows in enumerate(book.rows) if len(rows) and true[i].sum() > 0]
    if len(units) > MOST_UNITS:
        units = [units[i] for i in np.linspace(0, len(units) - 1, MOST_UNITS).astype(int)]
    logits, beside = [], []
    whole = ground.rows[book.country]
    centre = np.average(ground.beside(whole, grid[whole]), axis=0, weights=ground.weight[whole])
    for i in units:
        rows = book.rows[i].astype(np.intp)
        weight = ground.weight[rows]
        own = ground.logits(book.country, rows, response[rows], grid[rows], Trust())[:, columns]
        logits.append(np.average(own, axis=0, weights=weight))
        beside.append(np.average(ground.beside(rows, grid[rows]), axis=0, weights=weight) - centre)
    width = len(ground.grid_columns) + 1
    return Lesson(
        book.country,
        columns,
        np.array(logits).reshape(len(units), len(columns)),
        normalised(true[units]),
        np.array(beside).reshape(len(units), width),
    )


def fit_company(lessons: Sequence[Lesson], weights: Sequence[float], free: NDArray[np.bool_]) -> Floats:
    """Coefficients with the best overlap in the lessons, each country free to grow more or less of a crop.

    Parameters
    ----------
    lessons, weights
        Countries, and how much each counts; 0 for not at all.
    free
        Coefficients that may differ from 0, shape (crops, beside).
    """
    from scipy.optimize import minimize

    taught = [(each, weight) for each, weight in zip(lessons, weights, strict=True) if weight > 0]
    size = free.size
    ends = size + np.cumsum([0, *(len(each.columns) for each, _ in taught)])

    def loss(flat: Floats) -> tuple[float, Floats]:
        company = flat[:size].reshape(free.shape)
        slope = np.empty_like(flat)
        value = 0.5 * RIDGE * float((company**2).sum()) + 0.5 * FREE_RIDGE * float((flat[size:] ** 2).sum())
        slope[size:] = FREE_RIDGE * flat[size:]
        of_company = RIDGE * company
        for (each, weight), first, last in zip(taught, ends[:-1], ends[1:], strict=True):
            z = each.logits + each.beside @ company[each.columns].T + flat[first:last]
            e = np.exp(z - z.max(axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            counts = weight * TEACHES * min(1.0, len(z) / FULL_UNITS) ** 0.5 / len(z)
            gap = p - each.true
            root = np.sqrt(gap**2 + SOFTNESS)
            value -= counts * 0.5 * float((p + each.true - root).sum())
            pull = 0.5 * (1.0 - gap / root)
            back = -counts * p * (pull - (p * pull).sum(axis=1, keepdims=True))
            of_company[each.columns] += back.T @ each.beside
            slope[first:last] += back.sum(axis=0)
        slope[:size] = np.where(free, of_company, 0.0).ravel()
        return value, slope

    found = minimize(
        loss, np.zeros(int(ends[-1])), jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS}
    )
    result: Floats = found.x[:size].reshape(free.shape)
    return result
