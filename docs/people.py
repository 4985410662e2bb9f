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
    from numpy.typing import NDArray

    from matcher.atlas import Atlas
    from matcher.build.sources import Sources

OLD = ("BI", "TN", "TZ")
"""Countries whose counts of 2002 to 2008 are learned from and not shown."""
FEWEST = 50
"""Units with a figure for a country to be judged."""
PARTS = 5
"""Parts of a country, of which each is foretold by a model that saw the others' figures: the most that can be hoped for."""
NEAR = 1.5
SEED = 20261201


def left_out(atlas: Atlas, sources: Sources) -> dict[str, Any]:
    """Judge the model country by country.

    Returns
    -------
    dict
        Country to ``n``, ``spearman``, ``factor`` (median, up or down), ``within`` (share of units within 1.5x),
        ``guess`` (the factor of the first guess, before anything is learned), and ``inside_spearman`` and
        ``inside_factor`` of a model that saw the figures of four fifths of the same country. Estimates are scaled to the
        sum of the figures, since the build scales to the country's total.
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
    named = headcount.own_towns(inside, base["name"].to_numpy(object), country)
    cities = everything[
        (everything["level"].astype(str) == "metropolis") & everything["country"].isin(set(country))
    ]
    of_cities = headcount.own_towns(
        names_of_towns.within(_shapes(atlas, cities.index)),
        cities["name"].to_numpy(object),
        cities["country"].to_numpy(object),
    )

    def held_out(labels: NDArray[Any]) -> NDArray[np.float64]:
        """Estimates by models that saw no figure of the same label, after what the build does to its own."""
        held = headcount.headcount(table, guess, counted, labels).held_out
        judged = np.isfinite(held)
        sums = pd.Series(counted[judged]).groupby(country[judged]).sum().to_dict()
        held = headcount.with_own_towns(np.nan_to_num(held), named, country, sums)
        held = headcount.with_whole_cities(held, cities.index.get_indexer(base["parent_id"]), of_cities)
        return np.where(judged, held, np.nan)

    held = held_out(country)
    part = np.random.default_rng(SEED).integers(PARTS, size=len(country))
    known_inside = held_out(np.array([f"{a} {b}" for a, b in zip(country, part, strict=True)], dtype=object))
    result = {}
    for code in sorted(set(country)):
        known = (country == code) & np.isfinite(held) & np.isfinite(known_inside)
        if known.sum() < FEWEST:
            continue
        theirs = counted[known]
        first = guess[known] * theirs.sum() / guess[known].sum()
        rho, factor, within = _beside(held[known], theirs)
        inside_rho, inside_factor, _ = _beside(known_inside[known], theirs)
        result[code] = {
            "n": int(known.sum()),
            "spearman": rho,
            "factor": factor,
            "within": within,
            "guess": float(np.exp(np.median(np.abs(np.log(first / theirs))))),
            "inside_spearman": inside_rho,
            "inside_factor": inside_factor,
        }
    return result


def _beside(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> tuple[float, float, float]:
    """Rank correlation, median factor, and share within `NEAR` of estimates beside the figures."""
    ours = ours * theirs.sum() / ours.sum()
    error = np.abs(np.log(ours / theirs))
    rho = float(pd.Series(ours).corr(pd.Series(theirs), method="spearman"))
    return rho, float(np.exp(np.median(error))), float(np.mean(error <= np.log(NEAR)))


def _shapes(atlas: Atlas, ids: pd.Index[Any]) -> Any:
    """Outlines of regions as shipped; one that has none is nowhere."""
    return np.array([atlas.outline(each) or shapely.Point() for each in ids], dtype=object)
