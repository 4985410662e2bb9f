"""Caveats: the headline of a pair, and what a reader must keep in mind beside the score."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from matcher.formats import kind_of
from matcher.language import Language, language
from matcher.verdict import verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matcher.explanation import Contribution, Explanation

SIZE_RATIO = 5.0
"""From this ratio of people or area on, size is a caveat."""
LOW_COVERAGE = 0.8
"""Below this share of the weight known for both, coverage is a caveat."""
COARSE_SHARE = 0.2
"""From this share of the weight on, figures of whole countries are a caveat."""


def headline(explanation: Explanation, tongue: Language | None = None) -> str:
    """Say the whole pair in one or two sentences."""
    say = tongue or language()
    a, b = explanation.a, explanation.b
    told = say(
        "c.headline",
        a=say.place(a),
        b=say.place(b),
        score=say.decimal(explanation.score),
        verdict=say(f"c.verdict.{verdict(explanation.percentile)}"),
    )
    return f"{told}{_extremes(explanation, say)}"


def _extremes(explanation: Explanation, say: Language) -> str:
    """Name the groups in which the two are most and least alike."""
    groups = {name: group for name, group in explanation.by_group().items() if group.weight > 0}
    if len(groups) < 2:
        return ""
    ordered = sorted(groups, key=lambda name: (-groups[name].score, name))
    first, last = ordered[0], ordered[-1]
    return say(
        "c.extremes",
        first=say.word("group", first),
        high=say.decimal(groups[first].score),
        last=say.word("group", last),
        low=say.decimal(groups[last].score),
    )


def caveats(explanation: Explanation, tongue: Language | None = None) -> list[str]:
    """Say what the score does not show: size, climate, countries, levels, coverage, coarse figures.

    Returns
    -------
    list of str
        Sentences, the weightiest first; empty where nothing is to be said.
    """
    say = tongue or language()
    rules = (_korea, _size, _climate, _levels, _noted, _coverage, _country_figures, _modelled_people, _alone)
    return [text for rule in rules if (text := rule(explanation, say))]


def _korea(explanation: Explanation, say: Language) -> str:
    """Tell that to the law of South Korea the North is no foreign country."""
    return say("c.korea") if {explanation.a.country, explanation.b.country} == {"KR", "KP"} else ""


def _size(explanation: Explanation, say: Language) -> str:
    """Tell how far apart the two are in people, else in area, and that this is not scored."""
    a, b = explanation.a, explanation.b
    scored = any(point.weight > 0 for point in explanation.points if point.group == "scale")
    for noun, unit, x, y in (
        ("population", "persons", a.population, b.population),
        ("area", "km2", a.area_km2, b.area_km2),
    ):
        if x and y and max(x / y, y / x) >= SIZE_RATIO:
            large, small = (a, b) if x > y else (b, a)
            return say(
                f"c.size.{noun}",
                large=say.name(large),
                small=say.name(small),
                times=say.times(max(x, y) / min(x, y)),
                high=say.decimal(max(x, y)) if unit == "persons" else say.number(max(x, y), unit),
                low=say.number(min(x, y), unit),
                aside="" if scored else say("c.size.unscored"),
            )
    return ""


def _point(explanation: Explanation, feature: str) -> Contribution | None:
    """Return a contribution whose two values are known."""
    return next((p for p in explanation.points if p.feature == feature and p.known), None)


def _climate(explanation: Explanation, say: Language) -> str:
    """Tell tropics from frost, else two climates without a class in common."""
    a, b = explanation.a, explanation.b
    cold = _point(explanation, "t_cold")
    if cold is not None:
        x, y = float(cast("float", cold.value_a)), float(cast("float", cold.value_b))
        if max(x, y) >= 18 and min(x, y) < 5:
            warm, cool = (a, b) if x > y else (b, a)
            return say(
                "c.climate.frost" if min(x, y) < 0 else "c.climate.cool",
                warm=say.name(warm),
                high=say.number(max(x, y), "C"),
                cool=say.name(cool),
                low=say.number(min(x, y), "C"),
            )
    classes = _point(explanation, "koppen")
    if classes is None or kind_of(classes.value_a) != "mixture":
        return ""
    left, right = (cast("Mapping[str, float]", value) for value in (classes.value_a, classes.value_b))
    if {name[:1] for name in left} & {name[:1] for name in right}:
        return ""
    return say(
        "c.climate.classes",
        left=say.mixture("koppen", left, 1),
        a=say.name(a),
        right=say.mixture("koppen", right, 1),
        b=say.name(b),
    )


def _levels(explanation: Explanation, say: Language) -> str:
    a, b = explanation.a, explanation.b
    if a.level == b.level:
        return ""
    levels = {f"level_{side}": say(f"level.{region.level}") for side, region in (("a", a), ("b", b))}
    return say("c.levels", a=say.name(a), b=say.name(b), **levels)


def _noted(explanation: Explanation, say: Language) -> str:
    """Tell what figures of a whole country cannot; the explanation's own note, where it is in this language."""
    if explanation.notes and say.code == "en":
        return " ".join(explanation.notes)
    a, b = explanation.a, explanation.b
    return say("c.same_country", country=say.inside(a.country)) if a.country == b.country else ""


def _coverage(explanation: Explanation, say: Language) -> str:
    if explanation.coverage >= LOW_COVERAGE:
        return ""
    return say("c.coverage", share=say.share(explanation.coverage))


def _country_figures(explanation: Explanation, say: Language) -> str:
    weight = sum(p.weight for p in explanation.points if p.known and p.evidence == "country")
    if weight < COARSE_SHARE or explanation.a.country == explanation.b.country:
        return ""
    return say("c.country_figures", share=say.share(weight))


def _modelled_people(explanation: Explanation, say: Language) -> str:
    regions = (explanation.a, explanation.b)
    names = [say.name(r) for r in regions if r.population and r.population_basis == "modelled"]
    return say("c.modelled_people", names=say.listing(names)) if names else ""


def _alone(explanation: Explanation, say: Language) -> str:
    return say("c.alone", percentile=say.percentile(explanation.percentile))
