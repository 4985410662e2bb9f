"""Opportunities: fields of cooperation, each from a stated rule over facts that the two regions share or lack.

The rules are data (``opportunities.toml`` in the atlas folder, or the embedded one). A rule that rests on something
unknown does not hold: nothing is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from matcher.catalogue import read_toml
from matcher.errors import DataError
from matcher.formats import kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from matcher.explanation import Contribution, Explanation

SECTORS = ("agriculture", "plantations", "industry", "tourism", "culture", "education", "environment", "disaster",
           "labour", "administration")  # fmt: skip
_NUMBERS = {f"{side}_{end}" for side in ("both", "strong", "weak") for end in ("least", "most")}
_KNOWN = _NUMBERS | {"feature", "class", "pair", "least", "most", "likeness_least", "likeness_most", "overlap_least",
                     "both_have", "strong_has", "weak_lacks", "strong_in", "weak_in"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: all `when` must hold. `basis` is shared or complementary, `number` its place in the file, from 1.

    `know_how` says that the strong side can teach the other.
    """

    id: str
    sector: str
    basis: str
    when: tuple[Mapping[str, Any], ...]
    number: int = 0
    know_how: bool = False


@dataclass(frozen=True, slots=True)
class Opportunity:
    """A rule that holds for a pair.

    Attributes
    ----------
    rule
        The rule, each condition on the one feature that it was tried on.
    strong
        "a" or "b": who has what the other lacks; "" where the rule knows no sides.
    evidence
        The contributions that the rule looked at.
    pair
        The facts of the pair that it looked at.
    """

    rule: Rule
    strong: str
    evidence: tuple[Contribution, ...]
    pair: Mapping[str, float]


def read_rules(path: Path) -> tuple[Rule, ...]:
    """Read rules.

    Raises
    ------
    DataError
        The file is no TOML, or a rule is not as the file's head says.
    """
    rules = []
    for number, entry in enumerate(read_toml(path).get("rule", []), 1):
        name = entry.get("id", "?")
        unknown = {key for condition in entry.get("when", []) for key in condition} - _KNOWN
        if (
            unknown
            or entry.get("sector") not in SECTORS
            or entry.get("basis") not in {"shared", "complementary"}
        ):
            raise DataError(
                f"{path}: rule {name!r} has a sector, a basis or a condition ({', '.join(sorted(unknown)) or 'none'}) "
                "that is not known; see the head of the file"
            )
        known_how = entry.get("know_how", False)
        rules.append(Rule(name, entry["sector"], entry["basis"], tuple(entry["when"]), number, known_how))
    return tuple(rules)


@cache
def default_rules() -> tuple[Rule, ...]:
    """Return the rules of the atlas folder, or the embedded ones where it has none."""
    from matcher.paths import data_dir, embedded_data_dir

    path = data_dir() / "opportunities.toml"
    return read_rules(path if path.exists() else embedded_data_dir() / "opportunities.toml")


def opportunities(
    explanation: Explanation, pair: Mapping[str, float | None], rules: tuple[Rule, ...] | None = None
) -> tuple[Opportunity, ...]:
    """Return the rules that hold for a pair, by sector.

    Parameters
    ----------
    explanation
        The pair, with the values of every feature.
    pair
        Facts of the pair: see `matcher.feasibility.pair_facts`.
    rules
        The default ones for None.
    """
    known = {part.feature: part for part in explanation.points if part.known}
    found = []
    for stated in default_rules() if rules is None else rules:
        rule = replace(stated, when=tuple(_on_known(condition, known) for condition in stated.when))
        sided = any(key.startswith(("strong_", "weak_")) for condition in rule.when for key in condition)
        for strong in ("a", "b") if sided else ("",):
            if all(_holds(condition, known, pair, strong) for condition in rule.when):
                features = dict.fromkeys(c["feature"] for c in rule.when if "feature" in c)
                facts = {c["pair"]: float(pair[c["pair"]] or 0.0) for c in rule.when if "pair" in c}
                found.append(Opportunity(rule, strong, tuple(known[name] for name in features), facts))
                break
    return tuple(sorted(found, key=lambda o: SECTORS.index(o.rule.sector)))


def _on_known(condition: Mapping[str, Any], known: Mapping[str, Contribution]) -> Mapping[str, Any]:
    """Settle a condition on several features, the best first, on the first that is known."""
    names = condition.get("feature")
    if not isinstance(names, list):
        return condition
    return {**condition, "feature": next((name for name in names if name in known), names[-1])}


def _holds(
    condition: Mapping[str, Any],
    known: Mapping[str, Contribution],
    pair: Mapping[str, float | None],
    strong: str,
) -> bool:
    """Say whether a condition is true; unknown is not."""
    if "pair" in condition:
        value = pair.get(condition["pair"])
        return value is not None and _between(value, condition, "")
    part = known.get(condition["feature"])
    if part is None:
        return False
    a, b = part.value_a, part.value_b
    sides = {"both": (a, b), "strong": (b if strong == "b" else a,), "weak": (a if strong == "b" else b,)}
    common = overlap(a, b, condition.get("class"))
    return (
        _between(part.likeness, condition, "likeness_")
        and common >= condition.get("overlap_least", 0.0)
        and all(_side_holds(value, condition, side) for side, values in sides.items() for value in values)
    )


def overlap(a: Any, b: Any, classes: str | list[str] | None = None) -> float:
    """Return the share that two mixtures have in common, in all classes or in some; 0 where either is no mixture.

    Examples
    --------
    >>> overlap({"rice": 0.5, "tea": 0.5}, {"rice": 0.75, "maize": 0.25}), overlap({"tea": 0.5}, {"tea": 0.25}, ["rice"])
    (0.5, 0.0)
    """
    if kind_of(a) != "mixture" or kind_of(b) != "mixture":
        return 0.0
    names = a if classes is None else [classes] if isinstance(classes, str) else classes
    return sum(min(float(a.get(name, 0.0)), float(b.get(name, 0.0))) for name in names)


def _side_holds(value: Any, condition: Mapping[str, Any], side: str) -> bool:
    prefix = f"{side}_"
    if prefix + "least" in condition or prefix + "most" in condition:
        measured = amount(value, condition.get("class"))
        if measured is None or not _between(measured, condition, prefix):
            return False
    tags = value if kind_of(value) == "tags" else []
    has, lacks = condition.get(f"{side}_ha{'ve' if side == 'both' else 's'}"), condition.get(f"{side}_lacks")
    label = condition.get(f"{side}_in")
    return (
        (has is None or has in tags)
        and (lacks is None or lacks not in tags)
        and (label is None or value in label)
    )


def amount(value: Any, classes: str | list[str] | None) -> float | None:
    """Return a number, or the share of some classes of a mixture; None where the value is no such thing.

    Examples
    --------
    >>> amount(3, None), amount({"rice": 0.5, "tea": 0.25}, ["rice", "tea"]), amount({"rice": 0.5}, None)
    (3.0, 0.75, None)
    """
    kind = kind_of(value)
    if kind == "number":
        return float(value)
    if kind == "mixture" and classes:
        return sum(
            float(value.get(name, 0.0)) for name in ([classes] if isinstance(classes, str) else classes)
        )
    return None


def _between(value: float, condition: Mapping[str, Any], prefix: str) -> bool:
    least, most = condition.get(f"{prefix}least"), condition.get(f"{prefix}most")
    return (least is None or value >= least) and (most is None or value <= most)
