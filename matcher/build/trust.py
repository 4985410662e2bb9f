"""How much the response of a crop and the crop grid are trusted: three powers, chosen on other countries.

For a country with statistics of its own the powers are chosen on all the others, so that its statistics can judge its
basket.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from matcher.crops.basket import overlap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from matcher.build.yearbooks import Yearbook

    Floats = NDArray[np.float64]

RESPONSES = (0.3, 0.5, 0.7)
GRIDS = (0.8, 1.1)
TREES = (1.0, 1.4)
LEAST_UNITS = 6
"""Countries with fewer units have no say."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Powers of the response, of the grid, and of the response of trees, which stand for decades where they thrive."""

    response: float = 0.5
    grid: float = 1.0
    trees: float = 1.0


@dataclass(frozen=True, slots=True)
class Trusts:
    """The trust for each country: chosen on others where the country has statistics."""

    general: Trust
    own: Mapping[str, Trust] = field(default_factory=dict)

    def of(self, country: str) -> Trust:
        """Return the trust of a country."""
        return self.own.get(country, self.general)


class Blender(Protocol):
    """What makes baskets of trust (`matcher.build.features.basket.Lands`)."""

    rows: dict[str, NDArray[np.intp]]
    weight: Floats

    def blend(
        self, code: str, rows: NDArray[np.intp], response: Floats, grid: Floats, trust: Trust
    ) -> Floats:
        """Return shares of some regions."""


def choose_trust(lands: Blender, response: Floats, grid: Floats, books: Sequence[Yearbook]) -> Trusts:
    """Choose the trust with the best mean overlap, every country counting once."""
    options = [Trust(a, b, c) for a in RESPONSES for b in GRIDS for c in TREES]
    gains: dict[str, list[float]] = {}
    for book in books:
        mapped = [i for i, rows in enumerate(book.rows) if len(rows)]
        if len(mapped) < LEAST_UNITS or book.country not in lands.rows:
            continue
        rows = lands.rows[book.country]
        gains[book.country] = [
            _overlap(
                lands, book, mapped, rows, lands.blend(book.country, rows, response[rows], grid[rows], each)
            )
            for each in options
        ]
    return _best(options, gains)


def _best(options: Sequence[Trust], gains: Mapping[str, Sequence[float]]) -> Trusts:
    def best(countries: Sequence[str]) -> Trust:
        if not countries:
            return Trust()
        means = np.mean([gains[country] for country in countries], axis=0)
        return options[int(np.argmax(means))]

    names = sorted(gains)
    return Trusts(best(names), {name: best([n for n in names if n != name]) for name in names})


def _overlap(
    lands: Blender, book: Yearbook, mapped: Sequence[int], rows: NDArray[np.intp], shares: Floats
) -> float:
    place = {row: i for i, row in enumerate(rows.tolist())}
    listed = book.listed
    guess = np.stack(
        [
            np.average(
                shares[[place[row] for row in book.rows[i].tolist()]],
                axis=0,
                weights=lands.weight[book.rows[i]],
            )
            for i in mapped
        ]
    )
    true = np.nan_to_num(book.areas[mapped])
    some = true[:, listed].sum(axis=1) > 0
    return float(overlap(true[some][:, listed], guess[some][:, listed]).mean())
