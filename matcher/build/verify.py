"""Checks an atlas on disk: its files against the manifest, its columns against the catalogue, and how much is known."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.build.checks import PLACE_LEVEL, check_regions
from matcher.catalogue import Catalogue
from matcher.errors import DataError
from matcher.files import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from matcher.catalogue import Feature

TABLE, SHARE_ALIKE = "regions.parquet", "regions-sharealike.parquet"
WELL_COVERED = 0.95
ENOUGH_COUNTRIES = 180
"""A feature should be well covered in this many countries, or its card say why not."""
LEVELS = ("province", "metropolis", "regency")


@dataclass(frozen=True, slots=True)
class Report:
    """What `verify` found.

    Attributes
    ----------
    version, regions
        Of the atlas.
    faults
        What is wrong, a sentence each; empty if nothing is.
    features
        Share of regions with a value, by feature, 0..1; months and mixtures count as one value.
    well_covered
        Share of countries in which at least 95 % of the regions have a value, by feature.
    partner_level
        By feature: share of the regions at the level that signs that have a value, and the number of countries in
        which at least 95 % of theirs do.
    countries
        By country: regions by level, and coverage by feature.
    """

    version: str
    regions: int
    faults: tuple[str, ...]
    features: dict[str, float]
    well_covered: dict[str, float]
    partner_level: dict[str, tuple[float, int]]
    countries: dict[str, dict[str, Any]]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels that such an atlas may have."""
        places = any(PLACE_LEVEL in row["levels"] for row in self.countries.values())
        return (PLACE_LEVEL,) if places else LEVELS

    def feature_table(self) -> str:
        """Text table: coverage by feature, the lowest first, against the bar of `ENOUGH_COUNTRIES`."""
        bar = f"of {WELL_COVERED:.0%}"
        lines = [
            f"{'feature':<24}{'all':>9}{'partner level':>15}{'countries ' + bar:>20}  bar {ENOUGH_COUNTRIES}"
        ]
        for name, share in sorted(self.features.items(), key=lambda item: (item[1], item[0])):
            part, number = self.partner_level[name]
            met = "met" if number >= ENOUGH_COUNTRIES else "missed: see its card"
            lines.append(f"{name:<24}{100 * share:>8.1f}%{100 * part:>14.1f}%{number:>20}  {met}")
        return "\n".join(lines)

    def country_table(self) -> str:
        """Text table: regions by level and the three lowest-covered features of every country."""
        lines = ["country" + "".join(f"{level:>12}" for level in self.levels) + "   lowest-covered features"]
        for country, row in sorted(self.countries.items()):
            low = sorted(row["coverage"].items(), key=lambda item: (item[1], item[0]))[:3]
            shown = ", ".join(f"{name} {100 * share:.0f} %" for name, share in low if share < 1)
            lines.append(
                f"{country:<7}"
                + "".join(f"{row['levels'].get(x, 0):>12}" for x in self.levels)
                + f"   {shown}"
            )
        return "\n".join(lines)

    def __str__(self) -> str:
        """Both tables and the verdict."""
        verdict = [f"fault: {fault}" for fault in self.faults] or ["no fault found"]
        head = f"atlas {self.version}: {self.regions} regions in {len(self.countries)} countries"
        return "\n\n".join((head, self.country_table(), self.feature_table(), "\n".join(verdict)))


def verify(data_dir: Path) -> Report:
    """Check an atlas.

    Parameters
    ----------
    data_dir
        Directory with `atlas.json` and the files that it names.

    Raises
    ------
    DataError
        If there is no atlas to look at; faults of one that is there are in the report.
    """
    try:
        manifest = json.loads(read_bytes(data_dir / "atlas.json"))
        listed = dict(manifest["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{data_dir / 'atlas.json'} is not an atlas manifest: {error}") from error
    catalogue = Catalogue.open(data_dir / "features.toml")
    faults, good = _files(data_dir, listed)
    if TABLE not in good:
        return Report(str(manifest.get("version", "")), 0, tuple(faults), {}, {}, {}, {})
    table = _read(data_dir / TABLE)
    if SHARE_ALIKE in good:
        table = _joined(table, _read(data_dir / SHARE_ALIKE), faults)
    faults += _columns(table, catalogue)
    faults += _outline_order(data_dir, table, good)
    try:
        found = check_regions(
            table, catalogue, whole=not manifest.get("countries"), places="places" in manifest
        )
        faults += [f"{f.row} {f.column} = {f.value}: {f.rule}" for f in found]
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        faults.append(f"the rules could not be checked: {type(error).__name__}: {error}")
    return _report(str(manifest.get("version", "")), table, catalogue, faults)


def _files(data_dir: Path, listed: dict[str, dict[str, Any]]) -> tuple[list[str], set[str]]:
    """Faults of the files that the manifest lists, and those that are as it says."""
    from pyarrow import ArrowException
    from pyarrow.parquet import read_metadata

    faults = [f"the manifest does not list {name}" for name in (TABLE, "names.parquet") if name not in listed]
    good: set[str] = set()
    for name, entry in listed.items():
        try:
            content = read_bytes(data_dir / name)
        except DataError as error:
            faults.append(str(error))
            continue
        if hashlib.sha256(content).hexdigest() != entry.get("sha256"):
            faults.append(
                f"{name}: its hash is not the one in atlas.json; restore the file or build the atlas again"
            )
            continue
        if name.endswith(".parquet"):
            try:
                rows = read_metadata(data_dir / name).num_rows
            except (ArrowException, OSError) as error:
                faults.append(f"{name} is not a Parquet file: {error}")
                continue
            if rows != entry.get("rows"):
                faults.append(f"{name} has {rows} rows, the manifest says {entry.get('rows')}")
        good.add(name)
    return faults, good


def _read(path: Path) -> pa.Table:
    from pyarrow.parquet import read_table

    return read_table(path)


def _joined(table: pa.Table, apart: pa.Table, faults: list[str]) -> pa.Table:
    """The table with the share-alike columns beside it, if their rows are the same."""
    if not table["region_id"].equals(apart["region_id"]):
        faults.append(f"{SHARE_ALIKE} has other rows, or another order of rows, than {TABLE}")
        return table
    for name in apart.column_names:
        if name != "region_id":
            table = table.append_column(apart.schema.field(name), apart[name])
    return table


def _columns(table: pa.Table, catalogue: Catalogue) -> list[str]:
    """Features that are missing, of another type, or whose unit or source is not that of the catalogue."""
    faults: list[str] = []
    for feature in catalogue.features.values():
        if feature.name not in table.column_names:
            faults.append(f"feature '{feature.name}' of features.toml has no column")
            continue
        field = table.schema.field(feature.name)
        if not _fits(field.type, feature.kind):
            faults.append(
                f"feature '{feature.name}' is of kind {feature.kind}, but its column is {field.type}"
            )
        about = field.metadata or {}
        stated = {"unit": feature.unit, "source": " ".join(feature.source), "evidence": feature.evidence}
        for key, text in stated.items():
            if about.get(key.encode(), b"").decode() != text:
                faults.append(
                    f"feature '{feature.name}': its column does not say {key} '{text}'; build the atlas again"
                )
    return faults


def _fits(kind: pa.DataType, wanted: str) -> bool:
    """Whether a column's type is the one that a kind of feature has."""
    import pyarrow.types as pt

    if wanted == "number":
        return bool(pt.is_floating(kind))
    if wanted == "months":
        return bool(pt.is_fixed_size_list(kind) and kind.list_size == 12 and pt.is_floating(kind.value_type))
    if wanted == "mixture":
        return bool(pt.is_map(kind) and pt.is_string(kind.key_type) and pt.is_floating(kind.item_type))
    if wanted == "tags":
        return bool(pt.is_list(kind) and pt.is_string(kind.value_type))
    return bool(pt.is_string(kind))


def _outline_order(data_dir: Path, table: pa.Table, good: set[str]) -> list[str]:
    """Outlines must belong to regions, in the order of the table, in the file of their licence."""
    faults: list[str] = []
    place = {region_id: row for row, region_id in enumerate(table["region_id"].to_pylist())}
    classes = table["licence_class"].to_pylist()
    for kind in ("open", "sharealike"):
        name = f"geometry-{kind}.parquet"
        if name not in good:
            continue
        rows = [place.get(region_id, -1) for region_id in _read(data_dir / name)["region_id"].to_pylist()]
        if rows != sorted(rows) or (rows and rows[0] < 0):
            faults.append(f"{name} holds regions that {TABLE} does not, or in another order")
        elif any(classes[row] != kind for row in rows):
            faults.append(f"{name} holds outlines of another licence class")
        elif len(rows) != classes.count(kind):
            faults.append(f"{name} has {len(rows)} outlines, but {classes.count(kind)} regions are {kind}")
    return faults


def known(table: pa.Table, feature: Feature) -> NDArray[np.bool_]:
    """Which regions have a value, shape (n,)."""
    return np.asarray(table[feature.name].is_valid())


def _report(version: str, table: pa.Table, catalogue: Catalogue, faults: list[str]) -> Report:
    country = np.array(table["country"].to_pylist(), dtype=str)
    level = np.array(table["level"].to_pylist(), dtype=str)
    names, inverse = np.unique(country, return_inverse=True)
    sizes = np.bincount(inverse, minlength=len(names))
    overall: dict[str, float] = {}
    well: dict[str, float] = {}
    signing: dict[str, tuple[float, int]] = {}
    base = np.isin(level, ("regency", PLACE_LEVEL))
    units = np.bincount(inverse[base], minlength=len(names))
    countries: dict[str, dict[str, Any]] = {
        str(name): {"levels": dict(Counter(level[inverse == i].tolist())), "coverage": {}}
        for i, name in enumerate(names)
    }
    for feature in catalogue.features.values():
        if feature.name not in table.column_names:
            continue
        mask = known(table, feature)
        shares = np.bincount(inverse, weights=mask, minlength=len(names)) / sizes
        overall[feature.name] = float(mask.mean())
        well[feature.name] = float((shares >= WELL_COVERED).mean())
        found = np.bincount(inverse[base], weights=mask[base], minlength=len(names))
        enough = (units > 0) & (found >= WELL_COVERED * units)
        signing[feature.name] = (float(mask[base].mean()) if base.any() else 0.0, int(enough.sum()))
        for name, share in zip(names, shares, strict=True):
            countries[str(name)]["coverage"][feature.name] = float(share)
    return Report(version, table.num_rows, tuple(faults), overall, well, signing, countries)
