"""Which district holds each unit of a layer that is too fine: its name in a list of places says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from matcher.build.regions.geonames import GeoNames
    from matcher.build.sources import Sources

TOUCH_DEG = 0.001
LIKE = 75


def read_parts(country: str, sources: Sources) -> pd.DataFrame:
    """Places of a country and the district of each (Overture): columns name, district (its name, once a district)."""
    import pandas as pd

    table = pd.read_parquet(
        sources.path("wkls", "overture.zstd18.parquet"),
        columns=["id", "country", "region", "subtype", "name_primary", "parent_id"],
    )
    table = table[(table["country"] == country) & table["name_primary"].notna()]
    above = table[table["subtype"] == "county"].set_index("id")
    parts = table[table["parent_id"].isin(above.index) & (table["subtype"] == "locality")]
    parts = pd.DataFrame({"name": parts["name_primary"], "district": parts["parent_id"]}).drop_duplicates()
    parts["title"] = parts["district"].map(above["name_primary"])
    return parts.sort_values(["district", "name"]).reset_index(drop=True)


def districts_of(units: gpd.GeoDataFrame, parts: pd.DataFrame, seeds: dict[int, str]) -> NDArray[np.object_]:
    """District of each unit.

    A name that the list has once says it. Units whose name several districts have go, each place being taken once, to
    the one of whose units they touch most; a name that the list lacks goes with the nearest unit.

    Parameters
    ----------
    units
        Columns name and geometry.
    parts
        Columns name and district.
    seeds
        Districts that are known, by the position of the unit.

    Returns
    -------
    ndarray
        Values of ``parts["district"]``, shape (n,).

    Raises
    ------
    BuildError
        If no name of a unit is in the list.
    """
    import shapely

    from matcher.errors import BuildError

    options = _options(units["name"], parts)
    if not any(districts for _, districts in options):
        raise BuildError("no unit of the layer bears a name of the list of places")
    keys = [key for key, _ in options]
    found = np.array([seeds.get(unit) for unit in range(len(units))], dtype=object)
    for unit, (key, districts) in enumerate(options):
        if found[unit] is None and len(districts) == 1 and keys.count(key) == 1:
            found[unit] = districts[0]
    shapes = units.geometry.to_numpy()
    apart = shapely.distance(shapes[:, None], shapes[None, :])
    taken = {(key, district) for key, district in zip(keys, found, strict=True) if district}
    while claims := _claims(options, found, taken, apart):
        _, _, unit, district = min(claims)
        found[unit] = district
        taken.add((keys[unit], district))
    known = np.flatnonzero([district is not None for district in found])
    rest = np.flatnonzero([district is None for district in found])
    found[rest] = found[known[apart[np.ix_(rest, known)].argmin(axis=1)]]
    return found


def _claims(
    options: list[tuple[str, tuple[str, ...]]],
    found: NDArray[np.object_],
    taken: set[tuple[str, str]],
    apart: NDArray[np.float64],
) -> list[tuple[int, float, int, str]]:
    """What each open unit may be: minus the touching units of the district, the distance to it, unit, district."""
    members = {district: np.flatnonzero(found == district) for district in set(found) - {None}}
    result = []
    for unit, (key, districts) in enumerate(options):
        if found[unit] is not None:
            continue
        for district in districts:
            if (key, district) not in taken:
                far = apart[unit, members[district]] if district in members else np.array([np.inf])
                result.append((-int((far < TOUCH_DEG).sum()), float(far.min()), unit, district))
    return result


def _options(names: pd.Series, parts: pd.DataFrame) -> list[tuple[str, tuple[str, ...]]]:
    """Key of each name, or of the name most like it, and the districts that have a place of it."""
    from rapidfuzz import process

    from matcher.folding import fold

    places: dict[str, set[str]] = {}
    for name, district in zip(parts["name"], parts["district"], strict=True):
        places.setdefault(fold(name).replace(" ", ""), set()).add(district)
    result = []
    for name in names:
        key = fold(name).replace(" ", "") if isinstance(name, str) else ""
        if key not in places and (like := process.extractOne(key, list(places), score_cutoff=LIKE)):
            key = like[0]
        result.append((key, tuple(sorted(places.get(key, ())))))
    return result


def joined_by_district(
    units: gpd.GeoDataFrame, towns: pd.DataFrame, names: GeoNames, sources: Sources
) -> gpd.GeoDataFrame:
    """Join sub-local units of one country to the districts that sign, by name and by the towns inside.

    Parameters
    ----------
    units
        Columns region_id, unit_key, country, name.
    towns
        Towns inside, ``unit`` being the unit's key.
    names, sources
        GeoNames units of the towns, and the list of places.

    Returns
    -------
    GeoDataFrame
        Columns region_id, country, name, governed.
    """
    import geopandas as gpd

    from matcher.build.regions.layout import dissolve
    from matcher.folding import fold_bare

    country = units["country"].iloc[0]
    parts = read_parts(country, sources)
    by_title = {
        fold_bare(title): district for title, district in zip(parts["title"], parts["district"], strict=True)
    }
    own = towns[towns["unit"].isin(units["unit_key"])].sort_values("population")
    titles = own["admin2"].map(names.units["name"]).fillna("").map(fold_bare).map(by_title)
    told = titles.set_axis(own["unit"]).dropna()
    told = told[~told.index.duplicated(keep="last")]
    seeds = {place: told[key] for place, key in enumerate(units["unit_key"]) if key in told.index}
    groups = districts_of(units, parts, seeds)
    keys, shapes = dissolve(units.geometry.to_numpy(), groups)
    first = units.assign(group=groups).groupby("group")["region_id"].min().loc[keys]
    names_of = parts.drop_duplicates("district").set_index("district")["title"].loc[keys]
    return gpd.GeoDataFrame(
        {"region_id": first.to_numpy(), "country": country, "name": names_of.to_numpy(), "governed": True},
        geometry=shapes,
        crs="EPSG:4326",
    )
