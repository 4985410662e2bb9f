"""The upper level: provinces, and the metropolises that sign as one city."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from matcher.build.points import points_in
from matcher.build.regions.layout import area_km2, dissolve

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

TOUCH_DEG = 0.002
"""Simplified outlines of neighbours lie up to this far apart."""
SAME_AREA = 0.75
"""A base unit and the upper unit above it are one and the same from this share of common area on."""
FEWEST_A_PROVINCE = 2.0
"""Natural Earth stands at the base level already where it has more than one unit for this many base units."""
_WITHOUT_DIGITS = str.maketrans("", "", "0123456789")


def read_metropolises() -> pd.DataFrame:
    """The table of cities that sign above several base units.

    Returns
    -------
    DataFrame
        Columns country; code (ISO 3166-2 or Natural Earth code of the upper unit that is the city, or empty); name;
        members (pattern of the names of the base units to join) and within (code of the province they lie in);
        fine ("yes": the members do not sign themselves); reason.
    """
    import pandas as pd

    return pd.read_csv(Path(__file__).with_name("metropolises.csv"), dtype=str, keep_default_na=False)


def inside(points_of: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, *, reach: float = 0.5) -> NDArray[np.int64]:
    """Position in `areas` of the area of the same country that holds each unit, by a point inside the unit.

    Parameters
    ----------
    points_of, areas
        Outlines with ``country``.
    reach
        A point outside every area (a coarse coast) goes to the nearest within this many degrees.

    Returns
    -------
    ndarray
        Positions, -1 where there is none; shape (len(points_of),).
    """
    import numpy as np
    import shapely

    found = np.full(len(points_of), -1)
    points = shapely.point_on_surface(points_of.geometry.to_numpy())
    shapes = areas.geometry.to_numpy()
    mine, theirs = points_of["country"].to_numpy(dtype=object), areas["country"].to_numpy(dtype=object)
    for country in sorted(set(mine) & set(theirs)):
        rows, columns = np.flatnonzero(mine == country), np.flatnonzero(theirs == country)
        tree = shapely.STRtree(shapes[columns])
        point, area = points_in(tree, points[rows], edges=True)
        found[rows[point[::-1]]] = columns[area[::-1]]  # on a common edge the first one counts
        lost = rows[found[rows] < 0]
        near = tree.query_nearest(points[lost], max_distance=reach, all_matches=False)
        found[lost[near[0]]] = columns[near[1]]
    return found


def usable(provinces: gpd.GeoDataFrame, base: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Provinces of the countries in which they stand above the base units rather than beside them."""
    units, above = base["country"].value_counts(), provinces["country"].value_counts()
    fit = [c for c in above.index if units.get(c, 0) >= FEWEST_A_PROVINCE * above[c]]
    return provinces[provinces["country"].isin(fit)].reset_index(drop=True)


def same_outline(base: gpd.GeoDataFrame, upper: gpd.GeoDataFrame, parent: Any) -> NDArray[np.bool_]:
    """Which upper units have (nearly) the outline of one base unit.

    Parameters
    ----------
    base, upper
        Outlines.
    parent
        Position in `upper` for each base unit, or -1.

    Returns
    -------
    ndarray
        True where area(common) / area(either) reaches `SAME_AREA`; shape (len(upper),).
    """
    import numpy as np
    import shapely

    parent = np.asarray(parent)
    small, large = area_km2(base.geometry), area_km2(upper.geometry)
    same = np.zeros(len(upper), dtype=bool)
    ratio = small / np.where(parent >= 0, large[parent], np.nan)
    for i in np.flatnonzero((ratio >= SAME_AREA) & (ratio <= 1 / SAME_AREA)):
        a, b = base.geometry.iloc[i], upper.geometry.iloc[parent[i]]
        common = shapely.intersection(a, b).area
        same[parent[i]] |= common >= SAME_AREA * (a.area + b.area - common)
    return same


def city_groups(base: gpd.GeoDataFrame, provinces: gpd.GeoDataFrame, table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Metropolises joined from base units, where no upper unit has their outline.

    Returns
    -------
    GeoDataFrame
        One row a city; ``members`` is the list of ids of its base units.
    """
    import geopandas as gpd

    rows, shapes = [], []
    for row in table[table["members"] != ""].itertuples():
        mine = base[
            (base["country"] == row.country)
            & base["name"].str.fullmatch(row.members + ("" if row.members.endswith("$") else ".*"))
        ]
        if row.within:
            area = provinces[(provinces["adm1_code"] == row.within) | (provinces["iso"] == row.within)]
            mine = mine[inside(mine, area, reach=0.02) >= 0] if len(area) else mine.iloc[:0]
        mine = without_namesakes(mine)
        # One member is a city that its layer has among units below those that sign.
        if len(mine) < (1 if row.fine == "yes" else 2):
            continue
        slug = "-".join("".join(c if c.isalnum() else " " for c in _ascii(row.name)).split())
        rows.append(
            {
                "region_id": f"city:{row.country.lower()}-{slug}", "country": row.country, "name": row.name,
                "unit_type": "city", "members": list(mine["region_id"]), "members_fine": row.fine == "yes",
            }
        )  # fmt: skip
        shapes += dissolve(mine.geometry.to_numpy(), [0] * len(mine))[1]
    frame = (
        gpd.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4326")
        if rows
        else base.iloc[:0].assign(members=None)
    )
    return frame.assign(level="metropolis", layer="joined from base units")


def without_namesakes(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Members of a city without units elsewhere that bear the name of one: of each name, the ones that touch the rest."""
    import shapely

    twice = units["name"].duplicated(keep=False).to_numpy()
    if not twice.any() or twice.all():
        return units
    rest = shapely.union_all(units.geometry[~twice].to_numpy())
    return units[~twice | (shapely.distance(units.geometry.to_numpy(), rest) < TOUCH_DEG)]


def _ascii(text: str) -> str:
    from anyascii import anyascii

    return anyascii(text).casefold()


def city_provinces(provinces: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Upper units that the table of metropolises names by code."""
    codes = set(read_metropolises()["code"]) - {""}
    return provinces[provinces["iso"].isin(codes) | provinces["adm1_code"].isin(codes)]


def mark_cities(provinces: gpd.GeoDataFrame, table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Set ``level`` (and the city's name) of the upper units that the table names; the rest are provinces."""
    by_code = {row.code: row for row in table[table["code"] != ""].itertuples()}
    city = [
        by_code.get(iso) or by_code.get(code)
        for iso, code in zip(provinces["iso"], provinces["adm1_code"], strict=True)
    ]
    return provinces.assign(
        level=["metropolis" if c else "province" for c in city],
        name=[c.name if c else name for c, name in zip(city, provinces["name"], strict=True)],
    )
