"""The store: columns of an atlas, read from its Parquet files as they are asked for.

Arrow's own conversions to numpy import pandas, and its compute functions take a tenth of a second to import. A ranking
of one country is over sooner than that, so values are taken from Arrow's buffers as they lie.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.errors import DataError
from matcher.files import HashAhead, file_sha256
from matcher.mapping import mapped_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray
    from pyarrow.parquet import ParquetFile

TABLE, SHARE_ALIKE = "regions.parquet", "regions-sharealike.parquet"
_RUNS = 2_000  # up to so many runs of rows are sliced; beyond, Arrow's `take` is worth its import
_FEW = 200  # rows up to which cells are taken one by one
_DTYPES = {"float": "<f4", "double": "<f8", "int32": "<i4", "int64": "<i8", "int16": "<i2", "int8": "<i1"}
NUMERIC = frozenset({*_DTYPES, "bool", "null"})
"""Arrow types whose columns `flat` turns into arrays."""


class Store:
    """The Parquet files of one atlas folder.

    Parameters
    ----------
    folder
        Where they lie.
    hashes
        File name to what ``atlas.json`` says of it, ``sha256`` above all.
    texts
        Columns of few distinct texts (labels, classes of mixtures): read as codes and a dictionary.
    added
        Columns that are in no file, of as many rows.
    more
        A file with further rows, which come after those of the folder; columns that it lacks are unknown there.
    """

    def __init__(
        self,
        folder: Path,
        hashes: Mapping[str, Mapping[str, Any]],
        texts: Sequence[str],
        added: Mapping[str, pa.ChunkedArray] | None = None,
        more: Path | None = None,
    ) -> None:
        self.folder, self.hashes, self.texts = folder, hashes, list(texts)
        self.more = more
        self.added: dict[str, pa.ChunkedArray] = dict(added or {})
        self._kept = dict(self.added)
        self._ahead: HashAhead | None = None

    def check_ahead(self, names: Sequence[str]) -> None:
        """Begin to hash some files that will be asked for, the first one first."""
        self._ahead = HashAhead([self.folder / name for name in names if name in self.hashes])

    def checked(self, name: str) -> Path:
        """Return the path of a file after checking its hash.

        Raises
        ------
        DataError
            The file is missing, or is not the one that the manifest names.
        """
        path = self.folder / name
        stated = self.hashes.get(name, {}).get("sha256")
        if stated is None:
            raise DataError(f"{self.folder / 'atlas.json'} does not list {name}; build the atlas again")
        digest = self._ahead.sha256(path) if self._ahead else file_sha256(path)
        if digest != stated:
            raise DataError(
                f"{path} was changed or cut short (its hash is not the one in atlas.json); "
                "restore the file or build the atlas again"
            )
        return path

    @cached_property
    def _files(self) -> list[ParquetFile]:
        return [self._open(name) for name in (TABLE, SHARE_ALIKE) if name == TABLE or name in self.hashes]

    def _open(self, name: str) -> ParquetFile:
        return self._parquet(self.checked(name))

    def _parquet(self, path: Path) -> ParquetFile:
        from pyarrow.parquet import ParquetFile, read_metadata

        about = read_metadata(path)
        paths = {about.schema.column(index).path for index in range(about.num_columns)}
        return ParquetFile(
            path,
            metadata=about,
            pre_buffer=False,
            read_dictionary=[text for text in self.texts if text in paths],
        )

    @cached_property
    def place(self) -> dict[str, ParquetFile]:
        """Column to the file that holds it."""
        return {name: file for file in reversed(self._files) for name in file.schema_arrow.names}

    @cached_property
    def names(self) -> list[str]:
        """Every column, of the files and added."""
        return [*self.place, *self.added]

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        """Row after the last of each row group; all files are cut alike."""
        about = self._files[0].metadata
        return np.cumsum([about.row_group(group).num_rows for group in range(about.num_row_groups)])

    @cached_property
    def below(self) -> pa.Table | None:
        """The further rows, with the columns that their file has."""
        return None if self.more is None else self._parquet(self.more).read()

    def __len__(self) -> int:
        return int(self._ends[-1]) + (0 if self.below is None else self.below.num_rows)

    def keep(self, names: Sequence[str]) -> None:
        """Hold whole columns in memory, so that later reads of some rows touch no file."""
        new = [name for name in names if name not in self._kept]
        self._kept |= _columns(self.read(new))

    def map(self, path: Path) -> None:
        """Hold all columns in a mapped file, which is written where it is not there yet: see `matcher.mapping`.

        Raises
        ------
        OSError
            The file cannot be written.
        """
        table = mapped_table(path, lambda: self.read(list(self.place)))
        self._kept = _columns(table) | self.added

    def cells(self, names: Sequence[str], rows: NDArray[np.int64]) -> dict[str, list[Any]]:
        """Return a few cells as plain values, None for unknown; quick where the columns are held."""
        index = rows.tolist()
        held = [name for name in names if name in self._kept and self._kept[name].num_chunks == 1]
        if len(index) > _FEW:
            held = []
        pieces = {name: self._kept[name].chunk(0) for name in held}
        found = {name: [piece[i].as_py() for i in index] for name, piece in pieces.items()}
        if others := [name for name in names if name not in found]:
            table = self.read(others, rows)
            found |= {name: table[name].to_pylist() for name in others}
        return found

    def read(self, names: Sequence[str], rows: NDArray[np.int64] | None = None) -> pa.Table:
        """Read columns of some rows, in their order (all for None), touching only the row groups that hold them.

        A column that no file has comes back as nulls.
        """
        import pyarrow as pa

        columns: dict[str, pa.ChunkedArray] = {}
        if kept := {name: self._kept[name] for name in names if name in self._kept}:
            columns |= _columns(_pick(pa.table(kept), rows))
        for file in self._files:
            mine = [name for name in names if name not in columns and self.place.get(name) is file]
            if mine:
                columns |= _columns(self._read_both(file, mine, rows))
        count = len(self) if rows is None else len(rows)
        return pa.table({name: columns.get(name, pa.chunked_array([pa.nulls(count)])) for name in names})

    def _read_both(self, file: ParquetFile, names: Sequence[str], rows: NDArray[np.int64] | None) -> pa.Table:
        """Read columns of one file, and the further rows below it."""
        import pyarrow as pa

        if self.below is None:
            return self._read(file, names, rows)
        size = int(self._ends[-1])
        if rows is None:
            return pa.concat_tables([top := self._read(file, names, None), _like(top, self.below)])
        further = rows >= size
        if not further.any():
            return self._read(file, names, rows)
        top = self._read(file, names, rows[~further])
        both = pa.concat_tables([top, _pick(_like(top, self.below), rows[further] - size)])
        return _pick(both, np.argsort(np.argsort(further, kind="stable"), kind="stable"))

    def _read(self, file: ParquetFile, names: Sequence[str], rows: NDArray[np.int64] | None) -> pa.Table:
        if rows is None:
            return self._groups(file, range(len(self._ends)), names)
        sizes = np.diff(self._ends, prepend=0)
        group = np.searchsorted(self._ends, rows, side="right")
        wanted = np.flatnonzero(np.bincount(group, minlength=1))  # `np.unique` would import masked arrays
        # How far the rows move when only the wanted groups are read.
        begin = np.zeros(len(sizes), np.int64)
        begin[wanted] = np.cumsum(sizes[wanted]) - sizes[wanted]
        return _pick(
            self._groups(file, wanted.tolist(), names), rows - (self._ends - sizes)[group] + begin[group]
        )

    def _groups(self, file: ParquetFile, groups: Sequence[int], names: Sequence[str]) -> pa.Table:
        import pyarrow as pa

        # At least the first group, so that an empty choice of rows keeps the columns' types.
        groups = groups or [0]
        nested = {path.partition(".")[0] for path in self.texts if "." in path}
        if nested.isdisjoint(names):
            return file.read_row_groups(groups, columns=list(names), use_threads=len(groups) > 8)
        # Arrow reads a dictionary inside a map or list only group by group.
        return pa.concat_tables(
            [file.read_row_group(group, columns=list(names), use_threads=len(groups) > 8) for group in groups]
        )

    def may_hold(self, column: str, value: str) -> NDArray[np.int64]:
        """Return the rows of the row groups whose range of `column` takes in `value`; where sorted, these are few."""
        file = self.place[column]
        index = file.schema_arrow.get_field_index(column)
        found = []
        for group, end in enumerate(self._ends):
            about = file.metadata.row_group(group)
            range_ = about.column(index).statistics
            if range_ is None or not range_.has_min_max or range_.min <= value <= range_.max:
                found.append(np.arange(end - about.num_rows, end))
        if self.below is not None:
            found.append(np.arange(self._ends[-1], len(self)))
        return np.concatenate(found) if found else np.empty(0, np.int64)


def _like(top: pa.Table, below: pa.Table) -> pa.Table:
    """Return the columns of `top` in `below`, of the same types; a column that is not there is unknown."""
    import pyarrow as pa

    known = set(below.column_names)
    return pa.table(
        [
            below[field.name] if field.name in known else pa.nulls(below.num_rows, field.type)
            for field in top.schema
        ],
        schema=pa.schema([pa.field(field.name, field.type) for field in top.schema]),
    ).replace_schema_metadata(top.schema.metadata)


def _columns(table: pa.Table) -> dict[str, pa.ChunkedArray]:
    return dict(zip(table.column_names, table.columns, strict=True))


def _pick(table: pa.Table, rows: NDArray[np.int64] | None) -> pa.Table:
    """Return some rows of a table, in their order."""
    import pyarrow as pa

    if rows is None:
        return table
    if not len(rows):
        return table.slice(0, 0)
    starts = np.flatnonzero(np.diff(rows, prepend=rows[0] - 2) != 1)
    if len(starts) > _RUNS:
        return table.take(rows)
    lengths = np.diff(starts, append=len(rows))
    return pa.concat_tables([table.slice(int(rows[i]), int(n)) for i, n in zip(starts, lengths, strict=True)])


def flat(column: pa.ChunkedArray) -> NDArray[Any]:
    """Return a column of numbers or booleans; unknown numbers are NaN."""
    return np.concatenate([_flat(chunk) for chunk in column.chunks] or [np.empty(0)])


def _flat(array: pa.Array) -> NDArray[Any]:
    start, stop = array.offset, array.offset + len(array)
    kind = str(array.type)
    if kind == "null":
        return np.full(len(array), np.nan)
    valid, data = array.buffers()[:2]
    if kind == "bool":
        values: NDArray[Any] = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[start:stop] > 0
    else:
        values = np.frombuffer(data, _DTYPES[kind])[start:stop]
    if array.null_count:
        known = np.unpackbits(np.frombuffer(valid, np.uint8), bitorder="little")[start:stop] > 0
        values = np.where(known, values, np.nan)
    return values


def coded(chunk: pa.DictionaryArray) -> tuple[list[str], NDArray[np.int64]]:
    """Return the texts and codes of a dictionary array; code -1 is unknown."""
    codes = _flat(chunk.indices)
    return chunk.dictionary.to_pylist(), np.where(np.isnan(codes), -1, codes).astype(np.int64)
