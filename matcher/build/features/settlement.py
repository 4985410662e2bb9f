"""Settlement pattern: how much of the area is city, town, village and open land."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("settlement", "urban_share")
SOURCES: tuple[str, ...] = ("degurba",)

URBAN = frozenset({"suburb", "semi_dense", "dense_town", "city"})


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Shares of each region's area by degree of urbanisation (``settlement:<class>``, about 1 km cells).

    ``urban_share`` is that of suburbs, towns and cities.
    """
    from matcher.build.settlement import settlement_shares

    shares = settlement_shares(regions.geometry, sources)
    shares.index = regions.index
    urban = shares[[name for name in shares if name in URBAN]].sum(axis=1, min_count=1)
    return shares.add_prefix("settlement:").assign(urban_share=urban).astype("float32")
