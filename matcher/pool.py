"""The pool: all partner-level regions of the atlas, among which a true partner must be found."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from matcher.candidates import EARTH_RADIUS_KM
from matcher.errors import DataError, UnknownNameError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.atlas import Atlas
    from matcher.partnerships import Ties


class Pool:
    """Partner-level regions, sorted by country; a position in the pool stands for a region.

    Attributes
    ----------
    rows
        Row of the atlas of each position, shape (n,).
    codes
        Country codes, shape (c,).
    country
        Position's country as index into `codes`, shape (n,), rising.
    start, end
        First position and the one after the last of each country, shape (c,).
    population
        Persons, NaN is unknown.
    hidden
        Regions held back to judge by, of which nothing may be learned; none at first, shape (n,).
    """

    def __init__(self, atlas: Atlas) -> None:
        rows = atlas.partner_rows()
        countries = atlas.countries[rows].astype(str)
        order = np.argsort(countries, kind="stable")
        self.atlas = atlas
        self.rows = rows[order]
        self.codes, self.country = np.unique(countries[order], return_inverse=True)
        self.start = np.searchsorted(self.country, np.arange(len(self.codes)), side="left")
        self.end = np.searchsorted(self.country, np.arange(len(self.codes)), side="right")
        self.population = atlas.population[self.rows]
        self.hidden = np.zeros(len(rows), bool)

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def points(self) -> NDArray[np.float32]:
        """Unit vectors of the regions' points, shape (n, 3)."""
        lat, lon = (
            np.radians(self.atlas.column(name, self.rows).astype(np.float64)) for name in ("lat", "lon")
        )
        xyz = (np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat))
        return np.stack(xyz, axis=1).astype(np.float32)

    @cached_property
    def seat_population(self) -> NDArray[np.float64]:
        """Persons in the seat of each region; NaN is unknown."""
        return optional(self.atlas, "seat_population", self.rows)

    @cached_property
    def provinces(self) -> tuple[list[str], NDArray[np.int64]]:
        """Ids of all provinces, rising, and each region's as a position among them, -1 for none; shape (n,)."""
        import pyarrow.compute as pc

        parents = pc.dictionary_encode(self.atlas.texts(["parent_id"], self.rows)["parent_id"])
        # A text a province, not one a region: that is far quicker.
        texts = [text or "" for text in parents.dictionary.to_pylist()]
        names, place = np.unique(np.array([*texts, ""]), return_inverse=True)
        place = np.where(names[place] == "", -1, place)
        return names.tolist(), place[pc.fill_null(parents.indices, len(texts)).to_numpy()]

    def positions(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the positions of rows of the atlas.

        Raises
        ------
        DataError
            A row is no partner-level region.
        """
        where = np.full(len(self.atlas), -1, np.int64)
        where[self.rows] = np.arange(len(self.rows))
        found: NDArray[np.int64] = where[rows]
        if (found < 0).any():
            raise DataError(
                "a tie has an end that is no partner-level region of the atlas; map the file again"
            )
        return found

    def pairs(self, ties: Ties) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the positions of both ends of ties."""
        return self.positions(ties.a), self.positions(ties.b)

    def distances_km(self, query: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return great-circle distances from some positions to all, shape (q, n)."""
        # By the chord: the arc's cosine loses its digits for neighbours in float32, but below 5 km nobody asks.
        cosine = self.points[query] @ self.points.T
        chord = np.sqrt(np.maximum(2.0 - 2.0 * cosine, 0.0))
        arc: NDArray[np.float32] = 2.0 * np.float32(EARTH_RADIUS_KM) * np.arcsin(np.minimum(chord / 2.0, 1.0))
        return arc


def optional(atlas: Atlas, name: str, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return a numeric column of the atlas, all NaN where this atlas lacks it."""
    try:
        return atlas.column(name, rows).astype(np.float64)
    except UnknownNameError:
        return np.full(len(rows), np.nan)


def country_rates(pool: Pool, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the smoothed rate of ties between countries, shape (c, c): ties over pairs of regions.

    The counts are pulled toward what the two countries' own activity would give if they chose at random, with the
    weight of 0.3 such ties.
    """
    ties = np.zeros((len(pool.codes), len(pool.codes)))
    np.add.at(ties, (pool.country[a], pool.country[b]), 1.0)
    return smoothed_rates(pool, ties + ties.T)


def smoothed_rates(pool: Pool, ties: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rates that `country_rates` gives for numbers of ties of countries, the same both ways, shape (c, c)."""
    size = len(ties)
    active = ties.sum(axis=1)
    expected = np.outer(active + 0.5, active + 0.5) / (ties.sum() + 0.5 * size)
    places = (pool.end - pool.start).astype(np.float64)
    rates: NDArray[np.float64] = (ties + 0.3 * expected) / np.outer(places, places)
    return rates
