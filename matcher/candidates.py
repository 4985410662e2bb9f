"""Candidates: which regions of the atlas a query may be matched with, and how many were left out, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from matcher.atlas import PARTNER_LEVELS, Region
from matcher.errors import EmptyCandidatesError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from matcher.atlas import Atlas

LEVELS = ("regency", "metropolis", "province", "town")
SIZE_RATIO = 50.0
_FEW_COUNTRIES = 8  # up to so many, their rows alone are read from the files
EARTH_RADIUS_KM = 6371.0088

Range = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a candidate must be.

    Attributes
    ----------
    countries
        Alpha-2 codes; empty for all.
    level
        regency, metropolis, province or town; None for those that the query's level signs with.
    include_own_country
        Take in regions of the query's country.
    any_size
        Take in regions whose population is beyond 1:50 of the query's.
    population, area_km2
        Lowest and highest value, None for open; an unknown value does not pass.
    min_distance_km
        Great-circle distance from the query.
    min_coverage
        Share of the weight, 0..1, that both regions have data for.
    candidates
        Ids to rank and no others; then the country, level and size rules that hold by default do not.
    """

    countries: tuple[str, ...] = ()
    level: str | None = None
    include_own_country: bool = False
    any_size: bool = False
    population: Range = (None, None)
    area_km2: Range = (None, None)
    min_distance_km: float = 0.0
    min_coverage: float = 0.0
    candidates: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        """Refuse a level that does not exist."""
        if self.level is not None and self.level not in LEVELS:
            raise UnknownNameError(f"no level is called {self.level!r}; choose one of {', '.join(LEVELS)}")

    def levels(self, region: Region) -> tuple[str, ...]:
        """Return the levels that the query's region is matched with."""
        return self.levels_of(province=region.level == "province")

    def levels_of(self, *, province: bool) -> tuple[str, ...]:
        """Return the levels that a province, or else any other region, is matched with."""
        if self.level:
            return (self.level,)
        return ("province", "metropolis") if province else PARTNER_LEVELS


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows of the atlas to rank, rising, and the counts of those that a rule left out.

    Attributes
    ----------
    rows
        Shape (n,).
    left_out
        Rule to the number of regions that pass every other rule so far but not this one.
    """

    rows: NDArray[np.int64]
    left_out: Mapping[str, int]


def choose(atlas: Atlas, region: Region, filters: Filters) -> Candidates:
    """Apply the filters, all but coverage, which depends on weights.

    Raises
    ------
    EmptyCandidatesError
        Nothing is left; the message names the rule that took the last ones.
    """
    own = atlas.row(region.region_id, region.country)
    scope = _scope(atlas, filters)
    if scope is None:
        atlas.store.keep(["country", "level", "governed", "fine", "population"])
    mask = _named(atlas, filters.levels(region), filters, scope)
    mask[own if scope is None else scope == own] = False
    left_out: dict[str, int] = {}

    def keep(rule: str, passes: NDArray[np.bool_]) -> None:
        before = int(mask.sum())
        np.logical_and(mask, passes, out=mask)
        if dropped := before - int(mask.sum()):
            left_out[rule] = dropped
        if before == dropped:
            raise EmptyCandidatesError(f"no region is left to rank: {_ADVICE[rule]}")

    if not mask.any():
        where = f" in {', '.join(filters.countries)}" if filters.countries else ""
        levels = filters.levels(region)
        other = "level" if "province" in levels else "the level province"
        raise EmptyCandidatesError(
            f"the atlas has no other {' or '.join(levels)}{where} that signs for itself; choose another country or {other}"
        )
    if not (filters.include_own_country or filters.candidates or region.country in filters.countries):
        keep("own_country", ~atlas.where("country", [region.country], scope))
    low, high = filters.population
    if (low, high) != (None, None):
        keep("population", _within(_population(atlas, scope), low, high))
    elif region.population and not (filters.any_size or filters.candidates):
        limits = region.population / SIZE_RATIO, region.population * SIZE_RATIO
        people = _population(atlas, scope)
        keep("size", np.isnan(people) | _within(people, *limits))
    if filters.area_km2 != (None, None):
        keep("area_km2", _within(atlas.column("area_km2", scope), *filters.area_km2))
    rows = np.arange(len(atlas)) if scope is None else scope
    if filters.min_distance_km > 0:
        keep("min_distance_km", distances_km(atlas, region, rows) >= filters.min_distance_km)
    return Candidates(rows[mask], left_out)


def _scope(atlas: Atlas, filters: Filters) -> NDArray[np.int64] | None:
    """Return the rows that are looked at, rising: those near the named countries where these are few, None for all."""
    if filters.candidates or not 0 < len(filters.countries) <= _FEW_COUNTRIES or atlas.held:
        return None
    near = [atlas.store.may_hold("country", country) for country in filters.countries]
    mask = np.zeros(len(atlas), np.bool_)
    for rows in near:
        mask[rows] = True
    return np.flatnonzero(mask)


def _population(atlas: Atlas, scope: NDArray[np.int64] | None) -> NDArray[np.float64]:
    return atlas.population if scope is None else atlas.column("population", scope).astype(np.float64)


def _named(
    atlas: Atlas, levels: tuple[str, ...], filters: Filters, scope: NDArray[np.int64] | None = None
) -> NDArray[np.bool_]:
    """Mark the regions, of some rows or all, that the wishes for ids, levels and countries name."""
    if filters.candidates:
        mask = np.zeros(len(atlas), np.bool_)
        mask[atlas.rows(filters.candidates)] = True
        return mask
    mask = atlas.candidate_mask(levels, scope)
    if filters.countries:
        mask &= atlas.where("country", filters.countries, scope)
    return mask


def pool(atlas: Atlas, levels: tuple[str, ...], filters: Filters) -> NDArray[np.int64]:
    """Return the rows that the filters let through whatever the query, rising; empty where there are none."""
    mask = _named(atlas, levels, filters)
    if filters.population != (None, None):
        mask &= _within(atlas.population, *filters.population)
    if filters.area_km2 != (None, None):
        mask &= _within(atlas.column("area_km2"), *filters.area_km2)
    return np.flatnonzero(mask)


_ADVICE = {
    "own_country": "all candidates lie in the region's own country, which is left out unless you include it",
    "population": "none has a known population in the range; widen it",
    "size": f"none has a population within 1:{SIZE_RATIO:.0f} of the region's; allow any size",
    "area_km2": "none has an area in the range; widen it",
    "min_distance_km": "none lies that far away; lower the minimum distance",
    "min_coverage": "none is known that well; lower the minimum coverage",
}


def no_coverage() -> EmptyCandidatesError:
    """Make the error for a coverage floor that nothing reaches."""
    return EmptyCandidatesError(f"no region is left to rank: {_ADVICE['min_coverage']}")


def distances_km(atlas: Atlas, region: Region, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return great-circle distances in km from a region to the regions of some rows (haversine, mean radius)."""
    own = np.array([region.lat]), np.array([region.lon])
    return great_circle_km(*own, atlas.column("lat", rows), atlas.column("lon", rows))


def great_circle_km(
    lat0: NDArray[np.float64],
    lon0: NDArray[np.float64],
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return great-circle distances in km of points in degrees, pair by pair; one side may have length 1."""
    lat0, lon0, lat, lon = (np.radians(angle) for angle in (lat0, lon0, lat, lon))
    half = np.sin((lat - lat0) / 2) ** 2 + np.cos(lat) * np.cos(lat0) * np.sin((lon - lon0) / 2) ** 2
    km: NDArray[np.float64] = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(half.clip(0, 1)))
    return km


def _within(values: NDArray[np.float64], low: float | None, high: float | None) -> NDArray[np.bool_]:
    return (values >= (-np.inf if low is None else low)) & (values <= (np.inf if high is None else high))
