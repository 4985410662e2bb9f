"""Fingerprint: which ties something was learned from, without the list of them.

Each tie sets one bit of many by a hash of its two ends. A tie that was learned from is always found again; one that was not
is taken for one that was about one time in seven, so that the bits tell nobody who is partnered with whom.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_PER_TIE = 7  # bits a tie


class Fingerprint:
    """Bits that ties have set.

    Parameters
    ----------
    bits
        Shape (n,).
    """

    def __init__(self, bits: NDArray[np.bool_]) -> None:
        self.bits = bits

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Fingerprint:
        """Return the fingerprint of pairs of region_id, in any order."""
        pairs = list(pairs)
        size = 8 * (len(pairs) * _PER_TIE // 8 + 1)
        bits = np.zeros(size, bool)
        bits[[_place(one, two, size) for one, two in pairs]] = True
        return cls(bits)

    def __contains__(self, pair: tuple[str, str]) -> bool:
        return bool(self.bits[_place(*pair, len(self.bits))])

    def to_text(self) -> str:
        """Return the bits as text."""
        return base64.b64encode(np.packbits(self.bits).tobytes()).decode("ascii")

    @classmethod
    def from_text(cls, text: str) -> Fingerprint:
        """Return what `to_text` wrote."""
        return cls(np.unpackbits(np.frombuffer(base64.b64decode(text), np.uint8)).astype(bool))


def _place(one: str, two: str, size: int) -> int:
    key = "|".join(sorted((one, two)))
    return int.from_bytes(hashlib.sha256(f"matcher tie:{key}".encode()).digest()[:8], "big") % size
