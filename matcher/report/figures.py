"""Figures: which pictures a pair gets, from its values and outlines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matcher.formats import kind_of
from matcher.report.charts import climate_charts, stack_chart
from matcher.report.shapes import locator_map, outline_pair, read_world
from matcher.sentences import hint

if TYPE_CHECKING:
    from matcher.explanation import Contribution, Explanation
    from matcher.matcher import Matcher
    from matcher.report.charts import ClimateChart, StackChart
    from matcher.report.shapes import LocatorMap, OutlinePair

STACKS: tuple[str, ...] = ("cover", "crop_mix", "languages", "settlement")
"""Mixtures that are drawn as bars, in this order, where a side is known."""


def locator(explanation: Explanation, matcher: Matcher) -> LocatorMap | None:
    """Return the map of the world, or None where the atlas ships none."""
    world = read_world(matcher.atlas.data_dir / "world.json")
    if not world:
        return None
    a, b = explanation.a, explanation.b
    return locator_map(world, (a.name, a.country, a.lat, a.lon), (b.name, b.country, b.lat, b.lon))


def outlines(explanation: Explanation, matcher: Matcher) -> OutlinePair | None:
    """Return both outlines at one scale, or None where neither is shipped."""
    a, b = explanation.a, explanation.b
    return outline_pair(
        (a.name, matcher.atlas.outline(a.region_id)), (b.name, matcher.atlas.outline(b.region_id))
    )


def climate(explanation: Explanation) -> tuple[ClimateChart, ...]:
    """Return a climate diagram of each region; none where nothing is known."""
    warmth, rain = (_values(explanation, name, "months") for name in ("temperature_months", "rain_months"))
    if not any((*warmth, *rain)):
        return ()
    regions = (explanation.a, explanation.b)
    return climate_charts([(r.name, r.lat, warmth[i], rain[i]) for i, r in enumerate(regions)])


def stacks(explanation: Explanation) -> tuple[StackChart, ...]:
    """Return the stacked bars of the mixtures in `STACKS`."""
    charts = []
    for name in STACKS:
        part = _part(explanation, name)
        if part is not None:
            a, b = _values(explanation, name, "mixture")
            charts.append(stack_chart(name, part.label, hint(part), a, b))
    return tuple(chart for chart in charts if chart is not None)


def _part(explanation: Explanation, feature: str) -> Contribution | None:
    return next((part for part in explanation.points if part.feature == feature), None)


def _values(explanation: Explanation, feature: str, kind: str) -> tuple[Any, Any]:
    """Return both values of a feature, None for what is unknown or of another kind."""
    part = _part(explanation, feature)
    if part is None:
        return None, None
    a, b = (value if kind_of(value) == kind else None for value in (part.value_a, part.value_b))
    return a, b
