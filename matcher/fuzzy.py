"""Near keys among hundreds of thousands: a letter-set filter in numpy, then rapidfuzz on what is left."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

_DOUBLED = re.compile(r"(.)\1+")
_MOST = 60  # keys that are returned


def most_edits(length: int) -> int:
    """How many letters of a name of this length may be wrong."""
    return 0 if length < 3 else 1 if length < 6 else 2 if length < 12 else 3


class FuzzyKeys:
    """Keys with the set of their bytes in 32 bits: an edit changes at most two of them (six outside ASCII).

    Parameters
    ----------
    keys
        Any number of keys; repeated ones are met once.
    """

    def __init__(self, keys: pa.ChunkedArray) -> None:
        import numpy as np
        import pyarrow as pa

        text = pa.concat_arrays(keys.chunks) if keys.num_chunks else pa.array([], pa.string())
        _, offsets, data = text.buffers()
        self._offsets: NDArray[np.int32] = np.frombuffer(offsets, np.int32)[: len(text) + 1]
        self._bytes: bytes = data.to_pybytes() if data else b""
        self._lengths = np.diff(self._offsets)
        bits = np.left_shift(np.uint32(1), np.arange(256, dtype=np.uint32) & np.uint32(31))
        sets = np.take(bits, np.frombuffer(self._bytes, np.uint8)[: self._offsets[-1]])
        self._bits, self._sets = bits, np.bitwise_or.reduceat(sets, self._offsets[:-1]) if len(text) else sets

    def near(self, key: str) -> list[tuple[str, float]]:
        """Keys that differ from `key` by at most `most_edits` letters, and by how many; nearest first.

        Letters swapped with their neighbour count once. Letters that are only doubled or not count half in all.
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        edits = most_edits(len(key))
        if not edits:
            return []
        # Two doubled letters more or less are still half an edit: look one further.
        found = process.extract(
            key, self._likely(key, edits), scorer=OSA.distance, score_cutoff=edits + 1, limit=None
        )
        single = _DOUBLED.sub(r"\1", key)
        near: dict[str, float] = {}
        for text, distance, _ in found:
            if distance and _DOUBLED.sub(r"\1", text) == single:
                near[text] = 0.5
            elif 0 < distance <= edits:
                near[text] = float(distance)
        return sorted(near.items(), key=lambda item: (item[1], item[0]))[:_MOST]

    def _likely(self, key: str, edits: int) -> list[str]:
        """Keys of about the same length and letters."""
        import numpy as np

        raw = key.encode()
        width = 1 if key.isascii() else 3
        mine = np.bitwise_or.reduce(self._bits[np.frombuffer(raw, np.uint8)])
        rows = np.flatnonzero(np.abs(self._lengths - len(raw)) <= (edits + 1) * width)
        rows = rows[np.bitwise_count(self._sets[rows] ^ mine) <= 2 * edits * width]
        starts, ends = self._offsets[rows].tolist(), self._offsets[rows + 1].tolist()
        texts = (self._bytes[a:b] for a, b in zip(starts, ends, strict=True))
        return [text.decode() for text in dict.fromkeys(texts)]
