"""Near keys among hundreds of thousands: a letter-set filter in numpy, then rapidfuzz on what is left."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

_DOUBLED = re.compile(r"(.)\1+")
_MOST = 60  # keys returned


def most_edits(length: int) -> int:
    """How many letters of a name of this length may be wrong."""
    return 0 if length < 3 else 1 if length < 6 else 2 if length < 12 else 3


class FuzzyKeys:
    """Keys with the set of their bytes as 64 bits: an edit changes at most two of them (six outside ASCII)."""

    def __init__(self, keys: pa.ChunkedArray) -> None:
        import numpy as np
        import pyarrow as pa

        text = keys.combine_chunks() if hasattr(keys, "combine_chunks") else keys
        if isinstance(text, pa.ChunkedArray):
            text = text.chunk(0)
        self._keys: Any = text
        _, offsets, data = text.buffers()
        self._offsets: NDArray[np.int32] = np.frombuffer(offsets, np.int32)[text.offset : text.offset + len(text) + 1]
        raw = np.frombuffer(data, np.uint8)[: self._offsets[-1]] if len(text) else np.empty(0, np.uint8)
        bits = np.left_shift(np.uint64(1), np.arange(256, dtype=np.uint64) & np.uint64(63))
        self._sets: NDArray[np.uint64] = (
            np.bitwise_or.reduceat(bits[raw], self._offsets[:-1]) if len(text) else np.empty(0, np.uint64)
        )

    def near(self, key: str) -> list[tuple[str, float]]:
        """Keys within `most_edits` of `key` and how far they are, nearest first; doubled letters count half."""
        import numpy as np
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        edits = most_edits(len(key))
        raw = key.encode()
        if not edits:
            return []
        width = 1 if key.isascii() else 3
        mine = np.uint64(0)
        for byte in raw:
            mine |= np.uint64(1) << np.uint64(byte & 63)
        lengths = np.diff(self._offsets)
        # A doubled letter is half an edit but changes the length by one.
        likely = np.abs(lengths - len(raw)) <= (edits + 1) * width
        rows = np.flatnonzero(likely)
        rows = rows[np.bitwise_count(self._sets[rows] ^ mine) <= 2 * edits * width]
        texts: list[str] = list(dict.fromkeys(self._keys.take(rows).to_pylist()))
        found = process.extract(key, texts, scorer=OSA.distance, score_cutoff=edits, limit=None)
        best = {text: float(distance) for text, distance, _ in found if distance}
        single = _DOUBLED.sub(r"\1", key)
        singles = {text: _DOUBLED.sub(r"\1", text) for text in texts}
        for text, folded in singles.items():
            if folded == single and text != key:
                best[text] = 0.5
        return sorted(best.items(), key=lambda item: (item[1], item[0]))[:_MOST]
