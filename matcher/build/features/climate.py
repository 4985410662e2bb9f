"""Temperature and rain through the year, and what follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.build import grids
from matcher.build.kept import kept
from matcher.build.season import align, season_shift
from matcher.build.zonal import zonal

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

    Floats = NDArray[np.float64]

FEATURES: tuple[str, ...] = (
    "temperature_months",
    "rain_months",
    "t_mean",
    "t_cold",
    "t_warm",
    "t_range",
    "rain_year",
    "rain_cv",
    "dry_months",
    "growing_degree_days",
    "frost_months",
    "water_surplus",
)
SOURCES: tuple[str, ...] = ("era", "rain", "topo")
TOGETHER = "grids"

LAPSE_C_PER_M = 0.006
"""Fall of temperature with height: the usual mean of free air, not fitted to anything here."""
GROWTH_C = 5.0
"""Base of the growing degree days, C."""


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Climate of each region: means of 1/4 deg fields, read between their cell centres, at the height of the region.

    - ``temperature_months:01`` .. ``:12``, C, and ``rain_months:01`` .. ``:12``, mm: seasons brought into line by
      `matcher.build.season`, one common shift for both. All other columns come from the unshifted months.
    - ``t_mean``, ``t_cold``, ``t_warm``, ``t_range``, C: mean, coldest and warmest month, and their difference.
    - ``rain_year``, mm; ``rain_cv``: standard deviation of the months over their mean, missing without rain.
    - ``dry_months``: months with rain in mm below twice the temperature in C.
    - ``growing_degree_days``, C days: above 5 C, from monthly means. ``frost_months``: months below 0 C.
    - ``water_surplus``, mm: sum over months of rain above potential evaporation (Thornthwaite).
    """
    import pandas as pd

    warmth, rain = monthly_climate(regions, sources)
    lat = regions["lat"].to_numpy(dtype=float)
    shift = season_shift(lat)
    columns: dict[str, Floats] = {}
    for name, months in (("temperature_months", align(warmth, shift)), ("rain_months", align(rain, shift))):
        columns |= {f"{name}:{month + 1:02d}": months[:, month] for month in range(12)}
    columns |= summaries(warmth, rain)
    surplus = rain - potential_evaporation(warmth, lat)
    columns["water_surplus"] = np.maximum(surplus, 0.0).sum(axis=1)
    return pd.DataFrame(columns, index=regions.index).astype("float32")


def monthly_climate(regions: GeoDataFrame, sources: Sources) -> tuple[Floats, Floats]:
    """Temperature, C, and rain, mm, of the calendar months over each region; two arrays of shape (n, 12).

    A cell of 25 km lies at the mean height of its land, a town in it may lie a kilometre above or below: temperatures
    are brought from the one height to that of the region, by `LAPSE_C_PER_M`.
    """
    shapes = regions.geometry.to_numpy()
    about = ("monthly climate", sources.content_hash(SOURCES))
    return kept(about, shapes, lambda: _monthly(regions, sources))


def _monthly(regions: GeoDataFrame, sources: Sources) -> tuple[Floats, Floats]:
    warmth, rain = grids.temperature(sources), grids.rain(sources)
    fine = grids.elevation(sources)
    coarse = grids.quarter_degree(fine)
    a, b, above, ground = zonal(
        regions,
        grids.FINE,
        lambda cover: cover.smooth_mean(warmth),
        lambda cover: cover.smooth_mean(rain),
        lambda cover: cover.smooth_mean(fine),
        lambda cover: cover.smooth_mean(coarse),
    )
    return a - LAPSE_C_PER_M * (above - ground)[:, None], b


def summaries(warmth: Floats, rain: Floats) -> dict[str, Floats]:
    """Yearly figures from monthly ones.

    Parameters
    ----------
    warmth, rain
        Calendar months, C and mm, shape (n, 12); a row of NaN gives NaN.

    Returns
    -------
    dict
        Feature name -> array of shape (n,).
    """
    unknown = np.isnan(warmth).any(axis=1) | np.isnan(rain).any(axis=1)

    def count(months: NDArray[np.bool_]) -> Floats:
        return np.where(unknown, np.nan, months.sum(axis=1))

    year = rain.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        uneven = np.where(year > 0, rain.std(axis=1) / rain.mean(axis=1), np.nan)
    return {
        "t_mean": warmth @ grids.MONTH_DAYS / grids.MONTH_DAYS.sum(),
        "t_cold": warmth.min(axis=1),
        "t_warm": warmth.max(axis=1),
        "t_range": warmth.max(axis=1) - warmth.min(axis=1),
        "rain_year": year,
        "rain_cv": uneven,
        "dry_months": count(rain < 2.0 * warmth),
        "growing_degree_days": np.maximum(warmth - GROWTH_C, 0.0) @ grids.MONTH_DAYS,
        "frost_months": count(warmth < 0.0),
    }


def potential_evaporation(warmth: Floats, lat: Floats) -> Floats:
    """Potential evaporation of each month after Thornthwaite (1948), mm.

    Parameters
    ----------
    warmth
        Monthly means, C, shape (n, 12).
    lat
        Latitude, deg, shape (n,), for the length of the day in mid-month.

    Returns
    -------
    ndarray
        Shape (n, 12). Above 26.5 C the table of Willmott et al. (1985) is used in place of the power law.
    """
    heat = np.maximum(warmth, 0.0)
    index = ((heat / 5.0) ** 1.514).sum(axis=1, keepdims=True)
    power = 6.75e-7 * index**3 - 7.71e-5 * index**2 + 1.792e-2 * index + 0.49239
    with np.errstate(invalid="ignore", divide="ignore"):
        law = 16.0 * np.where(index > 0, (10.0 * heat / index) ** power, 0.0)
    hot = -415.85 + 32.24 * warmth - 0.43 * warmth**2
    evaporation = np.where(warmth >= 26.5, hot, law)
    full: Floats = evaporation * day_hours(lat) / 12.0 * grids.MONTH_DAYS / 30.0
    return full


def day_hours(lat: Floats) -> Floats:
    """Length of the day in the middle of each month, hours, shape (n, 12)."""
    day = np.cumsum(grids.MONTH_DAYS) - grids.MONTH_DAYS / 2.0
    tilt = 0.409 * np.sin(2.0 * np.pi * day / 365.25 - 1.39)
    angle = -np.tan(np.radians(np.clip(lat, -89.0, 89.0)))[:, None] * np.tan(tilt)[None, :]
    hours: Floats = 24.0 / np.pi * np.arccos(np.clip(angle, -1.0, 1.0))
    return hours
