"""Term names: what the terms of a second opinion are called in the reader's language.

A term is one of a trait of both regions ("like coast_km"), of one region ("side density (B)"), or of known partnerships
("ties nearby (A)"). The messages are keyed ``t.<kind>`` for the first two and ``t.<term>`` for all others.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from matcher.vocabulary import term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matcher.language import Language

OF_TRAITS = ("like", "both", "ratio", "alike", "side", "size", "there", "asks")
AT_HOME_TOO = ("like", "side", "there", "asks")
_END = re.compile(r" \(([AB])\)$")
_HOME = "at home:"


def name_term(text: str, ends: Mapping[str, str], say: Language, shared: str = "") -> str:
    """Return what a term is called.

    Parameters
    ----------
    text
        The term as `matcher.plausibility.Term` has it.
    ends
        "A" and "B" to what the two regions are called.
    say
        The reader's language.
    shared
        A name that both regions go by, for the term of names.

    Examples
    --------
    >>> from matcher.language import language
    >>> name_term("there at home:seat_population (B)", {"A": "Lyon", "B": "Leipzig"}, language("en"))
    'Leipzig: people of the seat, within its own country, as partnerships of that country go'
    """
    found = _END.search(text)
    region = ends[found[1]] if found else ""
    bare = _END.sub("", text)
    if shared:
        return say("t.called", name=shared)
    kind, _, trait = bare.partition(" ")
    if f"t.{bare}" not in say and kind in OF_TRAITS:
        # These compare places in the world, or those that each side has in its own country; the others the latter alone.
        where = " at home" if kind in AT_HOME_TOO and trait.startswith(_HOME) else ""
        words = trait_name(trait, say)
        first = words[:1].lower() if region else words[:1].upper()
        return say(f"t.{kind}{where}", trait=first + words[1:], region=region)
    return say(f"t.{bare}", region=region) if f"t.{bare}" in say else text


def trait_name(trait: str, say: Language) -> str:
    """Return what a trait is called: a feature by its label, a sign of size by its own word."""
    name = trait.removeprefix(_HOME)
    return say.word("trait", name) if term("trait", name, default="") else say.label(name, name)
