"""Codes: regions as rows of numbers whose products are likenesses."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Codes:
    """Codes of `n` regions for some features, and what turns them into likenesses.

    Attributes
    ----------
    names
        The features, in order.
    matrix
        Shape (n, width), float32: the features' codes side by side, then one column a feature that is 1 where it is
        known.
    base, offset
        Shape (n features,).
    """

    def __init__(
        self,
        names: tuple[str, ...],
        matrix: NDArray[np.float32],
        widths: Sequence[int] | NDArray[np.int64],
        base: NDArray[np.float64],
        offset: NDArray[np.float64],
    ) -> None:
        self.names, self.matrix, self.base, self.offset = names, matrix, base, offset
        self.ends = np.cumsum(widths)

    def __len__(self) -> int:
        return len(self.matrix)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Shape (n, n features): whether each feature is known."""
        return self.matrix[:, self.ends[-1] :] > 0

    def take(self, rows: NDArray[np.int64]) -> Codes:
        """Return the codes of some of the regions."""
        taken = Codes(self.names, self.matrix[rows], np.diff(self.ends, prepend=0), self.base, self.offset)
        if "squares" in self.__dict__:
            taken.squares = self.squares[rows]
        return taken

    @cached_property
    def squares(self) -> NDArray[np.float64]:
        """Squared lengths of each feature's code, shape (n, n features); those that are taken later keep them."""
        codes = self.matrix[:, : self.ends[-1]].astype(np.float64)
        return self._sums(codes * codes)

    def _sums(self, products: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum over each feature's columns."""
        return np.add.reduceat(products, np.concatenate([[0], self.ends[:-1]]), axis=1)

    def likeness(self, other: Codes) -> NDArray[np.float64]:
        """Return the likeness of each region with its opposite, shape (n, n features); one side may have length 1."""
        a, b = (codes.matrix[:, : self.ends[-1]].astype(np.float64) for codes in (self, other))
        product = self._sums(a * b)
        both = self.known & other.known
        length = np.sqrt(self.squares * other.squares)
        cosine = np.divide(product, length, out=np.zeros_like(product), where=both & (length > 0))
        raw = (1.0 - self.offset) * cosine + self.offset
        return np.where(both, np.clip(raw, 0.0, 1.0), self.base)

    def query(self, weights: NDArray[np.float64]) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Return the vectors whose product with another `matrix`, plus the constants, are the scores with it.

        Parameters
        ----------
        weights
            Shares of the score, summing to 1: shape (n features,), or (n scenarios, n features) where these are the
            codes of one region, or of one for each scenario.

        Returns
        -------
        vectors
            Shape (n regions or scenarios, width), in the order of `matrix`'s columns.
        constants
            Shape (n regions or scenarios,).
        """
        weights = np.atleast_2d(weights)
        if len(self) != len(weights) and 1 not in {len(self), len(weights)}:
            raise ValueError(
                f"{len(self)} regions under {len(weights)} weights; pair them, or give one of either"
            )
        spread = np.repeat(weights, np.diff(self.ends, prepend=0), axis=1)
        codes = 100.0 * spread * self.matrix[:, : self.ends[-1]]
        masks = 100.0 * weights * (self.offset - self.base) * self.known
        constants = 100.0 * (weights * self.base).sum(axis=1)
        vectors = np.concatenate([codes, masks], axis=1).astype(np.float32)
        return vectors, np.broadcast_to(constants, len(vectors))

    def coverage(self, other: Codes, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the share of the weight that both sides know, shape (n,); one side may have length 1.

        Feature by feature, so that a pair's figure has the same bits whatever pairs it is reckoned with.
        """
        both = self.known & other.known
        shares = np.zeros(len(both))
        for column, weight in zip(both.T, weights, strict=True):
            shares += weight * column
        return shares
