"""Outlines: a planner's own regions, read from GeoJSON and checked all at once."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matcher.countries import country_code
from matcher.errors import DataError, Fault, UnknownNameError
from matcher.files import read_bytes
from matcher.folding import fold
from matcher.own import cells
from matcher.own.catalogue import Rule
from matcher.own.faults import CellError, table_error

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from shapely import Geometry

LEVELS = ("regency", "metropolis", "province")
TEXTS = (
    "name_local",
    "name_en",
    "name_id",
    "name_ko",
    "unit_type",
    "national_code",
    "time_zone",
    "seat_name",
)
"""Properties that are kept as they stand."""
KNOWN = ("id", "name", "country", "level", "population", "population_year", *TEXTS)
"""Properties that mean something; others are passed over."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
_YEARS = Rule(1800, 2200)
_PEOPLE = Rule(1, 1e9)


@dataclass(frozen=True, slots=True)
class OwnOutline:
    """One own region as its file has it.

    Attributes
    ----------
    region_id
        ``own:`` and the feature's ``id``, or country and folded name where it has none.
    texts
        Those of `TEXTS` that are filled.
    geometry
        Valid (multi)polygon, degrees (lon, lat).
    """

    region_id: str
    name: str
    country: str
    level: str
    population: float | None
    population_year: int | None
    texts: Mapping[str, str]
    geometry: Geometry


def read_outlines(path: Path) -> tuple[list[OwnOutline], tuple[str, ...]]:
    """Read own regions from a GeoJSON file: a FeatureCollection in longitude and latitude.

    Returns
    -------
    outlines, ignored
        The regions in the order of the file, and the properties that mean nothing here.

    Raises
    ------
    DataError
        The file is no GeoJSON.
    TableError
        Features cannot be used; every fault of every feature is listed, by its number in the file.
    """
    try:
        content = json.loads(read_bytes(path).decode("utf-8-sig"))
        features = content["features"] if content["type"] == "FeatureCollection" else [content]
        properties = [dict(feature.get("properties") or {}) for feature in features]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path} is not GeoJSON ({error}); save it as a FeatureCollection in WGS 84 (EPSG:4326)"
        ) from error
    faults: list[Fault] = []
    if not features:
        faults.append(Fault(0, "", "", "holds no feature", "draw at least one region"))
    crs = str((content.get("crs") or {}).get("properties", {}).get("name", ""))
    if crs and not crs.endswith(("CRS84", ":4326")):
        faults.append(
            Fault(0, "crs", crs, "is not longitude and latitude", "save the file in WGS 84 (EPSG:4326)")
        )
    found: list[OwnOutline] = []
    seen: dict[str, int] = {}
    for number, (feature, row) in enumerate(zip(features, properties, strict=True), start=1):
        reader = _Reader(number, row, faults)
        outline = reader.outline(feature)
        if outline is None:
            continue
        if outline.region_id in seen:
            todo = "give each feature an id of its own in its properties"
            wrong = f"stands for feature {seen[outline.region_id]} too"
            faults.append(Fault(number, "id", outline.region_id, wrong, todo))
        seen.setdefault(outline.region_id, number)
        found.append(outline)
    if faults:
        raise table_error(str(path), len(features), faults)
    return found, tuple(sorted({key for row in properties for key in row} - set(KNOWN)))


class _Reader:
    """Reads one feature; what is wrong with it goes to `faults`."""

    def __init__(self, number: int, row: Mapping[str, Any], faults: list[Fault]) -> None:
        self.number, self.row, self.faults = number, row, faults

    def outline(self, feature: Mapping[str, Any]) -> OwnOutline | None:
        """Return the region, or None after telling all that is wrong with it."""
        before = len(self.faults)
        name, country = self._name(), self._country()
        level = self._level()
        population = self._number("population", _PEOPLE)
        year = self._number("population_year", _YEARS)
        geometry = self._geometry(feature.get("geometry"))
        key = cells.text(self.row.get("id", feature.get("id"))) if "id" in {*self.row, *feature} else ""
        if key and not _ID.fullmatch(key):
            self._fault("id", key, "is no id", "write letters, digits, dots, - and _, at most 60")
        texts = {
            each: cells.text(self.row[each]).strip() for each in TEXTS if not cells.blank(self.row.get(each))
        }
        for each, text in texts.items():
            if not text.isprintable() or len(text) > 200:
                self._fault(each, text, "is no name", "write one printable line of at most 200 letters")
        if len(self.faults) > before or geometry is None:
            return None
        return OwnOutline(
            f"own:{key or f'{country.lower()}-{fold(name)}'}", name, country, level, population,
            None if year is None else int(year), texts, geometry,
        )  # fmt: skip

    def _fault(self, column: str, value: object, wrong: str, todo: str) -> None:
        self.faults.append(Fault(self.number, column, "" if value is None else str(value), wrong, todo))

    def _name(self) -> str:
        value = self.row.get("name")
        name = value.strip() if isinstance(value, str) else ""
        if not name or not name.isprintable() or len(name) > 200 or not fold(name):
            self._fault(
                "name", value, "is no name", "write the region's name, in Latin script where there is one"
            )
        return name

    def _country(self) -> str:
        value = self.row.get("country")
        if cells.blank(value):
            self._fault("country", value, "is empty", "write the country's code or name")
            return ""
        try:
            return country_code(cells.text(value))
        except UnknownNameError as error:
            wrong, _, todo = str(error).partition("; ")
            self._fault("country", value, wrong, todo)
            return ""

    def _level(self) -> str:
        value = self.row.get("level")
        level = "regency" if cells.blank(value) else cells.text(value).strip()
        if level not in LEVELS:
            self._fault("level", level, "is no level", f"write one of {', '.join(LEVELS)}, or leave it out")
        return level

    def _number(self, column: str, rule: Rule) -> float | None:
        value = self.row.get(column)
        if cells.blank(value):
            return None
        try:
            return cells.number(value, rule)
        except CellError as error:
            self._fault(column, value, error.wrong, error.todo)
            return None

    def _geometry(self, value: object) -> Geometry | None:
        import shapely

        kind = value.get("type") if isinstance(value, dict) else None
        if kind not in {"Polygon", "MultiPolygon"}:
            self._fault("geometry", kind or "none", "is no area", "draw a Polygon or MultiPolygon")
            return None
        try:
            shape = shapely.from_geojson(json.dumps(value))
        except (shapely.GEOSException, ValueError) as error:
            self._fault(
                "geometry", kind, f"cannot be read: {error}", "save the file again from the map program"
            )
            return None
        points = shapely.get_coordinates(shape)
        if not len(points) or not (abs(points[:, 0]) <= 180).all() or not (abs(points[:, 1]) <= 90).all():
            wrong = "leaves the globe, or is empty"
            self._fault("geometry", kind, wrong, "save it in degrees of longitude and latitude (EPSG:4326)")
            return None
        if not shapely.is_valid(shape):
            reason = str(shapely.is_valid_reason(shape))
            self._fault(
                "geometry", kind, f"is not valid: {reason}", "mend it in the map program (Fix geometries)"
            )
            return None
        return shape


def outlines_geojson(outlines: Sequence[OwnOutline]) -> bytes:
    """Return own regions as GeoJSON, with the ids that they go by."""
    import shapely

    features = [
        {
            "type": "Feature",
            "id": outline.region_id,
            "properties": {"id": outline.region_id.removeprefix("own:"), "name": outline.name,
                           "country": outline.country, "level": outline.level},
            "geometry": json.loads(shapely.to_geojson(outline.geometry)),
        }
        for outline in outlines
    ]  # fmt: skip
    return (
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False) + "\n"
    ).encode()
