"""No sign of a report is missing from the fonts that ship, and no name leaves a box."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.language import locales, read_messages
from matcher.paths import data_dir
from matcher.vocabulary import vocabulary

pdf = pytest.importorskip("matcher.report.pdf", exc_type=ImportError)


def test_the_list_of_signs_is_that_of_the_fonts():
    fonts = pytest.importorskip("fontTools.ttLib")
    held = [set(fonts.TTFont(path).getBestCmap()) for path in sorted(pdf.FONTS.glob("*.otf"))]
    assert len(held) == 2
    assert set.intersection(*held) == set(pdf.coverage())


def test_the_fonts_and_their_licence_are_small_and_there():
    assert sum(path.stat().st_size for path in pdf.FONTS.iterdir()) < 2_000_000
    text = (pdf.FONTS / "LICENSE.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE" in text.upper()


@pytest.mark.parametrize("code", locales())
def test_every_message_and_word_can_be_drawn(code):
    texts = list(read_messages(code).values())
    texts += [entry[code] for terms in vocabulary().terms.values() for entry in terms.values()]
    lacking = {sign for text in texts for sign in text if ord(sign) not in pdf.coverage()}
    assert lacking == set()


def test_korean_names_of_the_atlas_can_be_drawn():
    from matcher.atlas import Atlas

    atlas = Atlas.open(data_dir())
    names = [name for name in atlas.column("name_ko") if name]
    assert [
        name for name in names if pdf.drawable(name) != name and any("가" <= s <= "힣" for s in name)
    ] == []


@given(st.text(max_size=40))
def test_any_text_becomes_drawable(text):
    assert {ord(sign) for sign in pdf.drawable(text)} - set(pdf.coverage()) <= {9, 10}
