"""Table: every feature with both values and its term of the sum, and the long values in full."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from matcher.formats import UNKNOWN, class_name, kind_of, number, share, value_text
from matcher.report.charts import month_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matcher.catalogue import Catalogue
    from matcher.explanation import Contribution, Explanation


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """A feature: texts of both values, and the numbers of its term ``points = 100 x weight x likeness``."""

    feature: str
    label: str
    describe: str
    value_a: str
    value_b: str
    known: bool
    scored: bool
    likeness: float
    average: float
    weight: float
    points: float
    basis: str
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeatureGroup:
    """The features of a group and their sums."""

    name: str
    label: str
    rows: tuple[FeatureRow, ...]
    weight: float
    points: float


@dataclass(frozen=True, slots=True)
class Detail:
    """Months or shares of one feature in full: rows of (class or month, text a, text b)."""

    feature: str
    label: str
    unit: str
    heading: str
    rows: tuple[tuple[str, str, str], ...]


def feature_groups(
    explanation: Explanation, catalogue: Catalogue, labels: Mapping[str, str]
) -> tuple[FeatureGroup, ...]:
    """Return all features by group, in the order of the explanation."""
    groups = []
    for name in dict.fromkeys(part.group for part in explanation.points):
        parts = [part for part in explanation.points if part.group == name]
        groups.append(
            FeatureGroup(
                name=name,
                label=labels.get(name, name),
                rows=tuple(_row(part, catalogue) for part in parts),
                weight=math.fsum(part.weight for part in parts),
                points=math.fsum(part.points for part in parts),
            )
        )
    return tuple(groups)


def _row(part: Contribution, catalogue: Catalogue) -> FeatureRow:
    feature = catalogue.features.get(part.feature)
    return FeatureRow(
        feature=part.feature,
        label=part.label,
        describe=feature.describe if feature else "",
        value_a=value_text(part.value_a, part.unit, raw=True),
        value_b=value_text(part.value_b, part.unit, raw=True),
        known=part.known,
        scored=part.weight > 0,
        likeness=part.likeness,
        average=part.average,
        weight=part.weight,
        points=part.points,
        basis=basis(part),
        source=part.source,
    )


def basis(part: Contribution) -> str:
    """Say what a figure rests on: evidence level (of each side where they differ), resolution and years.

    Examples
    --------
    >>> from types import SimpleNamespace as C
    >>> basis(C(evidence="grid", evidence_a="grid", evidence_b="grid", resolution="1 km", vintage="2019"))
    'grid, 1 km, 2019'
    """
    sides = [side or part.evidence for side in (part.evidence_a, part.evidence_b)]
    evidence = sides[0] if sides[0] == sides[1] else " / ".join(sides)
    return ", ".join(text for text in (evidence, part.resolution, part.vintage) if text)


def details(explanation: Explanation) -> tuple[Detail, ...]:
    """Return the months and mixtures in full, in the order of the explanation."""
    found = []
    for part in explanation.points:
        kinds = {kind_of(part.value_a), kind_of(part.value_b)}
        if "months" in kinds:
            found.append(_months(part, explanation))
        elif "mixture" in kinds:
            found.append(_mixture(part))
    return tuple(found)


def _months(part: Contribution, explanation: Explanation) -> Detail:
    """One row a month of the aligned year, both calendar months named where they differ."""
    names = [month_names(region.lat) for region in (explanation.a, explanation.b)]
    rows = []
    for i, pair in enumerate(zip(*names, strict=True)):
        heading = pair[0] if pair[0] == pair[1] else f"{pair[0][:3]} / {pair[1][:3]}"
        cells = [_month(value, i, part.unit) for value in (part.value_a, part.value_b)]
        rows.append((heading, cells[0], cells[1]))
    return Detail(part.feature, part.label, part.unit, "Month", tuple(rows))


def _month(value: Any, index: int, unit: str) -> str:
    return number(value[index], unit) if kind_of(value) == "months" else UNKNOWN


def _mixture(part: Contribution) -> Detail:
    """One row a class, the largest first."""
    sides = [
        cast("Mapping[str, float]", value) if kind_of(value) == "mixture" else None
        for value in (part.value_a, part.value_b)
    ]
    largest: dict[str, float] = {}
    for side in sides:
        for name, value in (side or {}).items():
            largest[name] = max(largest.get(name, 0.0), value)
    order = sorted((name for name in largest if largest[name] > 0), key=lambda name: (-largest[name], name))
    rows = [
        (class_name(name), *(share(side.get(name, 0.0), raw=True) if side else UNKNOWN for side in sides))
        for name in order
    ]
    return Detail(part.feature, part.label, part.unit, "Class", tuple((c, x, y) for c, x, y in rows))
