"""Grounds: what a figure rests on, side by side: counted by an office, measured, or modelled, and of which years.

A feature may rest on an office's count in one region and on a model in the other; its evidence is then that of the side
("observed, IBGE 2023"), and the years behind the semicolon of its vintage are those of the counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matcher.explanation import Contribution
    from matcher.language import Language


def sides(part: Contribution) -> tuple[str, str]:
    """Return the evidence of both sides."""
    return part.evidence_a or part.evidence, part.evidence_b or part.evidence


def counted(part: Contribution) -> tuple[bool, bool]:
    """Tell on which sides an office has counted, where that differs from region to region."""
    left, right = (side.startswith("observed") for side in sides(part))
    return left, right


def basis_words(part: Contribution, say: Language) -> str:
    """Say the evidence of both sides, once where it is the same."""
    left, right = (say.word("evidence", side) for side in sides(part))
    return left if left == right else f"{left} / {right}"


def basis_by_side(part: Contribution, names: Sequence[str], say: Language) -> str:
    """Say the evidence of each side under its name; nothing where no office has counted."""
    if not any(counted(part)):
        return ""
    told = [
        say("s.hint.side", name=name, basis=say.word("evidence", side))
        for name, side in zip(names, sides(part), strict=True)
    ]
    return say("list.semicolon").join(told)


def years(part: Contribution, say: Language) -> str:
    """Say the years of a figure; those of a count stand with the office that made it.

    Examples
    --------
    >>> from types import SimpleNamespace as C
    >>> from matcher.language import language
    >>> part = C(evidence="modelled", evidence_a="", evidence_b="", vintage="2017-2019; observed 2006-2024")
    >>> years(part, language("en"))
    '2017-2019'
    """
    modelled, _, _ = part.vintage.partition(";")
    return "" if all(counted(part)) else say.vintage(modelled)
