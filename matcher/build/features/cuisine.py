"""Kinds of dishes in the country's cuisine: these values separate countries, not regions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("cuisine",)
SOURCES: tuple[str, ...] = ("dishes", "gnc")

LEAST_DISHES = 10
"""Fewer say nothing of a country."""
LEAST_OF_A_KIND = 25
"""Kinds with fewer dishes in the world count as other."""
OTHER = "other_dish"
# Spellings of the table that differ from those of GeoNames.
_SAME = {
    "Turkey": "TR", "South Korea": "KR", "Korea": "KR", "Czech Republic": "CZ", "England": "GB", "Scotland": "GB",
    "Wales": "GB", "Palestine": "PS", "USA": "US", "UK": "GB", "Ivory Coast": "CI", "Macau": "MO",
}  # fmt: skip


def read_dishes(sources: Sources) -> pd.DataFrame:
    """Kinds of dishes by country: columns country (alpha-2), kind; one row a dish, country and kind."""
    import json

    import pandas as pd

    table = pd.read_csv(sources.path("dishes", "food_cleaned.csv"), dtype=str, keep_default_na=False)
    facts = json.loads(sources.path("gnc", "countries.json").read_text("utf-8"))
    codes = {str(fact["name"]): code for code, fact in facts.items()} | _SAME
    rows = [
        (dish, codes[country], kind.strip().replace(" ", "_"))
        for dish, countries, kinds in zip(
            table["food_id"], table["Countries"], table["Coarse-grained categories"], strict=True
        )
        for country in dict.fromkeys(_listed(countries))
        if country in codes
        for kind in dict.fromkeys(_listed(kinds))
    ]
    return pd.DataFrame(rows, columns=["dish", "country", "kind"])


def _listed(text: str) -> list[str]:
    """Texts of a cell that holds a list as Python writes one."""
    return [str(each) for each in ast.literal_eval(text)] if text.startswith("[") else []


def cuisines(dishes: pd.DataFrame) -> pd.DataFrame:
    """Shares of kinds of dishes by country; rows sum to 1.

    Parameters
    ----------
    dishes
        Columns dish, country, kind. A dish of two kinds counts half for each.
    """
    parts = dishes.groupby(["dish", "country"])["kind"].transform("size")
    counts = dishes.assign(part=1.0 / parts).pivot_table(
        index="country", columns="kind", values="part", aggfunc="sum", fill_value=0.0
    )
    enough = dishes.groupby("country")["dish"].nunique().reindex(counts.index) >= LEAST_DISHES
    rare = counts.columns[counts.sum() < LEAST_OF_A_KIND]
    counts = counts.drop(columns=rare).assign(**{OTHER: counts[rare].sum(axis=1)})[enough]
    return counts.div(counts.sum(axis=1), axis=0)


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Columns ``cuisine:<kind>``: shares of the kinds of dishes; NaN for a country with too few dishes in the table."""
    known = cuisines(read_dishes(sources)).add_prefix("cuisine:")
    table = known.reindex(regions["country"].to_numpy()).set_index(regions.index)
    return table.astype(np.float64)
