"""Caveats: the headline of a pair, and what a reader must keep in mind beside the score."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from matcher.countries import country_name
from matcher.formats import isolated, kind_of, mixture, number, share, times

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matcher.explanation import Contribution, Explanation

SIZE_RATIO = 5.0
"""From this ratio of people or area on, size is a caveat."""
LOW_COVERAGE = 0.8
"""Below this share of the weight known for both, coverage is a caveat."""
COARSE_SHARE = 0.2
"""From this share of the weight on, figures of whole countries are a caveat."""
VERDICTS: tuple[tuple[float, str], ...] = (
    (99.0, "a very close match"),
    (95.0, "a close match"),
    (80.0, "a fair match"),
    (50.0, "a weak match"),
    (0.0, "no good match"),
)
"""Least percentile among random cross-border pairs for which each verdict is given."""


def verdict(percentile: float) -> str:
    """Return the verdict for a percentile (0..100).

    Examples
    --------
    >>> verdict(97.2), verdict(12)
    ('a close match', 'no good match')
    """
    return next((word for least, word in VERDICTS if percentile >= least), VERDICTS[-1][1])


def percent_text(percentile: float) -> str:
    """Write a percentile without claiming more than the sample can tell.

    Examples
    --------
    >>> percent_text(97.234), percent_text(99.97), percent_text(0.01)
    ('97%', 'over 99.9%', 'under 0.1%')
    """
    if percentile > 99.9:
        return "over 99.9%"
    if percentile < 0.1:
        return "under 0.1%"
    return f"{percentile:.{1 if percentile >= 99 or percentile < 1 else 0}f}%"


def headline(explanation: Explanation) -> str:
    """Say the whole pair in one or two sentences."""
    a, b = explanation.a, explanation.b
    pair = (
        f"{isolated(a.name)} ({country_name(a.country)}) and {isolated(b.name)} ({country_name(b.country)})"
    )
    return f"{pair} score {explanation.score:.0f} of 100: {verdict(explanation.percentile)}.{_extremes(explanation)}"


def _extremes(explanation: Explanation) -> str:
    """Name the groups in which the two are most and least alike."""
    groups = {name: group for name, group in explanation.by_group().items() if group.weight > 0}
    if len(groups) < 2:
        return ""
    ordered = sorted(groups, key=lambda name: (-groups[name].score, name))
    first, last = ordered[0], ordered[-1]
    return (
        f" They are most alike in {first} ({groups[first].score:.0f} of 100)"
        f" and least in {last} ({groups[last].score:.0f} of 100)."
    )


def caveats(explanation: Explanation) -> list[str]:
    """Say what the score does not show: size, climate, countries, levels, coverage, coarse figures.

    Returns
    -------
    list of str
        Sentences, the weightiest first; empty where nothing is to be said.
    """
    found = [
        _size(explanation),
        _climate(explanation),
        _levels(explanation),
        *(explanation.notes or (_same_country(explanation),)),
        _coverage(explanation),
        _country_figures(explanation),
        _modelled_people(explanation),
        _alone(explanation),
    ]
    return [text for text in found if text]


def _size(explanation: Explanation) -> str:
    """Tell how far apart the two are in people, else in area, and that this is not scored."""
    a, b = explanation.a, explanation.b
    scored = any(point.weight > 0 for point in explanation.points if point.group == "scale")
    aside = "" if scored else " Size is not part of the score."
    for noun, unit, x, y in (
        ("population", "persons", a.population, b.population),
        ("area", "km2", a.area_km2, b.area_km2),
    ):
        if x and y and max(x / y, y / x) >= SIZE_RATIO:
            large, small = (a, b) if x > y else (b, a)
            high, low = number(max(x, y), unit).removesuffix(" people"), number(min(x, y), unit)
            return (
                f"They differ in size: {isolated(large.name)} has {times(max(x, y) / min(x, y))} the {noun} of {isolated(small.name)} "
                f"({high} against {low}).{aside}"
            )
    return ""


def _point(explanation: Explanation, feature: str) -> Contribution | None:
    """Return a contribution whose two values are known."""
    return next((p for p in explanation.points if p.feature == feature and p.known), None)


def _climate(explanation: Explanation) -> str:
    """Tell tropics from frost, else two climates without a class in common."""
    a, b = explanation.a, explanation.b
    cold = _point(explanation, "t_cold")
    if cold is not None:
        x, y = float(cast("float", cold.value_a)), float(cast("float", cold.value_b))
        if max(x, y) >= 18 and min(x, y) < 5:
            warm, cool = (a, b) if x > y else (b, a)
            frost = "frost" if min(x, y) < 0 else "cool"
            return (
                f"The climates differ: no month in {isolated(warm.name)} is colder than {number(max(x, y), 'C')}, "
                f"while {isolated(cool.name)} has a {frost} season (coldest month {number(min(x, y), 'C')})."
            )
    classes = _point(explanation, "koppen")
    if classes is None or kind_of(classes.value_a) != "mixture":
        return ""
    left, right = (cast("Mapping[str, float]", value) for value in (classes.value_a, classes.value_b))
    if {name[:1] for name in left} & {name[:1] for name in right}:
        return ""
    return f"The climates differ: {mixture(left, 1)} in {isolated(a.name)}, {mixture(right, 1)} in {isolated(b.name)}."


def _levels(explanation: Explanation) -> str:
    a, b = explanation.a, explanation.b
    if a.level == b.level:
        return ""
    return (
        f"They stand at different levels: {isolated(a.name)} is a {a.level}, {isolated(b.name)} a {b.level}."
    )


def _same_country(explanation: Explanation) -> str:
    a, b = explanation.a, explanation.b
    if a.country != b.country:
        return ""
    return (
        f"Both lie in {country_name(a.country)}: figures of the whole country are equal by definition and say nothing "
        "about this pair."
    )


def _coverage(explanation: Explanation) -> str:
    if explanation.coverage >= LOW_COVERAGE:
        return ""
    return (
        f"Only {share(explanation.coverage)} of the weight rests on figures known for both; the rest counts as for an "
        "average pair, so the true likeness may be higher or lower."
    )


def _country_figures(explanation: Explanation) -> str:
    weight = sum(p.weight for p in explanation.points if p.known and p.evidence == "country")
    if weight < COARSE_SHARE or explanation.a.country == explanation.b.country:
        return ""
    return f"{share(weight)} of the weight rests on figures of the whole countries, not of the two regions."


def _modelled_people(explanation: Explanation) -> str:
    names = [
        r.name for r in (explanation.a, explanation.b) if r.population and r.population_basis == "modelled"
    ]
    if not names:
        return ""
    return f"The population of {' and '.join(names)} is modelled, not an official count."


def _alone(explanation: Explanation) -> str:
    return (
        f"A score alone means little: this one is higher than that of {percent_text(explanation.percentile)} of random "
        "pairs of regions from different countries."
    )
