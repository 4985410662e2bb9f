"""The model of people: what settled land, towns and the country say of a region, learned where figures are official.

The land laid out by `settled` gives a first guess. What it lacks is learned by boosted trees from the units that
have a figure, each country weighing about alike, and judged by leaving one country out at a time: so the model never
sees a figure of the country that it is judged on. The residuals of that round give the band of uncertainty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.build.regions.settled import POWER, class_shares, crowding, laid_out

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

    Floats = NDArray[np.float64]

MOST_UNITS = 1500
"""Units of one country that the model learns from; France alone has 35,000."""
FEWEST_COUNTRIES = 6
"""With figures of fewer countries than this, as when a part of the world is built, nothing is learned."""
LEAST_PEOPLE = 30
"""Below this a figure is noise on a logarithm."""
BAND = 0.8
"""Part of the regions that lie within the stated factor."""
SIZES = (3_000.0, 30_000.0, 300_000.0)
"""Bounds of the classes of size, in people, that have a factor of their own."""
PARTS = ("PPLX", "PPLQ", "PPLW", "PPLH")
"""Feature codes of parts of a town and of places that are no more."""
LEAST_CITY = 50_000
"""The class of cities is made of places of so many people."""
LEAST_TOWN = 20_000
"""A smaller town's figure is as often old as it is right."""
MOST_BEYOND = 2.5
"""A town that is listed with more than so many times the people of the unit named after it reaches beyond the unit."""
MOST_BEYOND_CITY = 6.0
"""As `MOST_BEYOND`, of a whole city: the model knows no place as full as the largest cities of poor countries."""
SEED = 20251124


@dataclass(frozen=True)
class Headcount:
    """People of each region by the model.

    Attributes
    ----------
    people
        Estimate, before the country's total is met, shape (n,).
    factor
        `BAND` of the regions like this one have their official figure within this factor, up or down, shape (n,);
        NaN if nothing was learned.
    held_out
        Estimate of the regions with a figure by a model that saw none of their country, scaled to the sum of the
        figures, shape (n,); NaN elsewhere.
    """

    people: Floats
    factor: Floats
    held_out: Floats


def town_facts(towns: pd.DataFrame, country: NDArray[Any]) -> pd.DataFrame:
    """Largest and second town, sum, sum of cities, and number of the GeoNames towns in each region, rows 0..n-1.

    Parameters
    ----------
    towns
        As `GeoNames.within` gives them.
    country
        Of each region, shape (n,): towns of another one, just over a simplified border, are left out.
    """
    import pandas as pd

    mine = towns[(towns["country"].to_numpy() == country[towns["unit"]]) & ~towns["feature"].isin(PARTS)]
    mine = mine.sort_values("population", ascending=False, kind="stable")
    groups = mine.groupby("unit")
    second = mine[groups.cumcount() == 1].set_index("unit")["population"]
    facts = pd.DataFrame(
        {
            "largest": groups["population"].max(),
            "second": second,
            "together": groups["population"].sum(),
            "in_cities": mine[mine["population"] >= LEAST_CITY].groupby("unit")["population"].sum(),
            "number": groups.size(),
        }
    )
    return facts.reindex(range(len(country))).fillna(0.0)


def own_towns(towns: pd.DataFrame, names: NDArray[Any], country: NDArray[Any]) -> Floats:
    """People of the GeoNames town that bears each region's own name, shape (n,); NaN without one.

    Parameters
    ----------
    towns
        As `GeoNames.within` gives them.
    names, country
        Of each region, shape (n,).
    """
    import pandas as pd

    from matcher.folding import fold_bare

    large = towns[
        (towns["country"].to_numpy() == country[towns["unit"]]) & (towns["population"] >= LEAST_TOWN)
    ]
    unit = large["unit"].to_numpy()
    same = [fold_bare(a) == fold_bare(b) for a, b in zip(large["name"], names[unit], strict=True)]
    people = large["population"][same].groupby(unit[same]).max()
    result: Floats = pd.Series(people, dtype=float).reindex(range(len(names))).to_numpy(dtype=float)
    return result


def with_own_towns(people: Floats, towns: Floats, country: NDArray[Any], totals: dict[str, float]) -> Floats:
    """Estimates, scaled to their country's total, of which none is below the town that the unit is named after.

    Parameters
    ----------
    people
        Of `headcount`, shape (n,).
    towns
        Of `own_towns`, shape (n,).
    country
        Shape (n,).
    totals
        People by country; units of one without keep their estimate.
    """
    import pandas as pd

    sums = pd.Series(people).groupby(country).transform("sum").to_numpy()
    total = pd.Series(country).map(totals).to_numpy(dtype=float)
    scaled: Floats = np.where(
        np.isfinite(total) & (sums > 0), people * total / np.maximum(sums, 1e-9), people
    )
    return np.where((towns > scaled) & (towns < MOST_BEYOND * scaled), towns, scaled)


def with_whole_cities(people: Floats, city: NDArray[np.intp], towns: Floats) -> Floats:
    """Estimates of the parts of a city, raised together where the town of its name has more people.

    Parameters
    ----------
    people
        Estimates, shape (n,).
    city
        Position of the city that each region is a part of, -1 of none, shape (n,).
    towns
        People of the town that bears each city's name, NaN without one, shape (cities,).
    """
    part = city >= 0
    sums = np.bincount(city[part], weights=people[part], minlength=len(towns))
    more = (towns > sums) & (towns < MOST_BEYOND_CITY * sums)
    # the last one is of those that are part of none
    growth = np.append(np.where(more, towns / np.maximum(sums, 1e-9), 1.0), 1.0)
    raised: Floats = people * growth[city]
    return raised


def predictors(
    land: pd.DataFrame, towns: pd.DataFrame, area_km2: Floats, country: NDArray[Any], totals: dict[str, float],
    sources: Sources,
) -> tuple[pd.DataFrame, Floats]:  # fmt: skip
    """What the model is given of each region, and the first guess (people, scaled to the country's total).

    Parameters
    ----------
    land
        As `settled_land` gives it.
    towns
        As `town_facts` gives it.
    area_km2, country
        Shape (n,).
    totals
        People by country. A country without one keeps the scale of the classes.
    """
    import pandas as pd

    count = len(area_km2)
    total = pd.Series(country).map(totals).to_numpy(dtype=float)

    def by_country(values: Any, how: str) -> Floats:
        out: Floats = pd.Series(values).groupby(country).transform(how).to_numpy(dtype=float)
        return out

    def scaled(people: Floats) -> Floats:
        sums = by_country(people, "sum")
        out: Floats = np.where(
            np.isfinite(total) & (sums > 0), people * total / np.maximum(sums, 1e-9), people
        )
        return out

    crowded = crowding(land, towns["in_cities"].to_numpy(), country, totals)
    plain, even, gridded = (scaled(laid_out(land, count, sources, power)) for power in (0.0, POWER, 1.0))
    pulled = scaled(laid_out(land, count, sources, POWER, crowded))
    table = class_shares(land, count)
    table["area"] = np.log(area_km2)
    table["plain"] = np.log((plain + 1) / area_km2)
    table["pulled"] = np.log((pulled + 1) / area_km2)
    table["pull"] = table["pulled"] - table["plain"]
    table["crowding"] = np.log((pulled + 1) / (even + 1))
    table["grid"] = np.log((gridded + 1) / area_km2) - table["plain"]
    for name in ("largest", "together"):
        table[name] = np.log1p(towns[name].to_numpy())
        table[f"{name}_part"] = table[name] - np.log(pulled + 1)
    table["second"] = np.log1p(towns["second"].to_numpy())
    table["number"] = towns["number"].to_numpy()
    table["number_per_km2"] = table["number"] / area_km2
    table["in_towns"] = by_country(towns["together"].to_numpy(), "sum") / total
    table["towns_listed"] = by_country(towns["number"].to_numpy(), "sum") / total * 1e5
    table["country_density"] = np.log(total / by_country(area_km2, "sum"))
    table["country_area"] = np.log(by_country(area_km2, "median"))
    table["income"] = np.log(pd.Series(country).map(incomes(sources)).to_numpy(dtype=float))
    return table, pulled


def incomes(sources: Sources) -> dict[str, float]:
    """Output per person of each country, dollars, by alpha-2 code."""
    import json

    import pandas as pd

    table = pd.read_csv(sources.path("hot2"), usecols=["iso3", "gdp"], keep_default_na=False, na_values=[""])
    by_iso3 = table.dropna().groupby("iso3")["gdp"].median()
    facts = json.loads(sources.path("gnc", "countries.json").read_text("utf-8"))
    return {code: float(by_iso3[row["iso3"]]) for code, row in facts.items() if row["iso3"] in by_iso3.index}


def headcount(table: pd.DataFrame, guess: Floats, official: Floats, country: NDArray[Any]) -> Headcount:
    """Learn from the official figures, and say how far off the model is where it saw none.

    Parameters
    ----------
    table, guess
        Of `predictors`.
    official
        Figures to learn from, whatever their year, shape (n,); NaN where there is none.
    country
        Shape (n,).
    """
    from joblib import Parallel, delayed

    values = table.to_numpy(dtype=float)
    known = np.isfinite(official) & (official >= LEAST_PEOPLE) & (guess > 0)
    codes = sorted(set(country[known]))
    empty = np.full(len(guess), np.nan)
    if len(codes) < FEWEST_COUNTRIES:
        return Headcount(guess, empty, empty)
    target = np.zeros(len(guess))
    target[known] = np.log(official[known] / guess[known])
    chosen: dict[str, NDArray[np.intp]] = {}
    random = np.random.default_rng(SEED)
    for code in codes:
        mine = np.flatnonzero(known & (country == code))
        # the level is set by the country's total later: only what is within a country is learned
        target[mine] -= np.log(official[mine].sum() / guess[mine].sum())
        chosen[code] = np.sort(random.permutation(mine)[:MOST_UNITS])
    held_out = empty.copy()
    rows = {code: np.flatnonzero(known & (country == code)) for code in codes}
    learned = Parallel()(
        delayed(_learned)(values, target, chosen, code, rows.get(code)) for code in [*codes, None]
    )
    for code, factors in zip(codes, learned, strict=False):
        estimate = guess[rows[code]] * factors
        held_out[rows[code]] = estimate * official[rows[code]].sum() / estimate.sum()
    people = guess * learned[-1]
    error = np.abs(np.log(held_out / official))
    return Headcount(people, _factor(error, held_out, country, people), held_out)


def _learned(
    values: Floats,
    target: Floats,
    chosen: dict[str, NDArray[np.intp]],
    without: str | None,
    rows: NDArray[np.intp] | None,
) -> Floats:
    """What the guess of some rows, or of all, is to be multiplied with by a model that saw nothing of one country."""
    asked = values if rows is None else values[rows]
    factors: Floats = np.exp(_fit(values, target, chosen, without).predict(asked))
    return factors


def _fit(values: Floats, target: Floats, chosen: dict[str, NDArray[np.intp]], without: str | None) -> Any:
    """Boosted trees on the countries in `chosen` but one; absolute errors, so that a slip in a list does no harm."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    rows = np.concatenate([rows for code, rows in chosen.items() if code != without])
    weight = np.concatenate(
        [np.full(len(rows), min(len(rows), 400) ** 0.5 / len(rows)) for code, rows in chosen.items() if code != without]
    )  # fmt: skip
    model = HistGradientBoostingRegressor(
        loss="absolute_error", max_iter=250, learning_rate=0.05, max_leaf_nodes=15, min_samples_leaf=40,
        l2_regularization=5.0, random_state=SEED,
    )  # fmt: skip
    return model.fit(values[rows], target[rows], sample_weight=weight / weight.mean())


def _factor(error: Floats, held_out: Floats, country: NDArray[Any], people: Floats) -> Floats:
    """The band of each region: by class of size, the mean over countries of the quantile of their errors."""
    size, known = np.digitize(held_out, SIZES), np.isfinite(error)
    bands = []
    for each in range(len(SIZES) + 1):
        mine = known & (size == each)
        parts = [error[mine & (country == code)] for code in sorted(set(country[mine]))]
        quantiles = [np.quantile(part, BAND) for part in parts if len(part) >= 20]
        bands.append(np.mean(quantiles) if quantiles else np.nan)
    factor: Floats = np.exp(np.array(bands))[np.digitize(people, SIZES)]
    return factor
