"""A region that a text may mean, how likely, and whether that is clear enough to go on without asking."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from matcher.folding import fold, fold_bare

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Quality = Literal["id", "exact", "bare", "alias", "town", "other", "start", "prefix", "fuzzy", "elsewhere"]

# Qualities of one class compete by score, classes never: any exact hit comes before any prefix, and so on.
_CLASS: dict[str, int] = {
    "id": 0, "exact": 1, "bare": 1, "alias": 1, "town": 1, "other": 2, "start": 3, "prefix": 4, "fuzzy": 5, "elsewhere": 6,
}  # fmt: skip
_GUESSES = frozenset({"start", "prefix", "fuzzy", "elsewhere"})
# Scores are in hundredths of a power of ten of people: an own name is worth 6 times the people of an alias and
# 12 times those of a town inside a unit; the level that signs is worth 8 times a province. So "London" is Greater
# London before London, Ontario, and "Bali" the province before a sub-district of India.
_MALUS = {"name": 0, "city": 10, "bare": 50, "alias": 80, "town": 110}
LEVEL_BONUS = {"metropolis": 140, "regency": 90}
# The more large places own a name, the less somebody else's alias of it is meant ("Victoria", of Hong Kong).
_CROWD_MALUS, _CROWD_PEOPLE, _CROWD_MOST = 80, 100_000, 3
_ABOUT_AS_GOOD = (
    40  # within this, people alone may decide: an alias or a capital against a name without its type word
)
# From here on the first of two hits is what people mean: 10 times the people, all else equal.
CLEAR_MARGIN = 100
_LETTERS_PER_EDIT = 6  # a misspelt name is taken without asking only if it is this long for each wrong letter
_KIND_QUALITY: dict[str, Quality] = {
    "name": "exact", "bare": "bare", "city": "alias", "alias": "alias", "town": "town",
}  # fmt: skip


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
        What the name is to the region: `name`, `bare` (its name without type words), `alias`, `city` (an alias of a
        capital), `town` (a town inside it) or `id`.
    quality
        How it was found: `id`, `exact`, `bare`, `alias`, `town`, `other` (as these, but another region bears the
        text, type word and all, as its name), `start` (first words), `prefix`, `fuzzy`, `elsewhere` (the name alone; the
        place that was given with it is not known, or not where the region lies).
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

    @property
    def is_guess(self) -> bool:
        """Whether the text is only part of the name, or spelt otherwise, or elsewhere."""
        return self.quality in _GUESSES


def is_ambiguous(hits: Sequence[NameHit]) -> bool:
    """Whether the first hit is too close to another to be taken without asking.

    Hits of a lower class never compete. Inside a class the first needs a margin of ten times the people, own names
    counting more than aliases and towns (see `NameHit.score`), unless the other is its province, its own ward, or
    the kota / kabupaten that carries the same name only without its type word. A misspelt name competes with those
    as near to it, and is never taken when more than one letter in six differs, type words left aside; a cut word
    ("Purwak") and a region elsewhere than was said are never taken.
    """
    if not hits:
        return False
    first = hits[0]
    if first.quality == "id":
        return False
    if first.quality in ("elsewhere", "prefix") or first.edits * _LETTERS_PER_EDIT > _letters(first):
        return True
    for other in hits[1:]:
        if _CLASS[other.quality] != _CLASS[first.quality] or other.edits > first.edits:
            continue
        if not (_is_clear(first, other) or _is_settled(first, other)):
            return True
    return False


def _is_clear(first: NameHit, other: NameHit) -> bool:
    """Whether the first has ten times the people, its kind and level weighed in or, if its kind is about as good, plain."""
    if first.score - other.score >= CLEAR_MARGIN:
        return True
    return (
        _malus(first) <= _malus(other) + _ABOUT_AS_GOOD
        and other.people > 0
        and first.people >= 10 * other.people
    )


def _letters(hit: NameHit) -> int:
    """Letters of the name without type words; one fewer for what is not the region's own name."""
    return len(fold_bare(hit.text)) - (hit.kind != "name")


def _malus(hit: NameHit) -> int:
    return _MALUS.get(hit.kind, 0)


def _is_settled(first: NameHit, other: NameHit) -> bool:
    if first.parent_id == other.region_id:  # a city before its province of the same name
        return True
    if (
        other.parent_id == first.region_id
    ):  # a metropolis before its own ward; a province before its city is open
        return first.level == "metropolis" or other.kind == "town"
    same_parent = first.country == other.country and first.parent_id == other.parent_id
    return same_parent and first.quality == "exact" and other.quality != "exact"


def hit_of(row: Mapping[str, Any], quality: Quality | None = None) -> NameHit:
    """Return the hit of one row of ``names.parquet``; of the quality of its kind, or the given one."""
    kind, level, priority = row["kind"], row["level"], row["priority"]
    # "Phoenix City" of Warsaw is less the Phoenix that is typed than Phoenix, Arizona.
    is_cut = quality is None and kind in ("city", "alias", "town") and fold(row["text"]) != row["key"]
    malus = _MALUS[kind] + (_MALUS["bare"] if is_cut else 0)
    return NameHit(
        region_id=row["region_id"],
        text=row["text"],
        kind=kind,
        quality=quality or _KIND_QUALITY[kind],
        country=row["country"],
        level=level,
        parent_id=row["parent_id"],
        people=round(math.pow(10, priority / 100) - 1),
        score=priority - malus + LEVEL_BONUS.get(level, 0),
    )


def best_hits(hits: Iterable[NameHit]) -> list[NameHit]:
    """Return one hit per region, best first."""
    ordered = sorted(hits, key=lambda h: (_CLASS[h.quality], h.edits, -h.score, h.region_id))
    best: dict[str, NameHit] = {}
    for hit in ordered:
        best.setdefault(hit.region_id, hit)
    return list(best.values())


def _owns(hit: NameHit) -> bool:
    return hit.kind in ("name", "bare")


def weigh(hits: Sequence[NameHit]) -> list[NameHit]:
    """Hits of one key, best first, aliases of a name that many large places own taken down.

    What is the own name of a province is no alias of the province beside it: gazetteers slip there.
    """
    upper = {(hit.country, hit.parent_id) for hit in hits if _owns(hit) and hit.level != "regency"}
    hits = [
        hit
        for hit in hits
        if not (hit.kind == "alias" and hit.level != "regency" and (hit.country, hit.parent_id) in upper)
    ]
    owners = [hit for hit in hits if hit.kind == "name" and hit.people >= _CROWD_PEOPLE]
    weighed = []
    for hit in hits:
        kin = (hit.region_id, hit.parent_id)
        others = [o for o in owners if o.region_id not in kin and o.parent_id != hit.region_id]
        crowd = min(len(others) - 1, _CROWD_MOST)
        if hit.quality == "alias" and crowd > 0:
            weighed.append(replace(hit, score=hit.score - _CROWD_MALUS * crowd))
        else:
            weighed.append(hit)
    return best_hits(weighed)
