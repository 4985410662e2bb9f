"""Bounds: short vectors whose products are never below those of the long ones, so that most pairs need no long product.

Codes are turned so that the first few of their columns hold most of their length (principal axes of a sample of the
candidates). The product of the first columns is reckoned, and by Cauchy and Schwarz the product of the others is at most
that of their lengths; the length is one more column, so that the bound itself is one product. Which features are known is
not turned: these columns are few, and they would spoil the bound. It holds for whatever axes; they decide how tight it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEADING = 64
"""Axes that are kept: with fewer more pairs pass in vain, with more the product grows; 64 was quickest of 48, 64 and 96."""

_SAMPLE = 8_192  # candidates that the axes are taken from
_CHUNK = 4_096  # candidates turned at once
_LOST = 1e-3  # squared points: above what float32 loses where a length is a small difference of large ones


class Bounds:
    """The short columns of some candidates.

    Parameters
    ----------
    codes
        Codes of the candidates, then the columns that are not turned, shape (n, width), float32.
    scale
        What a column of the codes weighs, points: vectors are that many times a code. Shape (n turned columns,).

    Attributes
    ----------
    columns
        Shape (axes + columns that are not turned + 1, n).
    """

    def __init__(self, codes: NDArray[np.float32], scale: NDArray[np.float32]) -> None:
        self._root = np.sqrt(scale)
        turned, leading = len(scale), min(LEADING, len(scale))
        sample = codes[:: -(-len(codes) // _SAMPLE), :turned] * self._root
        _, axes = np.linalg.eigh((sample.T @ sample).astype(np.float64))
        self._axes = np.ascontiguousarray(axes[:, : -leading - 1 : -1], np.float32)
        self.columns = np.empty((leading + codes.shape[1] - turned + 1, len(codes)), np.float32)
        for start in range(0, len(codes), _CHUNK):
            some = codes[start : start + _CHUNK]
            self.columns[:, start : start + _CHUNK] = self._short(some[:, :turned] * self._root, some).T

    def vectors(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the short ones of queries' vectors, shape (n queries, len(columns))."""
        codes = vectors[:, : len(self._root)]
        own = np.divide(codes, self._root, out=np.zeros_like(codes), where=self._root > 0)
        return self._short(own, vectors)

    def _short(self, own: NDArray[np.float32], whole: NDArray[np.float32]) -> NDArray[np.float32]:
        first = own @ self._axes
        rest = np.square(own).sum(axis=1) - np.square(first).sum(axis=1)
        length = np.sqrt(np.maximum(rest, 0.0) + np.float32(_LOST))
        return np.concatenate([first, whole[:, len(self._root) :], length[:, None]], axis=1)
