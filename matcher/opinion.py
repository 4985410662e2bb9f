"""The second opinion of one pair: how plausible it is as a partnership, and the real ones most alike to it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.errors import DataError
from matcher.folds import neighbours
from matcher.language import language
from matcher.pairspace import SAME_NAME, PairSpace
from matcher.plausibility import FILE, Plausibility, Term
from matcher.pool import Pool
from matcher.precedents import Known
from matcher.remembered import remembered_traits
from matcher.termnames import name_term

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from matcher.atlas import Atlas, Region
    from matcher.partnerships import Ties
    from matcher.world import World


@dataclass(frozen=True, slots=True)
class Opinion:
    """How plausible two regions are as partners; apart from the likeness, and no part of its score.

    Attributes
    ----------
    a, b
        The regions.
    terms
        What the opinion is made of, as natural logarithms, largest first; they sum to `points`.
    shared_name
        A name that both go by, or that of a place in them; "" for none.
    """

    a: Region
    b: Region
    terms: tuple[Term, ...]
    shared_name: str = ""

    @property
    def points(self) -> float:
        """Natural logarithm of the rate against a random pair of the same two countries: the exact sum of the terms."""
        return math.fsum(term.points for term in self.terms)

    @property
    def times(self) -> float:
        """How many times as often real partnerships look like this pair than random pairs of the two countries do."""
        return math.exp(self.points)

    def named(self, locale: str = "en") -> tuple[Term, ...]:
        """Return the terms by what they are called in a language.

        Raises
        ------
        UnknownNameError
            There is no catalogue in this language.
        """
        say = language(locale)
        ends = {"A": say.name(self.a), "B": say.name(self.b)}
        if ends["A"] == ends["B"]:
            ends = {
                e: f"{n} ({say.country(r.country)})"
                for (e, n), r in zip(ends.items(), (self.a, self.b), strict=True)
            }
        return tuple(
            Term(name_term(t.term, ends, say, self.shared_name if t.term == SAME_NAME else ""), t.points)
            for t in self.terms
        )

    def to_dict(self, locale: str = "en") -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "a": self.a.to_dict(),
            "b": self.b.to_dict(),
            "points": self.points,
            "times": self.times,
            "terms": [
                {"term": t.term, "name": named.term, "points": t.points}
                for t, named in zip(self.terms, self.named(locale), strict=True)
            ],
        }


@dataclass(frozen=True, slots=True)
class Precedent:
    """A real partnership between the two countries, and how alike its ends are to the two regions, 0 to 100."""

    a: Region
    b: Region
    score_a: float
    score_b: float

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "a": self.a.to_dict(),
            "b": self.b.to_dict(),
            "score_a": self.score_a,
            "score_b": self.score_b,
        }


@dataclass(frozen=True, slots=True)
class Precedents:
    """What known partnerships say of a pair.

    Attributes
    ----------
    a, b
        The regions.
    is_known
        Whether the two are partners already.
    ties_a, ties_b
        Known partnerships of each, with any country.
    between
        Known partnerships between the two countries.
    most_alike
        Those of them whose ends are most alike to the two regions, the likest first.
    """

    a: Region
    b: Region
    is_known: bool
    ties_a: int
    ties_b: int
    between: int
    most_alike: tuple[Precedent, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        counts = {name: getattr(self, name) for name in ("is_known", "ties_a", "ties_b", "between")}
        ends = {"a": self.a.to_dict(), "b": self.b.to_dict()}
        return ends | counts | {"most_alike": [each.to_dict() for each in self.most_alike]}


class Opinions:
    """The learned second opinion, ready to be asked.

    Parameters
    ----------
    atlas, world
        The regions, and their codes.
    folder
        Where ``plausibility.json`` is.

    Raises
    ------
    DataError
        There is no such file there, or it is damaged.
    """

    def __init__(self, atlas: Atlas, world: World, folder: Path) -> None:
        if not (folder / FILE).exists():
            raise DataError(
                f"{folder} holds no {FILE}; install the model again, or learn it: matcher evaluate --split cold --save"
            )
        self._learned = Plausibility.load(folder)
        self._pool = Pool(atlas)
        traits = remembered_traits(self._pool)
        self._space = PairSpace(self._pool, world.model, self._learned.bounds, traits=traits, world=world)
        self._evidence = self._learned.evidence(self._space)

    def of(self, a: Region, b: Region, ties: Ties | None = None) -> Opinion:
        """Return the opinion of a pair of partner-level regions of two countries.

        Parameters
        ----------
        a, b
            The pair.
        ties
            Known ties: what they say counts in place of the counts that were learned. A tie of the pair itself does
            not: it would be its own precedent.

        Raises
        ------
        DataError
            One of them is no region that signs partnerships.
        """
        atlas = self._pool.atlas
        rows = np.array([atlas.row(region.region_id, region.country) for region in (a, b)])
        for region, inside in zip((a, b), np.isin(rows, self._pool.rows), strict=True):
            if not inside:
                raise DataError(f"{region} signs no partnerships here; name a region of the signing level")
        one, two = self._pool.positions(rows).tolist()
        evidence = self._evidence if ties is None else self._known(ties, one, two)
        terms = self._learned.explain(self._space, one, two, evidence)
        return Opinion(a, b, terms, self._space.namesakes.shared(one, two))

    def _known(self, ties: Ties, one: int, two: int) -> Known:
        a, b = self._pool.pairs(ties)
        others = ~(((a == one) & (b == two)) | ((a == two) & (b == one)))
        return Known(neighbours(self._space, a[others], b[others]), a[others], b[others])

    def points(self, a: Region, others: Sequence[Region]) -> list[float | None]:
        """Return `Opinion.points` of one region with each of some others; None where one of both signs nothing."""
        atlas, score = self._pool.atlas, self._learned.scorer(self._space, self._evidence)
        rows = np.array([atlas.row(region.region_id, region.country) for region in (a, *others)])
        signs = np.isin(rows, self._pool.rows)
        if not signs[0]:
            return [None] * len(others)
        places = np.full(len(rows), -1)
        places[signs] = self._pool.positions(rows[signs])
        here = score(places[:1])[0]
        return [
            None if place < 0 else (float(here[place]) + float(score(np.array([place]))[0, places[0]])) / 2.0
            for place in places[1:]
        ]


def find_precedents(
    atlas: Atlas,
    ties: Ties,
    a: Region,
    b: Region,
    score: Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float64]],
    n: int = 5,
) -> Precedents:
    """Find the known ties between two regions' countries whose ends are most alike to them.

    Parameters
    ----------
    atlas, ties
        The regions, and known ties between them.
    a, b
        The pair.
    score
        Rows of the atlas to their likeness, pair by pair, 0 to 100.
    n
        How many precedents at most.
    """
    one, two = atlas.row(a.region_id, a.country), atlas.row(b.region_id, b.country)
    countries = atlas.countries
    left = np.concatenate([ties.a, ties.b])
    right = np.concatenate([ties.b, ties.a])
    between = (countries[left] == a.country) & (countries[right] == b.country)
    if a.country == b.country:  # each tie once
        between &= left < right
    itself = (left == one) & (right == two)
    others = np.flatnonzero(between & ~itself)
    alike_a = score(np.full(len(others), one), left[others])
    alike_b = score(np.full(len(others), two), right[others])
    best = np.argsort(-np.minimum(alike_a, alike_b), kind="stable")[:n]
    return Precedents(
        a,
        b,
        is_known=bool(itself.any()),
        ties_a=int((left == one).sum()),
        ties_b=int((left == two).sum()),
        between=int(between.sum()),
        most_alike=tuple(
            Precedent(here, there, float(alike_a[i]), float(alike_b[i]))
            for here, there, i in zip(
                atlas.regions(left[others[best]]), atlas.regions(right[others[best]]), best, strict=True
            )
        ),
    )
