"""Sentences: what a contribution says, in words that a planner can read aloud.

Every sentence is built from one contribution alone: its two values and its likeness. The word of strength is a
function of the likeness (`STRENGTHS`), so words cannot drift from the score:

==========  ==========  ====================================================
likeness    strength    for a number: apart in the ranking of the world's regions by
==========  ==========  ====================================================
.97 - 1     same        at most a ninth
.85 - .97   similar     a quarter
.65 - .85   fairly      two fifths; an average pair has about .7
.35 - .65   different   three fifths
0 - .35     very        more
==========  ==========  ====================================================

A reason is picked because it beats, or falls short of, an average pair. Where the word alone would say the opposite
(two languages that share a family are "different", and still closer than most), the sentence adds the comparison.
The words themselves are messages of the language (``s.*`` of its catalogue); here is only what is said, and when.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from matcher.formats import kind_of, ordered_shares
from matcher.grounds import basis_by_side, counted, sides, years
from matcher.language import Language, language
from matcher.phrases import Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matcher.atlas import Region
    from matcher.explanation import Contribution, Explanation

STRENGTHS: tuple[tuple[float, str], ...] = (
    (0.97, "same"),
    (0.85, "similar"),
    (0.65, "fairly"),
    (0.35, "different"),
    (0.0, "very"),
)
"""Least likeness for which each strength is said."""
ALIKE = 0.65
"""From this likeness on a sentence speaks of what is shared."""
CLOSE = 0.85
"""From this likeness on two numbers are said in one breath ("Both lie ...")."""
NOTABLE = 0.05
"""From this gap to an average pair on the comparison is made."""
KIN = 0.2
"""From this likeness on classes that are not the same are said to be related."""
COARSE_KM = 50.0
"""Cells from this size on cannot tell neighbours apart, so the sentence says the size."""


def strength(likeness: float) -> str:
    """Return the key of the word for a likeness in [0, 1].

    Examples
    --------
    >>> strength(0.98), strength(0.7), strength(0.1)
    ('same', 'fairly', 'very')
    """
    return next((word for least, word in STRENGTHS if likeness >= least), STRENGTHS[-1][1])


def sentence(contribution: Contribution, a: Region, b: Region, tongue: Language | None = None) -> str:
    """Say one contribution in one sentence.

    Parameters
    ----------
    contribution
        Values, unit and likeness of one feature.
    a, b
        The two regions, in the order of the values.
    tongue
        The language, English by default.

    Returns
    -------
    str
        Plain text, first letter capital, full stop at the end.
    """
    say = tongue or language()
    words = phrase(contribution.feature, contribution.label, say)
    if not contribution.known:
        return _missing(_lacking(contribution, a, b, say), [words.bare], say, scored=contribution.weight > 0)
    # A country's figure is said of the country, not of the region inside it.
    whole = contribution.evidence == "country"
    names = [say.inside(r.country) if whole else say.name(r) for r in (a, b)]
    text, aside = _SAY[kind_of(contribution.value_a)](contribution, words, say, *names)
    notes = [
        part for part in (aside, hint(contribution, say), _modelled_sides(contribution, a, b, say)) if part
    ]
    told = say("s.notes", notes=say("list.semicolon").join(notes)) if notes else ""
    return say("s.end", text=say.capital(text), notes=told)


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
        Code of a language of `matcher.language.locales`.

    Raises
    ------
    UnknownNameError
        There are no sentences in this language.
    """
    from matcher.caveats import caveats, headline

    say = language(locale)
    a, b = explanation.a, explanation.b
    reasons = [*explanation.reasons_for(n_for), *explanation.reasons_against(n_against)]
    said = (sentence(reason, a, b, say) for reason in reasons)
    return [headline(explanation, say), *said, *caveats(explanation, say)]


def hint(contribution: Contribution, tongue: Language | None = None) -> str:
    """Return how coarse or indirect a figure is, or nothing where it is the region's own, or one side was counted.

    Examples
    --------
    >>> from types import SimpleNamespace as C
    >>> sides = {"evidence_a": "", "evidence_b": ""}
    >>> hint(C(evidence="country", resolution="", vintage="2015", feature="farm_gdp", **sides))
    'figures of the whole country, 2015'
    >>> hint(C(evidence="grid", resolution="1/2 deg, 55 km", vintage="2000", feature="cropland", **sides))
    'from a 55 km grid, 2000'
    """
    say = tongue or language()
    cell = cell_km(contribution.resolution)
    if any(counted(contribution)):
        return ""
    if contribution.evidence in {"country", "province", "modelled"}:
        basis = say(f"s.hint.{contribution.evidence}")
    elif cell is not None and cell >= COARSE_KM:
        basis = say("s.hint.grid", size=say.number(cell, "km", whole=True))
    else:
        return ""
    return say("list.comma").join(part for part in (basis, years(contribution, say)) if part)


def cell_km(resolution: str) -> float | None:
    """Return the cell size that a resolution names in km, if it names one.

    Examples
    --------
    >>> cell_km("1/2 deg, 55 km"), cell_km("points")
    (55.0, None)
    """
    found = re.search(r"(\d+(?:\.\d+)?) km\b", resolution or "")
    return float(found[1]) if found else None


def unknown_sentences(explanation: Explanation, tongue: Language | None = None) -> list[str]:
    """Say what is not known, one sentence for each region (or both) that lacks figures."""
    say = tongue or language()
    found: dict[tuple[str, bool], list[str]] = {}
    for part in explanation.points:
        if not part.known and _missed(part, explanation):
            key = (_lacking(part, explanation.a, explanation.b, say), part.weight > 0)
            found.setdefault(key, []).append(phrase(part.feature, part.label, say).bare)
    return [_missing(whom, subjects, say, scored=scored) for (whom, scored), subjects in found.items()]


def _missed(part: Contribution, explanation: Explanation) -> bool:
    """Tell whether a missing value is a gap, not the sign of a better figure: counted people, observed crops."""
    if part.feature == "population_factor":
        sides = ((explanation.a, part.value_a), (explanation.b, part.value_b))
        return any(value is None and region.population_basis == "modelled" for region, value in sides)
    return part.feature != "crop_basket"  # a second opinion, there only to judge the model by


def _lacking(contribution: Contribution, a: Region, b: Region, say: Language) -> str:
    """Name who lacks a value; nobody where both have one that cannot be compared."""
    missing = [say.name(r) for r, v in ((a, contribution.value_a), (b, contribution.value_b)) if v is None]
    return say("s.either", a=missing[0], b=missing[1]) if len(missing) == 2 else "".join(missing)


def _missing(whom: str, subjects: Sequence[str], say: Language, *, scored: bool) -> str:
    counted = say("s.missing.average" if scored else "s.missing.unscored")
    head = say("s.missing.for", whom=whom) if whom else say("s.missing.not_comparable")
    return say("s.missing", head=head, subjects=say("list.comma").join(subjects), counted=counted)


def _modelled_sides(contribution: Contribution, a: Region, b: Region, say: Language) -> str:
    """Name the regions whose own value is modelled where others are counted, and who counted."""
    both = (a, b)
    if contribution.evidence == "modelled":
        return basis_by_side(contribution, [say.name(region) for region in both], say)
    found = zip(both, sides(contribution), strict=True)
    names = [say.name(region) for region, evidence in found if evidence == "modelled"]
    return say("s.hint.modelled_for", names=say.listing(names)) if names else ""


def _lead(
    contribution: Contribution,
    words: Phrase,
    say: Language,
    facts: str,
    *,
    aligned: bool = False,
    kin: bool = False,
) -> str:
    """Say subject, strength and facts, and the comparison where strength and direction part.

    What is `kin` is alike with nothing in common: it is called related, for it is not "nearly the same".
    """
    alike, above = contribution.likeness >= ALIKE, contribution.likeness - contribution.average
    contrary = contribution.weight > 0 and ((alike and above < -NOTABLE) or (not alike and above > NOTABLE))
    return say(
        "s.lead",
        subject=words.subject,
        verb=words.verb,
        strength=say(f"s.strength.{'kin' if kin else strength(contribution.likeness)}"),
        aside=(say(f"s.less.{'like' if alike else 'unlike'}") if contrary else "")
        + (say("s.aligned") if aligned else ""),
        facts=facts,
    )


def _number(contribution: Contribution, words: Phrase, say: Language, a: str, b: str) -> tuple[str, str]:
    x, y = (float(cast("float", value)) for value in (contribution.value_a, contribution.value_b))
    unit = contribution.unit
    if x == y == 0 and words.neither:
        return words.neither, ""
    left, right = (words.zero if value == 0 and words.zero else say.number(value, unit) for value in (x, y))
    if words.both and contribution.likeness >= max(CLOSE, contribution.average) and x and y:
        both = say.fill(words.both, range=say.about(min(x, y), max(x, y), unit))
        return both, say("s.pair", a=a, left=left, b=b, right=right)
    if left == right:
        return _lead(contribution, words, say, say("s.in_both", value=left)), ""
    facts = (say("s.in", value=left, place=a), say("s.in", value=right, place=b))
    return _lead(contribution, words, say, say("list.comma").join(facts)), ""


def _months(contribution: Contribution, words: Phrase, say: Language, a: str, b: str) -> tuple[str, str]:
    """Say the lowest and the highest month; "all year" where they are close."""
    told = [
        say("s.in", value=_course(cast("Sequence[float]", value), contribution.unit, say), place=name)
        for value, name in ((contribution.value_a, a), (contribution.value_b, b))
    ]
    aligned = contribution.likeness >= ALIKE
    return _lead(contribution, words, say, say("list.comma").join(told), aligned=aligned), ""


def _course(months: Sequence[float], unit: str, say: Language) -> str:
    text = say.span(min(months), max(months), unit, whole=True)
    if unit == "C":
        steady = max(months) - min(months) < 5
        return say("s.months.all_year" if steady else "s.months.through", range=text)
    return say("s.months.each", range=text)


def _mixture(contribution: Contribution, words: Phrase, say: Language, a: str, b: str) -> tuple[str, str]:
    """Say the largest shares in common where the mixtures are alike, else what each is made of."""
    x, y = (cast("Mapping[str, float]", value) for value in (contribution.value_a, contribution.value_b))
    kind = contribution.feature
    common = ordered_shares({name: min(x[name], y[name]) for name in x if name in y})
    if contribution.likeness >= ALIKE and common and common[0][1] >= 0.2:
        first, *others = [name for name, least in common[:2] if least >= 0.05]
        told = say(
            "s.mix.first",
            name=say.word(kind, first),
            left=say.share(x[first]),
            right=say.share(y[first]),
            whole=say("s.mix.whole", whole=words.whole) if words.whole else "",
            a=a,
            b=b,
        )
        told += "".join(
            say("s.mix.next", name=say.word(kind, name), left=say.share(x[name]), right=say.share(y[name]))
            for name in others
        )
        return _lead(contribution, words, say, told), ""
    # Classes that differ and still earn likeness stand near each other in a tree: languages of one family.
    apart = not (common and common[0][1] >= 0.01)
    kin = apart and contribution.likeness >= ALIKE
    nothing = say("s.mix.kin" if contribution.likeness >= KIN else "s.mix.apart")
    left, right = (
        say("s.mix.in", value=say.mixture(kind, side, 2), place=name) for side, name in ((x, a), (y, b))
    )
    facts = say("s.mix.join", a=left, b=right) + (nothing if apart and not kin else "")
    return _lead(contribution, words, say, facts, kin=kin), ""


def _label(contribution: Contribution, words: Phrase, say: Language, a: str, b: str) -> tuple[str, str]:
    x, y = (say.value(contribution.feature, value) for value in (contribution.value_a, contribution.value_b))
    if x == y:
        return say("s.same", subject=words.subject, verb=words.verb, value=x), ""
    facts = (say("s.in", value=x, place=a), say("s.in", value=y, place=b))
    return _lead(contribution, words, say, say("list.comma").join(facts)), ""


def _tags(contribution: Contribution, words: Phrase, say: Language, a: str, b: str) -> tuple[str, str]:
    x, y = (list(cast("Sequence[str]", value)) for value in (contribution.value_a, contribution.value_b))
    parts = (
        ("s.in_both", [tag for tag in x if tag in y], ""),
        ("s.only_in", [tag for tag in x if tag not in y], a),
        ("s.only_in", [tag for tag in y if tag not in x], b),
    )
    told = [
        say(key, value=say.value(contribution.feature, tags), place=place)
        for key, tags, place in parts
        if tags
    ]
    return _lead(contribution, words, say, say("list.semicolon").join(told) or say("s.none_in_either")), ""


_SAY = {"number": _number, "months": _months, "mixture": _mixture, "label": _label, "tags": _tags}
