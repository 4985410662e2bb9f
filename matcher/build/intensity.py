"""Where within a country each crop is grown, learned from the crop grid and from the totals of all countries.

An ecological inference: the share of crop c in cell r of country k is modelled as

    p_rc = exp(theta_c . x_r + b_rc + a_kc) / sum over crops of the same,

x being climate, soil, relief and land use of the cell, b_rc what published limits leave of an evergreen crop there
(`matcher.crops.limits`), and a_kc what the country grows for reasons of its own, drawn toward 0. What is known of p are its sums: the cells of a country, by their cropland, must give the country's mix of
harvested areas, and in each cell the crops of the grid must stand to each other as the grid says. Both enter as cross
entropies, with a ridge on theta and a; the whole is minimised by L-BFGS. No regional statistics enter.

The method follows the ecological regression of multinomial shares (King, Rosen & Tanner 1999) and, for its use on
harvested areas, the cross-entropy allocation of You & Wood (2006).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matcher.crops.suitability import basis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RIDGE = 0.2
"""Pull of the coefficients toward 0."""
COUNTRY_RIDGE = 0.3
"""Pull of a country's own taste toward 0."""
WEIGHT = 3.0
GRID_WEIGHT = 0.5
FULL_WEIGHT_HA = 3e6
"""Countries with less harvested area count by the root of their share in this."""
ITERATIONS = 100
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Cells:
    """What the response is learned from: places of like nature within a country.

    Attributes
    ----------
    features
        Standardised, shape (n, d).
    country
        Position of the country of each in `nations`, shape (n,).
    weight
        Cropland, shape (n,).
    grid
        Shares of the crops of the grid, shape (n, g); rows of 0 where the grid has none.
    nations
        Mix of harvested areas of each country, shape (countries, crops).
    hectares
        Harvested area of each country, shape (countries,).
    limits
        What published limits leave of each crop, as a logarithm, shape (n, crops).
    """

    features: Floats
    country: NDArray[np.intp]
    weight: Floats
    grid: Floats
    nations: Floats
    hectares: Floats
    limits: Floats


@dataclass(frozen=True, slots=True)
class Response:
    """Fitted coefficients: `theta` of shape (crops, basis) and `taste` of shape (countries, crops)."""

    theta: Floats
    taste: Floats

    def logits(self, features: Floats, country: int) -> Floats:
        """Logarithm of each crop's share without limits, but for a constant of the row, shape (n, crops)."""
        logits: Floats = self.nature(features) + self.taste[country]
        return logits

    def nature(self, features: Floats) -> Floats:
        """The same of no country in particular, shape (n, crops)."""
        logits: Floats = basis(features) @ self.theta.T
        return logits


def fit_response(cells: Cells, grid_crops: Sequence[int], *, iterations: int = ITERATIONS) -> Response:
    """Fit the response of every crop.

    Parameters
    ----------
    cells
        What to learn from.
    grid_crops
        Column among the crops of each crop of the grid.
    iterations
        The most steps of L-BFGS.
    """
    from scipy.optimize import minimize

    x = basis(cells.features)
    n_crops, width, n_countries = cells.nations.shape[1], x.shape[1], len(cells.nations)
    columns = np.asarray(grid_crops, dtype=np.intp)
    total = np.bincount(cells.country, weights=cells.weight, minlength=n_countries)
    part = cells.weight / np.maximum(total[cells.country], _TINY)
    count = np.bincount(cells.country, minlength=n_countries)
    of_country = WEIGHT * np.minimum(1.0, np.sqrt(cells.hectares / FULL_WEIGHT_HA))
    of_grid = GRID_WEIGHT * part * np.sqrt(np.maximum(count, 1))[cells.country]
    ridge = np.full(width, RIDGE)
    ridge[0] = 1e-4
    held = cells.grid.sum(axis=1, keepdims=True)
    order = np.argsort(cells.country, kind="stable")
    first = np.searchsorted(cells.country[order], np.arange(n_countries))
    present = count > 0

    def by_country(values: Floats) -> Floats:
        sums = np.zeros((n_countries, n_crops))
        sums[present] = np.add.reduceat(values[order], first[present], axis=0)
        return sums

    def loss(flat: Floats) -> tuple[float, Floats]:
        theta = flat[: n_crops * width].reshape(n_crops, width)
        taste = flat[n_crops * width :].reshape(n_countries, n_crops)
        z = x @ theta.T + cells.limits + taste[cells.country]
        e = np.exp(z - z.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        sums = np.maximum(by_country(part[:, None] * p), _TINY)
        value = -(of_country[:, None] * cells.nations * np.log(sums)).sum()
        pull = -(of_country[:, None] * cells.nations / sums)[cells.country] * part[:, None]
        slope = p * (pull - (p * pull).sum(axis=1, keepdims=True))
        q = e[:, columns] / np.maximum(e[:, columns].sum(axis=1, keepdims=True), 1e-300)
        value -= (of_grid[:, None] * cells.grid * np.log(q + _TINY)).sum()
        slope[:, columns] += of_grid[:, None] * (q * held - cells.grid)
        value += 0.5 * (ridge * theta**2).sum() + 0.5 * COUNTRY_RIDGE * (taste**2).sum()
        gradient = slope.T @ x + ridge * theta
        return float(value), np.concatenate(
            [gradient.ravel(), (by_country(slope) + COUNTRY_RIDGE * taste).ravel()]
        )

    start = np.zeros(n_crops * width + n_countries * n_crops)
    start[: n_crops * width : width] = np.log(cells.nations.mean(axis=0) + 1e-6)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": iterations})
    return Response(
        found.x[: n_crops * width].reshape(n_crops, width),
        found.x[n_crops * width :].reshape(n_countries, n_crops),
    )


def rake(logits: Floats, weight: Floats, mix: Floats, *, rounds: int = 12) -> Floats:
    """Shares whose rows sum to 1 and whose weighted mean is the national mix: iterative proportional fitting.

    Parameters
    ----------
    logits
        Logarithms of the shares to start from, shape (n, crops).
    weight
        Cropland of the rows, shape (n,).
    mix
        The national mix, shape (crops,); a crop that is 0 there is 0 everywhere.
    rounds
        Rounds of scaling columns, then rows.
    """
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares = e / e.sum(axis=1, keepdims=True)
    weight = weight / max(weight.sum(), _TINY)
    for _ in range(rounds):
        sums = weight @ shares
        shares = shares * np.where(mix > 0, mix / np.maximum(sums, 1e-15), 0.0)
        shares = shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-15)
    result: Floats = shares
    return result
