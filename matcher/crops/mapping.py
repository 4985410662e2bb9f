"""Units of a table of crop statistics laid onto regions: by code, by name inside the province, by point.

A unit may be one region (a municipality), many (a NUTS region, a district of sub-districts) or a province. What is
found is always a set of base regions; a unit's figures are compared with theirs taken together.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from matcher.folding import fold, fold_bare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from matcher.crops.statistics import Unit

    Rows = NDArray[np.int64]

BASE = "regency"
_CENTRES = frozenset({"merkez", "center", "centre", "capital"})
CLOSE = 88.0
"""Least likeness of two names, of 100, for a misspelling to be taken for the name."""
FINER = 2.5
"""Regions smaller than a unit by this factor are parts of units: each joins the nearest one of its province."""
LARGE = 1.4
"""Units are large where the country's provinces are at least so many times as many, or units hardly more numerous."""
MOSTLY = 0.7
"""Share of the units that must have a point for their points to draw their borders."""
NEAR_KM = 40.0
"""How far from a unit's point the region of its name may lie, beside the unit's own size."""
KM_PER_DEGREE = 111.195
_TABLE = Path(__file__).with_name("places.csv")


@dataclass(frozen=True, slots=True)
class Ground:
    """The regions that units are laid onto; all arrays have one entry a region.

    Attributes
    ----------
    region_id, names, country, level, parent_id, code
        Texts; `names` holds tuples of names; missing texts are "".
    lat, lon, area_km2
        Degrees and km2.
    """

    region_id: NDArray[np.object_]
    names: Sequence[tuple[str, ...]]
    country: NDArray[np.object_]
    level: NDArray[np.object_]
    parent_id: NDArray[np.object_]
    code: NDArray[np.object_]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    area_km2: NDArray[np.float64]


@cache
def nuts_parts() -> dict[str, tuple[str, ...]]:
    """Code of a NUTS region to the ISO 3166-2 codes, or beginnings of national codes, of what it consists of."""
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        return {row["nuts"]: tuple(row["parts"].split()) for row in csv.DictReader(lines)}


def map_units(units: Sequence[Unit], ground: Ground, country: str) -> list[Rows]:
    """Rows of the base regions that each unit consists of; an empty array where none was found.

    Parameters
    ----------
    units
        Units of one country.
    ground
        All regions.
    country
        ISO 3166-1 alpha-2.
    """
    return _Country(ground, country).find(units)


class _Country:
    """The regions of one country, by name, by code and by place."""

    def __init__(self, ground: Ground, country: str) -> None:
        self.ground = ground
        here = np.flatnonzero(ground.country == country)
        self.base = here[ground.level[here] == BASE]
        self.upper = here[ground.level[here] != BASE]
        parts: dict[str, list[int]] = defaultdict(list)
        for row in self.base:
            parts[ground.parent_id[row]].append(row)
        self.parts = {key: np.array(rows, np.int64) for key, rows in parts.items()}

    def find(self, units: Sequence[Unit]) -> list[Rows]:
        found: list[Rows] = [np.empty(0, np.int64)] * len(units)
        if not len(self.base):
            return found
        for i, unit in enumerate(units):
            found[i] = self._by_code(unit)
        # Few large units are outlines round points; many small ones are regions of the same name.
        pointed = [bool(np.isfinite(unit.lat + unit.lon)) for unit in units]
        large = len(units) <= LARGE * max(len([row for row in self.upper if len(self._inside(row))]), 1)
        rules = (
            (self._around, self._by_name)
            if large and np.mean(pointed) > MOSTLY
            else (self._by_name, self._at)
        )
        for rule in rules:
            open_ = [i for i in range(len(units)) if not len(found[i])]
            for i, rows in zip(open_, rule([units[i] for i in open_]), strict=True):
                found[i] = rows
        return found

    # ------------------------------------------------------------------ codes

    def _by_code(self, unit: Unit) -> Rows:
        codes = self.ground.code
        if not unit.code:
            return np.empty(0, np.int64)
        wanted = nuts_parts().get(unit.code)
        if wanted is not None:
            upper = [row for row in self.upper if codes[row] in wanted]
            rows = [self._inside(row) for row in upper]
            rows += [np.array([row]) for row in self.base if codes[row] and codes[row].startswith(wanted)]
            return np.unique(np.concatenate(rows)) if rows else np.empty(0, np.int64)
        plain = _digits(unit.code)
        same = [row for row in self.base if codes[row] and _digits(codes[row]) == plain]
        if len(same) == 1:
            return np.array(same, np.int64)
        upper = [row for row in self.upper if codes[row] == unit.code]
        return self._inside(upper[0]) if len(upper) == 1 else np.empty(0, np.int64)

    def _inside(self, row: int) -> Rows:
        """Base regions of an upper one."""
        return self.parts.get(self.ground.region_id[row], np.empty(0, np.int64))

    # ------------------------------------------------------------------ points

    def _around(self, units: Sequence[Unit]) -> list[Rows]:
        """Every region of the country joins the nearest unit; whole provinces where they are finer than the units."""
        ground = self.ground
        none = np.empty(0, np.int64)
        known = [i for i, unit in enumerate(units) if np.isfinite(unit.lat + unit.lon)]
        found = [none] * len(units)
        if not known:
            return found
        provinces = [row for row in self.upper if len(self._inside(row))]
        called = {i: self._province_called(units[i].name) for i in known}
        if len(provinces) >= LARGE * len(units):
            pieces = [self._inside(row) for row in provinces]
        else:
            pieces = [np.array([row], np.int64) for row in self.base]
        weight = [ground.area_km2[rows] for rows in pieces]
        middle = [
            np.array([np.average(of[r], weights=w) for r, w in zip(pieces, weight, strict=True)])
            for of in (ground.lat, ground.lon)
        ]
        points = [np.array([getattr(units[i], name) for i in known]) for name in ("lat", "lon")]
        km = distances(*middle, *points)
        reach = 3.0 * np.sqrt(ground.area_km2[self.base].sum() / len(units)) + NEAR_KM
        owner = np.where(km.min(axis=1) <= reach, km.argmin(axis=1), -1)
        own = {row for province in called.values() if province is not None for row in self._inside(province)}
        for place, i in enumerate(known):
            province = called[i]
            if province is not None:
                found[i] = self._inside(province)
                continue
            near = [pieces[k] for k in np.flatnonzero(owner == place)]
            rows = np.concatenate([*near, none])
            found[i] = rows[[row not in own for row in rows.tolist()]] if len(rows) else rows
        return found

    def _at(self, units: Sequence[Unit]) -> list[Rows]:
        """The base region whose middle is nearest to a unit's point."""
        ground = self.ground
        found: list[Rows] = []
        for unit in units:
            found.append(np.empty(0, np.int64))
            if np.isfinite(unit.lat + unit.lon):
                km = distances(
                    ground.lat[self.base], ground.lon[self.base], np.array([unit.lat]), np.array([unit.lon])
                )[:, 0]
                if km.min() <= NEAR_KM:
                    found[-1] = self.base[[int(km.argmin())]]
        return found

    # ------------------------------------------------------------------ names

    def _by_name(self, units: Sequence[Unit]) -> list[Rows]:
        found: list[Rows] = [np.empty(0, np.int64)] * len(units)
        by_province: dict[str, list[int]] = defaultdict(list)
        for i, unit in enumerate(units):
            by_province[unit.admin1].append(i)
        provinces = {admin1: self._province(admin1) for admin1 in by_province}
        known = [
            (len(self._inside(row)), len(by_province[a])) for a, row in provinces.items() if row is not None
        ]
        finer = sum(n for n, _ in known) >= FINER * sum(n for _, n in known)
        for admin1, members in by_province.items():
            province = provinces[admin1]
            rows = self.base if province is None else self._inside(province)
            if len({units[i].name for i in members}) == 1 and _same(units[members[0]].name, admin1):
                if province is not None:
                    found[members[0]] = rows
                continue
            # "Merkez", the centre, is how Turkish tables call the district of the province's own name
            called = [admin1 if fold(units[i].name) in _CENTRES else units[i].name for i in members]
            anchors = self._anchors(called, rows)
            if province is None and not admin1:
                for i in members:
                    upper = self._province_called(units[i].name)
                    if upper is not None and anchors[members.index(i)] < 0:
                        found[i] = self._inside(upper)
            parts = rows if province is not None and finer else rows[:0]
            for i, rows_of in zip(members, self._grow(anchors, parts), strict=True):
                if len(rows_of):
                    found[i] = rows_of
        return found

    def _anchors(self, names: Sequence[str], rows: Rows) -> list[int]:
        """The region of each name among some rows, or -1: exact, without type words, then nearly."""
        ground = self.ground
        keys: dict[str, list[int]] = defaultdict(list)
        for row in rows:
            for key in {k for name in ground.names[row] if name for k in (fold(name), fold_bare(name))}:
                keys[key].append(row)
        anchors = [-1] * len(names)
        used: set[int] = set()
        for rule in (fold, fold_bare, _plain):
            for i, name in enumerate(names):
                if anchors[i] < 0:
                    same = [row for row in keys.get(rule(name), ()) if row not in used]
                    if same:
                        anchors[i] = max(same, key=lambda row: (ground.area_km2[row], -row))
                        used.add(anchors[i])
        self._nearly(names, anchors, keys, used)
        return anchors

    def _nearly(
        self, names: Sequence[str], anchors: list[int], keys: dict[str, list[int]], used: set[int]
    ) -> None:
        from rapidfuzz import fuzz, process

        if len(keys) > 3000:
            return  # without a province a misspelling may be another place's name
        for i, name in enumerate(names):
            if anchors[i] >= 0 or len(fold_bare(name)) < 4:
                continue
            free = [key for key, rows in keys.items() if any(row not in used for row in rows)]
            best = process.extractOne(_plain(name), free, scorer=fuzz.ratio, score_cutoff=CLOSE)
            if best is not None:
                anchors[i] = next(row for row in keys[best[0]] if row not in used)
                used.add(anchors[i])

    def _grow(self, anchors: Sequence[int], rows: Rows) -> list[Rows]:
        """Units as the regions nearest to their anchors, where the regions are finer than the units."""
        ground = self.ground
        known = [row for row in anchors if row >= 0]
        single = [np.array([row], np.int64) if row >= 0 else np.empty(0, np.int64) for row in anchors]
        if not known or not len(rows):
            return single
        km = distances(
            ground.lat[rows], ground.lon[rows], ground.lat[np.array(known)], ground.lon[np.array(known)]
        )
        owner = np.array(known)[km.argmin(axis=1)]
        side = np.sqrt(ground.area_km2[rows].sum() / len(anchors))
        near = km.min(axis=1) <= side
        return [
            np.union1d(one, rows[(owner == one[0]) & near]).astype(np.int64) if len(one) else one
            for one in single
        ]

    # ------------------------------------------------------------------ provinces

    def _province(self, text: str) -> int | None:
        if not text:
            return None
        codes = self.ground.code
        ends = [row for row in self.upper if codes[row] and codes[row].rpartition("-")[2] == text]
        return ends[0] if len(ends) == 1 else self._province_called(text)

    def _province_called(self, text: str) -> int | None:
        from rapidfuzz import fuzz

        wanted = _plain(text)
        if not wanted:
            return None
        best, score = None, CLOSE - 1e-9
        for row in self.upper:
            if not len(self._inside(row)):
                continue
            names = [_plain(name) for name in self.ground.names[row] if name]
            likeness = max((fuzz.ratio(wanted, name) for name in names), default=0.0)
            if likeness > score:
                best, score = int(row), likeness
        return best


def distances(
    lat_a: NDArray[np.float64],
    lon_a: NDArray[np.float64],
    lat_b: NDArray[np.float64],
    lon_b: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Kilometres between all points of two lists, good to some per cent within a country, shape (n, m)."""
    east = (lon_a[:, None] - lon_b[None, :] + 180.0) % 360.0 - 180.0
    east = east * np.cos(np.radians((lat_a[:, None] + lat_b[None, :]) / 2))
    return np.hypot(lat_a[:, None] - lat_b[None, :], east) * KM_PER_DEGREE


def _digits(code: str) -> str:
    """A code without points and leading zeros: offices and tables write the same code in both ways."""
    return code.replace(".", "").lstrip("0").removesuffix(".0")


def _plain(name: str) -> str:
    """A name without type words, numbers and what stands in brackets ("Frontier No. 19", "Burgenland (AT)")."""
    name = name.partition("(")[0] if not name.startswith("(") else name
    name = name.partition(",")[0].replace("Prov.", "")
    head, mark, _ = name.partition(" No. ")
    return fold_bare(head if mark else name)


def _same(one: str, other: str) -> bool:
    return fold_bare(one) == fold_bare(other)


def ground_of(columns: Callable[[str], Iterable[object]], names: Sequence[str]) -> Ground:
    """Make the ground from a table's columns; `columns` gives one by its name."""

    def texts(name: str) -> NDArray[np.object_]:
        return np.array([value if isinstance(value, str) else "" for value in columns(name)], dtype=object)

    def floats(name: str) -> NDArray[np.float64]:
        return np.array(list(columns(name)), dtype=np.float64)

    return Ground(
        region_id=texts("region_id"),
        names=list(zip(*(texts(name) for name in names), strict=True)),
        country=texts("country"),
        level=texts("level"),
        parent_id=texts("parent_id"),
        code=texts("national_code"),
        lat=floats("lat"),
        lon=floats("lon"),
        area_km2=floats("area_km2"),
    )
