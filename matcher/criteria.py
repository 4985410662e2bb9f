"""Criteria: the questions of decision forms, answered from the facts of a pair, or left open.

The forms are data (``criteria.toml``); here are the tests that they name. A test that lacks its facts says "unknown".
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from matcher.catalogue import read_toml
from matcher.errors import DataError
from matcher.paths import data_dir, embedded_data_dir

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matcher.complements import Complement
    from matcher.explanation import Explanation
    from matcher.feasibility import Hurdle
    from matcher.opportunities import Opportunity

GROUP_GAP = 10.0
"""Points of 100 that a group must lie above an average pair to count as shared."""
PROBLEM_SECTORS = ("environment", "disaster")
CROPS = ("crops", "crop_mix")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: `status` is met, partly, not_met or unknown; `values` are the figures that it rests on."""

    id: str
    test: str
    status: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Form:
    """A decision form with its answers."""

    id: str
    country: str
    source: str
    verify: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the tests look at; `ties` is the number of known ties between the two countries, None where none were read."""

    explanation: Explanation
    hurdles: Sequence[Hurdle]
    opportunities: Sequence[Opportunity]
    complements: Sequence[Complement]
    ties: int | None = None


def check(facts: Facts) -> tuple[Form, ...]:
    """Answer all forms, those of the two countries first; the others serve as yardsticks."""
    own = {facts.explanation.a.country, facts.explanation.b.country}
    forms = []
    for name, entry in _forms().items():
        answers = (_answer(question["id"], question["test"], facts) for question in entry["criteria"])
        forms.append(Form(name, entry["country"], entry["source"], entry["verify"], tuple(answers)))
    return tuple(sorted(forms, key=lambda form: form.country not in own))


@cache
def _forms() -> dict[str, Any]:
    path = data_dir() / "criteria.toml"
    if not path.exists():
        path = embedded_data_dir() / "criteria.toml"
    forms: dict[str, Any] = read_toml(path).get("forms", {})
    wrong = {q.get("test") for form in forms.values() for q in form["criteria"]} - set(_TESTS)
    if wrong:
        raise DataError(f"{path}: there are no tests {wrong}; known ones are {', '.join(_TESTS)}")
    return forms


def _answer(question: str, test: str, facts: Facts) -> Answer:
    status, values = _TESTS[test](facts)
    return Answer(question, test, status, values)


def _unknown(_facts: Facts) -> tuple[str, dict[str, Any]]:
    return "unknown", {}


def _hurdle(key: str, facts: Facts) -> tuple[str, dict[str, Any]]:
    found = next(hurdle for hurdle in facts.hurdles if hurdle.key == key)
    status = {"easy": "met", "middle": "partly", "hard": "not_met"}.get(found.grade, "unknown")
    return status, dict(found.values)


def _level(facts: Facts) -> tuple[str, dict[str, Any]]:
    return _hurdle("level", facts)


def _size(facts: Facts) -> tuple[str, dict[str, Any]]:
    """Population decides, as the wider gap: equal size means people first."""
    return _hurdle("population", facts)


def _likeness(facts: Facts) -> tuple[str, dict[str, Any]]:
    percentile = facts.explanation.percentile
    status = "met" if percentile >= 80 else "partly" if percentile >= 50 else "not_met"
    return status, {"score": facts.explanation.score, "percentile": percentile}


def _group(groups: Sequence[str], facts: Facts) -> tuple[str, dict[str, Any]]:
    """Set the likeness of some groups against that of an average pair."""
    parts = [part for part in facts.explanation.points if part.group in groups and part.weight > 0]
    weight = math.fsum(part.weight for part in parts)
    if not weight or not any(part.known for part in parts):
        return "unknown", {}
    score = math.fsum(part.points for part in parts) / weight
    average = 100 * math.fsum(part.weight * part.average for part in parts) / weight
    status = "met" if score >= average + GROUP_GAP else "partly" if score >= average else "not_met"
    return status, {"score": score, "average": average}


def _nature(facts: Facts) -> tuple[str, dict[str, Any]]:
    return _group(("geography", "landscape"), facts)


def _farming(facts: Facts) -> tuple[str, dict[str, Any]]:
    return _group(("agriculture",), facts)


def _culture(facts: Facts) -> tuple[str, dict[str, Any]]:
    return _group(("culture",), facts)


def _found(rules: Mapping[str, str], *, enough: int) -> tuple[str, dict[str, Any]]:
    status = "met" if len(rules) >= enough else "partly" if rules else "not_met"
    return status, {"rules": list(rules)}


def _problems(facts: Facts) -> tuple[str, dict[str, Any]]:
    rules = [
        o.rule for o in facts.opportunities if o.rule.sector in PROBLEM_SECTORS and o.rule.basis == "shared"
    ]
    return _found({rule.id: rule.sector for rule in rules}, enough=2)


def _transfer(facts: Facts) -> tuple[str, dict[str, Any]]:
    """Count what one side can teach the other; to sell what it grows is none of it."""
    rules = [o.rule for o in facts.opportunities if o.rule.know_how]
    return _found({rule.id: rule.sector for rule in rules}, enough=2)


def _fields(facts: Facts) -> tuple[str, dict[str, Any]]:
    """Ask for more than one field of cooperation."""
    sectors = {o.rule.sector: o.rule.id for o in facts.opportunities}
    status = "met" if len(sectors) >= 2 else "partly" if sectors else "not_met"
    return status, {"sectors": list(sectors)}


def _complement(facts: Facts) -> tuple[str, dict[str, Any]]:
    sides = {found.side for found in facts.complements}
    return ("met" if len(sides) == 2 else "partly" if sides else "not_met"), {"n": len(facts.complements)}


def _goods(facts: Facts) -> tuple[str, dict[str, Any]]:
    """Count crops that one side grows and the other does not: a lake or a volcano makes no goods flow."""
    if not any(part.known and part.feature in CROPS for part in facts.explanation.points):
        return "unknown", {}
    return _complement(replace(facts, complements=[c for c in facts.complements if c.part.feature in CROPS]))


def _figures(facts: Facts) -> tuple[str, dict[str, Any]]:
    a, b = facts.explanation.a, facts.explanation.b
    known = [value is not None for region in (a, b) for value in (region.population, region.area_km2)]
    return ("met" if all(known) else "partly" if any(known) else "unknown"), {}


def _plan(_facts: Facts) -> tuple[str, dict[str, Any]]:
    return "partly", {}


def _ties(facts: Facts) -> tuple[str, dict[str, Any]]:
    if facts.ties is None:
        return "unknown", {}
    return ("met" if facts.ties else "not_met"), {"n": facts.ties}


_TESTS = {
    "unknown": _unknown,
    "level": _level,
    "size": _size,
    "likeness": _likeness,
    "nature": _nature,
    "farming": _farming,
    "culture": _culture,
    "problems": _problems,
    "transfer": _transfer,
    "goods": _goods,
    "fields": _fields,
    "complement": _complement,
    "figures": _figures,
    "plan": _plan,
    "ties": _ties,
}
