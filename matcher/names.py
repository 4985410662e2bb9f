"""Find regions by name, in any script, with or without type words, misspelt or in an old spelling.

One key is found by reading one small row group of ``names.parquet``; only a misspelt name reads all keys.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from matcher.errors import DataError
from matcher.folding import fold, fold_bare, words
from matcher.references import Reference, parse_reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pyarrow.parquet as pq

    from matcher.fuzzy import FuzzyKeys

__all__ = ["NameHit", "NameIndex", "Reference", "fold", "is_ambiguous", "parse_reference"]

Quality = Literal["id", "exact", "bare", "alias", "town", "start", "prefix", "fuzzy"]

# Qualities of one class compete by score, classes never: any exact hit comes before any prefix, and so on.
_CLASS: dict[str, int] = {"id": 0, "exact": 1, "bare": 1, "alias": 1, "town": 1, "start": 2, "prefix": 3, "fuzzy": 4}
# Scores are in hundredths of a power of ten of people: an own name is worth 4 times the people of an alias and
# 10 times those of a town inside a unit; the level that signs is worth 8 times a province. So "London" is Greater
# London before London, Ontario, and "Bali" the province before a sub-district of India.
_MALUS = {"name": 0, "bare": 50, "alias": 60, "town": 100}
_LEVEL_BONUS = {"metropolis": 140, "regency": 90}
# From here on the first of two hits is what people mean: 10 times the people, all else equal.
CLEAR_MARGIN = 100
_KIND_QUALITY: dict[str, Quality] = {"name": "exact", "bare": "bare", "alias": "alias", "town": "town"}
_COLUMNS = ["key", "text", "region_id", "kind", "priority", "country", "level", "parent_id"]
_PREFIX_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class NameHit:
    """A region that a text may mean.

    Attributes
    ----------
    region_id
        The region.
    text
        The name that was found, as it is written.
    kind
        What the name is to the region: `name`, `bare` (its name without type words), `alias`, `town` (a town
        inside it) or `id`.
    quality
        How it was found: `id`, `exact`, `bare`, `alias`, `town`, `start` (first words), `prefix`, `fuzzy`.
    country, level, parent_id
        Of the region.
    people
        How many people the name stands for, about; 0 where unknown.
    score
        Larger is likelier meant; comparable inside one class of quality.
    edits
        Letters that differ (`fuzzy`), else 0.
    """

    region_id: str
    text: str
    kind: str
    quality: Quality
    country: str = ""
    level: str = ""
    parent_id: str | None = None
    people: int = 0
    score: float = 0.0
    edits: float = 0.0


class NameIndex:
    """All names of the atlas. Open it with `NameIndex.open`.

    Examples
    --------
    >>> index = NameIndex.open(Path("data"))  # doctest: +SKIP
    >>> index.search("Kab. Purwakarta")[0].region_id  # doctest: +SKIP
    'gb:22746128B43709097539954'
    """

    def __init__(self, names: pq.ParquetFile, data_dir: Path) -> None:
        self._file = names
        self._data_dir = data_dir
        column = names.schema_arrow.get_field_index("key")
        groups = [names.metadata.row_group(i).column(column).statistics for i in range(names.num_row_groups)]
        if any(s is None or not s.has_min_max for s in groups):
            raise DataError(f"{data_dir / 'names.parquet'} has no key statistics; build the atlas again.")
        self._last_keys: list[str] = [s.max for s in groups]
        self._groups: dict[int, dict[str, list[Any]]] = {}
        self._fuzzy: FuzzyKeys | None = None
        self._countries: dict[str, str] | None = None

    @classmethod
    def open(cls, data_dir: Path) -> NameIndex:
        """Open ``names.parquet`` in `data_dir`; reads its footer only.

        Raises
        ------
        DataError
            The file is missing, damaged or of another version.
        """
        import pyarrow.parquet as pq

        path = Path(data_dir) / "names.parquet"
        try:
            names = pq.ParquetFile(path)
        except (OSError, ValueError) as error:
            raise DataError(f"cannot read {path}: {error}; install the atlas again.") from error
        missing = [c for c in _COLUMNS if c not in names.schema_arrow.names]
        if missing:
            raise DataError(f"{path} lacks the columns {', '.join(missing)}; build the atlas again.")
        return cls(names, Path(data_dir))

    # ---------------------------------------------------------------- search

    def search(self, text: str, country: str | None = None, limit: int = 10) -> list[NameHit]:
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
        """
        reference = parse_reference(text)
        if reference.kind == "point" or limit < 1:
            return []
        wanted = country.upper() if country else None
        if reference.kind != "name":
            hits = [h for h in self._by_id(reference) if wanted in (None, h.country)]
            if hits or reference.kind == "region_id":
                return hits[:limit]
        return self._by_name(reference.text, wanted)[:limit]

    def _by_name(self, text: str, country: str | None) -> list[NameHit]:
        if not fold(text):
            return []

        def here(hit: NameHit) -> bool:
            return country in (None, hit.country)

        name, narrow = self._split_commas(text)
        for keep in (narrow, here) if narrow else (here,):
            part = name if keep is narrow else text
            exact = self._exact(part, lambda h, keep=keep: here(h) and keep(h))
            if exact:
                return exact + self._starting(part, lambda h, keep=keep: here(h) and keep(h), exact, whole_words=True)
        for part, keep in self._split_words(name if narrow else text):
            exact = self._exact(part, lambda h, keep=keep: here(h) and keep(h) and (narrow is None or narrow(h)))
            if exact:
                return exact
        part, country_only = (name, narrow) if narrow else self._without_country(text)

        def close(hit: NameHit) -> bool:
            return here(hit) and (country_only is None or country_only(hit))

        starting = self._starting(part, close, [])
        return starting + self._misspelt(part, close, starting)

    # ------------------------------------------------------ parts of the text

    def _split_commas(self, text: str) -> tuple[str, Callable[[NameHit], bool] | None]:
        """Return the name before the first comma, and what the rest says about the place (None: nothing)."""
        name, *rest = [part for part in text.replace("(", ",").replace(")", "").split(",") if fold(part)] or [text]
        tests = [self._place(part) for part in rest]
        if not rest or not any(tests):
            return text, None
        return name, lambda hit: all(test(hit) for test in tests if test)

    def _split_words(self, text: str) -> Iterable[tuple[str, Callable[[NameHit], bool]]]:
        """Yield readings with the country or province before or after the name, longest name first."""
        parts = text.split()
        if len(parts) == 1:
            yield from self._split_glued(text)
            return
        for size in range(len(parts) - 1, 0, -1):
            for name, place in ((parts[:size], parts[size:]), (parts[-size:], parts[:-size])):
                test = self._place(" ".join(place))
                if test:
                    yield " ".join(name), test

    def _split_glued(self, text: str) -> Iterable[tuple[str, Callable[[NameHit], bool]]]:
        """Yield readings of a province and a name written without a space: 岐阜県飛騨市."""
        for cut in range(2, len(text) - 1):
            if text[cut - 1] in "県縣省都道府州市도시":
                test = self._place(text[:cut])
                if test:
                    yield text[cut:], test

    def _without_country(self, text: str) -> tuple[str, Callable[[NameHit], bool] | None]:
        """Return the text without a trailing country, for a name that is misspelt too."""
        parts = text.split()
        for size in range(len(parts) - 1, 0, -1):
            code = self._country_of(" ".join(parts[size:]))
            if code:
                return " ".join(parts[:size]), lambda hit: hit.country == code
        return text, None

    def _place(self, text: str) -> Callable[[NameHit], bool] | None:
        """Return a test "lies in `text`", a country or a region; None if it is neither."""
        code = self._country_of(text)
        key = fold(text)
        within = {h.region_id for h in self._exact(text, lambda h: h.level != "regency")}
        within |= {h.region_id for h in self._exact(text, lambda h: h.quality != "town")} if not within else set()
        is_code = text.strip().isascii() and text.strip().isalnum() and len(key) <= 3
        if not (code or within or is_code):
            return None

        def lies_in(hit: NameHit) -> bool:
            parent = hit.parent_id or ""
            if code == hit.country or parent in within:
                return True
            return is_code and parent.rpartition("-")[2].casefold() == key and parent.startswith("a1:")

        return lies_in

    def _country_of(self, text: str) -> str | None:
        if self._countries is None:
            self._countries = _country_keys(self._data_dir / "countries.json")
        return self._countries.get(fold(text))

    # ------------------------------------------------------------------- keys

    def _exact(self, text: str, keep: Callable[[NameHit], bool]) -> list[NameHit]:
        """Hits whose key is the folded text; without its type words only if there is none with them."""
        hits = self._at(fold(text), keep)
        if hits:
            return hits
        bare = fold_bare(text)
        if bare == fold(text):
            return []
        return [replace(h, quality="bare") if h.quality == "exact" else h for h in self._at(bare, keep)]

    def _at(self, key: str, keep: Callable[[NameHit], bool]) -> list[NameHit]:
        group = bisect_left(self._last_keys, key)
        hits = []
        while group < len(self._last_keys):
            rows = self._rows(group)
            at = bisect_left(rows["key"], key)
            while at < len(rows["key"]) and rows["key"][at] == key:
                hits.append(_hit(rows, at))
                at += 1
            if at < len(rows["key"]):
                break
            group += 1
        return _best(hit for hit in hits if keep(hit))

    def _starting(
        self, text: str, keep: Callable[[NameHit], bool], known: list[NameHit], *, whole_words: bool = False
    ) -> list[NameHit]:
        """Hits whose key starts with the folded text; `whole_words`: only if its words do."""
        key = fold(text)
        if len(key.encode()) < 3:
            return []
        seen = {hit.region_id for hit in known}
        group = bisect_left(self._last_keys, key)
        hits: list[NameHit] = []
        read = 0
        while group < len(self._last_keys) and read < _PREFIX_ROWS:
            rows = self._rows(group)
            at = bisect_left(rows["key"], key)
            while at < len(rows["key"]) and rows["key"][at].startswith(key):
                if rows["region_id"][at] not in seen:
                    hits.append(_hit(rows, at, "prefix"))
                at += 1
                read += 1
            if at < len(rows["key"]):
                break
            group += 1
        hits = sorted((h for h in hits if keep(h)), key=lambda h: -h.score)[:200]
        hits = [replace(h, quality="start") if _starts_words(h.text, key) else h for h in hits]
        return _best(h for h in hits if not whole_words or h.quality == "start")

    def _misspelt(self, text: str, keep: Callable[[NameHit], bool], known: list[NameHit]) -> list[NameHit]:
        from matcher.fuzzy import FuzzyKeys

        if self._fuzzy is None:
            self._fuzzy = FuzzyKeys(self._file.read(columns=["key"])["key"])
        seen = {hit.region_id for hit in known}
        found: list[NameHit] = []
        for key in dict.fromkeys((fold(text), fold_bare(text))):
            for match, edits in self._fuzzy.near(key):
                found += [
                    replace(hit, quality="fuzzy", edits=edits)
                    for hit in self._at(match, keep)
                    if hit.region_id not in seen
                ]
        return _best(found)

    def _rows(self, group: int) -> dict[str, list[Any]]:
        rows = self._groups.get(group)
        if rows is None:
            if len(self._groups) > 32:
                self._groups.clear()
            rows = self._groups[group] = self._file.read_row_group(group, columns=_COLUMNS).to_pydict()
        return rows

    # -------------------------------------------------------------------- ids

    def _by_id(self, reference: Reference) -> list[NameHit]:
        """Regions with this id; of several (a city and its province) the signing level first."""
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        column = {"region_id": "region_id", "geonames": "geonames_id", "wikidata": "wikidata"}[reference.kind]
        columns = ["region_id", "name", "country", "level", "parent_id", "population", column]
        try:
            table = pq.read_table(self._data_dir / "regions.parquet", columns=list(dict.fromkeys(columns)))
        except (OSError, ValueError) as error:
            raise DataError(f"cannot read {self._data_dir / 'regions.parquet'}: {error}") from error
        value = int(reference.text) if reference.kind == "geonames" else reference.text
        rows = table.filter(pc.equal(table[column], value)).to_pylist()
        hits = [
            NameHit(
                row["region_id"], row["name"], "id", "id", row["country"], row["level"], row["parent_id"],
                int(row["population"] or 0), _LEVEL_BONUS.get(row["level"], 0),
            )
            for row in rows
        ]  # fmt: skip
        return sorted(hits, key=lambda hit: -hit.score)


def is_ambiguous(hits: Sequence[NameHit]) -> bool:
    """Whether the first hit is too close to another to be taken without asking.

    Hits of a lower class never compete. Inside a class the first needs a margin of ten times the people, own names
    counting more than aliases and towns (see `NameHit.score`), unless the other is its province, its own ward, or
    the kota / kabupaten that carries the same name only without its type word. A misspelt name competes with those
    as near to it; a cut word ("Purwak") with all that go on.
    """
    if not hits:
        return False
    first = hits[0]
    if first.quality == "id":
        return False
    for other in hits[1:]:
        if _CLASS[other.quality] != _CLASS[first.quality] or other.edits > first.edits:
            continue
        if first.quality == "prefix" or (
            first.score - other.score < CLEAR_MARGIN and not _is_settled(first, other)
        ):
            return True
    return False


def _is_settled(first: NameHit, other: NameHit) -> bool:
    if first.parent_id == other.region_id:  # a city before its province of the same name
        return True
    if other.parent_id == first.region_id:  # a metropolis before its own ward; a province before its city is open
        return first.level == "metropolis" or other.kind == "town"
    same_parent = first.country == other.country and first.parent_id == other.parent_id
    return same_parent and first.quality == "exact" and other.quality != "exact"


def _hit(rows: dict[str, list[Any]], at: int, quality: Quality | None = None) -> NameHit:
    kind, level, priority = rows["kind"][at], rows["level"][at], rows["priority"][at]
    return NameHit(
        rows["region_id"][at], rows["text"][at], kind, quality or _KIND_QUALITY[kind], rows["country"][at], level,
        rows["parent_id"][at], round(math.pow(10, priority / 100) - 1), priority - _MALUS[kind] + _LEVEL_BONUS.get(level, 0),
    )  # fmt: skip


def _best(hits: Iterable[NameHit]) -> list[NameHit]:
    """Return one hit per region, best first."""
    ordered = sorted(hits, key=lambda h: (_CLASS[h.quality], h.edits, -h.score, h.region_id))
    best: dict[str, NameHit] = {}
    for hit in ordered:
        best.setdefault(hit.region_id, hit)
    return list(best.values())


def _starts_words(text: str, key: str) -> bool:
    joined = ""
    for word in words(text):
        joined += word
        if len(joined) >= len(key):
            return joined == key
    return False


def _country_keys(path: Path) -> dict[str, str]:
    """Every way to write a country, folded -> alpha-2; codes win over names."""
    import json

    try:
        table = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"cannot read {path}: {error}; install the atlas again.") from error
    keys: dict[str, str] = {}
    for alpha2, facts in table.items():
        for text in (facts["en"], facts["id"], facts["ko"], *facts["other"]):
            keys.setdefault(fold(text), alpha2)
    for alpha2, facts in table.items():
        keys |= {fold(alpha2): alpha2, fold(facts["alpha3"]): alpha2}
    keys.pop("", None)
    return keys
