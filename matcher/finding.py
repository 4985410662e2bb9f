"""Finding: from what a planner typed to the regions it may mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.atlas import Region
from matcher.errors import AmbiguousRegionError, RegionError, RegionNotFoundError, UsageError
from matcher.names import is_ambiguous, parse_reference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from matcher.atlas import Atlas
    from matcher.names import NameHit, NameIndex

_LISTED = 10  # regions offered to choose from


def find(atlas: Atlas, names: NameIndex, text: str, country: str | None, limit: int) -> list[Region]:
    """Return the regions that a text may mean, best first; an empty list where none is close."""
    reference = parse_reference(text)
    if reference.lat is not None and reference.lon is not None:
        region = atlas.locate(reference.lat, reference.lon, country)
        return [region] if region else []
    return _regions(atlas, names.search(text, country=country, limit=limit))


def resolve_region(atlas: Atlas, names: NameIndex, text: str) -> Region:
    """Return the one region that a text means.

    Raises
    ------
    RegionNotFoundError
        Nothing is called that or lies there.
    AmbiguousRegionError
        Several regions are meant as likely; they are listed.
    """
    reference = parse_reference(text)
    if reference.lat is not None:
        found = find(atlas, names, text, None, 1)
        if not found:
            raise RegionNotFoundError(
                f"no region of the atlas lies at {text}; give latitude, then longitude, in degrees"
            )
        return found[0]
    if reference.kind == "region_id":
        return atlas.get(reference.text)
    hits = names.search(text, limit=_LISTED)
    _no_country(atlas, names, text, hits)
    if not hits:
        raise RegionNotFoundError(
            f"no region is called {text!r}; check the spelling, add the country ('NAME, KR'), or give its "
            "coordinates as 'lat,lon'"
        )
    if not is_ambiguous(hits):
        return _regions(atlas, hits[:1])[0]
    regions = _regions(atlas, hits)
    if len(regions) == 1:
        raise AmbiguousRegionError(f"no region is called {text!r}; did you mean {regions[0]}?", regions)
    many = f"{len(regions)} regions" + (" or more" if len(regions) == _LISTED else "")
    said = f"no region is called {text!r}; it may mean" if hits[0].is_guess else f"{text!r} may mean"
    raise AmbiguousRegionError(
        f"{said} {many}; add the country or province, or give the region's id", regions
    )


def _no_country(atlas: Atlas, names: NameIndex, text: str, hits: Sequence[NameHit]) -> None:
    """Raise `AmbiguousRegionError` if the text is the name of a country, unless a region of it bears that name first.

    "Spain" is a hamlet of North Carolina too, which nobody means who types it. To choose from are the regions of the
    country that go by the name, its largest ones, and what bears the name elsewhere ("Georgia").
    """
    country = names.country(text)
    if country is None:
        return
    named = [hit for hit in hits if not hit.is_guess]
    if named and named[0].country == country and named[0].kind == "name":
        return
    rows = np.flatnonzero(atlas.where("country", [country]))
    signing = np.intersect1d(rows, atlas.partner_rows())
    rows = signing if len(signing) else rows
    if not len(rows):
        return
    own = [hit for hit in named if hit.country == country]
    if own and len(rows) == 1:
        return
    elsewhere = [hit for hit in named if hit.country != country and hit.kind == "name"][: _LISTED // 2]
    largest = atlas.regions(rows[np.argsort(-np.nan_to_num(atlas.population[rows]), kind="stable")][:_LISTED])
    inside = {region.region_id: region for region in [*_regions(atlas, own), *largest]}
    regions = list(inside.values())[: _LISTED - len(elsewhere)] + _regions(atlas, elsewhere)
    raise AmbiguousRegionError(f"{text!r} is a country; name a region of it, such as {regions[0]}", regions)


def resolve_rows(
    atlas: Atlas, region: Callable[[str], Region], queries: Mapping[int, str | Region]
) -> NDArray[np.int64]:
    """Return the rows of many regions, rising and each once.

    Parameters
    ----------
    atlas
        Where they are.
    region
        Says which region a text means; ids are looked up without it, which is much quicker.
    queries
        Number, such as the line in a file, to a region or a text that means one.

    Raises
    ------
    UsageError
        There is no query.
    RegionNotFoundError
        Some are not clear; all of them are told, by number.
    """
    rows: list[int] = []
    faults: list[str] = []
    for number, query in queries.items():
        try:
            if isinstance(query, Region) or parse_reference(query).kind == "region_id":
                text = query.region_id if isinstance(query, Region) else parse_reference(query).text
                rows.append(atlas.row(text))
            else:
                rows.append(atlas.row(region(query).region_id))
        except RegionError as error:
            ids = ", ".join(choice.region_id for choice in error.candidates[:3])
            faults.append(f"  {number}: {error}" + (f" [{ids}]" if ids else ""))
    if faults:
        raise RegionNotFoundError(
            f"{len(faults)} of {len(queries)} regions are not clear:\n" + "\n".join(faults)
        )
    if not rows:
        raise UsageError("there is no region to rank for; name at least one")
    return np.unique(np.array(rows, np.int64))


def _regions(atlas: Atlas, hits: list[NameHit]) -> list[Region]:
    return atlas.regions(np.array([atlas.row(hit.region_id, hit.country) for hit in hits], dtype=np.int64))
