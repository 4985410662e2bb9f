"""Additive model: a score as a sum of one table a term, fitted by penalised conditional logit.

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
    `side`; `extra` ones stand alone. All are held toward 0 by `ridge` times what the penalty says: less where a
    bin is rare and tells much.
    """

    size: int
    side: int = 0
    extra: int = 1
    rows: int = 1
    ridge: float = 1.0

    @property
    def total(self) -> int:
        """Number of bins."""
        return self.size + self.extra


@dataclass(frozen=True, slots=True)
class Penalty:
    """How strongly tables are held: against bends, and toward 0; per sample of weight 1."""

    bend: float = 30.0
    ridge: float = 1.0


def fit_choices(
    bins: NDArray[np.int32],
    shapes: Mapping[str, Shape],
    question: NDArray[np.int64],
    real: NDArray[np.bool_],
    weights: NDArray[np.float64],
    offset: NDArray[np.float64] | None = None,
    penalty: Penalty | None = None,
    iterations: int = 150,
    begin: Mapping[str, NDArray[np.float64]] | None = None,
) -> dict[str, NDArray[np.float64]]:
    """Fit the tables by conditional logit (McFadden, 1974): of what there was to choose, the real one was chosen.

    A logistic loss says nothing among the few candidates that are far above the rest: all of them look sure, so that
    none of them pulls, and just there the order is decided. Here each pulls by its chance to be chosen.

    Parameters
    ----------
    bins
        Bin of each sample in each term, shape (m, terms), in the order of `shapes`.
    question
        Number of the choice that a sample belongs to, shape (m,); each has one real sample.
    real
        Which samples were chosen, shape (m,).
    weights
        How many candidates a sample stands for, in any unit that is the same within a question, shape (m,).
    offset
        A part of the score that is given, shape (m,).
    begin
        Tables to begin the search at: it ends where it would from anywhere, but sooner.

    Returns
    -------
    Term to table, each with a weighted mean of 0 over the samples that were not chosen.
    """
    from scipy.optimize import minimize
    from scipy.sparse import block_diag, csr_array

    order = np.argsort(question, kind="stable")
    bins, chosen = bins[order], real[order]
    first = np.flatnonzero(np.diff(question[order], prepend=-1))
    size = np.diff(first, append=len(order))
    starts = np.concatenate([[0], np.cumsum([shape.total for shape in shapes.values()])])
    m, terms = bins.shape
    columns = (bins + starts[:-1].astype(np.int32)).ravel()
    # Places in 32 bits, where they suffice: the search reads all of them twice a step.
    rows = np.arange(0, m * terms + 1, terms, dtype=np.int32 if m * terms < 2**31 else np.int64)
    design = csr_array((np.ones(m * terms, np.float32), columns, rows), shape=(m, starts[-1]))
    bends = block_diag([_bend(shape, penalty or Penalty()) for shape in shapes.values()], format="csr")
    transposed = design.T
    given = np.log(weights[order]) + (0.0 if offset is None else offset[order])

    def loss(theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        score = (design @ theta.astype(np.float32)).astype(np.float64) + given
        odds = np.exp(score - np.repeat(np.maximum.reduceat(score, first), size))
        chance = odds / np.repeat(np.add.reduceat(odds, first), size)
        held = bends @ theta
        pull = (chance - chosen).astype(np.float32)
        value = -np.log(np.maximum(chance[chosen], 1e-300)).sum() + 0.5 * theta @ held
        return float(value), (transposed @ pull).astype(np.float64) + held

    first_guess = np.zeros(starts[-1]) if begin is None else np.concatenate([begin[name] for name in shapes])
    done = minimize(
        loss, first_guess, jac=True, method="L-BFGS-B", options={"maxiter": iterations, "maxcor": 20}
    )
    tables = {}
    random = np.where(chosen, 0.0, weights[order])
    for i, (name, shape) in enumerate(shapes.items()):
        table = done.x[starts[i] : starts[i] + shape.total].astype(np.float64)
        mass = np.bincount(bins[:, i], weights=random, minlength=shape.total)
        tables[name] = table - mass @ table / mass.sum()
    return tables


def _bend(shape: Shape, penalty: Penalty) -> Any:
    """Return the sparse matrix whose quadratic form is the penalty of one table."""
    from scipy.sparse import block_diag, csr_array, eye_array, kron

    if shape.rows > 1:
        length = shape.size // shape.rows
        held = csr_array((shape.size, shape.size))
        if length > 2:
            held = kron(eye_array(shape.rows), penalty.bend * _second(length))
        whole = block_diag([held, csr_array((shape.extra, shape.extra))]) if shape.extra else held
        return whole + eye_array(shape.total) * penalty.ridge * shape.ridge
    total = np.eye(shape.total) * penalty.ridge * shape.ridge
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
