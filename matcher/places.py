"""Places: points, names and ids of other people's tables, mapped to the regions of the atlas that sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.atlas import PARTNER_LEVELS
from matcher.folding import fold, fold_bare

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.atlas import Atlas
    from matcher.names import NameIndex

SNAP_DEG = 0.15
"""A point on a pier or in a coarse outline's gap: how far, in degrees, the region of the same country may be."""

_OUTLINES = ("geometry-open.parquet", "geometry-sharealike.parquet")
_NAMES = ("name", "name_local", "name_en", "name_id", "name_ko")
NO_COUNTRY = "the atlas has no partner-level region in this country"
NO_REGION = "no region of the country at the point, within 0.15 degrees of it, or of the name"
AMBIGUOUS = "no region of the country at the point or within 0.15 degrees, and several of the name"
# How a place was mapped, best first.
HOW = ("wikidata", "inside", "near", "name", "middle")


@dataclass(frozen=True, slots=True)
class Places:
    """Places as tables give them, each array of shape (n,).

    Attributes
    ----------
    name, country
        Text, and ISO 3166-1 alpha-2.
    lat, lon
        Degrees; NaN is unknown.
    wikidata
        Id or "".
    """

    name: NDArray[np.object_]
    country: NDArray[np.object_]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    wikidata: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.name)

    def take(self, rows: NDArray[np.int64]) -> Places:
        """Return some of the places."""
        return Places(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


@dataclass(frozen=True, slots=True)
class Mapped:
    """Where places lie in the atlas.

    Attributes
    ----------
    rows
        Row of the atlas, shape (n,); -1 where none was found.
    how
        wikidata, inside, near, name or middle; else the reason why no region was found.
    """

    rows: NDArray[np.int64]
    how: NDArray[np.object_]


def map_places(atlas: Atlas, places: Places, names: NameIndex | None = None) -> Mapped:
    """Map places to partner-level regions of their own country.

    The first rule that finds a region holds: its Wikidata id; the outline around its point (of several the one of
    the place's name, else the metropolis, else the smallest); the nearest outline within `SNAP_DEG`; its name; and
    among regions whose outline may not be shipped, the middle nearest to the point within `SNAP_DEG`.

    Parameters
    ----------
    places
        Shape (n,).
    names
        Names to look up where the point finds nothing; None leaves those places unmapped.
    """
    partners = atlas.partner_rows()
    rows = np.full(len(places), -1, np.int64)
    how = np.full(len(places), NO_REGION, dtype=object)
    known = np.isin(places.country.astype(str), np.unique(atlas.countries[partners].astype(str)))
    how[~known] = NO_COUNTRY
    _by_wikidata(atlas, partners, places, rows, how)
    open_ = np.flatnonzero((rows < 0) & known & np.isfinite(places.lat) & np.isfinite(places.lon))
    if len(open_):
        outlines = Outlines(atlas, partners)
        for rule in ("inside", "near"):
            found = outlines.find(places.take(open_), rule)
            rows[open_[found >= 0]], how[open_[found >= 0]] = found[found >= 0], rule
            open_ = open_[found < 0]
    if names is not None:
        _by_name(atlas, partners, names, places, np.flatnonzero((rows < 0) & known), rows, how)
    if len(open_):
        _by_middle(atlas, np.setdiff1d(partners, outlines.rows), places, open_[rows[open_] < 0], rows, how)
    return Mapped(rows, how)


def _by_wikidata(
    atlas: Atlas,
    partners: NDArray[np.int64],
    places: Places,
    rows: NDArray[np.int64],
    how: NDArray[np.object_],
) -> None:
    own = atlas.column("wikidata", partners)
    where = {qid: row for qid, row in zip(own, partners, strict=True) if qid}
    countries = atlas.countries
    for i, (qid, country) in enumerate(zip(places.wikidata, places.country, strict=True)):
        row = where.get(qid) if qid else None
        if row is not None and countries[row] == country:
            rows[i], how[i] = row, "wikidata"


class Outlines:
    """The outlines of partner-level regions, as a tree of boxes."""

    def __init__(self, atlas: Atlas, partners: NDArray[np.int64]) -> None:
        import shapely
        from pyarrow.parquet import read_table

        ids, shapes = [], []
        for name in (name for name in _OUTLINES if name in atlas.manifest["files"]):
            table = read_table(atlas.store.checked(name), columns=["region_id", "geometry"])
            ids.append(table["region_id"].to_numpy())
            shapes.append(table["geometry"].to_numpy())
        where = dict(zip(atlas.region_ids[partners], partners, strict=True))
        every = np.concatenate(ids) if ids else np.empty(0, object)
        row = np.array([where.get(region_id, -1) for region_id in every], np.int64)
        self.rows = row[row >= 0]
        self.shapes = shapely.from_wkb(np.concatenate(shapes)[row >= 0]) if ids else np.empty(0, object)
        self.tree = shapely.STRtree(self.shapes)
        self.country = atlas.countries[self.rows].astype(str)
        self.metropolis = atlas.where("level", [PARTNER_LEVELS[1]])[self.rows]
        self.area = atlas.column("area_km2", self.rows).astype(np.float64)
        self.atlas = atlas

    def find(self, places: Places, rule: str) -> NDArray[np.int64]:
        """Return the atlas row of each place by the rule "inside" or "near", -1 for none."""
        import shapely

        result = np.full(len(places), -1, np.int64)
        points = shapely.points(places.lon, places.lat)
        if rule == "inside":
            place, shape = self.tree.query(points, predicate="intersects")
        else:
            place, shape = self.tree.query(points, predicate="dwithin", distance=SNAP_DEG)
        same = self.country[shape] == places.country[place].astype(str)
        place, shape = place[same], shape[same]
        gap = shapely.distance(points[place], self.shapes[shape]) if rule == "near" else np.zeros(len(place))
        named = self._named(places, place, shape)
        order = np.lexsort((self.rows[shape], self.area[shape], ~self.metropolis[shape], gap, ~named, place))
        place, shape = place[order], shape[order]
        first = np.flatnonzero(np.diff(place, prepend=-1))
        result[place[first]] = self.rows[shape[first]]
        return result

    def _named(self, places: Places, place: NDArray[np.int64], shape: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Mark pairs of a place and one of several regions around it that carry the same name."""
        several = np.bincount(place, minlength=len(places))[place] > 1
        named = np.zeros(len(place), bool)
        if several.any():
            rows = np.unique(self.rows[shape[several]])
            columns = self.atlas.read(_NAMES, rows).to_pydict()
            keys = [
                {key for text in texts if text for key in (fold(text), fold_bare(text)) if key}
                for texts in zip(*columns.values(), strict=True)
            ]
            for i in np.flatnonzero(several):
                own = {fold(places.name[place[i]]), fold_bare(places.name[place[i]])}
                named[i] = bool(own & keys[np.searchsorted(rows, self.rows[shape[i]])])
        return named


def _by_middle(
    atlas: Atlas,
    bare: NDArray[np.int64],
    places: Places,
    open_: NDArray[np.int64],
    rows: NDArray[np.int64],
    how: NDArray[np.object_],
) -> None:
    """Take the region without an outline whose point is nearest."""
    lat, lon = (atlas.column(name, bare).astype(np.float64) for name in ("lat", "lon"))
    country = atlas.countries[bare].astype(str)
    for i in open_:
        gap = np.hypot(lat - places.lat[i], (lon - places.lon[i]) * np.cos(np.radians(places.lat[i])))
        gap[country != places.country[i]] = np.inf
        if len(gap) and gap.min() <= SNAP_DEG:
            rows[i], how[i] = bare[gap.argmin()], "middle"


def _by_name(
    atlas: Atlas,
    partners: NDArray[np.int64],
    names: NameIndex,
    places: Places,
    open_: NDArray[np.int64],
    rows: NDArray[np.int64],
    how: NDArray[np.object_],
) -> None:
    """Take the one partner-level region of the country whose own name or alias the place's name is."""
    signing = {atlas.region_ids[row]: row for row in partners}
    asked: dict[tuple[Any, Any], tuple[int, str]] = {}
    for i in open_:
        key = (places.name[i], places.country[i])
        if key not in asked:
            hits = [
                hit
                for hit in names.search(places.name[i], country=places.country[i], limit=10, near=False)
                if hit.quality in {"exact", "bare", "alias", "town"} and hit.region_id in signing
            ]
            best = [hit for hit in hits if hit.quality == hits[0].quality]
            # Namesakes: without a point that fits there is no telling which is meant.
            asked[key] = (
                (int(signing[best[0].region_id]), "name")
                if len(best) == 1
                else (-1, AMBIGUOUS if best else NO_REGION)
            )
        rows[i], how[i] = asked[key]
