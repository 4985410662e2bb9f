"""The base units: the geoBoundaries layer of each country, and the layers that stand in for it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from matcher.build.regions.districts import joined_by_district
from matcher.build.regions.layout import dissolve, polygons_only
from matcher.build.regions.levels import stamp
from matcher.build.regions.repair import tidy, title_case

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from matcher.build.regions.geonames import GeoNames
    from matcher.build.sources import Sources

# Names that no government goes by. "Lake" or "Forest" alone would hit real towns (Williams Lake, Lake Macquarie).
UNGOVERNED = (
    r"\bUnorganized\b|\bForest Reserve\b|\bNational Park\b|\bWildlife (?:Reserve|Management)\b|\bHunting Reserve\b|"
    r"\bGame Reserve\b|^Disputed\b|\bUnorganised\b"
)
RESERVE = r"\d"
"""Canadian reserves carry numbers."""
NO_UNITS = {"ID": ("Danau", "Danau Toba", "Waduk Cirata", "Wadung Kedungombo", "Hutan")}
"""Lakes and a forest that the Indonesian layer lists beside the regencies."""
TERRITORIES = {
    "FI": ("AX",), "MA": ("EH",), "US": ("PR",), "NO": ("SJ",), "AU": ("NF", "CX", "CC"),
    "NZ": ("TK",), "PS": (), "DK": ("FO", "GL"), "NL": ("AW", "CW", "SX", "BQ"),
}  # fmt: skip
"""Countries of their own (ISO 3166-1) whose units stand in the layer of another."""
ELSEWHERE = {"US": ("AS", "GU", "MP", "VI"), "CN": ("HK", "MO"), "CH": ("LI",)}
"""Territories in the layer of another country that have a layer of their own as well."""
PREFIX_BY_HAND = {"39175420": "MP"}
"""Layers whose towns lie just outside their outlines."""


def read_gazetteer(sources: Sources, prefixes: Iterable[str]) -> gpd.GeoDataFrame:
    """Units of the geoBoundaries layers with these prefixes.

    Returns
    -------
    GeoDataFrame
        Columns region_id, prefix, name (repaired), geometry.
    """
    import geopandas as gpd
    import pandas as pd
    import shapely

    path = sources.path("gb", "data.db")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
        table = pd.read_sql("SELECT name, shape_id, coordinates FROM location_data ORDER BY shape_id", base)
    table["prefix"] = table["shape_id"].str.partition("B")[0]
    table = table[table["prefix"].isin(set(prefixes))].reset_index(drop=True)
    return gpd.GeoDataFrame(
        {
            "region_id": "gb:" + table["shape_id"],
            "prefix": table["prefix"],
            "name": [title_case(tidy(name)) for name in table["name"]],
        },
        geometry=polygons_only(shapely.from_wkb(table["coordinates"].to_numpy())),
        crs="EPSG:4326",
    )


def base_units(sources: Sources, names: GeoNames, levels: pd.DataFrame) -> gpd.GeoDataFrame:
    """Units of the countries whose row of `levels` names a geoBoundaries layer (``gb:<prefix>[ by <key>]``)."""
    import pandas as pd

    rows = levels[levels["layer"].str.startswith("gb:")]
    prefix = rows["layer"].str.extract(r"gb:(\d+)")[0].to_numpy()
    units = read_gazetteer(sources, prefix)
    if not len(units):
        return units
    units["unit_key"] = range(len(units))
    towns = names.within(units.geometry)
    done = []
    for (_, row), code in zip(rows.iterrows(), prefix, strict=True):
        mine = units[units["prefix"] == code]
        inside = towns[towns["unit"].isin(mine["unit_key"])]
        check_country(row["country"], code, inside["country"])
        mine = mine.assign(country=row["country"])
        mine = own_country(mine, inside, row["country"])
        mine = mine[~mine["name"].isin(NO_UNITS.get(row["country"], ()))]
        mine = mine.assign(governed=governed(mine["name"], row["country"]))
        if " by " in row["layer"]:
            key = row["layer"].partition(" by ")[2]
            if key == "district":
                mine = joined_by_district(mine, inside, names, sources)
            else:
                mine = joined(mine, inside, names, key)
        done.append(stamp(mine.drop(columns=["prefix", "unit_key"], errors="ignore"), row))
    return pd.concat(done, ignore_index=True)


def check_country(country: str, prefix: str, towns: pd.Series) -> None:
    """Refuse a layer whose towns are mostly of another country than the table says.

    Raises
    ------
    BuildError
        Names the layer and both countries.
    """
    from matcher.errors import BuildError

    if prefix in PREFIX_BY_HAND or towns.empty:
        return
    found = towns.value_counts().index[0]
    if found != country:
        raise BuildError(f"levels.csv gives layer gb:{prefix} to {country}, but its towns are of {found}")


def own_country(units: gpd.GeoDataFrame, towns: pd.DataFrame, country: str) -> gpd.GeoDataFrame:
    """Give units of a territory their own code, by the towns inside; drop those that have a layer of their own."""
    wanted, elsewhere = TERRITORIES.get(country, ()), ELSEWHERE.get(country, ())
    if not wanted and not elsewhere:
        return units
    major = towns.groupby("unit")["country"].agg(lambda codes: codes.value_counts().index[0])
    found = units["unit_key"].map(major)
    units = units.assign(country=found.where(found.isin(wanted), country))
    return units[~found.isin(elsewhere)]


def governed(names: pd.Series, country: str) -> pd.Series:
    """False for land that no council runs: parks, forest reserves, unorganized areas, numbered reserves of CA."""
    wild = names.str.contains(UNGOVERNED, regex=True)
    if country == "CA":
        wild |= names.str.contains(RESERVE, regex=True)
    return ~wild


def joined(units: gpd.GeoDataFrame, towns: pd.DataFrame, names: GeoNames, key: str) -> gpd.GeoDataFrame:
    """Join sub-local units to the units that sign.

    Parameters
    ----------
    units
        Units of one layer.
    towns
        Towns inside them.
    key
        ``admin2``: the GeoNames unit of most towns inside, else of the nearest town. ``name``: units whose names
        differ in a number only. ``country``: all are one.
    """
    import geopandas as gpd
    import numpy as np

    country = units["country"].iloc[0]
    if key == "name":
        group = units["name"].str.replace(r"\s*\d+$", "", regex=True)
    elif key == "country":
        group = units["country"]
    else:
        with_unit = towns[towns["admin2"] > 0]
        group = units["unit_key"].map(
            with_unit.groupby("unit")["admin2"].agg(lambda ids: ids.value_counts().index[0])
        )
        missing = group.isna().to_numpy()
        points = units.geometry[missing].representative_point()
        near = names.nearest(points.y, points.x, country)
        group = group.to_numpy(dtype=float, copy=True)
        group[missing] = names.towns["admin2"].to_numpy()[near]
    groups = np.asarray(group)
    keys, shapes = dissolve(units.geometry.to_numpy(), groups)
    first = (
        units.assign(group=groups)
        .sort_values("region_id")
        .drop_duplicates("group")
        .set_index("group")
        .loc[keys]
    )
    titles = [names.units["name"].get(int(k), "") for k in keys] if key == "admin2" else keys
    frame = gpd.GeoDataFrame(
        {"region_id": first["region_id"].to_numpy(), "country": country, "name": titles},
        geometry=shapes,
        crs="EPSG:4326",
    )
    frame["governed"] = True
    if key == "admin2":
        frame["geonames_id"] = [int(k) for k in keys]
        frame = frame[frame["name"] != ""]
    return frame


def without(units: gpd.GeoDataFrame, country: str, elsewhere: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Drop units of `country` that lie in the outlines `elsewhere`, and in no town list that would tell."""
    inner = units.index[units["country"] == country]
    return (
        units.drop(index=inner[_hit(units.loc[inner], elsewhere)]) if len(inner) and len(elsewhere) else units
    )


def one_city(units: gpd.GeoDataFrame, city: tuple[str, str], outline: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Join the units of a country that lie in `outline` to one unit called by the city's name."""
    import pandas as pd

    country, name = city
    inner = units.index[units["country"] == country]
    inner = inner[_hit(units.loc[inner], outline)] if len(inner) and len(outline) else inner[:0]
    if len(inner) < 2:
        return units
    parts = units.loc[inner].sort_values("region_id")
    joined = parts.iloc[:1].assign(name=name, governed=True)
    joined = joined.set_geometry(dissolve(parts.geometry.to_numpy(), [0] * len(parts))[1], crs=units.crs)
    return pd.concat([units.drop(index=inner), joined], ignore_index=True)


def _hit(units: gpd.GeoDataFrame, outlines: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Whether a point inside each unit lies in (or within 500 m of) one of the outlines."""
    import numpy as np
    import shapely

    points = shapely.point_on_surface(units.geometry.to_numpy())
    tree = shapely.STRtree(outlines.geometry.to_numpy())
    hit = tree.query(points, predicate="dwithin", distance=0.005)[0]
    inside = np.zeros(len(units), dtype=bool)
    inside[hit] = True
    return inside
