"""Regions of a test: boxes in degrees."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely


def boxes(**bounds: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    """Regions called by keyword, each a box (west, south, east, north), with the columns that topics read."""
    index = pd.Index(list(bounds), name="region_id")
    table = gpd.GeoDataFrame(geometry=[shapely.box(*each) for each in bounds.values()], index=index, crs=4326)
    return described(table)


def described(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    points = table.geometry.representative_point()
    area = table.to_crs(6933).area / 1e6
    return table.assign(
        lat=points.y, lon=points.x, area_km2=area, country="XX", level="regency", parent_id=None
    )
