"""How much of the land is protected, in bands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.build import grids
from matcher.build.zonal import zonal

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("protected_band",)
SOURCES: tuple[str, ...] = ("isimip_protected",)
TOGETHER = "grids"

BANDS = ("none", "<5 %", "5-20 %", ">20 %")
NEXT_TO_NOTHING = 0.0005


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Band of the protected share of each region's area (all IUCN categories, 1/2 deg cells).

    The shares themselves may not be passed on, so only the band leaves this function. A cell without an entry has no
    protected land; under 0.05 % counts as none.
    """
    import pandas as pd

    grid = grids.protected(sources)
    (share,) = zonal(regions, grid.frame, lambda cover: cover.mean(grid))
    band = np.digitize(np.nan_to_num(share), [NEXT_TO_NOTHING, 0.05, 0.2])
    labels = pd.Series([BANDS[number] for number in band], index=regions.index, dtype=object)
    return labels.where(np.isfinite(share), None).to_frame("protected_band")
