"""History: what past and law left between the countries of two regions. Facts to know, which no score sees."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from matcher.errors import DataError
from matcher.files import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

FILE = "history.json"


@dataclass(frozen=True, slots=True)
class History:
    """Facts of two countries.

    Attributes
    ----------
    facts
        Those that hold, of `kinds`, in their order.
    kinds
        What was asked: contiguous, official_language, colony, common_coloniser, same_country.
    source, vintage
        Key of ``sources.toml``, and the year of the table.
    """

    facts: tuple[str, ...]
    kinds: tuple[str, ...]
    source: str
    vintage: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self) | {"facts": list(self.facts), "kinds": list(self.kinds)}


def read_history(folder: Path, a: str, b: str) -> History | None:
    """Return the facts of two countries by their alpha-2 codes.

    None for one country, for a country that the table lacks, and for an atlas without the table.

    Raises
    ------
    DataError
        The file is there and is no such table.
    """
    table = _read(folder / FILE) if (folder / FILE).exists() else None
    if table is None or a == b or not {a, b} <= set(table["countries"].split()):
        return None
    first, second = sorted((a, b))
    facts: dict[str, dict[str, str]] = table["facts"]
    held = tuple(kind for kind, pairs in facts.items() if second in pairs.get(first, "").split())
    return History(held, tuple(facts), table["source"], table["vintage"])


@lru_cache(maxsize=4)
def _read(path: Path) -> dict[str, Any]:
    try:
        table: dict[str, Any] = json.loads(read_bytes(path))
        table["countries"], table["facts"], table["source"], table["vintage"]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{path} is no table of countries' history: {error!r}; build the atlas again"
        ) from error
    return table
