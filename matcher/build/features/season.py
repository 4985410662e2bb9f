"""Growing season and agro-climatic zone, from monthly temperature and rain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.build.features.climate import monthly_climate, potential_evaporation

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

    Floats = NDArray[np.float64]

FEATURES: tuple[str, ...] = ("season_months", "agro_zone")
SOURCES: tuple[str, ...] = ("era", "rain", "topo")

LEAST_RAIN = 0.5
"""Least rain of a growing month, as a share of the potential evaporation."""
LEAST_WARMTH = 5.0
"""Least mean temperature of a growing month, C."""

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


def season_months(warmth: Floats, rain: Floats, evaporation: Floats) -> Floats:
    """Number of months with water and warmth to grow.

    Parameters
    ----------
    warmth, rain, evaporation
        Calendar months, C, mm and mm, shape (n, 12).

    Returns
    -------
    ndarray
        0..12, shape (n,); NaN where a month is unknown.
    """
    growing = (rain >= LEAST_RAIN * evaporation) & (warmth >= LEAST_WARMTH)
    known = np.isfinite(warmth + rain + evaporation).all(axis=1)
    return np.where(known, growing.sum(axis=1), np.nan)


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
    """Columns ``season_months`` (0..12) and ``agro_zone`` (label)."""
    import pandas as pd

    warmth, rain = monthly_climate(regions, sources)
    evaporation = potential_evaporation(warmth, regions["lat"].to_numpy(dtype=float))
    table = pd.DataFrame({"season_months": season_months(warmth, rain, evaporation)}, index=regions.index)
    table["agro_zone"] = pd.Series(agro_zone(warmth, rain, evaporation), index=regions.index, dtype=object)
    return table
