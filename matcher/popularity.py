"""Popularity: what the known ties of a region itself say of its next one.

========================  =====================================================================
own ties                  of one side: how many ties it has
own ties for its seat     the same, for a seat of that rank in its country
own ties there            of one side: how many of its ties are with the other's country, of how many in all
ties of both              the numbers of both sides together, in no order
countries in common       countries with which both have ties, by the number of the side that has fewer
partners in common        regions with which both have ties; only where the ties themselves are loaded
========================  =====================================================================

A region of which no tie is listed is not one that nobody wants: lists are short of most, and a region that is new to
partnerships has none yet. So these are learned as if every other region were not listed (`folds`), chosen or not alike:
"none" then says that nothing is known, and never tells which of the candidates was held back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.additive import Shape
from matcher.traits import BINS

if TYPE_CHECKING:
    from numpy.typing import NDArray

OWN, OWN_SEAT, OWN_THERE = "own ties", "own ties for its seat", "own ties there"
BOTH, COUNTRIES, PARTNERS = "ties of both", "countries in common", "partners in common"
SEAT = "at home:seat_population"
"""The trait that says which rank a region's seat has in its country."""
_FINE, _COARSE = np.array([1, 2, 3, 4, 5, 7, 10, 15, 25]), np.array([1, 2, 4, 8, 16])
_MANY, _FEW = len(_FINE) + 1, len(_COARSE) + 1
_THERE, _COUNTRIES, _PARTNERS = 4, 9, 7
# Ties say more for their number than other terms, so that these tables are held less.
POPULARITY_SHAPES = {
    OWN: Shape(_MANY, extra=0, ridge=0.2),
    OWN_SEAT: Shape((BINS + 1) * _FEW, rows=BINS + 1, extra=0, ridge=0.5),
    OWN_THERE: Shape(_MANY * _THERE, rows=_MANY, extra=0, ridge=0.2),
    BOTH: Shape(_FEW * _FEW, rows=_FEW, extra=0, ridge=0.5),
    COUNTRIES: Shape(_FEW * _COUNTRIES, rows=_FEW, extra=0, ridge=0.5),
}
PARTNERS_SHAPE = {PARTNERS: Shape(_PARTNERS, extra=0, ridge=0.2)}
_CHUNK = 100_000


class Popularity:
    """Ties of the regions themselves.

    Parameters
    ----------
    country
        Number of each region's country, shape (n,).
    seat
        Bin of each region in the trait `SEAT`, shape (n,).
    with_country
        Ties of each region with each country; sparse, shape (n, c).
    ties
        Ties of regions with each other; sparse, shape (n, n). None where only counts are known.

    Attributes
    ----------
    own
        Number of ties of each region, shape (n,).
    fixed
        Bins in the terms that depend on the candidate alone, shape (n,).
    """

    def __init__(
        self, country: NDArray[np.int64], seat: NDArray[np.int64], with_country: Any, ties: Any = None
    ) -> None:
        self.country, self.seat, self.with_country, self.ties = country, seat, with_country.tocsr(), ties
        self.own = np.asarray(with_country.sum(axis=1)).ravel().astype(np.float32)
        self.by_country = with_country.tocsc()
        self.has = (self.with_country > 0).astype(np.float32)
        self.few = np.searchsorted(_COARSE, self.own, side="right")
        self.fixed = self._fixed(self.own, seat)

    def of_pairs(self, query: NDArray[np.int64], other: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
        """Return the bin of pairs, shape (m,), in each term."""
        there = np.asarray(self.with_country[other, self.country[query]]).ravel()
        bins = {term: values[other] for term, values in self.fixed.items()}
        bins[OWN_THERE] = bins[OWN] * _THERE + _held(there, _THERE)
        bins[BOTH], lower = _both(self.few[query], self.few[other])
        bins[COUNTRIES] = lower * _COUNTRIES + _held(_shared(self.has, query, other), _COUNTRIES)
        if self.ties is not None:
            bins[PARTNERS] = _held(_shared(self.ties, query, other), _PARTNERS)
        return bins

    def of_query(self, query: int, without: int | None = None) -> dict[str, NDArray[np.int64]]:
        """Return the bin of one region with each other, shape (n,); a tie with the region `without` does not count."""
        there = np.zeros(len(self.own), np.float32)
        column = self.country[query]
        part = slice(self.by_country.indptr[column], self.by_country.indptr[column + 1])
        there[self.by_country.indices[part]] = self.by_country.data[part]
        countries = self.with_country[[query]].toarray()[0]
        partners = None if self.ties is None else self.ties[[query]].toarray()[0]
        few, fixed = self.few, self.fixed
        if without is not None:
            # Of all counts of regions those of its two ends alone are others.
            ends = np.array([query, without])
            there[without] -= 1.0
            countries[self.country[without]] -= 1.0
            few, fixed = few.copy(), {term: values.copy() for term, values in fixed.items()}
            few[ends] = np.searchsorted(_COARSE, self.own[ends] - 1.0, side="right")
            for term, values in self._fixed(self.own[ends] - 1.0, self.seat[ends]).items():
                fixed[term][ends] = values
            if partners is not None:
                partners[without] -= 1.0
        bins = dict(fixed) if without is not None else {}
        bins[OWN_THERE] = fixed[OWN] * _THERE + _held(there, _THERE)
        bins[BOTH], lower = _both(np.full(len(few), few[query]), few)
        # A region has no tie in its own country, so that the tie left out is in no count of the other's that is looked at.
        bins[COUNTRIES] = lower * _COUNTRIES + _held(self.has @ (countries > 0), _COUNTRIES)
        if partners is not None:
            bins[PARTNERS] = _held(self.ties @ partners, _PARTNERS)
        return bins

    def _fixed(self, own: NDArray[np.float32], seat: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
        many, few = (np.searchsorted(cuts, own, side="right") for cuts in (_FINE, _COARSE))
        return {OWN: many, OWN_SEAT: seat * _FEW + few}


def _both(one: NDArray[np.int64], two: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the bin of two numbers of ties together, and the lower of the two."""
    lower = np.minimum(one, two)
    return lower * _FEW + np.maximum(one, two), lower


def _held(counts: NDArray[np.float32], bins: int) -> NDArray[np.int64]:
    """Return counts as bins, the last for all from there on."""
    return np.minimum(counts, bins - 1).astype(np.int64)


def _shared(table: Any, one: NDArray[np.int64], two: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the sum of the products of two rows of a sparse table, shape (m,)."""
    found = np.empty(len(one), np.float32)
    for start in range(0, len(one), _CHUNK):
        part = slice(start, start + _CHUNK)
        found[part] = table[one[part]].multiply(table[two[part]]).sum(axis=1)
    return found
