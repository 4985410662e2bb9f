"""Sentences: what a contribution says, in English a planner can read aloud.

Every sentence is built from one contribution alone: its two values and its likeness. The word of strength is a
function of the likeness (`STRENGTHS`), so words cannot drift from the score:

==========  =================  ====================================================
likeness    word               for a number: apart in the ranking of the world's regions by
==========  =================  ====================================================
.97 - 1     nearly the same    at most a ninth
.85 - .97   similar            a quarter
.65 - .85   fairly similar     two fifths; an average pair has about .7
.35 - .65   different          three fifths
0 - .35     very different     more
==========  =================  ====================================================

A reason is picked because it beats, or falls short of, an average pair. Where the word alone would say the opposite
(two languages that share a family are "different", and still closer than most), the sentence adds the comparison.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from matcher.countries import country_name
from matcher.errors import UnknownNameError
from matcher.formats import (
    about,
    class_name,
    isolated,
    kind_of,
    mixture,
    number,
    ordered_shares,
    share,
    span,
    value_text,
)
from matcher.phrases import Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matcher.atlas import Region
    from matcher.explanation import Contribution, Explanation

LOCALES: tuple[str, ...] = ("en",)
"""Languages in which sentences are written."""
STRENGTHS: tuple[tuple[float, str], ...] = (
    (0.97, "nearly the same"),
    (0.85, "similar"),
    (0.65, "fairly similar"),
    (0.35, "different"),
    (0.0, "very different"),
)
"""Least likeness for which each word is used."""
ALIKE = 0.65
"""From this likeness on a sentence speaks of what is shared."""
CLOSE = 0.85
"""From this likeness on two numbers are said in one breath ("Both lie ...")."""
NOTABLE = 0.05
"""From this gap to an average pair on the comparison is made."""
COARSE_KM = 50.0
"""Cells from this size on cannot tell neighbours apart, so the sentence says the size."""


def strength(likeness: float) -> str:
    """Return the word for a likeness in [0, 1].

    Examples
    --------
    >>> strength(0.98), strength(0.7), strength(0.1)
    ('nearly the same', 'fairly similar', 'very different')
    """
    return next((word for least, word in STRENGTHS if likeness >= least), STRENGTHS[-1][1])


def sentence(contribution: Contribution, a: Region, b: Region) -> str:
    """Say one contribution in one sentence.

    Parameters
    ----------
    contribution
        Values, unit and likeness of one feature.
    a, b
        The two regions, in the order of the values.

    Returns
    -------
    str
        Plain text, first letter capital, full stop at the end.
    """
    words = phrase(contribution.feature, contribution.label)
    if not contribution.known:
        return _unknown(contribution, words, a, b)
    say = _SAY[kind_of(contribution.value_a)]
    # A country's figure is said of the country, not of the region inside it.
    whole = contribution.evidence == "country"
    text, aside = say(
        contribution, words, *(country_name(r.country) if whole else isolated(r.name) for r in (a, b))
    )
    notes = "; ".join(
        part for part in (aside, hint(contribution), _modelled_sides(contribution, a, b)) if part
    )
    return f"{text[:1].upper()}{text[1:]}{f' ({notes})' if notes else ''}."


def sentences(
    explanation: Explanation, n_for: int = 5, n_against: int = 5, *, locale: str = "en"
) -> list[str]:
    """Say an explanation: the headline, reasons for, reasons against, then what to keep in mind.

    Parameters
    ----------
    explanation
        What `Matcher.explain` returns.
    n_for, n_against
        At most so many reasons on either side.
    locale
        Only "en" so far.

    Raises
    ------
    UnknownNameError
        There are no sentences in this language.
    """
    require_locale(locale)
    from matcher.caveats import caveats, headline

    a, b = explanation.a, explanation.b
    reasons = [*explanation.reasons_for(n_for), *explanation.reasons_against(n_against)]
    return [headline(explanation), *(sentence(reason, a, b) for reason in reasons), *caveats(explanation)]


def require_locale(locale: str) -> None:
    """Raise UnknownNameError where no text is written in a language."""
    if locale not in LOCALES:
        msg = f"no text is written in the language {locale!r}; choose one of {', '.join(LOCALES)}."
        raise UnknownNameError(msg)


def hint(contribution: Contribution) -> str:
    """Return how coarse or indirect a figure is, or nothing where it is the region's own.

    Examples
    --------
    >>> from types import SimpleNamespace as C
    >>> hint(C(evidence="country", resolution="", vintage="2015", feature="farm_gdp"))
    'figures of the whole country, 2015'
    >>> hint(C(evidence="grid", resolution="1/2 deg, 55 km", vintage="2000", feature="cropland"))
    'from a 55 km grid, 2000'
    """
    if contribution.evidence in {"country", "province"}:
        basis = f"figures of the whole {contribution.evidence}"
    elif contribution.evidence == "modelled":
        basis = "modelled, not observed"
    elif (cell := cell_km(contribution.resolution)) is not None and cell >= COARSE_KM:
        basis = f"from a {cell:.0f} km grid"
    else:
        return ""
    return f"{basis}, {contribution.vintage}" if contribution.vintage else basis


def cell_km(resolution: str) -> float | None:
    """Return the cell size that a resolution names in km, if it names one.

    Examples
    --------
    >>> cell_km("1/2 deg, 55 km"), cell_km("points")
    (55.0, None)
    """
    found = re.search(r"(\d+(?:\.\d+)?) km\b", resolution or "")
    return float(found[1]) if found else None


def unknown_sentences(explanation: Explanation) -> list[str]:
    """Say what is not known, one sentence for each region (or both) that lacks figures.

    Parameters
    ----------
    explanation
        The pair.
    """
    found: dict[tuple[str, bool], list[str]] = {}
    for part in explanation.points:
        if not part.known:
            key = (_lacking(part, explanation.a, explanation.b), part.weight > 0)
            found.setdefault(key, []).append(_bare(phrase(part.feature, part.label)))
    return [_missing(whom, subjects, scored=scored) for (whom, scored), subjects in found.items()]


def _unknown(contribution: Contribution, words: Phrase, a: Region, b: Region) -> str:
    """Say for whom a value is missing and how that was counted."""
    return _missing(_lacking(contribution, a, b), [_bare(words)], scored=contribution.weight > 0)


def _lacking(contribution: Contribution, a: Region, b: Region) -> str:
    """Name who lacks a value; nobody where both have one that cannot be compared."""
    missing = [
        isolated(r.name) for r, v in ((a, contribution.value_a), (b, contribution.value_b)) if v is None
    ]
    return f"either {missing[0]} or {missing[1]}" if len(missing) == 2 else "".join(missing)


def _bare(words: Phrase) -> str:
    return words.subject.removeprefix("the ")


def _missing(whom: str, subjects: Sequence[str], *, scored: bool) -> str:
    counted = "counted as for an average pair" if scored else "not scored"
    head = f"Not known for {whom}" if whom else "Not comparable"
    return f"{head}: {', '.join(subjects)} ({counted})."


def _modelled_sides(contribution: Contribution, a: Region, b: Region) -> str:
    """Name the regions whose own value is modelled where others are counted."""
    if contribution.evidence == "modelled":
        return ""
    sides = ((a.name, contribution.evidence_a), (b.name, contribution.evidence_b))
    names = [isolated(name) for name, evidence in sides if evidence == "modelled"]
    return f"modelled for {' and '.join(names)}" if names else ""


def _lead(contribution: Contribution, words: Phrase) -> str:
    """Begin a sentence: subject, verb, strength, and the comparison where strength and direction part."""
    alike, above = contribution.likeness >= ALIKE, contribution.likeness - contribution.average
    contrary = contribution.weight > 0 and ((alike and above < -NOTABLE) or (not alike and above > NOTABLE))
    aside = ", though less so than in an average pair" if contrary else ""
    return f"{words.subject} {words.verb} {strength(contribution.likeness)}{aside}"


def _number(contribution: Contribution, words: Phrase, a: str, b: str) -> tuple[str, str]:
    x, y = (float(cast("float", value)) for value in (contribution.value_a, contribution.value_b))
    unit = contribution.unit
    if x == y == 0 and words.neither:
        return words.neither, ""
    left, right = (words.zero if value == 0 and words.zero else number(value, unit) for value in (x, y))
    if words.both and contribution.likeness >= max(CLOSE, contribution.average) and x and y:
        return words.both.format(range=about(min(x, y), max(x, y), unit)), f"{a} {left}, {b} {right}"
    if left == right:
        return f"{_lead(contribution, words)}: {left} in both", ""
    return f"{_lead(contribution, words)}: {left} in {a}, {right} in {b}", ""


def _months(contribution: Contribution, words: Phrase, a: str, b: str) -> tuple[str, str]:
    """Say the lowest and the highest month; "all year" where they are close."""
    told = [
        f"{_course(cast('Sequence[float]', value), contribution.unit)} in {name}"
        for value, name in ((contribution.value_a, a), (contribution.value_b, b))
    ]
    aligned = ", with the seasons brought into line" if contribution.likeness >= ALIKE else ""
    return f"{_lead(contribution, words)}{aligned}: {', '.join(told)}", ""


def _course(months: Sequence[float], unit: str) -> str:
    text = span(min(months), max(months), unit, whole=True)
    if unit == "C":
        return f"{text} all year" if max(months) - min(months) < 5 else f"{text} through the year"
    return f"{text} a month"


def _mixture(contribution: Contribution, words: Phrase, a: str, b: str) -> tuple[str, str]:
    """Say the largest shares in common where the mixtures are alike, else what each is made of."""
    x, y = (cast("Mapping[str, float]", value) for value in (contribution.value_a, contribution.value_b))
    common = ordered_shares({name: min(x[name], y[name]) for name in x if name in y})
    whole = f" {words.whole}" if words.whole else ""
    if contribution.likeness >= ALIKE and common and common[0][1] >= 0.2:
        first, *others = [name for name, least in common[:2] if least >= 0.05]
        told = f"{class_name(first)} {share(x[first])}{whole} in {a}, {share(y[first])} in {b}"
        told += "".join(f"; {class_name(name)} {share(x[name])} and {share(y[name])}" for name in others)
        return f"{_lead(contribution, words)}: {told}", ""
    apart = "" if common and common[0][1] >= 0.01 else "; nothing in common"
    told = f"{mixture(x, 2)} in {a}; {mixture(y, 2)} in {b}{apart}"
    return f"{_lead(contribution, words)}: {told}", ""


def _label(contribution: Contribution, words: Phrase, a: str, b: str) -> tuple[str, str]:
    x, y = value_text(contribution.value_a), value_text(contribution.value_b)
    if x == y:
        return f"{words.subject} {words.verb} the same: {x} in both", ""
    return f"{_lead(contribution, words)}: {x} in {a}, {y} in {b}", ""


def _tags(contribution: Contribution, words: Phrase, a: str, b: str) -> tuple[str, str]:
    x, y = (list(cast("Sequence[str]", value)) for value in (contribution.value_a, contribution.value_b))
    parts = [
        (", ".join(class_name(tag) for tag in tags), where)
        for tags, where in (
            ([tag for tag in x if tag in y], "in both"),
            ([tag for tag in x if tag not in y], f"only in {a}"),
            ([tag for tag in y if tag not in x], f"only in {b}"),
        )
    ]
    told = "; ".join(f"{tags} {where}" for tags, where in parts if tags) or "none in either"
    return f"{_lead(contribution, words)}: {told}", ""


_SAY = {"number": _number, "months": _months, "mixture": _mixture, "label": _label, "tags": _tags}
