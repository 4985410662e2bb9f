"""The landscape in words, by thresholds on the measured features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.build.features import coast, cover, island, terrain, volcano, water

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("landscape_tags",)
SOURCES: tuple[str, ...] = ("topo", "land", "lc", "lakes", "gvp")

NEEDS: tuple[str, ...] = ("terrain", "coast", "cover", "water", "volcano", "island")
"""Topics whose columns the tags are read from; a build that has them already passes them in."""

LARGE_LAKE_KM2 = 20.0
"""A town whose outline ends at the shore of such a lake lies on a lake (Lucerne, Como, Entebbe)."""
ISLAND_KM2 = 30_000.0
"""Sicily, Shikoku, Bali and Jeju are islands by this measure; Taiwan, Java, Honshu and Britain are not."""


def compute(regions: GeoDataFrame, sources: Sources, known: pd.DataFrame | None = None) -> pd.DataFrame:
    """Tags of each region, a list, in the order of the table below.

    - mountain: relief of 200 m or more; hill: 40 to 200 m; plain: under 40 m
    - lake: lakes and reservoirs on 1 % of the area or more, or one of `LARGE_LAKE_KM2` at the edge
    - coast: 3 km or less from the sea; island: on connected land of less than `ISLAND_KM2`
    - volcano: a Holocene volcano inside or within 25 km
    - forest: closed forest on half of the area or more; city: cells of mostly built land on 15 % or more

    Parameters
    ----------
    regions, sources
        As for every topic.
    known
        Columns of the topics in `NEEDS`, if they have been computed; else they are computed here.
    """
    import pandas as pd

    if known is None:
        topics = (terrain, coast, cover, water, volcano, island)
        known = pd.concat([topic.compute(regions, sources) for topic in topics], axis=1)
    return tags_of(known.reindex(regions.index)).to_frame("landscape_tags")


def tags_of(known: pd.DataFrame) -> pd.Series:
    """Tags from measured features.

    Parameters
    ----------
    known
        Columns relief, coast_km, lake_share, largest_lake_km2, volcano_km, forest_share, landmass_km2, and cover:urban where
        any region has built-up land.

    Returns
    -------
    Series of list of str
        None where relief and distance to the sea are both unknown; a comparison with an unknown value gives no tag.
    """
    import pandas as pd

    relief, coast_km = known["relief"], known["coast_km"]
    urban = known["cover:urban"] if "cover:urban" in known else pd.Series(0.0, known.index)
    rules = {
        "mountain": relief >= 200,
        "hill": (relief >= 40) & (relief < 200),
        "plain": relief < 40,
        "lake": (known["lake_share"] >= 0.01) | (known["largest_lake_km2"] >= LARGE_LAKE_KM2),
        "coast": coast_km <= 3,
        "island": known["landmass_km2"] < ISLAND_KM2,
        "volcano": known["volcano_km"] <= 25,
        "forest": known["forest_share"] >= 0.5,
        "city": urban >= 0.15,
    }
    names = list(rules)
    table = np.stack([rule.to_numpy(dtype=bool) for rule in rules.values()], axis=1)
    blank = (relief.isna() & coast_km.isna()).to_numpy()
    tags = [
        None if unknown else [name for name, holds in zip(names, row, strict=True) if holds]
        for row, unknown in zip(table.tolist(), blank.tolist(), strict=True)
    ]
    return pd.Series(tags, index=known.index, dtype=object)
