"""Other systems' formulas on the same table and the same candidates, each with its own rule for what is missing.

Every function prepares a table once and returns a scorer: rows of queries, shape (q,), to scores of all candidates,
shape (q, n), float32, larger is more alike. Where a system does not say what becomes of a missing value, it is put at
the column's mean (0 after standardising), which favours nobody.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.evaluation.table import Table

Scorer = Callable[["NDArray[np.int64]"], "NDArray[np.float32]"]
_CHUNK = 1024  # candidates compared at once by formulas that are no matrix product: stays in the cache
_EXPONENT = 20_000  # values that an exponent is found on: on all regions that alone takes half a minute
_SHAPIRO = 2000  # values that a test of normality looks at; its p-value is worthless beyond 5,000


def arcgis_values(table: Table) -> Scorer:
    """Sum of squared differences of z-scores (ArcGIS Similarity Search, attribute values)."""
    return _euclid(_standard(table.X))


def arcgis_ranks(table: Table) -> Scorer:
    """Sum of squared differences of ranks (ArcGIS Similarity Search, ranked attribute values)."""
    from scipy.stats import rankdata

    ranks = rankdata(table.X, axis=0, nan_policy="omit").astype(np.float32)
    # The scale of ranks is the same for all columns: dividing by it changes no order and keeps float32 exact enough.
    return _euclid(_filled((ranks - np.nanmean(ranks, axis=0)) / max(len(ranks), 1)))


def arcgis_profiles(table: Table) -> Scorer:
    """Cosine of z-scores (ArcGIS Similarity Search, attribute profiles)."""
    return _cosine(_standard(table.X))


def cipfa(table: Table) -> Scorer:
    """Euclidean distance of z-scores inside each subject, summed over the subjects (CIPFA Nearest Neighbours)."""
    Z, groups = _standard(table.X), np.array(table.groups)
    parts = [np.ascontiguousarray(Z[:, groups == group]) for group in dict.fromkeys(table.groups)]
    squares = [(part**2).sum(axis=1) for part in parts]

    def score(rows: NDArray[np.int64]) -> NDArray[np.float32]:
        total = np.zeros((len(rows), len(Z)), np.float32)
        for part, square in zip(parts, squares, strict=True):
            total -= np.sqrt(_squared(part, square, rows))
        return total

    return score


def nhs(table: Table) -> Scorer:
    """Euclidean distance after the transform that makes each column most nearly normal (NHS peer groups).

    All weights are 1; it knows no missing values, so they are put at the middle of the scaled column.
    """
    columns = [_most_normal(column) for column in table.X.T]
    return _euclid(_filled(np.stack(columns, axis=1)) if columns else np.empty((len(table.X), 0), np.float32))


def harvestchoice(table: Table) -> Scorer:
    """Sum of absolute differences of z-scores, classes as 0 or 1; what is missing adds 0 (HarvestChoice `similar`).

    That missing values make regions look alike is part of the recipe.
    """
    raw = (table.X - np.nanmean(table.X, axis=0)) / np.nanstd(table.X, axis=0, ddof=1)
    blank = (~np.isfinite(raw)).astype(np.float32)
    Z = _filled(raw)
    # One over the standard deviation of "is of this class", for each region's own class: that of a share of the regions.
    n, steps = len(Z), []
    for column in table.B.T:
        shares = np.bincount(column + 1) / n
        spread = np.sqrt(shares * (1.0 - shares) * n / max(n - 1, 1))
        step = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0)
        steps.append(step[column + 1].astype(np.float32))
    classes = [column.astype(np.int32) for column in table.B.T]
    columns, total, size = [np.ascontiguousarray(column) for column in Z.T], Z.sum(axis=1), np.abs(Z)

    def score(rows: NDArray[np.int64]) -> NDArray[np.float32]:
        # |a - b| = 2 max(a, b) - a - b; and where one side is missing (0 here), the other's own size is taken off.
        result: NDArray[np.float32] = (
            size[rows] @ blank.T + blank[rows] @ size.T + total[rows, None] + total[None, :]
        )
        for start in range(0, len(Z), _CHUNK):
            part = result[:, start : start + _CHUNK]
            larger, summed = np.empty_like(part), np.zeros_like(part)
            for column in columns:
                np.maximum(column[None, start : start + _CHUNK], column[rows, None], out=larger)
                summed += larger
            part -= 2.0 * summed
            for column, step in zip(classes, steps, strict=True):
                # The class column is 1 where it is the query's: its z-score differs by 1 / sd where the class differs.
                same = column[None, start : start + _CHUNK] == column[rows, None]
                part -= np.where(same, np.float32(0.0), step[rows, None])
        return result

    return score


def eu_twinnings(table: Table) -> Scorer:
    """Cosine of min-max scaled columns, what is missing is 0.1 (EU Twinnings)."""
    low, high = np.nanmin(table.X, axis=0), np.nanmax(table.X, axis=0)
    P = (table.X - low) / (high - low)
    return _cosine(np.where(np.isfinite(P), P, np.float32(0.1)).astype(np.float32))


PEERS: dict[str, Callable[[Table], Scorer]] = {
    "arcgis_values": arcgis_values,
    "arcgis_ranks": arcgis_ranks,
    "arcgis_profiles": arcgis_profiles,
    "cipfa": cipfa,
    "nhs": nhs,
    "harvestchoice": harvestchoice,
    "eu_twinnings": eu_twinnings,
}


def _standard(X: NDArray[np.float32]) -> NDArray[np.float32]:
    wide = X.astype(np.float64)
    return _filled((wide - np.nanmean(wide, axis=0)) / np.nanstd(wide, axis=0))


def _filled(Z: NDArray[np.floating]) -> NDArray[np.float32]:
    return np.where(np.isfinite(Z), Z, 0.0).astype(np.float32)


def _squared(
    Z: NDArray[np.float32], square: NDArray[np.float32], rows: NDArray[np.int64]
) -> NDArray[np.float32]:
    product: NDArray[np.float32] = Z[rows] @ Z.T
    product *= -2.0
    product += square[None, :]
    product += square[rows, None]
    return np.maximum(product, 0.0, out=product)


def _euclid(Z: NDArray[np.float32]) -> Scorer:
    square = (Z**2).sum(axis=1)
    return lambda rows: -_squared(Z, square, rows)


def _cosine(Z: NDArray[np.float32]) -> Scorer:
    length = np.linalg.norm(Z, axis=1, keepdims=True)
    unit = np.divide(Z, length, out=np.zeros_like(Z), where=length > 0)
    return lambda rows: unit[rows] @ unit.T


def _most_normal(column: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the transform of a column with the largest Shapiro p, scaled to [0, 1] and centred."""
    from scipy.stats import boxcox, shapiro, yeojohnson

    known = np.isfinite(column)
    x = column[known].astype(np.float64)
    shifted = x - x.min() if x.min() < 0 else x  # roots and logarithms know no negative numbers
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        mixed = np.random.default_rng(0).permutation(len(x))
        sample = mixed[:_SHAPIRO]
        few = x[mixed[:_EXPONENT]] if np.ptp(x[mixed[:_EXPONENT]]) > 0 else x
        forms = [x, yeojohnson(x, yeojohnson(few)[1]), np.sqrt(shifted), np.log1p(shifted), x**2]
        if x.min() > 0:
            forms += [boxcox(x, boxcox(few)[1]), x**-0.5, 1 / x]
        best, chance = x, -1.0
        for form in forms:
            if not np.isfinite(form).all() or np.ptp(form[sample]) == 0 or len(sample) < 3:
                continue
            p = float(shapiro(form[sample]).pvalue)
            if p > chance:
                best, chance = form, p
    result = np.full(len(column), np.nan)
    spread = np.ptp(best)
    result[known] = (best - best.min()) / spread if spread else 0.5
    centred: NDArray[np.float64] = result - np.nanmean(result)
    return centred
