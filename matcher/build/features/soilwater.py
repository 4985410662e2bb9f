"""Water that plants find through the year: what falls, and what the soil keeps of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.build import grids

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CAPACITY_MM = 100.0
"""Water that the soil holds for plants: the reference soil of FAO's length of growing period (1978, GAEZ)."""
DEPLETION = 0.5
"""Part of it that plants take as easily as rain; from there on they take less in proportion (Allen et al. 1998, FAO-56)."""
YEARS = 3
"""Rounds through the mean year, from an empty soil; the last one counts."""
SOLAR_CONSTANT = 0.0820
"""MJ a square metre and minute."""
MJ_PER_KWH = 3.6
LANGLEY_MJ = 0.04184
"""MJ a square metre of one calorie a square centimetre, in which Turc's formula counts."""


def supply(rain: Floats, need: Floats) -> Floats:
    """Share of the potential evaporation that rain and stored water cover in each month, 0..1.

    The water balance of FAO's length of growing period, day by day on evenly spread rain: what rain leaves over is
    stored up to `CAPACITY_MM`, and drawn on when rain falls short.

    Parameters
    ----------
    rain, need
        Rain and potential evaporation of the calendar months, mm, shape (n, 12).

    Returns
    -------
    ndarray
        Shape (n, 12); 1 where nothing evaporates, NaN where any month is unknown.
    """
    stored = np.zeros(len(rain))
    share = np.ones_like(rain)
    for _ in range(YEARS):
        for month in range(12):
            days = round(float(grids.MONTH_DAYS[month]))
            falls, asked = rain[:, month] / days, need[:, month] / days
            taken = np.zeros(len(rain))
            for _ in range(days):
                held = stored + falls
                easily = np.minimum(1.0, held / ((1.0 - DEPLETION) * CAPACITY_MM))
                used = np.minimum(held, np.maximum(np.minimum(asked, falls), asked * easily))
                stored = np.minimum(held - used, CAPACITY_MM)
                taken += used
            with np.errstate(invalid="ignore", divide="ignore"):
                share[:, month] = np.where(need[:, month] == 0.0, 1.0, taken / need[:, month])
    unknown = ~np.isfinite(rain + need).all(axis=1)
    share[unknown] = np.nan
    return share


def turc_evaporation(warmth: Floats, sunshine: Floats, lat: Floats) -> Floats:
    """Potential evaporation of each month after Turc (1961), mm.

    Thornthwaite's, which knows no sun, halves that of cool dry seasons in the tropics (872 mm a year in Harare,
    where stations say some 1,500), and stored water would last through them.

    Parameters
    ----------
    warmth
        Monthly means, C, shape (n, 12).
    sunshine
        Mean irradiation of the year, kWh/m2/d, shape (n,). It is spread over the months as that above the air is.
    lat
        Latitude, deg, shape (n,).

    Returns
    -------
    ndarray
        Shape (n, 12); 0 in months below 0 C.
    """
    above = sun_above_air(lat)
    year = above @ grids.MONTH_DAYS / grids.MONTH_DAYS.sum()
    light = above * (sunshine * MJ_PER_KWH / year)[:, None] / LANGLEY_MJ
    heat = np.maximum(warmth, 0.0)
    evaporation: Floats = 0.013 * heat / (heat + 15.0) * (light + 50.0) * grids.MONTH_DAYS
    return evaporation


def sun_above_air(lat: Floats) -> Floats:
    """Irradiation above the air in the middle of each month, MJ/m2/d, shape (n, 12) (FAO-56, equation 21)."""
    turn = 2.0 * np.pi * (np.cumsum(grids.MONTH_DAYS) - grids.MONTH_DAYS / 2.0) / 365.25
    tilt, nearness = 0.409 * np.sin(turn - 1.39), 1.0 + 0.033 * np.cos(turn)
    phi = np.radians(np.clip(lat, -89.0, 89.0))[:, None]
    sunset = np.arccos(np.clip(-np.tan(phi) * np.tan(tilt), -1.0, 1.0))
    height = sunset * np.sin(phi) * np.sin(tilt) + np.cos(phi) * np.cos(tilt) * np.sin(sunset)
    above: Floats = 1440.0 / np.pi * SOLAR_CONSTANT * nearness * height
    return above
