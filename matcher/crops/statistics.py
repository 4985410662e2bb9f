"""Read a table of crop statistics: one row a unit and crop, harvested hectares, as statistical offices publish them."""

from __future__ import annotations

import csv
import gzip
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from matcher.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

COLUMNS: tuple[str, ...] = ("country", "admin1", "unit", "unit_code", "lat", "lon", "crop", "area_ha")
"""Columns that a table must have; others are passed over. A blank area is not published: unknown, never 0."""
_SHOWN = 10  # faults that a message lists


@dataclass(slots=True)
class Unit:
    """One unit of a table.

    Attributes
    ----------
    country
        Its country, as the table writes it.
    admin1, name, code
        Province, name and national code, blank where the table has none.
    lat, lon
        A point inside it in degrees, or NaN.
    areas
        Crop to harvested hectares; a crop that is not there is unknown.
    """

    country: str
    admin1: str
    name: str
    code: str
    lat: float
    lon: float
    areas: dict[str, float] = field(default_factory=dict)
    year: str = ""


def read_statistics(path: Path, crops: Mapping[str, str]) -> list[Unit]:
    """Read the units of a table, plain or gzipped CSV in UTF-8, in the order of their first rows.

    Parameters
    ----------
    path
        The file.
    crops
        Name of a crop in the table to the class that stands for it; rows of other items are passed over.

    Raises
    ------
    DataError
        The file cannot be read, lacks a column, or holds values that are no areas or places; the first ten are named.
    """
    units: dict[tuple[str, ...], Unit] = {}
    faults: list[str] = []
    found = False
    for number, row in _rows(path):
        area, lat, lon = (_number(row, name, number, faults) for name in ("area_ha", "lat", "lon"))
        if area < 0 or abs(lat) > 90 or abs(lon) > 180:
            faults.append(f"row {number}: an area below 0, or a place that is not on the globe")
        crop = crops.get(row["crop"])
        found |= crop is not None
        if crop is None or math.isnan(area):
            continue
        key = (row["country"], row["admin1"], row["unit"], row["unit_code"])
        unit = units.setdefault(
            key, Unit(row["country"], row["admin1"], row["unit"], row["unit_code"], lat, lon)
        )
        unit.areas[crop] = unit.areas.get(crop, 0.0) + area
        unit.year = max(unit.year, row.get("year") or "")
    if faults:
        more = f"\n  and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise DataError(f"{path} has {len(faults)} bad value(s):\n  " + "\n  ".join(faults[:_SHOWN]) + more)
    if not found:
        raise DataError(
            f"{path} names no crop that the atlas knows; crops are written as FAO items, such as 'Rice, paddy'"
        )
    return list(units.values())


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise DataError(
                    f"{path} lacks the column(s) {', '.join(missing)}; a table of crop statistics has "
                    f"{', '.join(COLUMNS)}"
                )
            for number, row in enumerate(reader, start=2):
                yield number, {name: value or "" for name, value in row.items() if name}
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"cannot read {path}: {error}") from error


def _number(row: Mapping[str, str], name: str, number: int, faults: list[str]) -> float:
    text = row[name].strip()
    if not text:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = math.inf
    if math.isinf(value):
        faults.append(f"row {number}: {name} is {text!r}, not a number")
        return math.nan
    return value


def by_country(units: Iterable[Unit]) -> dict[str, list[Unit]]:
    """Group units by country, in the order of the table."""
    groups: dict[str, list[Unit]] = {}
    for unit in units:
        groups.setdefault(unit.country, []).append(unit)
    return groups
