"""Splits: which regions and ties are held out, by a rule that reads only their ids.

Nothing is drawn and nothing is stored: the hash of an id decides, so that every machine holds out the same places, and
a place that is new tomorrow moves no other.

========  ========================================================================================
cold      12 % of regions are test places, 12 % validation places. A tie with a test place is a test
          tie, one with a validation place and no test place a validation tie, the rest is for training:
          a held-out place is in no training tie at all.
warm      ties themselves: 20 % test, 10 % validation; their ends may have other ties in training.
country   pairs of countries: 20 % test, 10 % validation; no tie between the two is in training.
========  ========================================================================================

The table of known partnerships carries no years, so there is no split by time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from matcher.atlas import Atlas
    from matcher.partnerships import Ties

SPLITS = ("cold", "warm", "country")
SALT = "matcher-1"
_SHARES = {"cold": (0.12, 0.12), "warm": (0.20, 0.10), "country": (0.20, 0.10)}


@dataclass(frozen=True, slots=True)
class Split:
    """Ties to learn from, to tune by, and to judge by once."""

    train: Ties
    validation: Ties
    test: Ties


def split(atlas: Atlas, ties: Ties, kind: str = "cold") -> Split:
    """Split ties by the rule `kind`: cold, warm or country."""
    ids = atlas.region_ids
    test, validation = _SHARES[kind]
    if kind == "cold":
        low = np.minimum(draw(ids[ties.a], "place"), draw(ids[ties.b], "place"))
        # The smaller of the two draws decides: one test place makes a test tie.
        part = np.where(low < test, 2, np.where(low < test + validation, 1, 0))
    else:
        if kind == "warm":
            keys = ["|".join(sorted(pair)) for pair in zip(ids[ties.a], ids[ties.b], strict=True)]
        else:
            codes = atlas.countries
            keys = ["|".join(sorted(pair)) for pair in zip(codes[ties.a], codes[ties.b], strict=True)]
        share = draw(keys, kind)
        part = np.where(share < test, 2, np.where(share < test + validation, 1, 0))
    return Split(*(ties.take(part == number) for number in (0, 1, 2)))


def held_out(atlas: Atlas, rows: NDArray[np.int64], part: str = "test") -> NDArray[np.bool_]:
    """Mark regions that are test places of the cold split; for the part validation, those of validation too."""
    test, validation = _SHARES["cold"]
    return draw(atlas.region_ids[rows], "place") < (test + validation if part == "validation" else test)


def draw(keys: Iterable[str], what: str) -> NDArray[np.float64]:
    """Return a number in [0, 1) for each key that depends on the key alone."""
    texts = (f"{SALT}:{what}:{key}".encode() for key in keys)
    numbers = [int.from_bytes(hashlib.sha256(text).digest()[:7], "big") for text in texts]
    return np.array(numbers, np.float64) / 2.0**56
