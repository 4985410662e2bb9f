"""Cards: who a region is, as labelled lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matcher.countries import country_name
from matcher.formats import UNKNOWN, number

if TYPE_CHECKING:
    from matcher.atlas import Region


@dataclass(frozen=True, slots=True)
class Card:
    """An identity card: names, and (label, text) lines in order. What is missing reads "not known"."""

    region_id: str
    name: str
    name_local: str
    country: str
    country_code: str
    parent: str
    area: str
    lines: tuple[tuple[str, str], ...]


def card(region: Region) -> Card:
    """Make the card of a region."""
    local = region.name_local if region.name_local and region.name_local != region.name else ""
    return Card(
        region_id=region.region_id,
        name=region.name,
        name_local=local or "",
        country=country_name(region.country),
        country_code=region.country,
        parent=region.parent_name or "",
        area=number(region.area_km2, "km2"),
        lines=tuple((label, text or UNKNOWN) for label, text in _lines(region)),
    )


def _lines(region: Region) -> list[tuple[str, str | None]]:
    kind = f"{region.level} ({region.unit_type})" if region.unit_type else region.level
    lines: list[tuple[str, str | None]] = [
        ("Country", f"{country_name(region.country)} ({region.country})"),
        ("Level", kind),
    ]
    if region.level != "province":
        lines.append(("Part of", region.parent_name))
    lines += [
        ("Area", number(region.area_km2, "km2")),
        ("Population", _population(region)),
        ("Density", _density(region)),
        ("Seat", region.seat_name),
        ("Time zone", region.time_zone),
        ("Position", _position(region.lat, region.lon)),
        ("Boundary", _boundary(region)),
    ]
    codes = (
        ("GeoNames", region.geonames_id),
        ("Wikidata", region.wikidata),
        ("national", region.national_code),
    )
    known = [f"{name} {code}" for name, code in codes if code]
    lines.append(("Codes", ", ".join(known)))
    return lines


def _population(region: Region) -> str:
    """Write the population with its basis and year: a figure without them is half a figure."""
    if region.population is None:
        return UNKNOWN
    text = f"{region.population:,.0f}"
    basis = ", ".join(str(part) for part in (region.population_basis, region.population_year) if part)
    return f"{text} ({basis})" if basis else text


def _density(region: Region) -> str:
    if not region.population or not region.area_km2:
        return UNKNOWN
    return number(region.population / region.area_km2, "persons/km2")


def _position(lat: float, lon: float) -> str:
    """Write a point in degrees with the letters of the sky.

    Examples
    --------
    >>> _position(-6.59, 107.43)
    '6.59° S, 107.43° E'
    """
    return f"{abs(lat):.2f}° {'N' if lat >= 0 else 'S'}, {abs(lon):.2f}° {'E' if lon >= 0 else 'W'}"


def _boundary(region: Region) -> str | None:
    parts = (region.layer, region.layer_year, region.layer_licence)
    return ", ".join(str(part) for part in parts if part) or None
