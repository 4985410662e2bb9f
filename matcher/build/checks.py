"""Validation at the door: every fault of a table at once, each with its row, column, value and rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa
    from numpy.typing import NDArray

    from matcher.catalogue import Catalogue, Feature

LEVELS = ("metropolis", "province", "regency")
PARTNER_LEVELS = ("metropolis", "regency")
PLACE_LEVEL = "town"
"""The only level of an atlas of places. A point has no area, and the region that holds it is in the atlas of regions."""
# The widest values that a unit can have on Earth.
RANGES: dict[str, tuple[float, float]] = {
    "deg": (0, 90),
    "m": (-450, 9000),
    "km": (0, 20_100),
    "C": (-70, 75),
    "mm": (0, 20_000),
    "months": (0, 12),
    "ratio": (0, 4),
    "C days": (0, 15_000),
    "kWh/m2/d": (0, 10),
    "g/kg": (0, 40),
    "share": (0, 1),
    "index": (-0.3, 10),
    "km/km2": (0, 10),
    "count": (0, 1000),
    "pH": (2, 11),
    "head/km2": (0, 1e6),
    "km2": (0, 1e8),  # the largest landmass has 8e7
    "USD": (100, 1e6),
    "persons": (1, 2e9),
    "persons/km2": (1e-6, 2e6),
}
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Fault:
    """One value that breaks a rule; `row` is a region id."""

    row: str
    column: str
    value: str
    rule: str


def check_regions(
    table: pa.Table, catalogue: Catalogue, *, whole: bool = True, places: bool = False
) -> list[Fault]:
    """All faults of the table of regions: identity, every feature that it holds, order and doubles.

    In a trial of some countries (`whole` is False) a feature may be unknown everywhere, and so in an atlas of `places`.
    """
    ids = table["region_id"].to_pylist()
    faults = [*_identity(table, ids, places=places), *_doubles(table, ids)]
    for feature in catalogue.features.values():
        if feature.name in table.column_names:
            if (places or not whole) and table[feature.name].null_count == len(table):
                continue
            faults += check_feature(ids, table[feature.name].combine_chunks(), feature)
    return faults


def raise_on(faults: list[Fault], what: str) -> None:
    """Raise a BuildError that shows every broken rule, with its count and a few examples."""
    if not faults:
        return
    counts = Counter((fault.column, fault.rule) for fault in faults)
    lines = []
    for (column, rule), count in counts.most_common():
        some = [f for f in faults if (f.column, f.rule) == (column, rule)][:EXAMPLES]
        shown = "; ".join(f"{f.row}: {f.value}" for f in some) + (" ..." if count > len(some) else "")
        lines.append(f"  {column}: {rule}, {count} rows ({shown})")
    raise BuildError(
        f"{what} has {len(faults)} values that break a rule; nothing was written.\n" + "\n".join(lines)
    )


def check_feature(ids: list[str], values: pa.Array, feature: Feature) -> list[Fault]:
    """Faults of one feature column."""
    import pyarrow as pa

    name = feature.name
    if not len(values):
        return []
    if values.null_count == len(values):
        return [Fault("all", name, "null", "no region has a value")]
    if feature.kind in ("number", "months"):
        flat = values.flatten() if feature.kind == "months" else values
        width = len(flat) // max(len(values) - (values.null_count if feature.kind == "months" else 0), 1)
        rows = (
            np.repeat(np.flatnonzero(np.asarray(values.is_valid())), width)
            if feature.kind == "months"
            else None
        )
        return _numbers(ids, rows, flat, feature)
    if feature.kind == "mixture":
        lengths = np.diff(values.offsets.to_numpy())
        rows = np.repeat(np.arange(len(values)), lengths)
        shares = values.items.to_numpy(zero_copy_only=False).astype(np.float64)
        sums = np.bincount(rows, weights=shares, minlength=len(values))
        known = np.asarray(values.is_valid())
        faults = _where(ids, known & ~(np.abs(sums - 1) <= 1e-3), sums, name, "shares must sum to 1")
        bad = np.zeros(len(values), dtype=bool)
        bad[rows[~((shares > 0) & (shares <= 1 + 1e-6))]] = True
        return faults + _where(ids, bad, sums, name, "a share must be in (0, 1]")
    texts = values if pa.types.is_string(values.type) else values.flatten()
    return [
        Fault("", name, repr(text), "an empty text")
        for text in set(texts.to_pylist())
        if text is not None and not text.strip()
    ]


def _numbers(ids: list[str], rows: NDArray[np.int64] | None, flat: pa.Array, feature: Feature) -> list[Fault]:
    numbers = flat.to_numpy(zero_copy_only=False).astype(np.float64)
    known = np.asarray(flat.is_valid())
    owners = ids if rows is None else [ids[row] for row in rows]
    low, high = RANGES.get(feature.unit, (-np.inf, np.inf))
    inside = (numbers >= low - 1e-6) & (numbers <= high + 1e-6)
    faults = _where(
        owners,
        known & ~np.isfinite(numbers),
        numbers,
        feature.name,
        "must be a number, or null where unknown",
    )
    rule = f"must be {low:g} to {high:g} {feature.unit}"
    return faults + _where(owners, known & np.isfinite(numbers) & ~inside, numbers, feature.name, rule)


def _where(ids: list[str], bad: NDArray[np.bool_], values: Any, column: str, rule: str) -> list[Fault]:
    return [Fault(ids[row], column, f"{values[row]}", rule) for row in np.flatnonzero(bad)]


def _identity(table: pa.Table, ids: list[str], *, places: bool) -> Iterable[Fault]:
    def column(name: str) -> NDArray[Any]:
        array: NDArray[Any] = np.array(table[name].to_pylist(), dtype=object)
        return array

    for name in ("region_id", "name", "country", "level", "licence_class", "layer", "layer_licence"):
        values = column(name)
        yield from _where(
            ids, np.array([not v or not str(v).strip() for v in values]), values, name, "must not be empty"
        )
    country, level = column("country"), column("level")
    code = np.array(
        [isinstance(c, str) and len(c) == 2 and c.isascii() and c.isupper() for c in country], dtype=bool
    )
    yield from _where(ids, ~code, country, "country", "must be an ISO 3166-1 alpha-2 code")
    levels = (PLACE_LEVEL,) if places else LEVELS
    fits = np.isin(level.astype(str), levels)
    yield from _where(ids, ~fits, level, "level", f"must be one of {', '.join(levels)}")
    classes = column("licence_class")
    fits = np.isin(classes.astype(str), ("open", "sharealike", "local"))
    yield from _where(ids, ~fits, classes, "licence_class", "must be open, sharealike or local")
    basis, people = column("population_basis"), column("population")
    known = np.array([p is not None for p in people], dtype=bool)
    bases = ("listed",) if places else ("official", "modelled")
    fits = np.isin(basis.astype(str), bases)
    rule = f"must be {' or '.join(bases)} where people are known"
    yield from _where(ids, known & ~fits, basis, "population_basis", rule)
    for name, limit in (("lat", 90.0), ("lon", 180.0)):
        values = np.array([np.nan if v is None else v for v in table[name].to_pylist()], dtype=float)
        yield from _where(ids, ~(np.abs(values) <= limit), values, name, f"must be -{limit:g} to {limit:g}")
    area = np.array([np.nan if v is None else v for v in table["area_km2"].to_pylist()], dtype=float)
    yield from _where(
        ids, ~(np.isnan(area) if places else area > 0), area, "area_km2",
        "must be unknown: a point has none" if places else "must be above 0",
    )  # fmt: skip
    if places:
        return
    parent, known_ids = column("parent_id"), set(ids)
    lost = np.array([p is not None and p not in known_ids for p in parent], dtype=bool)
    yield from _where(ids, lost, parent, "parent_id", "must be the region_id of a row")


def _doubles(table: pa.Table, ids: list[str]) -> Iterable[Fault]:
    """Ids that occur twice, rows out of order, and partner-level rows that are one and the same unit."""
    for region_id, count in Counter(ids).items():
        if count > 1:
            yield Fault(region_id, "region_id", str(count), "must occur once")
    keys = list(zip(table["country"].to_pylist(), table["level"].to_pylist(), ids, strict=True))
    if all(isinstance(part, str) for key in keys for part in key) and keys != sorted(keys):
        yield Fault("", "region_id", "", "rows must be sorted by country, level and region_id")
    names = ("country", "name", "parent_id", "lat", "lon", "area_km2", "level", "fine", "governed")
    seen: dict[tuple[Any, ...], str] = {}
    for region_id, *key, level, fine, governed in zip(
        ids, *(table[n].to_pylist() for n in names), strict=True
    ):
        if level in PARTNER_LEVELS and governed and not fine:
            first = seen.setdefault(tuple(key), region_id)
            if first != region_id:
                yield Fault(
                    region_id, "region_id", first, "must not repeat the unit of another partner-level row"
                )
