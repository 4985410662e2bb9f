"""Where on the globe: the distance from the equator."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("abs_latitude",)
SOURCES: tuple[str, ...] = ()


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:  # noqa: ARG001  every topic has this shape
    """Absolute latitude, deg, of each region's representative point."""
    return regions["lat"].abs().astype("float32").to_frame("abs_latitude")
