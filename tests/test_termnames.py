"""Term names: every term of a second opinion has a readable name of its own in every language."""

from __future__ import annotations

import pytest

from matcher.catalogue import Catalogue
from matcher.language import language, locales
from matcher.pairspace import ASKS, RATIOS, THERE
from matcher.plausibility import RANDOM, is_one_sided
from matcher.precedents import KNOWN_SHAPES
from matcher.termnames import name_term
from matcher.traits import AT_HOME, EXTRAS

ENDS = {"A": "Lyon", "B": "Leipzig"}


def every_term() -> list[str]:
    features = Catalogue.open().features.values()
    traits = [f.name for f in features if f.kind == "number"]
    traits += [*EXTRAS, *(f"at home:{name}" for name in AT_HOME)]
    home = [name for name in traits if name.startswith("at home:")]
    terms = [f"{kind} {name}" for kind in ("like", "side") for name in traits]
    terms += [f"{kind} {name}" for kind in ("both", "size", "there") for name in home]
    terms += [*(f"there {name}" for name in THERE), *(f"asks {name}" for name in ASKS)]
    terms += [f"ratio {name}" for name in RATIOS]
    terms += [f"alike {f.name}" for f in features if f.kind != "number"]
    terms += ["distance", "same name", "kind", RANDOM, *KNOWN_SHAPES]
    return [
        text
        for term in terms
        for text in ([f"{term} (A)", f"{term} (B)"] if is_one_sided(term) or term == RANDOM else [term])
    ]


@pytest.mark.parametrize("code", locales())
def test_every_term_has_a_name_and_no_two_the_same(code):
    say = language(code)
    names = {term: name_term(term, ENDS, say) for term in every_term()}
    assert [term for term, name in names.items() if name == term or "_" in name or "at home:" in name] == []
    assert len(set(names.values())) == len(names)


@pytest.mark.parametrize("code", locales())
def test_a_term_of_one_side_names_its_region(code):
    say = language(code)
    for term in every_term():
        for end, region in ENDS.items():
            assert term.endswith(f"({end})") == (region in name_term(term, ENDS, say)), term


@pytest.mark.parametrize("code", locales())
def test_a_shared_name_is_told(code):
    assert "Friedberg" in name_term("same name", ENDS, language(code), shared="Friedberg")


def test_a_term_that_nobody_named_keeps_its_own_text():
    assert name_term("moon phase", ENDS, language("en")) == "moon phase"
