"""Region: one administrative unit, with what identifies it and its place and size."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One administrative unit, or one populated place in an atlas of places.

    Attributes
    ----------
    region_id
        Stable and opaque.
    name
        As a planner writes it, in Latin script, without its type word.
    country
        ISO 3166-1 alpha-2.
    level
        regency, metropolis or province; town in an atlas of places.
    lat, lon
        A point inside, degrees.
    area_km2, population
        km2 and persons; None where unknown.
    area_basis, population_basis
        official; outline (measured on the simplified outline) or modelled.
    name_local, name_en, name_id, name_ko
        The name in the region's own script and in three languages, where a source has it.
    """

    region_id: str
    name: str
    country: str
    level: str
    lat: float
    lon: float
    area_km2: float | None = None
    area_basis: str | None = None
    population: float | None = None
    population_basis: str | None = None
    population_year: int | None = None
    parent_id: str | None = None
    parent_name: str | None = None
    name_local: str | None = None
    name_en: str | None = None
    name_id: str | None = None
    name_ko: str | None = None
    unit_type: str | None = None
    seat_name: str | None = None
    time_zone: str | None = None
    geonames_id: int | None = None
    wikidata: str | None = None
    national_code: str | None = None
    layer: str | None = None
    layer_year: int | None = None
    layer_licence: str | None = None

    def __str__(self) -> str:
        """Name, parent and country: enough to tell namesakes apart."""
        place = ", ".join(part for part in (self.parent_name, self.country) if part)
        return f"{self.name} ({place})"

    def to_dict(self) -> dict[str, Any]:
        """Return all fields as plain values."""
        return asdict(self)
