"""Pair space: what is compared when two regions are asked whether they look like partners, as bins of terms.

Terms of the pair, the same from both ends:

==================  ==============================================================================
``like TRAIT``      how many bins of rank the two regions' values are apart (`traits`)
``both TRAIT``      the two sides' ranks in their own countries, together, in no order
``ratio TRAIT``     the ratio of the two values, whichever is larger
``alike FEATURE``   the likeness of a mixture, of months, a label or tags
``same name``       whether both are called alike, or hold a town called like the other (`namesakes`)
``distance``        great-circle distance
==================  ==============================================================================

Terms of one side, what draws partners at all:

==================  ==============================================================================
``side TRAIT``      the value's rank in the world
``size TRAIT``      the rank in the own country, for small and large countries apart
``there TRAIT``     the rank in the own country, or the value, for each country apart
``asks TRAIT``      the same for each country that asks: some choose large cities, some small ones
``kind``            the type of unit in its country: a city is chosen more often than a rural district
==================  ==============================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matcher.additive import Shape
from matcher.candidates import EARTH_RADIUS_KM
from matcher.namesakes import Namesakes
from matcher.traits import AT_HOME, BINS, binned, edges, read_kinds, read_traits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from matcher.model import SimilarityModel
    from matcher.pool import Pool
    from matcher.remembered import Traits
    from matcher.world import World

LIKENESS_BINS = 20
SIDE = 8
_COARSE = BINS // SIDE
DISTANCE_CUTS = np.geomspace(20.0, 18_000.0, 23)
RATIOS = ("population", "seat_population")
_RATIO_BINS, _PER_DECADE = 28, 10
SAME_NAME = "same name"
ASKS = ("at home:population", "at home:names", "at home:density", "population", "seat_population")
"""Traits of the candidate that each country that asks has a table of its own for."""
THERE = ("heritage_cultural_km", "elevation", "coast_km", "soil_ph", "dry_months", "relief", "seat_share")
"""Traits beside those of size that each country has a table of its own for: near the coast means much in one, nothing in
another. Of all pairs of terms these and those of `ASKS` are the ones that told most of ties that were held back."""
SIZES = (300, 1000, 3000)
"""Regions of a country up to which it is small, middling or large; above, very large."""
_NAMESAKE_RIDGE = 0.05  # a few dozen of all ties are of namesakes, and there the name says nearly all
_COMMON = 10  # regions of a kind from which it has a bin of its own
_CHUNK = 100_000


@dataclass(frozen=True, slots=True)
class Bounds:
    """What parts the bins, so that a pair falls into the same ones wherever it is asked about.

    Attributes
    ----------
    cuts
        Trait to the values that part its bins.
    kinds
        Types of unit that have a bin of their own, with their country.
    countries
        Codes of countries that have bins of their own.
    """

    cuts: Mapping[str, NDArray[np.float64]]
    kinds: tuple[str, ...]
    countries: tuple[str, ...]


class PairSpace:
    """The regions of a pool in bins.

    Parameters
    ----------
    pool
        Regions, n of them.
    model
        Whose encoders compare what is no plain number.
    bounds
        What parts the bins; None to take it from this pool.
    traits
        What `read_traits` and `read_kinds` give for the pool, where it is at hand.
    world
        The codes of all regions, where they are at hand.

    Attributes
    ----------
    sides
        Term of one side to its bin of each region, shape (n,).
    shapes
        Term to its bins, in order.
    """

    def __init__(
        self,
        pool: Pool,
        model: SimilarityModel,
        bounds: Bounds | None = None,
        *,
        traits: Traits | None = None,
        world: World | None = None,
    ) -> None:
        self.pool = pool
        self.values, kinds = traits or (
            read_traits(pool.atlas, pool.rows),
            read_kinds(pool.atlas, pool.rows),
        )
        self.bounds = bounds or self._bounds(kinds)
        blank = np.full(len(pool), np.nan)
        self.bins = {
            name: binned(self.values.get(name, blank), cut) for name, cut in self.bounds.cuts.items()
        }
        names = [feature.name for feature in model.features_ if feature.kind != "number"]
        if world is None:
            codes = {name: model.encode(pool.atlas.columns([name], pool.rows), [name]) for name in names}
        else:
            codes = {name: world.take(pool.rows, [name]) for name in names}
        self.codes = codes
        with np.errstate(divide="ignore"):
            logs = {name: np.log10(self.values.get(name, blank)) for name in RATIOS}
        self.logs = {
            name: np.where(np.isfinite(log), log, np.nan).astype(np.float32) for name, log in logs.items()
        }
        self.namesakes = Namesakes(pool.atlas, pool.rows)
        self.shapes: dict[str, Shape] = {}
        self.sides: dict[str, NDArray[np.int64]] = {}
        where = {code: i for i, code in enumerate(self.bounds.countries)}
        self.country = np.array([where.get(code, -1) for code in pool.codes], np.int64)[pool.country]
        self._pairs_of_terms()
        self._sides_of_terms(kinds)

    def _bounds(self, kinds: NDArray[np.object_]) -> Bounds:
        # As in the likeness: a country of tens of thousands of communes must not set the scale alone.
        sizes = np.bincount(self.pool.country)
        found, counts = np.unique(kinds.astype(str), return_counts=True)
        return Bounds(
            edges(self.values, 1.0 / np.sqrt(sizes[self.pool.country])),
            tuple(found[counts >= _COMMON].tolist()),
            tuple(self.pool.codes.tolist()),
        )

    def _pairs_of_terms(self) -> None:
        self.shapes |= {f"like {name}": Shape(BINS) for name in self.bins}
        self.shapes |= {f"both {name}": Shape(SIDE * SIDE, side=SIDE) for name in self._at_home()}
        self.shapes |= {f"ratio {name}": Shape(_RATIO_BINS) for name in RATIOS}
        self.shapes |= {f"alike {name}": Shape(LIKENESS_BINS) for name in self.codes}
        self.shapes["distance"] = Shape(len(DISTANCE_CUTS) + 1, extra=0)
        self.shapes[SAME_NAME] = Shape(0, extra=3, ridge=_NAMESAKE_RIDGE)
        countries = len(self.bounds.countries)
        self.shapes |= {f"asks {name}": Shape(countries * SIDE, rows=countries) for name in self._of(ASKS)}

    def _sides_of_terms(self, kinds: NDArray[np.object_]) -> None:
        pool = self.pool
        for name, bins in self.bins.items():
            self.sides[f"side {name}"], self.shapes[f"side {name}"] = bins, Shape(BINS)
        size = np.searchsorted(SIZES, (pool.end - pool.start)[pool.country])
        classes, countries = len(SIZES) + 1, len(self.bounds.countries)
        for name in self._at_home():
            bins = self.bins[name]
            known = bins < BINS
            self.sides[f"size {name}"] = np.where(known, size * BINS + bins, classes * BINS)
            self.shapes[f"size {name}"] = Shape(classes * BINS, rows=classes)
        for name in (*self._at_home(), *self._of(THERE)):
            self.sides[f"there {name}"] = self._in_country(self.country, self.bins[name])
            self.shapes[f"there {name}"] = Shape(countries * SIDE, rows=countries)
        kind = {label: i for i, label in enumerate(self.bounds.kinds)}
        self.sides["kind"] = np.array([kind.get(label, len(kind)) for label in kinds], np.int64)
        self.shapes["kind"] = Shape(len(kind), rows=len(kind))

    def _at_home(self) -> list[str]:
        return self._of(f"at home:{trait}" for trait in AT_HOME)

    def _of(self, traits: Iterable[str]) -> list[str]:
        return [name for name in traits if name in self.bins]

    def _in_country(self, country: NDArray[np.int64], bins: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the bin of values in a table with a row for each country."""
        known = (bins < BINS) & (country >= 0)
        coarse = np.minimum(bins // _COARSE, SIDE - 1)
        return np.where(known, country * SIDE + coarse, len(self.bounds.countries) * SIDE)

    def asked_by(self, table: NDArray[np.float64], query: int) -> NDArray[np.float64]:
        """Return what an ``asks`` table of a region's country says of each bin of its trait, shape (25,)."""
        bins = np.arange(BINS + 1)
        found: NDArray[np.float64] = table[self._in_country(np.full(BINS + 1, self.country[query]), bins)]
        return found

    def of_pairs(self, query: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the bin of each pair in each term, shape (m, terms)."""
        result = np.empty((len(query), len(self.shapes)), np.int32)
        for column, term in enumerate(self.shapes):
            kind, _, name = term.partition(" ")
            if term in self.sides:
                result[:, column] = self.sides[term][other]
            elif kind in {"like", "both"}:
                result[:, column] = bins_of(kind)[self.bins[name][query], self.bins[name][other]]
            elif kind == "asks":
                result[:, column] = self._in_country(self.country[query], self.bins[name][other])
            elif kind == "ratio":
                result[:, column] = ratio_bins(self.logs[name][query] - self.logs[name][other])
            elif kind == "alike":
                result[:, column] = self._alike(name, query, other)
            elif term == SAME_NAME:
                result[:, column] = self.namesakes.of_pairs(query, other)
            else:
                result[:, column] = distance_bins(self._km(query, other))
        return result

    def _alike(self, name: str, query: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
        codes = self.codes[name]
        width = int(codes.ends[-1])
        result = np.empty(len(query), np.int64)
        for start in range(0, len(query), _CHUNK):
            left, right = query[start : start + _CHUNK], other[start : start + _CHUNK]
            product = np.einsum("ij,ij->i", codes.matrix[left, :width], codes.matrix[right, :width])
            known = codes.known[left, 0] & codes.known[right, 0]
            bins = ((product + np.float32(codes.offset[0])) * LIKENESS_BINS).astype(np.int64)
            held = np.clip(bins, 0, LIKENESS_BINS - 1)
            result[start : start + _CHUNK] = np.where(known, held, LIKENESS_BINS)
        return result

    def _km(self, query: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.float32]:
        gap = np.linalg.norm(self.pool.points[query] - self.pool.points[other], axis=1)
        km: NDArray[np.float32] = 2.0 * np.float32(EARTH_RADIUS_KM) * np.arcsin(np.minimum(gap / 2.0, 1.0))
        return km


def distance_bins(km: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the bin of distances: a step of the logarithm, far quicker to find than by a search."""
    step = np.log(np.maximum(km, 1e-3) / DISTANCE_CUTS[0]) / np.log(DISTANCE_CUTS[1] / DISTANCE_CUTS[0])
    bins: NDArray[np.int64] = np.clip(np.ceil(step).astype(np.int64), 0, len(DISTANCE_CUTS))
    return bins


def ratio_bins(gap: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the bin of differences of log10, of either sign; NaN is unknown."""
    bins: NDArray[np.int64] = np.fmin(np.abs(gap) * _PER_DECADE, _RATIO_BINS - 1).astype(np.int64)
    bins[np.isnan(gap)] = _RATIO_BINS
    return bins


def bins_of(kind: str) -> NDArray[np.int64]:
    """Return the bin of a ``like`` or ``both`` term for each bin of the one side and of the other, shape (25, 25)."""
    one, two = np.meshgrid(np.arange(BINS + 1), np.arange(BINS + 1), indexing="ij")
    unknown = (one == BINS) | (two == BINS)
    if kind == "like":
        return np.where(unknown, BINS, np.abs(one - two))
    low, high = np.minimum(one, two) // _COARSE, np.maximum(one, two) // _COARSE
    return np.where(unknown, SIDE * SIDE, np.minimum(low, SIDE - 1) * SIDE + np.minimum(high, SIDE - 1))
