"""Pieces: blocks that both kinds of report are put together from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

from matcher.formats import two_digits
from matcher.grounds import basis_words, counted, sides, years
from matcher.phrases import phrase
from matcher.report.document import Cell, Column, Figure, Row, Table
from matcher.report.pictures import outline
from matcher.sentences import cell_km
from matcher.vocabulary import term

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matcher.atlas import Region
    from matcher.explanation import Contribution, Explanation
    from matcher.formats import Value
    from matcher.language import Language
    from matcher.ranking import Match
    from matcher.report.outlines import OutlinePair


MOST_KEYS, FIRST_KEYS = 4, 3
"""Sources that are all named beside a figure, and how many are where there are more."""
Parents: TypeAlias = "Mapping[str, Region]"
"""Region id to region, of the regions in which others lie."""


def cell(text: str, value: float | None = None) -> Cell:
    """Return a cell; a value that is no number is none."""
    return Cell(text, value if value is not None and math.isfinite(value) else None)


def shown(part: Contribution, value: Value, say: Language) -> str:
    """Write a value of a contribution; nothing of a thing that can be lacking is told in words ("none")."""
    zero = phrase(part.feature, part.label, say).zero if value == 0 else ""
    return zero or say.value(part.feature, value, part.unit)


def title_of(region: Region, say: Language) -> str:
    """Return a region's name with its other spelling and its parent."""
    name = say.name(region)
    if original := say.original(region):
        name = say("place.original", place=name, original=original)
    return name


def parent_of(region: Region, parents: Parents, say: Language) -> str | None:
    """Return the name of the region that a region lies in, as a reader of the language writes it."""
    parent = parents.get(region.parent_id or "")
    return say.name(parent) if parent else region.parent_name


def level_of(region: Region, say: Language) -> str:
    """Return the level, and the national type of unit in brackets."""
    level = say.get(f"level.{region.level}") or region.level
    if not region.unit_type:
        return level
    unit = term("unit_type", region.unit_type, say.code, region.unit_type if say.code == "en" else "")
    if not unit:  # a word that the vocabulary lacks would be English in another language
        return level
    # "regency (kabupaten)" and "kabupaten" say the level themselves; "county (gun)" does not.
    said = level in unit or unit.partition("(")[0].rstrip() in level
    return unit if said else say("r.level", unit=unit, level=level)


def words_of(say: Language) -> dict[str, str]:
    """Return the words that the forms themselves need."""
    return {key: say(f"r.word.{key}") for key in ("contents", "skip", "page", "figure", "table")}


def identity(
    region: Region,
    parents: Parents,
    say: Language,
    side: str,
    factor: float | None = None,
    more: Sequence[Row] = (),
) -> Table:
    """Return the card of a region: what is not known says so; `factor` is how far off a modelled population may be.

    `more` are further rows, of what few regions have.
    """
    lines = [
        ("country", say.country(region.country), None),
        ("level", level_of(region, say), None),
        ("parent", parent_of(region, parents, say), None),
        ("area", _based(say.number(region.area_km2, "km2"), region.area_basis, None, say), region.area_km2),
        ("population", _population(region, factor, say), region.population),
        ("density", *_density(region, say)),
        ("seat", region.seat_name, None),
        ("time_zone", region.time_zone and say.time_zone(region.time_zone), None),
        ("position", position(region, say), None),
        ("boundary", _boundary(region, say), None),
        ("codes", _codes(region), None),
    ]
    rows = [
        Row((Cell(say(f"r.card.{key}")), cell(text or say("unknown"), value))) for key, text, value in lines
    ]
    return Table(
        f"card-{side}",
        say("r.card.caption", name=title_of(region, say)),
        (Column(say("r.col.fact"), width=0.34), Column(say("r.col.value"), width=0.66)),
        (*rows, *more),
    )


def _based(text: str, basis: str | None, year: int | None, say: Language) -> str:
    told = [part for part in (say.word("evidence", basis) if basis else "", str(year or "")) if part]
    return say("place.country", place=text, country=say("list.comma").join(told)) if told else text


def _population(region: Region, factor: float | None, say: Language) -> str:
    """Write the population with its basis and year, and the band of a modelled one."""
    if region.population is None:
        return say("unknown")
    people = say.number(region.population, "persons")
    told = _based(people, region.population_basis, region.population_year, say)
    if not factor or factor <= 1:
        return told
    low, high = two_digits(region.population / factor), two_digits(region.population * factor)
    band = say("r.card.band", low=say.decimal(low), high=say.number(high, "persons"))
    return say("list.semicolon").join((told, band))


def population_factors(explanation: Explanation) -> tuple[float | None, float | None]:
    """Return within which factor of the truth the populations of a pair lie, where they are modelled."""
    part = next((p for p in explanation.points if p.feature == "population_factor"), None)
    return (None, None) if part is None else (part.value_a, part.value_b)


def _density(region: Region, say: Language) -> tuple[str, float | None]:
    if not region.population or not region.area_km2:
        return say("unknown"), None
    density = region.population / region.area_km2
    return say.number(density, "persons/km2"), density


def position(region: Region, say: Language) -> str:
    """Write a point in degrees."""
    north, east = ("n" if region.lat >= 0 else "s"), ("e" if region.lon >= 0 else "w")
    parts = (
        say(f"r.sky.{north}", degrees=say.decimal(abs(region.lat), 2)),
        say(f"r.sky.{east}", degrees=say.decimal(abs(region.lon), 2)),
    )
    return say("list.comma").join(parts)


def _boundary(region: Region, say: Language) -> str:
    licence = region.layer_licence and say.licence(region.layer_licence)
    return say("list.comma").join(str(part) for part in (region.layer, region.layer_year, licence) if part)


def _codes(region: Region) -> str:
    codes = (
        ("GeoNames", region.geonames_id),
        ("Wikidata", region.wikidata),
        (region.country, region.national_code),
    )
    return ", ".join(f"{name} {code}" for name, code in codes if code)


def outline_figure(pair: OutlinePair, side: str, region: Region, say: Language, *, id_: str) -> Figure:
    """Return the outline of one side of a pair."""
    name, area = say.name(region), say.number(region.area_km2, "km2")
    label = say("r.outline.caption", name=name, area=area)
    drawn = outline(pair, side, say.number(pair.bar_km, "km"), say("r.outline.none"))
    return Figure(id_, drawn, pair.size, pair.size + 26, say("r.outline.alt", name=name, area=area), label)


def basis(part: Contribution, say: Language) -> str:
    """Say what a figure rests on: evidence level (of each side where they differ), cell and years."""
    size = cell_km(part.resolution)
    grid = say.number(size, "km", whole=size == round(size)) if size is not None else ""
    told = (basis_words(part, say), grid, years(part, say))
    return say("list.comma").join(text for text in told if text)


def source_note(part: Contribution, say: Language) -> str:
    """Return the years and source keys of a contribution, as they stand in brackets behind a figure.

    Where a side is modelled, or an office has counted, that is said too. Of many sources the first are named and the
    others counted; the chapter on sources names every one.
    """
    doubt = any(counted(part)) or "modelled" in sides(part)
    keys = list(part.source)
    if len(keys) > MOST_KEYS:
        keys[FIRST_KEYS:] = [say("r.more_sources", n=say.decimal(len(keys) - FIRST_KEYS))]
    told = (basis_words(part, say) if doubt else "", years(part, say), " + ".join(keys))
    return say("list.comma").join(text for text in told if text)


def sourced(part: Contribution, text: str, say: Language) -> str:
    """Add the sources of a sentence, and its years where the sentence has not said them."""
    keys = say("list.comma").join(part.source)
    when = years(part, say)
    told = say("list.comma").join(x for x in ("" if when and when in text else when, keys) if x)
    return say("r.sourced", text=text, sources=told) if told else text


def matches_table(
    matches: Sequence[Match], parents: Parents, say: Language, *, id_: str, caption: str, chosen: str = ""
) -> Table:
    """Return candidates side by side; `chosen` is the id of the row to be marked."""
    groups = tuple(matches[0].groups) if matches else ()
    # Only the first has a width: the others take what their words need, in every language.
    numbers = [say("r.col.score"), *(say.capital(say.word("group", group)) for group in groups)]
    numbers += [say(f"r.col.{name}") for name in ("percentile", "known", "distance", "people")]
    columns = (
        Column(say("r.col.region"), width=0.2),
        Column(say("r.col.rank"), numeric=True),
        Column(say("r.col.country")),
        *(Column(label, numeric=True) for label in numbers),
    )
    rows = []
    for match in matches:
        region = match.region
        name = title_of(region, say)
        if parent := parent_of(region, parents, say):
            name = say("place.parent", place=name, parent=parent)
        cells = (
            Cell(name),
            cell(_ranked(match, say), match.rank),
            Cell(say.country(region.country)),
            cell(say.decimal(match.score, 1), match.score),
            *(cell(say.decimal(match.groups[g]), match.groups[g]) for g in groups),
            cell(say.percentile(match.percentile), match.percentile / 100),
            cell(say.share(match.coverage), match.coverage),
            cell(say.number(match.distance_km, "km"), match.distance_km),
            cell(say.ratio(match.population_ratio), match.population_ratio),
        )
        rows.append(Row(cells, "chosen" if region.region_id == chosen else "plain"))
    return Table(id_, caption, columns, tuple(rows), wide=True)


def _ranked(match: Match, say: Language) -> str:
    """Write a rank, with the ranks between which it stands under changed weights where they are known."""
    rank = say.decimal(match.rank)
    if match.interval is None:
        return rank
    ends = say("num.span", low=say.decimal(match.interval[0]), high=say.decimal(match.interval[1]))
    return say("place.country", place=rank, country=ends)


def left_out(counts: Mapping[str, int], say: Language) -> list[str]:
    """Say how many regions each rule left out; nothing where none did."""
    rules = [
        say(
            "r.left_out.item",
            rule=say.get(f"r.left_out.{rule}") or rule.replace("_", " "),
            n=say.decimal(count),
        )
        for rule, count in counts.items()
        if count
    ]
    return [say("r.left_out", rules=say("list.comma").join(rules))] if rules else []


def scope_of(countries: Sequence[str], say: Language) -> str:
    """Say where candidates come from."""
    return say.listing([say.inside(code) for code in countries]) if countries else say("r.world")


def unknown_parts(explanation: Explanation) -> list[Contribution]:
    """Return the contributions with a value missing."""
    return [part for part in explanation.points if not part.known]
