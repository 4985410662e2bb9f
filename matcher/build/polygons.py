"""Polygons handed to exactextract as binary: its own reader writes each one out as JSON text and parses it again.

Import this module inside functions: it needs the extra `build`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely
from exactextract._exactextract import Feature
from exactextract.feature import FeatureSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

KEY = "region_id"
"""Name of the only field. A column called "id" would come back as the number of the row."""


class Polygon(Feature):  # type: ignore[misc]  # the library has no types
    """One polygon, with its number.

    Parameters
    ----------
    number
        Value of the field `KEY`.
    wkb
        Outline as well-known binary.
    """

    def __init__(self, number: int, wkb: bytes) -> None:
        super().__init__()
        self.number = number
        self.wkb = wkb

    def geometry(self) -> bytes:
        """Outline, as well-known binary."""
        return self.wkb

    def get(self, name: str) -> int:
        """Value of a field; there is one."""
        if name != KEY:
            raise KeyError(name)
        return self.number

    def fields(self) -> list[str]:
        """Names of the fields."""
        return [KEY]


class Polygons(FeatureSource):  # type: ignore[misc]  # the library has no types
    """Polygons of one coordinate system.

    Parameters
    ----------
    numbers
        Number of each polygon, shape (n,).
    shapes
        Polygons and multipolygons, shape (n,).
    crs_wkt
        Their coordinate system, as well-known text: exactextract compares it with that of the grid.
    """

    def __init__(self, numbers: NDArray[np.intp], shapes: NDArray[Any], crs_wkt: str) -> None:
        super().__init__()
        self.numbers = numbers
        self.binary = shapely.to_wkb(shapes)
        self.crs_wkt = crs_wkt

    def count(self) -> int:
        """How many there are."""
        return len(self.numbers)

    def __iter__(self) -> Iterator[Polygon]:
        for number, wkb in zip(self.numbers.tolist(), self.binary, strict=True):
            yield Polygon(number, wkb)

    def srs_wkt(self) -> str:
        """Coordinate system, as well-known text."""
        return self.crs_wkt
