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
    shapes, area = _shapes(atlas, base.index), base["area_km2"].to_numpy(float)
    names_of_towns = GeoNames.read(sources)
    inside = names_of_towns.within(shapes)
    table, guess = headcount.predictors(
        settled_land(shapes, area, sources), headcount.town_facts(inside, country), area, country,
        population.country_totals(sources), sources,
    )  # fmt: skip
    held = headcount.headcount(table, guess, counted, country).held_out
    # what the build does to the model's estimates it does here too
    judged = np.isfinite(held)
    sums = pd.Series(counted[judged]).groupby(country[judged]).sum().to_dict()
    named = headcount.own_towns(inside, base["name"].to_numpy(object), country)
    held = headcount.with_own_towns(np.nan_to_num(held), named, country, sums)
    cities = everything[
        (everything["level"].astype(str) == "metropolis") & everything["country"].isin(set(country))
    ]
    of_cities = headcount.own_towns(
        names_of_towns.within(_shapes(atlas, cities.index)),
        cities["name"].to_numpy(object),
        cities["country"].to_numpy(object),
    )
    held = headcount.with_whole_cities(held, cities.index.get_indexer(base["parent_id"]), of_cities)
    held = np.where(judged, held, np.nan)
    result = {}
    for code in sorted(set(country)):
        known = (country == code) & np.isfinite(held)
        if known.sum() < FEWEST:
            continue
        theirs = counted[known]
        ours = held[known] * theirs.sum() / held[known].sum()
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


def _shapes(atlas: Atlas, ids: pd.Index[Any]) -> Any:
    """Outlines of regions as shipped; one that has none is nowhere."""
    return np.array([atlas.outline(each) or shapely.Point() for each in ids], dtype=object)
