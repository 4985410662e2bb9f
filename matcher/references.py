"""What a planner typed: an id, a point or a name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

ReferenceKind = Literal["region_id", "geonames", "wikidata", "point", "name"]

_REGION_ID = re.compile(r"[a-z][a-z0-9]{0,7}:(?!//)\S+")
_GEONAMES = re.compile(r"(?:geonames(?:[.]org/|[:/# ]\s*))?(\d{4,9})", re.IGNORECASE)
_WIKIDATA = re.compile(r"(?:wikidata[:/# ]\s*)?(Q[1-9]\d{0,9})", re.IGNORECASE)
_NUMBER = r"([+-]?\d{1,3}(?:\.\d+)?)\s*°?\s*"
_POINT = re.compile(rf"{_NUMBER}([NS])?\s*[,;\s]\s*{_NUMBER}([EW])?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reference:
    """One way to point at a region.

    Attributes
    ----------
    kind
        What the text is.
    text
        The region_id, the GeoNames id as digits, the Wikidata id (`Q...`) or the name, trimmed.
    lat, lon
        Degrees, for a `point`; else None.
    """

    kind: ReferenceKind
    text: str
    lat: float | None = None
    lon: float | None = None


def parse_reference(text: str) -> Reference:
    """Tell ids and points from names, without any data.

    Examples
    --------
    >>> parse_reference("-6.55, 107.45")
    Reference(kind='point', text='-6.55, 107.45', lat=-6.55, lon=107.45)
    >>> [parse_reference(t).kind for t in ("kr:36330", "geonames:1630340", "1630340", "Q10106", "Unzen")]
    ['region_id', 'geonames', 'geonames', 'wikidata', 'name']
    """
    text = text.strip()
    if found := _GEONAMES.fullmatch(text):
        return Reference("geonames", found[1])
    if found := _WIKIDATA.fullmatch(text):
        return Reference("wikidata", found[1].upper())
    if _REGION_ID.fullmatch(text):
        return Reference("region_id", text)
    if (found := _POINT.fullmatch(text)) and text.isascii() | ("°" in text):
        lat, south, lon, west = found.groups()
        y = float(lat) * (-1 if (south or "").upper() == "S" else 1)
        x = float(lon) * (-1 if (west or "").upper() == "W" else 1)
        if abs(y) <= 90 and abs(x) <= 180:
            return Reference("point", text, y, x)
    return Reference("name", text)
