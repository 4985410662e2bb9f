"""matcher: rank every comparable region of the world as a partner region, and say exactly why.

>>> from matcher import Matcher
>>> m = Matcher.load()
>>> ranking = m.rank("Purwakarta", country="KR", n=3)
>>> len(ranking)
3
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matcher.atlas import Atlas, Region
    from matcher.catalogue import Catalogue, Feature, Group
    from matcher.errors import (
        AmbiguousRegionError,
        BuildError,
        DataError,
        EmptyCandidatesError,
        MatcherError,
        RegionError,
        RegionNotFoundError,
        TableError,
        UnknownNameError,
        UsageError,
        WeightError,
    )
    from matcher.explanation import Contribution, Explanation, GroupScore
    from matcher.matcher import Matcher
    from matcher.model import SimilarityModel
    from matcher.ranking import Match, Query, Ranking

__version__ = "0.1.0"

# Loaded when first asked for: importing the package costs next to nothing.
_HOMES = {
    "matcher.atlas": ("Atlas", "Region"),
    "matcher.catalogue": ("Catalogue", "Feature", "Group"),
    "matcher.errors": (
        "AmbiguousRegionError",
        "BuildError",
        "DataError",
        "EmptyCandidatesError",
        "MatcherError",
        "RegionError",
        "RegionNotFoundError",
        "TableError",
        "UnknownNameError",
        "UsageError",
        "WeightError",
    ),
    "matcher.explanation": ("Contribution", "Explanation", "GroupScore"),
    "matcher.matcher": ("Matcher",),
    "matcher.model": ("SimilarityModel",),
    "matcher.ranking": ("Match", "Query", "Ranking"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "AmbiguousRegionError",
    "Atlas",
    "BuildError",
    "Catalogue",
    "Contribution",
    "DataError",
    "EmptyCandidatesError",
    "Explanation",
    "Feature",
    "Group",
    "GroupScore",
    "Match",
    "Matcher",
    "MatcherError",
    "Query",
    "Ranking",
    "Region",
    "RegionError",
    "RegionNotFoundError",
    "SimilarityModel",
    "TableError",
    "UnknownNameError",
    "UsageError",
    "WeightError",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted([*__all__, "__version__"])
