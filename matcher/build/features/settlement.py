"""Settlement pattern: how much of the area is city, town, village and open land."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("settlement",)
SOURCES: tuple[str, ...] = ("degurba",)


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Shares of each region's area by degree of urbanisation (``settlement:<class>``, about 1 km cells)."""
    from matcher.build.settlement import settlement_shares

    shares = settlement_shares(regions.geometry, sources)
    shares.index = regions.index
    return shares.add_prefix("settlement:").astype("float32")
