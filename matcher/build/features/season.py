"""Growing season and agro-climatic zone, from monthly temperature, rain and sun."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.build.features.climate import monthly_climate, potential_evaporation
from matcher.build.features.soilwater import supply, turc_evaporation
from matcher.build.features.sun import mean_sun

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

    Floats = NDArray[np.float64]

FEATURES: tuple[str, ...] = ("season_months", "season_start", "agro_zone")
SOURCES: tuple[str, ...] = ("era", "rain", "topo", "sun")
TOGETHER = "grids"

LEAST_WATER = 0.5
"""Least water of a growing month, rained or stored, as a share of the potential evaporation."""
LEAST_WARMTH = 5.0
"""Least mean temperature of a growing month, C."""

MONTHS: tuple[str, ...] = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
ALL_YEAR = "all year"

BELTS: tuple[tuple[float, str], ...] = (
    (18.0, "tropical"),
    (5.0, "subtropical"),
    (0.0, "temperate"),
    (-np.inf, "cold"),
)
"""Thermal belts: least mean of the coldest month, C."""
MOISTURES: tuple[tuple[float, str], ...] = (
    (1.0, "humid"),
    (0.5, "subhumid"),
    (0.2, "semiarid"),
    (-np.inf, "arid"),
)
"""Moisture classes: least yearly rain over potential evaporation."""


def season_months(warmth: Floats, water: Floats) -> Floats:
    """Number of months with water and warmth to grow.

    Parameters
    ----------
    warmth
        Means of the calendar months, C, shape (n, 12).
    water
        Share of the potential evaporation that rain and soil cover, as `supply` gives it, shape (n, 12).

    Returns
    -------
    ndarray
        0..12, shape (n,); NaN where a month is unknown.
    """
    known = np.isfinite(warmth + water).all(axis=1)
    return np.where(known, _growing(warmth, water).sum(axis=1), np.nan)


def season_start(warmth: Floats, water: Floats) -> list[str | None]:
    """First month of the longest run of growing months, the earlier of two runs as long.

    Parameters
    ----------
    warmth, water
        As for `season_months`.

    Returns
    -------
    list
        A name of `MONTHS`, `ALL_YEAR`, or None where a month is unknown or none can grow anything.
    """
    growing = _growing(warmth, water)
    known = np.asarray(np.isfinite(warmth + water).all(axis=1))
    # months that the run which begins in a month lasts: one month at a time, the year being round
    run = np.zeros(growing.shape, dtype=np.intp)
    going = np.ones(growing.shape, dtype=bool)
    for month in range(12):
        going &= np.roll(growing, -month, axis=1)
        run += going
    first = run.argmax(axis=1)
    longest = run.max(axis=1)
    return [
        None if not ok or length == 0 else ALL_YEAR if length == 12 else MONTHS[month]
        for ok, length, month in zip(np.atleast_1d(known), longest, first, strict=True)
    ]


def _growing(warmth: Floats, water: Floats) -> NDArray[np.bool_]:
    growing: NDArray[np.bool_] = (water >= LEAST_WATER) & (warmth >= LEAST_WARMTH)
    return growing


def agro_zone(warmth: Floats, rain: Floats, evaporation: Floats) -> list[str | None]:
    """Thermal belt and moisture of each region, such as ``"tropical humid"``; None where a month is unknown."""
    cold = warmth.min(axis=1)
    need = evaporation.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(need > 0, rain.sum(axis=1) / need, np.inf)
    known = np.asarray(np.isfinite(warmth + rain).all(axis=1))
    return [
        f"{_class(c, BELTS)} {_class(r, MOISTURES)}" if ok else None
        for c, r, ok in zip(cold, ratio, known, strict=True)
    ]


def _class(value: float, bounds: tuple[tuple[float, str], ...]) -> str:
    return next(name for least, name in bounds if value >= least)


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Columns ``season_months`` (0..12), ``season_start`` and ``agro_zone`` (labels)."""
    import pandas as pd

    warmth, rain = monthly_climate(regions, sources)
    lat = regions["lat"].to_numpy(dtype=float)
    evaporation = potential_evaporation(warmth, lat)
    by_sun = turc_evaporation(warmth, mean_sun(regions, sources)[:, 0], lat)
    # Small islands have no cell in the map of the sun; their air is moist, and there the two formulas agree best.
    water = supply(rain, np.where(np.isnan(by_sun), evaporation, by_sun))
    table = pd.DataFrame({"season_months": season_months(warmth, water)}, index=regions.index)
    start = season_start(warmth, water)
    table["season_start"] = pd.Series(start, index=regions.index, dtype=object)
    table["agro_zone"] = pd.Series(agro_zone(warmth, rain, evaporation), index=regions.index, dtype=object)
    return table
