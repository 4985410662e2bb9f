"""The atlas: all regions of the world with their features, outlines and provenance."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.catalogue import Catalogue, unknown
from matcher.columns import TableColumns, read_tree
from matcher.errors import DataError, RegionNotFoundError
from matcher.files import read_bytes
from matcher.paths import data_dir as default_data_dir

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray
    from pyarrow.parquet import ParquetFile
    from shapely import Geometry

    from matcher.catalogue import Feature

PARTNER_LEVELS = ("regency", "metropolis")


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One administrative unit.

    Attributes
    ----------
    region_id
        Stable and opaque.
    name
        As a planner writes it, in Latin script, without its type word.
    country
        ISO 3166-1 alpha-2.
    level
        regency, metropolis or province.
    lat, lon
        A point inside, degrees.
    area_km2, population
        km2 and persons; None where unknown.
    population_basis
        official or modelled.
    name_local, name_en, name_id, name_ko
        The name in the region's own script and in three languages, where a source has it.
    """

    region_id: str
    name: str
    country: str
    level: str
    lat: float
    lon: float
    area_km2: float | None = None
    population: float | None = None
    population_basis: str | None = None
    population_year: int | None = None
    parent_id: str | None = None
    parent_name: str | None = None
    name_local: str | None = None
    name_en: str | None = None
    name_id: str | None = None
    name_ko: str | None = None
    unit_type: str | None = None
    seat_name: str | None = None
    time_zone: str | None = None
    geonames_id: int | None = None
    wikidata: str | None = None
    national_code: str | None = None
    layer: str | None = None
    layer_year: int | None = None
    layer_licence: str | None = None

    def __str__(self) -> str:
        """Name, parent and country: enough to tell namesakes apart."""
        place = ", ".join(part for part in (self.parent_name, self.country) if part)
        return f"{self.name} ({place})"

    def to_dict(self) -> dict[str, Any]:
        """Return all fields as plain values."""
        return asdict(self)


_FIELDS = tuple(field for field in Region.__dataclass_fields__ if field != "parent_name")
_TABLE, _SHARE_ALIKE = "regions.parquet", "regions-sharealike.parquet"
_OUTLINES = ("geometry-open.parquet", "geometry-sharealike.parquet")


class Atlas:
    """The regions and their columns, read from Parquet as they are asked for.

    Examples
    --------
    >>> atlas = Atlas.open()
    >>> atlas.get("kr:36330").name
    'Gurye'
    """

    def __init__(self, data_dir: Path, manifest: dict[str, Any], catalogue: Catalogue) -> None:
        self.data_dir = data_dir
        self.manifest = manifest
        self.catalogue = catalogue
        self._kept: dict[str, pa.ChunkedArray] = {}
        self._trees: dict[str, dict[str, Any]] = {}

    @classmethod
    def open(cls, data_dir: Path | None = None) -> Atlas:
        """Open an atlas folder, the embedded one by default.

        Every file's hash is checked against ``atlas.json`` when the file is first used.

        Raises
        ------
        DataError
            The folder holds no atlas.
        """
        data_dir = data_dir or default_data_dir()
        try:
            manifest = json.loads(read_bytes(data_dir / "atlas.json"))
            manifest["files"]
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"{data_dir / 'atlas.json'} is not an atlas manifest: {error}") from error
        return cls(data_dir, manifest, Catalogue.open(data_dir / "features.toml"))

    # ------------------------------------------------------------------ reading

    @property
    def version(self) -> str:
        """Version of the atlas."""
        return str(self.manifest.get("version", ""))

    def checked(self, name: str) -> Path:
        """Return the path of one of the atlas's files after checking its hash.

        Raises
        ------
        DataError
            The file is missing, or is not the one that the manifest names.
        """
        path = self.data_dir / name
        stated = self.manifest["files"].get(name, {}).get("sha256")
        if stated is None:
            raise DataError(f"{self.data_dir / 'atlas.json'} does not list {name}; build the atlas again")
        if hashlib.sha256(read_bytes(path)).hexdigest() != stated:
            raise DataError(
                f"{path} was changed or cut short (its hash is not the one in atlas.json); "
                "restore the file or build the atlas again"
            )
        return path

    @cached_property
    def _files(self) -> list[ParquetFile]:
        from pyarrow.parquet import ParquetFile

        names = [_TABLE, *([_SHARE_ALIKE] if _SHARE_ALIKE in self.manifest["files"] else [])]
        return [ParquetFile(self.checked(name)) for name in names]

    @cached_property
    def _place(self) -> dict[str, ParquetFile]:
        """The file that holds each column."""
        return {name: file for file in reversed(self._files) for name in file.schema_arrow.names}

    def read(self, names: Sequence[str], rows: NDArray[np.int64] | None = None) -> pa.Table:
        """Read columns of some rows (all for None), touching only the row groups that hold them.

        A feature that this atlas lacks (an atlas without its share-alike part) comes back as all unknown.
        """
        import pyarrow as pa

        kept = pa.table({name: self._kept[name] for name in names if name in self._kept})
        columns = dict(
            zip(kept.column_names, (kept if rows is None else kept.take(rows)).columns, strict=True)
        )
        for file in self._files:
            mine = [name for name in names if name not in columns and self._place.get(name) is file]
            if mine:
                table = _read_rows(file, mine, rows)
                columns |= {name: table[name] for name in mine}
        count = len(self) if rows is None else len(rows)
        for name in names:
            if name not in columns:
                if name not in self.catalogue.features:
                    raise unknown("column", name, self._place)
                columns[name] = pa.chunked_array([pa.nulls(count)])
        return pa.table({name: columns[name] for name in names})

    def column(self, name: str, rows: NDArray[np.int64] | None = None) -> NDArray[Any]:
        """Return a column as an array: numbers with NaN for unknown, anything else as objects with None."""
        values = self.read([name], rows)[name]
        result: NDArray[Any] = values.to_numpy()
        return result

    def keep(self, names: Sequence[str]) -> None:
        """Hold whole columns in memory, so that later reads of some rows touch no file."""
        new = [name for name in names if name not in self._kept]
        self._kept |= {name: self.read([name])[name].combine_chunks() for name in new}

    def __len__(self) -> int:
        return int(self._files[0].metadata.num_rows)

    # ------------------------------------------------------------------ regions

    @cached_property
    def _ids(self) -> pa.Array:
        return self.read(["region_id"])["region_id"].combine_chunks()

    @cached_property
    def region_ids(self) -> NDArray[np.object_]:
        """Ids of all regions in row order, shape (n,)."""
        ids: NDArray[np.object_] = self._ids.to_numpy(zero_copy_only=False)
        return ids

    def row(self, region_id: str) -> int:
        """Return the row of a region id.

        Raises
        ------
        RegionNotFoundError
            No region has this id.
        """
        import pyarrow.compute as pc

        row = pc.index(self._ids, region_id).as_py()
        if row < 0:
            raise RegionNotFoundError(f"no region has the id {region_id!r}; find it with `matcher find NAME`")
        return int(row)

    def rows(self, region_ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the rows of many ids, shape (n,); raises RegionNotFoundError at the first that is not known."""
        import pyarrow as pa
        import pyarrow.compute as pc

        found = pc.index_in(pa.array(list(region_ids), self._ids.type), self._ids)
        if found.null_count:
            self.row(str(region_ids[found.is_null().index(True).as_py()]))
        rows: NDArray[np.int64] = found.to_numpy().astype(np.int64)
        return rows

    def get(self, region_id: str) -> Region:
        """Return a region by its id."""
        return self.regions(np.array([self.row(region_id)]))[0]

    def regions(self, rows: NDArray[np.int64]) -> list[Region]:
        """Return the regions of some rows, in their order."""
        import pyarrow.compute as pc

        if not len(rows):
            return []
        records = self.read(_FIELDS, rows).to_pylist()
        wanted = sorted({record["parent_id"] for record in records if record["parent_id"]})
        places = [pc.index(self._ids, parent).as_py() for parent in wanted]
        known = {parent: place for parent, place in zip(wanted, places, strict=True) if place >= 0}
        names = self.read(["name"], np.array(list(known.values()), dtype=np.int64))["name"].to_pylist()
        parents = dict(zip(known, names, strict=True))
        return [Region(**record, parent_name=parents.get(record["parent_id"])) for record in records]

    def children(self, region_id: str) -> list[Region]:
        """Return the regions whose parent is this one."""
        import pyarrow.compute as pc

        self.row(region_id)
        mask = pc.equal(self.read(["parent_id"])["parent_id"], region_id)
        return self.regions(np.flatnonzero(mask.to_numpy()))

    @cached_property
    def countries(self) -> NDArray[np.object_]:
        """Country of every region, alpha-2."""
        return self.column("country")

    @cached_property
    def population(self) -> NDArray[np.float64]:
        """Persons in every region; NaN is unknown."""
        return self.column("population").astype(np.float64)

    @cached_property
    def _codes(self) -> dict[str, tuple[list[str], NDArray[np.int64]]]:
        """Country and level of every region as numbers: comparing these is quick, comparing texts is not."""
        coded = {
            name: self.read([name])[name].combine_chunks().dictionary_encode()
            for name in ("country", "level")
        }
        return {name: (c.dictionary.to_pylist(), c.indices.to_numpy()) for name, c in coded.items()}

    def where(self, column: str, values: Sequence[str]) -> NDArray[np.bool_]:
        """Mark the regions whose ``country`` or ``level`` is one of `values`."""
        known, codes = self._codes[column]
        mask: NDArray[np.bool_] = np.array([name in values for name in known])[codes]
        return mask

    @cached_property
    def _signing(self) -> NDArray[np.bool_]:
        governed, fine = (self.column(name).astype(np.bool_) for name in ("governed", "fine"))
        signing: NDArray[np.bool_] = governed & ~fine
        return signing

    def candidate_mask(self, levels: Sequence[str]) -> NDArray[np.bool_]:
        """Mark regions of these levels that are governed and that sign for themselves."""
        mask: NDArray[np.bool_] = self.where("level", levels) & self._signing
        return mask

    def partner_rows(self) -> NDArray[np.int64]:
        """Return the rows of all partner-level regions."""
        return np.flatnonzero(self.candidate_mask(PARTNER_LEVELS))

    # ----------------------------------------------------------------- features

    def columns(self, names: Sequence[str], rows: NDArray[np.int64] | None = None) -> TableColumns:
        """Return features of some rows (all for None) in the shapes that encoders take."""
        return TableColumns(self.read(names, rows), self.data_dir)

    def values(self, names: Sequence[str], rows: NDArray[np.int64]) -> dict[str, list[Any]]:
        """Return features of some rows as a planner reads them; None is unknown.

        A number is a float, months are 12 floats, a mixture is class to share (largest first), a label is a text,
        tags are a list of texts. Languages go by their English names.
        """
        table = self.read(names, rows)
        return {
            name: [self._plain(self.catalogue[name], v) for v in table[name].to_pylist()] for name in names
        }

    def _plain(self, feature: Feature, value: Any) -> Any:
        if value is None or (isinstance(value, float) and np.isnan(value)):
            return None
        if feature.kind == "mixture":
            return {
                self._class_name(feature, k): s
                for k, s in sorted(value, key=lambda item: (-item[1], item[0]))
            }
        return value

    def _class_name(self, feature: Feature, code: str) -> str:
        return (
            str(self._tree_of(feature).get(code, {}).get("name", code)) if feature.tree == "family" else code
        )

    def _tree_of(self, feature: Feature) -> dict[str, Any]:
        if feature.name not in self._trees:
            self._trees[feature.name] = read_tree(self.data_dir, feature)
        return self._trees[feature.name]

    def evidence(self, feature: Feature, rows: NDArray[np.int64]) -> list[str]:
        """Return how close each value is to its region: the feature's evidence, or the value's own where it differs."""
        if feature.evidence_column in self._place:
            own = self.read([feature.evidence_column], rows)[feature.evidence_column].to_pylist()
            return [value or feature.evidence for value in own]
        return [feature.evidence] * len(rows)

    # ----------------------------------------------------------------- outlines

    @cached_property
    def _outlines(self) -> pa.Table:
        import pyarrow as pa
        from pyarrow.parquet import read_table

        names = [name for name in _OUTLINES if name in self.manifest["files"]]
        return pa.concat_tables(
            [read_table(self.checked(n), columns=["region_id", "geometry"]) for n in names]
        )

    def outline(self, region_id: str) -> Geometry | None:
        """Return the simplified outline in degrees (lon, lat), or None where it may not be shipped."""
        import pyarrow.compute as pc
        import shapely

        row = pc.index(self._outlines["region_id"], region_id).as_py()
        return None if row < 0 else shapely.from_wkb(self._outlines["geometry"][row].as_py())

    def locate(
        self, lat: float, lon: float, country: str | None = None, level: str | None = None
    ) -> Region | None:
        """Return the region at a point, or None at sea.

        A point inside a metropolis belongs to the metropolis, not to its ward, unless `level` says otherwise.

        Parameters
        ----------
        lat, lon
            Degrees.
        country, level
            Look only among these.
        """
        import shapely

        tree, ids = self._tree
        found = [str(ids[i]) for i in tree.query(shapely.Point(lon, lat), predicate="intersects")]
        regions = self.regions(self.rows(sorted(found))) if found else []
        order = ("metropolis", "regency", "province")
        fit = [
            r for r in regions if (not country or r.country == country) and (not level or r.level == level)
        ]
        return min(fit, key=lambda r: (order.index(r.level), r.area_km2 or 0.0, r.region_id), default=None)

    @cached_property
    def _tree(self) -> tuple[Any, NDArray[np.object_]]:
        import shapely

        shapes = shapely.from_wkb(self._outlines["geometry"].to_numpy())
        return shapely.STRtree(shapes), self._outlines["region_id"].to_numpy()


def _read_rows(file: ParquetFile, names: Sequence[str], rows: NDArray[np.int64] | None) -> pa.Table:
    if rows is None:
        return file.read(columns=list(names))
    sizes = [file.metadata.row_group(group).num_rows for group in range(file.metadata.num_row_groups)]
    ends = np.cumsum(sizes)
    starts = ends - sizes
    group = np.searchsorted(ends, rows, side="right")
    wanted = np.unique(group)
    # Where each wanted group begins in the table that is read.
    begin = np.zeros(len(ends), np.int64)
    begin[wanted] = np.cumsum(np.array(sizes)[wanted]) - np.array(sizes)[wanted]
    table = file.read_row_groups([int(g) for g in wanted], columns=list(names))
    return table.take(rows - starts[group] + begin[group])
