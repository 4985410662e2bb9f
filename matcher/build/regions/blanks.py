"""Cities that a layer leaves blank: an outline from the gap that the units around them leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.build.regions.geonames import GAP_DEG, SEAT_RANK
from matcher.build.regions.layout import area_km2, polygons_only

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from matcher.build.regions.geonames import GeoNames

LEAST_PEOPLE = 20_000
AROUND_DEG = 0.6
"""The gap is looked for this far around the city; one that reaches further is no city."""
LARGEST_KM2 = 2_000.0
THIN_DEG = 0.004
"""Half the width of what counts as a gap: seams between simplified outlines are narrower."""


def blank_cities(
    base: gpd.GeoDataFrame, provinces: gpd.GeoDataFrame, cities: gpd.GeoDataFrame, names: GeoNames
) -> gpd.GeoDataFrame:
    """Units for the seats of governments that lie in no unit of their country (Bishkek, Mashhad).

    Parameters
    ----------
    base
        Base units of all countries, with the columns that `stamp` writes.
    provinces
        Provinces of Natural Earth: land beyond the base units is looked for in these.
    cities
        Upper units that are one city: what they hold is not blank, they stand for themselves (Moscow).
    names
        Towns.

    Returns
    -------
    GeoDataFrame
        Columns of `base`; the layer, its licence and its year are those of the units around.
    """
    import geopandas as gpd
    import pandas as pd
    import shapely

    towns = names.towns
    seats = towns[towns["feature"].isin(SEAT_RANK) & (towns["population"] >= LEAST_PEOPLE)]
    seats = seats[seats["country"].isin(base["country"].unique())]
    points = shapely.points(seats["lon"], seats["lat"])
    tree = shapely.STRtree(base.geometry.to_numpy())
    held = np.zeros(len(seats), dtype=bool)
    held[tree.query(points, predicate="dwithin", distance=GAP_DEG)[0]] = True
    if len(cities):
        held[shapely.STRtree(cities.geometry.to_numpy()).query(points, predicate="intersects")[0]] = True
    rows, shapes = [], []
    for town, point in zip(seats[~held].itertuples(), points[~held], strict=True):
        near = base.iloc[tree.query(point.buffer(AROUND_DEG))]
        near = near[near["country"] == town.country]
        land = provinces.geometry[provinces["country"] == town.country].to_numpy()
        gap = gap_around(point, near.geometry.to_numpy(), land)
        if gap is None:
            continue
        layer = near.iloc[0][["country", "layer", "layer_year", "layer_licence", "licence_class", "level"]]
        rows.append(
            {"region_id": f"gap:{town.id}", "name": town.name, "unit_type": "city", **layer.to_dict()}
        )
        shapes.append(gap)
    if not rows:
        return base.iloc[:0]
    frame: pd.DataFrame = pd.DataFrame(rows).assign(governed=True, fine=False)
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=base.crs)


def gap_around(point: Any, units: Any, land: Any) -> Any:
    """The gap between units that holds a point, or None where there is none of a city's size.

    Parameters
    ----------
    point
        The city.
    units
        Outlines around it.
    land
        Outlines that say what is land of the country.
    """
    import shapely

    box = shapely.box(point.x - AROUND_DEG, point.y - AROUND_DEG, point.x + AROUND_DEG, point.y + AROUND_DEG)
    covered = shapely.union_all(polygons_only(units)) if len(units) else shapely.Polygon()
    ground = shapely.union_all(shapely.intersection(polygons_only(land), box))
    blank = shapely.difference(ground, covered)
    # Seams are closed, so that the gap does not run on along the borders of its neighbours.
    parts = shapely.get_parts(shapely.buffer(shapely.buffer(blank, -THIN_DEG), THIN_DEG))
    hit = parts[shapely.intersects(parts, point)]
    if not len(hit) or shapely.intersects(hit[0], box.exterior) or area_km2(hit[:1])[0] > LARGEST_KM2:
        return None
    gap = polygons_only(np.array([shapely.intersection(hit[0], blank)], dtype=object))[0]
    polygons = shapely.get_parts(gap)
    return polygons[np.argmax(shapely.area(polygons))]
