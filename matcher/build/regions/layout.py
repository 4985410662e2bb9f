"""The columns of the table of regions, and small helpers on outlines that every layer uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray

CRS = "EPSG:4326"

TEXTS = (
    "name", "name_local", "name_en", "name_id", "name_ko", "unit_type", "country", "level", "parent_id", "layer",
    "layer_licence", "licence_class", "seat_name", "time_zone", "population_basis", "wikidata", "national_code",
    "area_basis",
)  # fmt: skip
INTEGERS = ("layer_year", "population_year", "geonames_id")
FLOATS = (
    "lat", "lon", "seat_lat", "seat_lon", "seat_population", "area_km2", "population",
    "official_km2",
)  # fmt: skip
FLAGS = ("governed", "fine")

IDENTITY = (
    "name", "name_local", "name_en", "name_id", "name_ko", "unit_type", "country", "level", "parent_id",
    "layer", "layer_year", "layer_licence", "licence_class", "lat", "lon",
    "seat_name", "seat_lat", "seat_lon", "seat_population", "time_zone", "area_km2", "area_basis",
    "population", "population_basis", "population_year", "geonames_id", "wikidata", "national_code",
    "governed", "fine",
)  # fmt: skip
"""Identity columns, in the order of the table; the index is `region_id`."""

# WGS 84
_A = 6_378_137.0
_E2 = 0.00669437999014


def conform(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give a layer every identity column, typed; unknown is missing.

    Parameters
    ----------
    units
        Outlines with any of the columns of `IDENTITY` and `region_id` as column or index.

    Returns
    -------
    GeoDataFrame
        Index ``region_id``, columns `IDENTITY`, ``official_km2`` (where a list of units gives an area) and ``geometry``.
    """
    import pandas as pd

    frame = units.set_index("region_id") if "region_id" in units.columns else units.copy()
    frame.index = frame.index.astype(str)
    frame.index.name = "region_id"
    for column in TEXTS:
        values = frame[column] if column in frame else pd.Series(None, index=frame.index, dtype=object)
        values = values.astype(object)
        frame[column] = values.where(values.notna() & (values.astype(str).str.strip() != ""), None)
    for column in INTEGERS:
        values = frame[column] if column in frame else pd.Series(pd.NA, index=frame.index)
        frame[column] = pd.to_numeric(values, errors="coerce").astype("Int64")
    for column in FLOATS:
        values = frame[column] if column in frame else pd.Series(float("nan"), index=frame.index)
        frame[column] = pd.to_numeric(values, errors="coerce").astype("float64")
    for column, default in zip(FLAGS, (True, False), strict=True):
        frame[column] = frame[column].astype(bool) if column in frame else default
    return frame[[*IDENTITY, "official_km2", "geometry"]]


def area_km2(shapes: Any) -> NDArray[np.float64]:
    """Area on the WGS 84 ellipsoid.

    The outline is laid out on the cylindrical equal-area map, where the plane area is the true one.

    Parameters
    ----------
    shapes
        (Multi)polygons in degrees, shape (n,).

    Returns
    -------
    ndarray
        Square kilometres, shape (n,).
    """
    import numpy as np
    import shapely

    def lay_out(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        sin = np.sin(np.radians(xy[:, 1]))
        e = np.sqrt(_E2)
        # Snyder (1987), equation 3-12: the authalic function of the latitude.
        q = (1 - _E2) * (sin / (1 - _E2 * sin**2) - np.log((1 - e * sin) / (1 + e * sin)) / (2 * e))
        laid: NDArray[np.float64] = np.stack([_A * np.radians(xy[:, 0]), _A * q / 2], axis=1)
        return laid

    flat = shapely.transform(np.asarray(shapes, dtype=object), lay_out)
    areas: NDArray[np.float64] = shapely.area(flat) / 1e6
    return areas


def polygons_only(shapes: Any) -> NDArray[Any]:
    """Valid (multi)polygons: invalid ones are repaired, and lines or points that this leaves are dropped."""
    import numpy as np
    import shapely

    fixed: NDArray[Any] = np.array(shapes, dtype=object)
    bad = ~shapely.is_valid(fixed)
    fixed[bad] = shapely.make_valid(fixed[bad])
    for i in np.flatnonzero(shapely.get_type_id(fixed) == 7):
        parts = shapely.get_parts(fixed[i])
        fixed[i] = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
    return fixed


def simplified(shapes: Any, tolerance: float) -> NDArray[Any]:
    """Simplify a layer as a coverage, so that neighbours keep one common border; what vanishes is kept whole.

    Parameters
    ----------
    shapes
        Outlines in degrees, shape (n,).
    tolerance
        Triangles smaller than its square are dropped, degrees.
    """
    import numpy as np
    import shapely

    shapes = np.asarray(shapes, dtype=object)
    simple = shapely.coverage_simplify(shapes, tolerance)
    lost = shapely.is_empty(simple) | ~shapely.is_valid(simple)
    return polygons_only(np.where(lost, shapes, simple))


def dissolve(shapes: Any, groups: Any) -> tuple[list[Any], list[Any]]:
    """Join outlines by group; slivers between neighbours (under about 10 m) are closed.

    Returns
    -------
    tuple of list
        Groups, sorted, and their outlines.
    """
    import pandas as pd
    import shapely

    positions = pd.Series(range(len(shapes))).groupby(list(groups), sort=True).indices
    keys = sorted(positions)
    joined = [_join([shapes[i] for i in positions[key]]) for key in keys]
    return keys, list(
        polygons_only([shape if shape.is_valid else shapely.make_valid(shape) for shape in joined])
    )


def _join(shapes: list[Any]) -> Any:
    import shapely

    if len(shapes) == 1:
        return shapes[0]
    whole = shapely.union_all(shapes, grid_size=1e-6)
    # Rings left between outlines that do not quite meet are no lakes.
    parts = [
        shapely.Polygon(part.exterior, [hole for hole in part.interiors if shapely.Polygon(hole).area > 1e-4])
        for part in shapely.get_parts(whole)
    ]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
