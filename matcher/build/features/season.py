"""Growing season and agro-climatic zone, from monthly temperature and rain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matcher.build.grids import MONTH_DAYS, rain, temperature
from matcher.build.zonal import zonal

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from matcher.build.sources import Sources

FEATURES: tuple[str, ...] = ("season_months", "agro_zone")
SOURCES: tuple[str, ...] = ("era", "rain")

LEAST_RAIN = 0.5
"""Least rain of a growing month, as a share of the potential evaporation."""
LEAST_WARMTH = 5.0
"""Least mean temperature of a growing month, C."""

BELTS: tuple[tuple[float, str], ...] = ((18.0, "tropical"), (5.0, "subtropical"), (0.0, "temperate"), (-np.inf, "cold"))
"""Thermal belts: least mean of the coldest month, C."""
MOISTURES: tuple[tuple[float, str], ...] = ((1.0, "humid"), (0.5, "subhumid"), (0.2, "semiarid"), (-np.inf, "arid"))
"""Moisture classes: least yearly rain over potential evaporation."""

Floats = NDArray[np.float64]
_MID_MONTH = np.array([15, 46, 74, 105, 135, 166, 196, 227, 258, 288, 319, 349])


def day_hours(latitude: Floats) -> Floats:
    """Mean daylight of each month, hours; latitude in deg, shape (n,); result (n, 12)."""
    tilt = 0.409 * np.sin(2 * np.pi * _MID_MONTH / 365 - 1.39)
    angle = -np.tan(np.radians(np.clip(latitude, -66.5, 66.5)))[:, None] * np.tan(tilt)
    hours: Floats = 24 / np.pi * np.arccos(np.clip(angle, -1, 1))
    return hours


def potential_evaporation(temperature_c: Floats, latitude: Floats) -> Floats:
    """Monthly potential evaporation by Thornthwaite (1948), mm.

    Parameters
    ----------
    temperature_c
        Monthly means, C, shape (n, 12).
    latitude
        deg, shape (n,); beyond the polar circles the day length of the circle is used.
    """
    warm = np.maximum(temperature_c, 0.0)
    index = ((warm / 5.0) ** 1.514).sum(axis=1, keepdims=True)
    power = 6.75e-7 * index**3 - 7.71e-5 * index**2 + 1.792e-2 * index + 0.49239
    with np.errstate(invalid="ignore", divide="ignore"):
        plain = np.where(index > 0, 16.0 * (10.0 * warm / index) ** power, 0.0)
    # above 26.5 C the power law overshoots: Willmott's (1985) fit to Thornthwaite's table
    hot = -415.85 + 32.24 * warm - 0.43 * warm**2
    month = np.where(warm >= 26.5, hot, plain)
    result: Floats = month * day_hours(latitude) / 12.0 * MONTH_DAYS / 30.0
    return np.where(np.isfinite(temperature_c), result, np.nan)


def season_months(temperature_c: Floats, rain_mm: Floats, evaporation: Floats) -> Floats:
    """Number of months with water and warmth to grow; all inputs shape (n, 12), NaN in any month gives NaN."""
    growing = (rain_mm >= LEAST_RAIN * evaporation) & (temperature_c >= LEAST_WARMTH)
    known = np.isfinite(temperature_c + rain_mm + evaporation).all(axis=1)
    return np.where(known, growing.sum(axis=1), np.nan)


def agro_zone(temperature_c: Floats, rain_mm: Floats, evaporation: Floats) -> list[str | None]:
    """Thermal belt and moisture of each region, such as ``"tropical humid"``; None where a month is unknown."""
    cold = temperature_c.min(axis=1)
    need = evaporation.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(need > 0, rain_mm.sum(axis=1) / need, np.inf)
    known = np.isfinite(temperature_c + rain_mm).all(axis=1)
    return [
        f"{_class(c, BELTS)} {_class(r, MOISTURES)}" if ok else None
        for c, r, ok in zip(cold, ratio, known, strict=True)
    ]


def _class(value: float, bounds: tuple[tuple[float, str], ...]) -> str:
    return next(name for least, name in bounds if value >= least)


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Columns ``season_months`` (0..12) and ``agro_zone`` (label)."""
    import pandas as pd

    heat, water = temperature(sources), rain(sources)
    (warmth,) = zonal(regions, heat.frame, lambda coverage: coverage.mean(heat))
    (wet,) = zonal(regions, water.frame, lambda coverage: coverage.mean(water))
    evaporation = potential_evaporation(warmth, regions["lat"].to_numpy(dtype=float))
    table = pd.DataFrame({"season_months": season_months(warmth, wet, evaporation)}, index=regions.index)
    table["agro_zone"] = pd.Series(agro_zone(warmth, wet, evaporation), index=regions.index, dtype=object)
    return table
