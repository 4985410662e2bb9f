"""The ground of places: discs around points, and the regions that hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.build.checks import PLACE_LEVEL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from matcher.atlas import Atlas
    from matcher.build.towns import Town

    Floats = NDArray[np.float64]

RADIUS_KM = 5.0
CORNERS = 32
DEGREE_KM = 111.195


def place_id(town: Town) -> str:
    """The region id of a place."""
    return f"gn:{town.geonames_id}"


def discs(lat: Floats, lon: Floats, radius_km: float = RADIUS_KM) -> NDArray[Any]:
    """Discs around points as polygons of `CORNERS` corners, degrees; what would cross the date line is cut off there."""
    import shapely

    # the polygon has the area of the disc
    angle = np.arange(CORNERS) * 2 * np.pi / CORNERS
    radius = radius_km / DEGREE_KM * np.sqrt(2 * np.pi / CORNERS / np.sin(2 * np.pi / CORNERS))
    shrink = np.cos(np.radians(lat)).clip(0.02)[:, None]
    x = np.clip(lon[:, None] + radius * np.cos(angle) / shrink, -180.0, 180.0)
    y = np.clip(lat[:, None] + radius * np.sin(angle), -90.0, 90.0)
    shapes: NDArray[Any] = shapely.polygons(np.stack([x, y], axis=2))
    return shapes


def place_frame(
    towns: Sequence[Town], zones: Mapping[int, str], atlas: Atlas
) -> tuple[gpd.GeoDataFrame, NDArray[np.int64]]:
    """Places with the columns of identity that the build of regions has, and the row of the region that holds each.

    The region is the one of the place's own country around the point or, on a coast, next to it; -1 where there is none.
    """
    import geopandas as gpd

    from matcher.build.regions.layout import CRS
    from matcher.places import Places, map_places

    lat, lon = (np.array([getattr(town, name) for town in towns], float) for name in ("lat", "lon"))
    country = np.array([town.country for town in towns], object)
    name = np.array([town.name for town in towns], object)
    blank = np.full(len(towns), "", object)
    rows = map_places(atlas, Places(name, country, lat, lon, blank)).rows
    parents = atlas.region_ids[rows]
    parents[rows < 0] = None
    their_zones = atlas.column("time_zone", np.maximum(rows, 0))
    their_zones[rows < 0] = None
    people = np.array([town.people or np.nan for town in towns])
    frame = gpd.GeoDataFrame(
        {
            "name": name,
            "country": country,
            "level": PLACE_LEVEL,
            "parent_id": parents,
            "layer": "geonames",
            "layer_licence": "CC BY 4.0 (GeoNames)",
            "licence_class": "open",
            "lat": lat,
            "lon": lon,
            "area_km2": np.pi * RADIUS_KM**2,
            "time_zone": [zones.get(t.geonames_id, zone) for t, zone in zip(towns, their_zones, strict=True)],
            "population": people,
            "population_basis": ["listed" if town.people else None for town in towns],
            "geonames_id": [town.geonames_id for town in towns],
            "governed": True,
            "fine": False,
        },
        geometry=discs(lat, lon),
        crs=CRS,
        index=[place_id(town) for town in towns],
    ).rename_axis("region_id")
    return frame.assign(parent_name=_parent_names(rows, atlas)), rows


def _parent_names(rows: NDArray[np.int64], atlas: Atlas) -> list[str | None]:
    """Region and province of each place: "Sangamon, Illinois"."""
    names, uppers = atlas.column("name"), atlas.column("parent_id")
    place = {region_id: row for row, region_id in enumerate(atlas.region_ids)}
    told: list[str | None] = []
    for row in rows.tolist():
        upper = place.get(uppers[row]) if row >= 0 else None
        parts = ([names[row]] if row >= 0 else []) + ([names[upper]] if upper is not None else [])
        told.append(", ".join(dict.fromkeys(parts)) or None)
    return told
