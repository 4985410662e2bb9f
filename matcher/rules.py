"""Rules: the filters of `matcher.candidates` for many queries at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from matcher.candidates import SIZE_RATIO, great_circle_km

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.atlas import Atlas
    from matcher.candidates import Filters


@dataclass(frozen=True, slots=True)
class Rules:
    """Which pairs of some queries and some candidates the filters let through.

    Both sides are given by what the filters look at; positions are those in these arrays.

    Attributes
    ----------
    filters
        What the planner wished.
    query, candidate
        Each side's facts.
    coverage
        Where a coverage floor is set: which features each side knows, shape (n features, n), and their weights.
    """

    filters: Filters
    query: Facts
    candidate: Facts
    coverage: tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.float64]] | None = None

    def blank(self, tile: NDArray[np.float32], queries: slice, candidates: slice) -> None:
        """Set scores inside the query's own country to minus infinity.

        These are the highest of all, and would pass every threshold only to be thrown away. Both sides' countries
        rise inside a tile, so each is one rectangle.
        """
        if not self._parts_countries:
            return
        own, other = self.query.country[queries], self.candidate.country[candidates]
        for country in np.unique(own):
            line = slice(*np.searchsorted(own, [country, country + 1]))
            column = slice(*np.searchsorted(other, [country, country + 1]))
            tile[line, column] = -np.inf

    def passes(self, query: NDArray[np.int64], candidate: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say of pairs, given by their positions, whether the filters let them through."""
        a, b, filters = self.query, self.candidate, self.filters
        ok: NDArray[np.bool_] = a.row[query] != b.row[candidate]
        if self._parts_countries:
            ok &= a.country[query] != b.country[candidate]
        if filters.population == (None, None) and not (filters.any_size or filters.candidates):
            people, own = b.population[candidate], a.population[query]
            bound = (people >= own / SIZE_RATIO) & (people <= own * SIZE_RATIO)
            ok &= bound | np.isnan(people) | ~(own > 0)
        if filters.min_distance_km > 0:
            km = great_circle_km(a.lat[query], a.lon[query], b.lat[candidate], b.lon[candidate])
            ok &= km >= filters.min_distance_km
        if self.coverage is not None:
            ours, theirs, weights = self.coverage
            near = np.flatnonzero(ok)
            share = np.zeros(len(near))
            for own, other, weight in zip(
                ours, theirs, weights, strict=True
            ):  # as `Codes.coverage` adds them up
                share += weight * (own[query[near]] & other[candidate[near]])
            ok[near] = share >= filters.min_coverage
        return ok

    @property
    def _parts_countries(self) -> bool:
        """Whether regions of the query's own country must be left out: naming countries settles that by itself."""
        filters = self.filters
        return not (filters.include_own_country or filters.candidates or filters.countries)


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules look at: rows of the atlas, code of the country, persons (NaN unknown) and a point in degrees."""

    row: NDArray[np.int64]
    country: NDArray[np.int64]
    population: NDArray[np.float64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]

    @classmethod
    def of(cls, atlas: Atlas, rows: NDArray[np.int64]) -> Self:
        """Read the facts of some rows."""
        return cls(
            rows,
            atlas.country_codes[rows],
            atlas.population[rows],
            atlas.column("lat", rows),
            atlas.column("lon", rows),
        )

    def take(self, index: NDArray[np.int64] | slice) -> Facts:
        """Return the facts of some of the rows."""
        return Facts(
            self.row[index], self.country[index], self.population[index], self.lat[index], self.lon[index]
        )
