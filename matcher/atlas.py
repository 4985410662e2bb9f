"""The atlas: all regions of the world with their features, outlines and provenance."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.catalogue import Catalogue, unknown
from matcher.columns import TableColumns, read_tree
from matcher.errors import DataError, RegionNotFoundError, UsageError
from matcher.files import read_bytes
from matcher.licences import closed_features, open_manifest, provenance, read_licences
from matcher.paths import cache_dir
from matcher.paths import data_dir as default_data_dir
from matcher.region import Region
from matcher.store import NUMERIC, Store, coded, flat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray
    from shapely import Geometry

    from matcher.catalogue import Feature
    from matcher.licences import SourceLicence
    from matcher.own.catalogue import OwnCatalogue

__all__ = ["PARTNER_LEVELS", "Atlas", "Region"]

PARTNER_LEVELS = ("regency", "metropolis", "town")
"""Levels that are matched by default; towns are in atlases of places only, and alone there."""
_FIELDS = tuple(field for field in Region.__dataclass_fields__ if field != "parent_name")
_EARTH_KM = 6371.0088
_MAPPED = 1  # form of the mapped file
_OUTLINES = ("geometry-open.parquet", "geometry-sharealike.parquet")


class Atlas:
    """The regions and their columns, read from Parquet as they are asked for.

    Attributes
    ----------
    own
        Catalogues of the columns that planners added, see `extend`.
    ignored
        Columns of the table added last that its catalogue does not describe.
    held
        Whether all columns are at hand, see `hold`.

    Examples
    --------
    >>> atlas = Atlas.open()
    >>> atlas.get("kr:36330").name
    'Gurye'
    """

    def __init__(
        self,
        data_dir: Path,
        manifest: dict[str, Any],
        catalogue: Catalogue,
        added: Mapping[str, pa.ChunkedArray] | None = None,
        more: Path | None = None,
    ) -> None:
        self.data_dir = data_dir
        self.manifest = manifest
        self.catalogue = catalogue
        self.store = Store(data_dir, manifest["files"], _text_columns(catalogue), added, more)
        self.own: tuple[OwnCatalogue, ...] = ()
        self.held = False
        self.ignored: tuple[str, ...] = ()
        self._trees: dict[str, dict[str, Any]] = {}
        self._seen: dict[str, int] = {}
        self._shapes: dict[int, pa.ChunkedArray] = {}

    @classmethod
    def open(cls, data_dir: Path | None = None, *, open_only: bool = False) -> Atlas:
        """Open an atlas folder, the embedded one by default.

        Every file's hash is checked against ``atlas.json`` when the file is first used.

        Parameters
        ----------
        data_dir
            The folder.
        open_only
            Leave out every feature and outline of a share-alike or non-commercial source.

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
        catalogue = Catalogue.open(data_dir / "features.toml")
        if open_only:
            closed = closed_features(catalogue, read_licences(data_dir / "sources.toml"))
            manifest, catalogue = open_manifest(manifest, closed), catalogue.without(closed)
        return cls(data_dir, manifest, catalogue)

    def extend(self, data: Path | str | pd.DataFrame, catalogue: Path | str | Mapping[str, Any]) -> Atlas:
        """Return an atlas with a planner's own columns beside its own; no file changes.

        Parameters
        ----------
        data
            A CSV or Parquet file or a data frame, one row a region, keyed by ``region_id``, ``wikidata``,
            ``geonames_id``, ``national_code``, or ``name`` and ``country``.
        catalogue
            What the columns mean: a TOML file like ``features.toml``, or the same as a mapping.

        Raises
        ------
        TableError
            Rows or columns of the table cannot be used; every fault is listed and nothing is joined.
        DataError
            The catalogue is wrong, or a file cannot be read.
        """
        from pathlib import Path

        from matcher.own.catalogue import OwnCatalogue
        from matcher.own.join import join
        from matcher.own.table import read_table

        source = Path(catalogue) if isinstance(catalogue, str) else catalogue
        own = OwnCatalogue.open(source, self.catalogue, self.store.names)
        joined = join(read_table(data), own, self, len(self))
        added = {**self.store.added, **joined.columns}
        catalogue_ = self.catalogue.extended(own.features, own.groups)
        wider = Atlas(self.data_dir, self.manifest, catalogue_, added, self.store.more)
        wider.own = (*self.own, own)
        wider.ignored = joined.ignored
        return wider

    def add_regions(self, path: Path | str) -> Atlas:
        """Return an atlas with a planner's own regions below its own; no file changes.

        Parameters
        ----------
        path
            A GeoJSON file of outlines, whose features are then computed from the sources of the atlas (this needs
            the extra `build` and, unless they are cached, the network); or a Parquet file that
            `matcher data regions` wrote from one, which needs neither. Add regions before own columns.

        Raises
        ------
        TableError
            Outlines cannot be used; every fault is listed and nothing is added.
        BuildError
            A library or a source that is needed for GeoJSON is missing.
        DataError
            The file cannot be read, or was computed for another atlas.
        """
        from pathlib import Path

        from matcher.own.pack import check_pack, pack_of

        file = pack_of(Path(path), self)
        check_pack(file, self.manifest)
        if self.store.more is not None or self.store.added:
            raise UsageError(
                "own regions are added once, and before own columns; put all of them in one file"
            )
        return Atlas(self.data_dir, self.manifest, self.catalogue, None, file)

    @property
    def licences(self) -> Mapping[str, SourceLicence]:
        """The registered sources with their licences, by key."""
        return read_licences(self.data_dir / "sources.toml")

    # ------------------------------------------------------------------ reading

    @property
    def version(self) -> str:
        """Version of the atlas."""
        return str(self.manifest.get("version", ""))

    def __len__(self) -> int:
        return len(self.store)

    def read(self, names: Sequence[str], rows: NDArray[np.int64] | None = None) -> pa.Table:
        """Read columns of some rows (all for None).

        A feature that this atlas lacks (an atlas without its share-alike part) comes back as all unknown.

        Raises
        ------
        UnknownNameError
            There is no such column, and no such feature either.
        """
        self._known(names)
        return self.store.read(names, rows)

    def cells(self, names: Sequence[str], rows: NDArray[np.int64]) -> dict[str, list[Any]]:
        """Return a few cells as plain values, None for unknown; raises as `read` does."""
        self._known(names)
        return self.store.cells(names, rows)

    def _known(self, names: Sequence[str]) -> None:
        for name in names:
            if not (name in self.catalogue.features or name in self.store.place or name in self.store.added):
                raise unknown("column", name, self.store.names)

    def column(self, name: str, rows: NDArray[np.int64] | None = None) -> NDArray[Any]:
        """Return a column as an array: numbers with NaN for unknown, anything else as objects with None."""
        values = self.read([name], rows)[name]
        if str(values.type) in NUMERIC:
            return flat(values)
        result = np.empty(len(values), object)
        result[:] = values.to_pylist()
        return result

    def texts(self, names: Sequence[str], rows: NDArray[np.int64]) -> dict[str, pa.Array]:
        """Return columns of texts as Arrow arrays without dictionaries."""
        table = self.read(names, rows)
        columns = {name: table[name].combine_chunks() for name in names}
        return {
            name: column.dictionary_decode() if hasattr(column, "dictionary_decode") else column
            for name, column in columns.items()
        }

    def hold(self) -> None:
        """Map all columns from the cache folder: many rankings and explanations then read no file.

        Where that folder may not be written to, the identity of all regions is kept in memory.
        """
        self.held = True
        try:
            self.store.map(self._mapped_path)
        except OSError:
            self.store.keep(_FIELDS)
        self._seen = self._rows

    @property
    def _mapped_path(self) -> Path:
        about = json.dumps([_MAPPED, len(self), self.manifest], sort_keys=True)
        return cache_dir() / f"atlas-{hashlib.sha256(about.encode()).hexdigest()[:32]}.arrow"

    # ------------------------------------------------------------------ regions

    @cached_property
    def region_ids(self) -> NDArray[np.object_]:
        """Ids of all regions in row order, shape (n,)."""
        return self.column("region_id")

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {region_id: row for row, region_id in enumerate(self.region_ids)}

    def row(self, region_id: str, country: str | None = None) -> int:
        """Return the row of a region id; knowing its country spares reading the ids of the world.

        Raises
        ------
        RegionNotFoundError
            No region has this id.
        """
        row = self._seen.get(region_id)
        if row is None and country and "_rows" not in self.__dict__:
            near = self.store.may_hold("country", country)
            self._seen |= dict(zip(self.column("region_id", near), near.tolist(), strict=True))
            row = self._seen.get(region_id)
        if row is None:
            row = self._rows.get(region_id)
        if row is None:
            raise RegionNotFoundError(f"no region has the id {region_id!r}; find it with `matcher find NAME`")
        return row

    def rows(self, region_ids: Iterable[str]) -> NDArray[np.int64]:
        """Return the rows of many ids, shape (n,); raises RegionNotFoundError at the first that is not known."""
        return np.array([self.row(region_id) for region_id in region_ids], dtype=np.int64)

    def get(self, region_id: str, country: str | None = None) -> Region:
        """Return a region by its id; knowing its country is quicker."""
        return self.regions(np.array([self.row(region_id, country)]))[0]

    def regions(self, rows: NDArray[np.int64]) -> list[Region]:
        """Return the regions of some rows, in their order."""
        if not len(rows):
            return []
        records = self.read(_FIELDS, rows).to_pylist()
        self._seen |= {record["region_id"]: int(row) for record, row in zip(records, rows, strict=True)}
        if "parent_name" in self.store.place:  # places, whose regions are in another atlas
            names = self.column("parent_name", rows)
            return [Region(**each, parent_name=name) for each, name in zip(records, names, strict=True)]
        places = self._rows_of(
            {record["parent_id"]: record["country"] for record in records if record["parent_id"]}
        )
        names = self.read(["name"], np.array(list(places.values()), dtype=np.int64))["name"].to_pylist()
        parents = dict(zip(places, names, strict=True))
        return [Region(**record, parent_name=parents.get(record["parent_id"])) for record in records]

    def parents(self, regions: Iterable[Region]) -> dict[str, Region]:
        """Return the regions in which some lie, by id; those that the atlas does not hold are left out."""
        places = self._rows_of({r.parent_id: r.country for r in regions if r.parent_id})
        return dict(zip(places, self.regions(np.array(list(places.values()), dtype=np.int64)), strict=True))

    def _rows_of(self, wanted: Mapping[str, str]) -> dict[str, int]:
        """Return the row of each id that the atlas holds; `wanted` tells the country of each."""
        places: dict[str, int] = {}
        for region_id, country in sorted(wanted.items()):
            with suppress(RegionNotFoundError):
                places[region_id] = self.row(region_id, country)
        return places

    def children(self, region_id: str) -> list[Region]:
        """Return the regions whose parent is this one."""
        self.row(region_id)
        return self.regions(np.flatnonzero(self.column("parent_id") == region_id))

    @cached_property
    def countries(self) -> NDArray[np.object_]:
        """Country of every region, alpha-2."""
        known, codes = self._coded["country"]  # far quicker than a text a region
        return np.array(known, object)[codes]

    @cached_property
    def population(self) -> NDArray[np.float64]:
        """Persons in every region; NaN is unknown."""
        return self.column("population").astype(np.float64)

    def where(
        self, column: str, values: Sequence[str], rows: NDArray[np.int64] | None = None
    ) -> NDArray[np.bool_]:
        """Mark the regions of some rows (all for None) whose ``country`` or ``level`` is one of `values`."""
        known, codes = self._coded[column] if rows is None else self._codes(column, rows)
        mask = np.zeros(len(codes), np.bool_)
        for code, name in enumerate(known):
            if name in values:
                mask |= codes == code
        return mask

    @cached_property
    def _coded(self) -> dict[str, tuple[list[str], NDArray[np.int16]]]:
        return {name: self._codes(name) for name in ("country", "level")}

    def _codes(
        self, column: str, rows: NDArray[np.int64] | None = None
    ) -> tuple[list[str], NDArray[np.int16]]:
        """Return texts and codes of ``country`` or ``level``: comparing codes is quick, comparing texts is not."""
        known: dict[str, int] = {}
        parts = [np.empty(0, np.int16)]
        for chunk in self.read([column], rows)[column].chunks:
            names, codes = coded(chunk)
            parts.append(np.array([known.setdefault(t, len(known)) for t in names], np.int16)[codes])
        return list(known), np.concatenate(parts)

    @cached_property
    def country_codes(self) -> NDArray[np.int64]:
        """A number for the country of every region: equal numbers are equal countries."""
        return self._coded["country"][1].astype(np.int64)

    @cached_property
    def id_places(self) -> NDArray[np.int64]:
        """The place of every region in the order of ids, which is how equal scores are ordered."""
        places = np.empty(len(self), np.int64)
        places[np.argsort(self.region_ids.astype(str), kind="stable")] = np.arange(len(self))
        return places

    @cached_property
    def _all_signing(self) -> NDArray[np.bool_]:
        return self._signing(None)

    def _signing(self, rows: NDArray[np.int64] | None) -> NDArray[np.bool_]:
        signing: NDArray[np.bool_] = self.column("governed", rows) & ~self.column("fine", rows)
        return signing

    def candidate_mask(
        self, levels: Sequence[str], rows: NDArray[np.int64] | None = None
    ) -> NDArray[np.bool_]:
        """Mark regions of some rows (all for None) of these levels that are governed and that sign for themselves."""
        signing = self._all_signing if rows is None else self._signing(rows)
        mask: NDArray[np.bool_] = self.where("level", levels, rows) & signing
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
        cells = self.cells(names, rows)
        return {name: [self._plain(self.catalogue[name], v) for v in cells[name]] for name in names}

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
        if feature.evidence_column in self.store.place:
            own = self.cells([feature.evidence_column], rows)[feature.evidence_column]
            return [value or feature.evidence for value in own]
        return [feature.evidence] * len(rows)

    @cached_property
    def provenance(self) -> dict[str, dict[str, str]]:
        """Years, licence and licence class of every feature."""
        return {feature.name: provenance(feature, self.licences) for feature in self.catalogue}

    # ----------------------------------------------------------------- outlines

    @cached_property
    def _outlines(self) -> list[Callable[..., pa.Table]]:
        """Readers of the outlines, one a row group: few are asked for, and reading all takes half a second."""
        from pyarrow.parquet import ParquetFile

        names = [name for name in _OUTLINES if name in self.manifest["files"]]
        files = [ParquetFile(self.store.checked(name)) for name in names]
        parts: list[Callable[..., pa.Table]] = [
            partial(file.read_row_group, group) for file in files for group in range(file.num_row_groups)
        ]
        return parts if self.store.below is None else [*parts, self.store.below.select]

    @cached_property
    def _outline_places(self) -> dict[str, tuple[int, int]]:
        """Part and row of the outline of each region that has one."""
        return {
            region_id: (part, row)
            for part, read in enumerate(self._outlines)
            for row, region_id in enumerate(read(columns=["region_id"])["region_id"].to_pylist())
        }

    def outline(self, region_id: str) -> Geometry | None:
        """Return the simplified outline in degrees (lon, lat), or None where it may not be shipped."""
        import shapely

        if region_id not in self._outline_places:
            return None
        part, row = self._outline_places[region_id]
        if part not in self._shapes:
            self._shapes[part] = self._outlines[part](columns=["geometry"])["geometry"]
        return shapely.from_wkb(self._shapes[part][row].as_py())

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

        if "places" in self.manifest:
            return self._nearest_place(lat, lon, country)
        tree, ids = self._tree
        found = [ids[i] for i in tree.query(shapely.Point(lon, lat), predicate="intersects")]
        regions = self.regions(self.rows(sorted(found)))
        order = ("metropolis", "regency", "province")
        fit = [
            r for r in regions if (not country or r.country == country) and (not level or r.level == level)
        ]
        return min(fit, key=lambda r: (order.index(r.level), r.area_km2 or 0.0, r.region_id), default=None)

    def _nearest_place(self, lat: float, lon: float, country: str | None) -> Region | None:
        """Return the place whose ground holds the point, the nearest of several; its ground is a disc."""
        lats, lons = (np.radians(self.column(name).astype(np.float64)) for name in ("lat", "lon"))
        y, x = np.radians(lat), np.radians(lon)
        half = np.sin((lats - y) / 2) ** 2 + np.cos(lats) * np.cos(y) * np.sin((lons - x) / 2) ** 2
        if country:
            half[self.countries != country] = np.inf
        row = int(np.argmin(half))
        if half[row] > (self.manifest["places"]["radius_km"] / 2 / _EARTH_KM) ** 2:
            return None
        return self.regions(np.array([row]))[0]

    @cached_property
    def _tree(self) -> tuple[Any, list[str]]:
        import shapely

        parts = (read(columns=["geometry"])["geometry"].to_pylist() for read in self._outlines)
        shapes = shapely.from_wkb([shape for part in parts for shape in part])
        return shapely.STRtree(shapes), list(self._outline_places)


def _text_columns(catalogue: Catalogue) -> list[str]:
    """Return the Parquet paths of columns that hold few distinct texts."""
    ends = {"label": "", "mixture": ".key_value.key", "tags": ".list.element"}
    features = catalogue.features.values()
    return ["country", "level", *(f.name + ends[f.kind] for f in features if f.kind in ends)]
