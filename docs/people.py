"""The model of people judged where it saw no figure of the country: one country with official figures left out at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from matcher.build.regions import figures, headcount, population
from matcher.build.regions.geonames import GeoNames
from matcher.build.regions.replaced import signing_units
from matcher.build.regions.settled import settled_land

if TYPE_CHECKING:
    from matcher.atlas import Atlas
    from matcher.build.sources import Sources

OLD = ("BI", "TN", "TZ")
"""Countries whose counts of 2002 to 2008 are learned from and not shown."""
FEWEST = 50
"""Units with a figure for a country to be judged."""
NEAR = 1.5


def left_out(atlas: Atlas, sources: Sources) -> dict[str, Any]:
    """Judge the model country by country.

    Returns
    -------
    dict
        Country to ``n``, ``spearman``, ``factor`` (median, up or down), ``within`` (share of units within 1.5x) and
        ``guess`` (the factor of the first guess, before anything is learned). Estimates are scaled to the sum of the
        figures, since the build scales to the country's total.
    """
    columns = [
        "region_id",
        "name",
        "country",
        "level",
        "parent_id",
        "area_km2",
        "population",
        "population_basis",
    ]
    everything = atlas.read(columns).to_pandas().set_index("region_id")
    names = everything["name"]
    base = everything[everything["level"].astype(str) == "regency"]
    country = base["country"].astype(str)
    counted = base["population"].where(base["population_basis"] == "official").astype(float)
    mine = country == "US"
    counted[mine] = figures.american(sources, base.loc[mine, "name"], base.loc[mine, "parent_id"])
    mine = country == "TR"
    counted[mine] = figures.turkish(sources, base.loc[mine, "name"], base.loc[mine, "parent_id"].map(names))
    for code in OLD:
        mine = country == code
        units = signing_units(sources, code.lower()).set_index("region_id")
        counted[mine] = units["population"].astype(float).reindex(base.index[mine])
    some = country.isin(set(country[counted.notna()]))
    base, country, counted = (
        base[some],
        country[some].to_numpy(object),
        counted[some].to_numpy(float, copy=True),
    )
    area = base["area_km2"].to_numpy(float)
    table, guess = _predictors(atlas, sources, list(base.index), country, area)
    held = headcount.headcount(table, guess, counted, country).held_out
    result = {}
    for code in sorted(set(country)):
        known = (country == code) & np.isfinite(held)
        if known.sum() < FEWEST:
            continue
        ours, theirs = held[known], counted[known]
        first = guess[known] * theirs.sum() / guess[known].sum()
        error = np.abs(np.log(ours / theirs))
        result[code] = {
            "n": int(known.sum()),
            "spearman": float(pd.Series(ours).corr(pd.Series(theirs), method="spearman")),
            "factor": float(np.exp(np.median(error))),
            "within": float(np.mean(error <= np.log(NEAR))),
            "guess": float(np.exp(np.median(np.abs(np.log(first / theirs))))),
        }
    return result


def _predictors(
    atlas: Atlas, sources: Sources, ids: list[str], country: Any, area: Any
) -> tuple[pd.DataFrame, Any]:
    """What the model sees of these regions, by their outlines as shipped; one that has none is nowhere."""
    shapes = np.array([atlas.outline(each) or shapely.Point() for each in ids], dtype=object)
    towns = headcount.town_facts(GeoNames.read(sources).within(shapes), country)
    land = settled_land(shapes, area, sources)
    return headcount.predictors(land, towns, area, country, population.country_totals(sources), sources)
