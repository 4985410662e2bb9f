"""Additive model: the log-odds as a sum of one table a term, fitted by penalised logistic regression.

Every term of a sample falls into one bin, and each bin has one number: the sum of a sample's numbers is its score, so
the score splits exactly into its terms. Neighbouring bins are held together by a penalty on the bends of each table
(a P-spline of degree 0), and all are held toward 0. The loss is convex, so the fit depends on no seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Shape:
    """The bins of one term.

    `size` of them lie in `rows` rows of equal length, each bin beside the next of its row, or in a square of `side` x
    `side`; `extra` ones stand alone.
    """

    size: int
    side: int = 0
    extra: int = 1
    rows: int = 1

    @property
    def total(self) -> int:
        """Number of bins."""
        return self.size + self.extra


@dataclass(frozen=True, slots=True)
class Penalty:
    """How strongly tables are held: against bends, and toward 0; per sample of weight 1."""

    bend: float = 30.0
    ridge: float = 1.0


def fit_tables(
    bins: NDArray[np.int32],
    shapes: Mapping[str, Shape],
    y: NDArray[np.float64],
    weights: NDArray[np.float64],
    offset: NDArray[np.float64] | None = None,
    penalty: Penalty | None = None,
    iterations: int = 120,
) -> tuple[dict[str, NDArray[np.float64]], float]:
    """Fit the tables.

    Parameters
    ----------
    bins
        Bin of each sample in each term, shape (m, terms), in the order of `shapes`.
    y, weights
        1 or 0, and how much a sample counts, shape (m,).
    offset
        A part of the log-odds that is given, shape (m,).

    Returns
    -------
    Term to table, each with a weighted mean of 0 over the samples of y = 0, and the intercept.
    """
    from scipy.optimize import minimize
    from scipy.sparse import block_diag, csr_array

    penalty = penalty or Penalty()
    sizes = [shape.total for shape in shapes.values()]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    m, terms = bins.shape
    columns = (bins + starts[:-1].astype(np.int32)).ravel()
    design = csr_array(
        (np.ones(m * terms, np.float32), columns, np.arange(0, m * terms + 1, terms)), shape=(m, starts[-1])
    )
    transposed = design.T.tocsr()
    bends = block_diag([_bend(shape, penalty) for shape in shapes.values()], format="csr")
    given = np.zeros(m) if offset is None else offset

    def loss(theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        score = design @ theta[1:].astype(np.float32) + theta[0] + given
        held = bends @ theta[1:]
        value = weights @ (np.logaddexp(0.0, score) - y * score) + 0.5 * theta[1:] @ held
        chance = 1.0 / (1.0 + np.exp(-np.clip(score, -50, 50)))
        pull = weights * (chance - y)
        gradient = (transposed @ pull.astype(np.float32)).astype(np.float64) + held
        return float(value), np.concatenate([[pull.sum()], gradient])

    start = np.zeros(1 + starts[-1])
    start[0] = np.log((weights @ y + 1e-9) / (weights @ (1 - y) + 1e-9)) - (weights @ given) / weights.sum()
    done = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": iterations, "maxcor": 20})
    intercept, tables = float(done.x[0]), {}
    negative = y < 0.5
    for i, name in enumerate(shapes):
        table = done.x[1 + starts[i] : 1 + starts[i + 1]].astype(np.float64)
        mass = np.bincount(bins[negative, i], weights=weights[negative], minlength=len(table))
        middle = float(mass @ table / mass.sum()) if mass.sum() else 0.0
        tables[name] = table - middle
        intercept += middle
    return tables, intercept


def _bend(shape: Shape, penalty: Penalty) -> Any:
    """Return the sparse matrix whose quadratic form is the penalty of one table."""
    from scipy.sparse import block_diag, csr_array, eye_array, kron

    if shape.rows > 1:
        length = shape.size // shape.rows
        held = csr_array((shape.size, shape.size))
        if length > 2:
            held = kron(eye_array(shape.rows), penalty.bend * _second(length))
        whole = block_diag([held, csr_array((shape.extra, shape.extra))]) if shape.extra else held
        return whole + eye_array(shape.total) * penalty.ridge
    total = np.eye(shape.total) * penalty.ridge
    if shape.side:
        line = _second(shape.side)
        eye = np.eye(shape.side)
        square = np.kron(line, eye) + np.kron(eye, line)
        total[: shape.size, : shape.size] += penalty.bend * square
    elif shape.size > 2:
        total[: shape.size, : shape.size] += penalty.bend * _second(shape.size)
    return total


def _second(size: int) -> NDArray[np.float64]:
    """Return D'D of second differences, with a little of the first so that a table's ends do not run away."""
    second = np.diff(np.eye(size), n=2, axis=0)
    first = np.diff(np.eye(size), axis=0)
    form: NDArray[np.float64] = second.T @ second + 0.1 * first.T @ first
    return form


def sum_tables(
    bins: NDArray[np.int32], names: Sequence[str], tables: Mapping[str, NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return the sum of the samples' numbers, shape (m,)."""
    total = np.zeros(len(bins))
    for i, name in enumerate(names):
        total += tables[name][bins[:, i]]
    return total
