"""Tiny layers: squares on a grid, towns in them."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from matcher.build.regions.geonames import GeoNames


@pytest.fixture
def squares():
    """Build units of one country from (name, west, south, size)."""

    def build(rows, country="XX", **columns):
        frame = gpd.GeoDataFrame(
            {
                "region_id": [f"{country.lower()}:{i}" for i in range(len(rows))],
                "name": [row[0] for row in rows],
                "country": country,
            },
            geometry=[box(w, s, w + size, s + size) for _, w, s, size in rows],
            crs="EPSG:4326",
        )
        return frame.assign(**columns)

    return build


@pytest.fixture
def geonames():
    """Build GeoNames from rows of towns and of admin units."""

    def build(towns, units=()):
        table = pd.DataFrame(
            towns,
            columns=[
                "id",
                "name",
                "country",
                "lat",
                "lon",
                "population",
                "admin1",
                "admin2",
                "feature",
                "time_zone",
            ],
        )
        admin = pd.DataFrame(units, columns=["id", "name", "country", "level", "code", "aliases"]).set_index(
            "id"
        )
        return GeoNames(table.assign(alternates=None), admin.assign(iso="", parent=0))

    return build
