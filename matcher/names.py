"""Find regions by name, in any script, with or without type words, misspelt or in an old spelling.

One key is found by reading one small row group of ``names.parquet``; only a misspelt name reads all keys.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matcher.errors import DataError
from matcher.folding import fold, fold_bare, words
from matcher.hits import LEVEL_BONUS, NameHit, best_hits, hit_of, is_ambiguous, weigh
from matcher.readings import Readings
from matcher.references import Reference, parse_reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa
    import pyarrow.parquet as pq

    from matcher.fuzzy import FuzzyKeys
    from matcher.readings import Test

__all__ = ["NameHit", "NameIndex", "Reference", "fold", "is_ambiguous", "parse_reference"]

NAMES = "names.parquet"
_COLUMNS = ["key", "text", "region_id", "kind", "priority", "country", "level", "parent_id"]
_PREFIX_ROWS, _PREFIX_HITS = 20_000, 200  # rows read for one prefix, and the likeliest of them that are kept
_LAST = "\U0010ffff"  # sorts after every letter
_GROUPS_KEPT = 32
_CODE_LETTERS = 3  # ISO 3166-1 writes a country in two letters or three


class NameIndex:
    """All names of the atlas. Open it with `NameIndex.open`.

    Examples
    --------
    >>> index = NameIndex.open(Path("data"))  # doctest: +SKIP
    >>> index.search("Kab. Purwakarta")[0].region_id  # doctest: +SKIP
    'gb:22746128B43709097539954'
    """

    def __init__(self, names: pq.ParquetFile, data_dir: Path, more: Sequence[Mapping[str, Any]] = ()) -> None:
        self._file = names
        self._data_dir = data_dir
        self._more = sorted(more, key=lambda row: str(row["key"]))
        self._last_keys = _last_keys(names, data_dir)
        self._groups: dict[int, tuple[list[str], pa.Table]] = {}
        self._readings = Readings(self._exact, data_dir / "countries.json")

    @classmethod
    def open(cls, data_dir: Path, more: Sequence[Mapping[str, Any]] = ()) -> NameIndex:
        """Open ``names.parquet`` in `data_dir`; reads its footer only.

        Parameters
        ----------
        data_dir
            Folder of the atlas.
        more
            Rows of regions that the folder does not have, with its columns.

        Raises
        ------
        DataError
            The file is missing, damaged or of another version.
        """
        import pyarrow.parquet as pq

        path = Path(data_dir) / NAMES
        try:
            names = pq.ParquetFile(path)
        except (OSError, ValueError) as error:
            raise DataError(f"cannot read {path}: {error}; install the atlas again.") from error
        missing = [c for c in _COLUMNS if c not in names.schema_arrow.names]
        if missing:
            raise DataError(f"{path} lacks the columns {', '.join(missing)}; build the atlas again.")
        return cls(names, Path(data_dir), more)

    # ---------------------------------------------------------------- search

    def search(
        self, text: str, country: str | None = None, limit: int = 10, *, near: bool = True
    ) -> list[NameHit]:
        """Regions that `text` may mean, likeliest first.

        Parameters
        ----------
        text
            A name, also with its country or province ("Purwakarta, ID", "Queenstown NZ", "Springfield, Illinois"),
            a region_id, a GeoNames or a Wikidata id. A point (`lat,lon`) is none of these and finds nothing.
        country
            Only regions of this country (ISO 3166-1 alpha-2).
        limit
            At most so many hits.
        near
            Whether names that only start so, or are spelt nearly so, are hits too.
        """
        reference = parse_reference(text)
        if reference.kind == "point" or limit < 1:
            return []
        wanted = country.upper() if country else None

        def here(hit: NameHit) -> bool:
            return wanted in (None, hit.country)

        if reference.kind == "name":
            return self._by_name(reference.text, here, near=near)[:limit]
        return [hit for hit in self._by_id(reference) if here(hit)][:limit]

    def country(self, text: str) -> str | None:
        """Alpha-2 code of the country that a text names in one of many languages; codes are no names."""
        is_code = text.strip().isascii() and len(fold(text)) <= _CODE_LETTERS
        return None if is_code else self._readings.country(text)

    def _by_name(self, text: str, here: Test, *, near: bool) -> list[NameHit]:
        """Hits of the first reading of the text that is a name; else of names that start so or are near."""
        if not fold(text):
            return []
        name, inside = self._readings.by_comma(text)
        tried = [(name, _both(here, inside)), (text, here)] if inside else [(text, here)]
        for part, keep in tried:
            if exact := self._exact(part, keep):
                return exact + (self._starting(part, keep, exact, whole_words=True) if near else [])
        first, keep = tried[0]
        for part, place in self._readings.by_word(first):
            if exact := self._exact(part, _both(keep, place)):
                return exact
        if not near:
            return []
        if not inside:
            first, place_or_none = self._readings.without_country(text)
            keep = _both(here, place_or_none)
        starting = self._starting(first, keep, [])
        return starting + self._misspelt(first, keep, starting) or self._elsewhere(text, here)

    def _elsewhere(self, text: str, here: Test) -> list[NameHit]:
        """Hits of the name before a comma, where what follows is no place of the atlas or not where the name is."""
        name = self._readings.before_comma(text)
        hits = self._exact(name, here) if name != text else []
        return [replace(hit, quality="elsewhere") for hit in hits]

    # ------------------------------------------------------------------- keys

    def _exact(self, text: str, keep: Test) -> list[NameHit]:
        """Hits whose key is the folded text; without its type words only if there is none with them."""
        full, bare = fold(text), fold_bare(text)
        hits = self._at(full, keep)
        if bare == full:
            return hits
        if not hits:
            return [replace(h, quality="bare") if h.quality == "exact" else h for h in self._at(bare, keep)]
        if any(hit.quality == "exact" for hit in hits):  # "Gwangju-si" is typed to tell it from Gwangju
            hits = best_hits(hit if hit.quality == "exact" else replace(hit, quality="other") for hit in hits)
        return hits

    def _at(self, key: str, keep: Test) -> list[NameHit]:
        """Hits of one key, best first."""
        hits = best_hits(hit_of(row) for row in self._span(key, key))
        return [hit for hit in weigh(hits) if keep(hit)]

    def _starting(
        self, text: str, keep: Test, known: list[NameHit], *, whole_words: bool = False
    ) -> list[NameHit]:
        """Hits whose key starts with the folded text; `whole_words`: only if its words do."""
        key = fold(text)
        if len(key.encode()) < 3:
            return []
        seen = {hit.region_id for hit in known}
        hits = [
            hit
            for row in self._span(key, key + _LAST)
            if row["region_id"] not in seen and keep(hit := hit_of(row, "prefix"))
        ]
        hits = sorted(hits, key=lambda hit: -hit.score)[:_PREFIX_HITS]
        hits = [replace(hit, quality="start") if _starts_words(hit.text, key) else hit for hit in hits]
        return best_hits(hit for hit in hits if not whole_words or hit.quality == "start")

    def _misspelt(self, text: str, keep: Test, known: list[NameHit]) -> list[NameHit]:
        """Hits whose key differs by a few letters."""
        seen = {hit.region_id for hit in known}
        return best_hits(
            replace(hit, quality="fuzzy", edits=edits)
            for key in dict.fromkeys((fold(text), fold_bare(text)))
            for match, edits in self._fuzzy.near(key)
            for hit in self._at(match, keep)
            if hit.region_id not in seen
        )

    @cached_property
    def _fuzzy(self) -> FuzzyKeys:
        import pyarrow as pa

        from matcher.fuzzy import FuzzyKeys

        keys = self._file.read(columns=["key"])["key"]
        more = pa.array([row["key"] for row in self._more], pa.string())
        return FuzzyKeys(pa.chunked_array([*keys.chunks, more]) if self._more else keys)

    def _span(self, first: str, last: str) -> Iterator[dict[str, Any]]:
        """Rows with keys from `first` to `last`, at most `_PREFIX_ROWS` of the atlas."""
        yield from (dict(row) for row in self._more if first <= row["key"] <= last)
        left = _PREFIX_ROWS
        for group in range(bisect_left(self._last_keys, first), len(self._last_keys)):
            keys, table = self._group(group)
            start, end = bisect_left(keys, first), bisect_right(keys, last)
            yield from table.slice(start, min(end - start, left)).to_pylist()
            left -= end - start
            if end < len(keys) or left <= 0:
                break

    def _group(self, group: int) -> tuple[list[str], pa.Table]:
        """Keys and rows of a row group, kept for the next look-up."""
        if group not in self._groups:
            if len(self._groups) >= _GROUPS_KEPT:
                self._groups.clear()
            table = self._file.read_row_group(group, columns=_COLUMNS, use_threads=False)
            self._groups[group] = (table["key"].to_pylist(), table)
        return self._groups[group]

    # -------------------------------------------------------------------- ids

    def _by_id(self, reference: Reference) -> list[NameHit]:
        """Regions with this id; of several (a city and its province) the signing level first."""
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        path = self._data_dir / "regions.parquet"
        column = {"region_id": "region_id", "geonames": "geonames_id", "wikidata": "wikidata"}[reference.kind]
        value = int(reference.text) if reference.kind == "geonames" else reference.text
        columns = ["region_id", "name", "country", "level", "parent_id", "population", column]
        try:
            table = pq.read_table(path, columns=list(dict.fromkeys(columns)))
        except (OSError, ValueError) as error:
            raise DataError(f"cannot read {path}: {error}; install the atlas again.") from error
        hits = [
            NameHit(
                row["region_id"], row["name"], "id", "id", row["country"], row["level"], row["parent_id"],
                int(row["population"] or 0), LEVEL_BONUS.get(row["level"], 0),
            )
            for row in table.filter(pc.equal(table[column], value)).to_pylist()
        ]  # fmt: skip
        if reference.kind == "region_id":
            hits += [
                replace(hit_of(row), kind="id", quality="id")
                for row in self._more
                if row["region_id"] == reference.text
            ][:1]
        return sorted(hits, key=lambda hit: -hit.score)


def _last_keys(names: pq.ParquetFile, data_dir: Path) -> list[str]:
    """Last key of each row group, from the footer."""
    column = names.schema_arrow.get_field_index("key")
    groups = [names.metadata.row_group(i).column(column).statistics for i in range(names.num_row_groups)]
    if any(each is None or not each.has_min_max for each in groups):
        raise DataError(f"{data_dir / 'names.parquet'} has no key statistics; build the atlas again.")
    return [each.max for each in groups]


def _both(one: Test, other: Test | None) -> Test:
    return (lambda hit: one(hit) and other(hit)) if other else one


def _starts_words(text: str, key: str) -> bool:
    """Whether the first words of a text are the key: "Frankfurt" of "Frankfurt am Main"."""
    joined = ""
    for word in words(text):
        joined += word
        if len(joined) >= len(key):
            break
    return joined == key
