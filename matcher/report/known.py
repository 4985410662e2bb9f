"""Known: partnerships that a file lists around two regions: their own, their neighbours', their countries'."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.opinion import Precedent, find_precedents
from matcher.pool import Pool
from matcher.remembered import remembered_ties

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from matcher.atlas import Region
    from matcher.matcher import Matcher
    from matcher.partnerships import Ties

CLOSEST = 5
"""Precedents that are told."""
MOST = 12
"""Pairs that are told by name; all are counted."""


@dataclass(frozen=True, slots=True)
class KnownTies:
    """Partnerships around a pair.

    Attributes
    ----------
    source
        Name of the file.
    total
        Ties in it.
    of_a, of_b
        Partners of either region.
    tied
        Whether the two are partners already.
    between
        Ties between the two countries, as pairs (region of a's country, region of b's country).
    precedents
        Those of them whose ends are most alike to the two regions.
    """

    source: str
    total: int
    of_a: tuple[Region, ...]
    of_b: tuple[Region, ...]
    tied: bool
    between: tuple[tuple[Region, Region], ...]
    precedents: tuple[Precedent, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "source": self.source,
            "total": self.total,
            "of_a": [region.region_id for region in self.of_a],
            "of_b": [region.region_id for region in self.of_b],
            "tied": self.tied,
            "between": [[x.region_id, y.region_id] for x, y in self.between],
            "precedents": [precedent.to_dict() for precedent in self.precedents],
        }


def known_ties(matcher: Matcher, path: Path, a: Region, b: Region) -> KnownTies:
    """Read the partnerships around two regions from a file.

    Raises
    ------
    DataError
        The file is no table of partnerships.
    """
    atlas = matcher.atlas
    ties = _mapped(matcher, path)
    own = {r.region_id: atlas.row(r.region_id, r.country) for r in (a, b)}

    def partners(region: Region) -> tuple[Region, ...]:
        row = own[region.region_id]
        rows = np.concatenate([ties.b[ties.a == row], ties.a[ties.b == row]])
        return tuple(sorted(atlas.regions(rows), key=lambda r: (r.country, r.name, r.region_id)))

    countries = atlas.countries.astype(str)
    left, right = countries[ties.a], countries[ties.b]
    forward = (left == a.country) & (right == b.country)
    backward = (
        (left == b.country) & (right == a.country) if a.country != b.country else np.zeros_like(forward)
    )
    firsts = np.concatenate([ties.a[forward], ties.b[backward]])
    seconds = np.concatenate([ties.b[forward], ties.a[backward]])
    ids = atlas.region_ids

    def likeness(one: NDArray[np.int64], two: NDArray[np.int64]) -> NDArray[np.float64]:
        return matcher.score(ids[one].tolist(), ids[two].tolist())

    between = zip(atlas.regions(firsts), atlas.regions(seconds), strict=True)
    of_a = partners(a)
    return KnownTies(
        source=path.name,
        total=len(ties),
        of_a=of_a,
        of_b=partners(b),
        tied=any(region.region_id == b.region_id for region in of_a),
        between=tuple(sorted(between, key=lambda pair: (pair[0].name, pair[1].name))),
        precedents=find_precedents(atlas, ties, a, b, likeness, CLOSEST).most_alike,
    )


@lru_cache(maxsize=2)
def _mapped(matcher: Matcher, path: Path) -> Ties:
    """Map a file once for many reports."""
    return remembered_ties(path, Pool(matcher.atlas), matcher.names)
