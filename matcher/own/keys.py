"""Keys: which region each row of a planner's table is about."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from matcher.countries import country_code
from matcher.errors import Fault, UnknownNameError
from matcher.folding import fold, fold_bare
from matcher.own.cells import blank, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from matcher.own.table import OwnTable

IDS = ("region_id", "wikidata", "geonames_id", "national_code")
"""Columns that name a region, the surest first; ``name`` with ``country`` comes after them."""
HELPERS = ("name", "country", "level", "province")
_KINDS = {"name": 0, "bare": 1, "city": 2, "alias": 2}  # a town inside a region is not the region
_OFFERED = 3
_MOST_OFFERS = 300  # names to which close ones are sought: beyond, it takes long and helps nobody
_NEAR = 75.0


class Identity(Protocol):
    """What is asked of an atlas."""

    data_dir: Path

    def column(self, name: str) -> NDArray[Any]:
        """Return a column of all regions."""


class RegionKeys:
    """Finds the row of the atlas that a row of a table is about.

    Parameters
    ----------
    atlas
        Identity of the regions.
    names
        Names that will be asked for; only these are looked up in ``names.parquet``.
    """

    def __init__(self, atlas: Identity, names: Iterable[str] = ()) -> None:
        self.atlas = atlas
        self._wanted = {key for name in names for key in (fold(name), fold_bare(name)) if key}
        self._offers = 0

    def find(self, row: Mapping[str, Any]) -> int | tuple[str, str, str, str]:
        """Return the row of the atlas, or what is wrong: column, value, fault and way out.

        Parameters
        ----------
        row
            Key columns to cells.
        """
        country = None
        if not blank(row.get("country")):
            try:
                country = country_code(text(row["country"]))
            except UnknownNameError as error:
                wrong, _, todo = str(error).partition("; ")
                return "country", text(row["country"]), wrong, todo
        for column in IDS:
            if not blank(row.get(column)):
                return self._by_id(column, _code(row[column]), row, country)
        if blank(row.get("name")):
            columns = ", ".join(name for name in (*IDS, "name") if name in row)
            return "", "", "names no region", f"fill one of the columns {columns}"
        return self._by_name(text(row["name"]), row, country)

    def id_of(self, place: int) -> str:
        """Return the region id of a row of the atlas."""
        return self._region_ids[place]

    # -------------------------------------------------------------------- by id

    def _by_id(
        self, column: str, code: str, row: Mapping[str, Any], country: str | None
    ) -> int | tuple[str, str, str, str]:
        found = self._ids(column).get(code, [])
        if not found:
            return column, code, "no region of the atlas has it", "find the region with `matcher find NAME`"
        here = [place for place in found if country in {None, self._countries[place]}]
        if not here:
            of = self._countries[found[0]]
            return column, code, f"the region is in {of}, the row says {country}", "correct one of the two"
        return self._one(here, column, code, row)

    def _ids(self, column: str) -> Mapping[str, list[int]]:
        if column not in self._known_ids:
            index: dict[str, list[int]] = defaultdict(list)
            for place, code in enumerate(self.atlas.column(column).tolist()):
                if not blank(code):
                    index[_code(code)].append(place)
            self._known_ids[column] = index
        return self._known_ids[column]

    @cached_property
    def _known_ids(self) -> dict[str, Mapping[str, list[int]]]:
        return {}

    # ------------------------------------------------------------------ by name

    def _by_name(
        self, name: str, row: Mapping[str, Any], country: str | None
    ) -> int | tuple[str, str, str, str]:
        if country is None:
            return "country", "", "is empty, and a name needs its country", "write the country's code or name"
        best: dict[int, int] = {}
        for key in dict.fromkeys((fold(name), fold_bare(name))):
            for kind, region_id in self._names.get((key, country), ()):
                for place in self._ids("region_id").get(region_id, ()):
                    best[place] = min(kind, best.get(place, kind))
            if best:
                break  # the name as written comes before the name without its type word
        if not best:
            return "name", name, f"no region of {country} is called that", self._offer(name, country)
        first = min(best.values())
        return self._one([place for place, kind in best.items() if kind == first], "name", name, row)

    @cached_property
    def _names(self) -> Mapping[tuple[str, str], list[tuple[int, str]]]:
        """Folded name and country to kind and region id, of the names that will be asked for."""
        import pyarrow as pa
        import pyarrow.compute as pc

        table = self._name_table
        table = table.filter(pc.is_in(table["key"], value_set=pa.array(sorted(self._wanted), pa.string())))
        index: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
        for entry in table.to_pylist():
            if entry["kind"] in _KINDS:
                index[entry["key"], entry["country"]].append((_KINDS[entry["kind"]], entry["region_id"]))
        return index

    @cached_property
    def _name_table(self) -> pa.Table:
        from pyarrow.parquet import read_table

        return read_table(
            self.atlas.data_dir / "names.parquet", columns=["key", "text", "kind", "country", "region_id"]
        )

    def _offer(self, name: str, country: str) -> str:
        """Offer names of the country that are near; beyond so many faults, only the command that finds them."""
        self._offers += 1
        if self._offers <= _MOST_OFFERS:
            from rapidfuzz import process

            if country not in self._near:
                self._near[country] = self._names_of(country)
            found = process.extract(
                fold(name), self._near[country].keys(), limit=_OFFERED, score_cutoff=_NEAR
            )
            if found:
                return f"did you mean {', '.join(self._near[country][key] for key, _, _ in found)}?"
        return f"find the region with `matcher find {name!r} --country {country}`, and give its region_id"

    @cached_property
    def _near(self) -> dict[str, dict[str, str]]:
        return {}

    def _names_of(self, country: str) -> dict[str, str]:
        import pyarrow.compute as pc

        table = self._name_table
        table = table.filter(pc.and_(pc.equal(table["country"], country), pc.equal(table["kind"], "name")))
        return dict(zip(table["key"].to_pylist(), table["text"].to_pylist(), strict=True))

    # ------------------------------------------------------------- one of several

    def _one(
        self, places: Sequence[int], column: str, value: str, row: Mapping[str, Any]
    ) -> int | tuple[str, str, str, str]:
        """Return the one place that the row's level and province leave, the signing level first."""
        if not blank(row.get("level")):
            level = text(row["level"]).strip()
            left = [place for place in places if self._levels[place] == level]
            if not left:
                levels = ", ".join(sorted({self._levels[place] for place in places}))
                return (
                    "level",
                    level,
                    f"{value} is no {level} but {levels}",
                    "correct the level or leave it empty",
                )
            places = left
        if not blank(row.get("province")):
            wanted = fold_bare(text(row["province"]))
            left = [place for place in places if wanted in self._province_keys(place)]
            if not left:
                return (
                    "province",
                    text(row["province"]),
                    f"{value} is not in it",
                    "correct the province or leave it empty",
                )
            places = left
        if len(places) > 1:
            places = [place for place in places if self._signing[place]] or places
        if len(places) == 1:
            return places[0]
        ids = ", ".join(str(self._region_ids[place]) for place in places[:_OFFERED])
        more = ", ..." if len(places) > _OFFERED else ""
        return column, value, f"means {len(places)} regions", f"give the region_id of one: {ids}{more}"

    def _province_keys(self, place: int) -> set[str]:
        parent = self._parents[place]
        own = self._ids("region_id").get(parent or "", [])
        return {fold_bare(str(self._plain_names[row])) for row in own} | {parent or ""}

    @cached_property
    def _region_ids(self) -> list[str]:
        return self.atlas.column("region_id").tolist()  # type: ignore[no-any-return]

    @cached_property
    def _countries(self) -> list[str]:
        return self.atlas.column("country").tolist()  # type: ignore[no-any-return]

    @cached_property
    def _levels(self) -> list[str]:
        return self.atlas.column("level").tolist()  # type: ignore[no-any-return]

    @cached_property
    def _parents(self) -> list[str | None]:
        return self.atlas.column("parent_id").tolist()  # type: ignore[no-any-return]

    @cached_property
    def _plain_names(self) -> list[str]:
        return self.atlas.column("name").tolist()  # type: ignore[no-any-return]

    @cached_property
    def _signing(self) -> list[bool]:
        """Whether a region is at the level that signs, governed and not too fine."""
        governed, fine = self.atlas.column("governed").tolist(), self.atlas.column("fine").tolist()
        return [
            level != "province" and bool(g) and not f
            for level, g, f in zip(self._levels, governed, fine, strict=True)
        ]


def find_regions(table: OwnTable, atlas: Identity) -> tuple[list[int], list[Fault]]:
    """Return the row of the atlas for every row of a table, -1 for a faulty or empty one, and the faults.

    Two rows about one region are a fault of the second.
    """
    keys = {name: table.columns[name] for name in (*IDS, *HELPERS) if name in table.columns}
    faulty = {fault.row for fault in table.faults}
    names = [text(cell) for cell in keys.get("name", ()) if not blank(cell)]
    finder = RegionKeys(atlas, names)
    places: list[int] = []
    faults: list[Fault] = []
    first: dict[int, int] = {}
    for index in range(len(table)):
        number = table.first_row + index
        place = -1
        if number not in faulty and not all(blank(cells[index]) for cells in table.columns.values()):
            found = finder.find({name: cells[index] for name, cells in keys.items()})
            if isinstance(found, tuple):
                faults.append(Fault(number, *found))
            elif found in first:
                wrong = f"is about the same region as row {first[found]}"
                faults.append(Fault(number, "", finder.id_of(found), wrong, "keep one of the two"))
            else:
                place = found
                first[found] = number
        places.append(place)
    return places, faults


def _code(cell: object) -> str:
    """Return an id as text: a number that a spreadsheet or Arrow made of it loses its decimals."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    plain = str(cell).strip()
    return plain.removesuffix(".0") if plain.removesuffix(".0").isdigit() else plain
