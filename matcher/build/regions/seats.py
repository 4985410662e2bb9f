"""The seat of each unit, and its time zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matcher.build.regions.geonames import SEAT_RANK

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from matcher.build.regions.geonames import GeoNames


def seats(towns: pd.DataFrame, unit: Any, countries: pd.Series) -> pd.DataFrame:
    """Seat of each unit: a capital, else the seat of a province or district, else the largest town.

    Parameters
    ----------
    towns
        Rows of `GeoNames.towns`.
    unit
        Unit of each row, any hashable.
    countries
        Country by unit: a town of another country just over the border is no seat.

    Returns
    -------
    DataFrame
        Index unit: seat_name, seat_lat, seat_lon, seat_population (NaN = unknown), time_zone.
    """
    table = towns.assign(unit=unit)
    table = table[table["country"].to_numpy() == table["unit"].map(countries).to_numpy()]
    rank = table["feature"].map(SEAT_RANK).fillna(len(SEAT_RANK))
    # A suburb or an abandoned place is no seat.
    rank = rank.where(~table["feature"].isin(["PPLX", "PPLQ", "PPLW", "PPLH"]), len(SEAT_RANK) + 1)
    order = table.assign(rank=rank, size=table["population"].fillna(0)).sort_values(
        ["rank", "size", "id"], ascending=[True, False, True]
    )
    first = order.drop_duplicates("unit").set_index("unit")
    return first.rename(
        columns={"name": "seat_name", "lat": "seat_lat", "lon": "seat_lon", "population": "seat_population"}
    )[["seat_name", "seat_lat", "seat_lon", "seat_population", "time_zone"]]


def time_zones(units: gpd.GeoDataFrame, names: GeoNames) -> pd.Series:
    """Time zone of each unit: that of its seat, else of the nearest town of the country, else of any town."""
    import pandas as pd

    zones = units["time_zone"].copy()
    known = names.towns[names.towns["time_zone"].notna()]
    subset = type(names)(known, names.units)
    has_towns = set(known["country"])
    for country, rows in units[zones.isna()].groupby("country").groups.items():
        near = subset.nearest(
            units.loc[rows, "lat"], units.loc[rows, "lon"], country if country in has_towns else ""
        )
        zones.loc[rows] = known["time_zone"].to_numpy()[near]
    return pd.Series(zones, dtype=object)
