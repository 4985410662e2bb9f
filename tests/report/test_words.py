"""No word of another language is left in a report: dossiers of pairs from all over the world are read word by word."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from matcher import Matcher
from matcher.language import language, read_messages
from matcher.paths import embedded_data_dir
from matcher.phrases import PHRASES
from matcher.report.document import Figure, walk
from matcher.report.dossier import dossier
from matcher.report.facts import gather_pair
from matcher.tongues import tongue
from matcher.vocabulary import vocabulary

DATA = embedded_data_dir()
COUNTRIES = ("AF", "ML", "BR", "GB", "PG", "LB", "US", "IN", "RU", "CM", "MX", "ET", "KE", "IT", "JP", "CN")
"""Of each the first region is read, beside that of the next: many languages, terms of use, types of unit, crops."""
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]{2,}")
SIGNS = {"km", "mm", "pH", "kWh", "kg", "ha", "USD", "GeoNames", "Wikidata", "gb", "sign", "GAOK"}


@cache
def matcher():
    return Matcher.load()


@cache
def regions():
    atlas = matcher().atlas
    rows = atlas.partner_rows()
    countries = atlas.countries[rows].astype(str)
    return atlas.regions([rows[(countries == code).argmax()] for code in COUNTRIES])


@cache
def facts():
    return [gather_pair(matcher().explain(a, b), matcher()) for a, b in pairwise(regions())]


def told(document):
    """Yield every text that stands in the document's own language, also inside of pictures."""
    yield from (
        document.kicker,
        *document.words.values(),
        *(text for pair in document.colophon for text in pair),
    )
    for section in document.sections:
        yield section.title
        for block in walk(section.blocks):
            yield from (getattr(block, name, "") for name in ("text", "title", "caption", "alt"))
            yield from getattr(block, "items", ())
            for tile in getattr(block, "tiles", ()):
                yield from (tile.label, tile.figure, tile.note)
            yield from (column.label for column in getattr(block, "columns", ()))
            for row in getattr(block, "rows", ()):
                yield from (cell.text for cell in row.cells if cell.lang in {"", document.locale})
            if isinstance(block, Figure):
                yield from re.findall(r"<text[^>]*>([^<]*)<", block.svg)


def words(*texts):
    return {word for text in texts for word in LATIN.findall(text)}


@cache
def own_words(code):
    """Return the words that a language's catalogue and vocabulary use."""
    terms = (texts[code] for kind in vocabulary().terms.values() for texts in kind.values())
    countries = (getattr(c, f"name_{code}", "") or "" for c in matcher_countries())
    return words(*read_messages(code).values(), *terms, *countries, *vocabulary().terms["koppen"])


def matcher_countries():
    from matcher.countries import countries

    return countries().values()


def names(what):
    """Return the words of names and keys that stay as they are in every language."""
    explanation = what.explanation
    texts = ["Greenwich Mean Time", *(key for part in explanation.points for key in part.source)]
    texts += [explanation.history.source] if explanation.history else []
    shares = next(part for part in explanation.points if part.feature == "languages")
    texts += [name for side in (shares.value_a, shares.value_b) for name in side or ()]
    for region in (explanation.a, explanation.b, *what.parents.values()):
        texts += [str(value) for value in region.to_dict().values() if isinstance(value, str)]
        texts += [
            value for value in (region.name, region.parent_name, region.seat_name, region.time_zone) if value
        ]
        texts = [text for text in texts if text != region.layer_licence]
    return words(*texts)


@cache
def english_words():
    """Return the words that English reports are made of, and the English of the atlas."""
    sources = tomllib.loads((DATA / "sources.toml").read_text(encoding="utf-8"))["sources"].values()
    terms = (texts["en"] for kind in vocabulary().terms.values() for texts in kind.values())
    phrases = (
        str(getattr(p, name)) for p in PHRASES.values() for name in ("subject", "both", "neither", "zero")
    )
    registry = (str(entry.get(name, "")) for entry in sources for name in ("title", "licence", "vintage"))
    keys = (str(key).replace("_", " ") for kind in vocabulary().terms.values() for key in kind)
    return {word.lower() for word in words(*read_messages("en").values(), *terms, *phrases, *registry, *keys)}


def test_no_english_word_is_left_in_indonesian():
    say = language("id")
    own = {word.lower() for word in own_words("id")}
    leaks = set()
    for what in facts():
        known = own | {word.lower() for word in names(what) | SIGNS}
        for text in told(dossier(what, say)):
            leaks |= {
                (w, text[:90]) for w in words(text) if w.lower() in english_words() and w.lower() not in known
            }
    assert sorted(leaks) == []


def test_no_word_in_latin_letters_is_left_in_korean_but_names():
    say = language("ko")
    leaks = set()
    for what in facts():
        known = own_words("ko") | names(what) | SIGNS
        for text in told(dossier(what, say)):
            # A language that nobody has written in Hangul keeps its name: "Kerinci어".
            bare = re.sub(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff'’() -]+어\b", "", text)
            bare = re.sub(r"\b[0-9a-f]{12}\b", "", bare)  # the hash of a model
            leaks |= {(w, text[:90]) for w in words(bare) if w not in known}
    assert sorted(leaks) == []


@pytest.mark.parametrize("code", ["id", "ko"])
def test_all_terms_of_use_of_outlines_have_words(code):
    say, known = language(code), vocabulary().terms["layer_licence"]
    atlas = matcher().atlas
    stated = set(
        atlas.texts(["layer_licence"], np.arange(len(atlas)))["layer_licence"].drop_null().to_pylist()
    )
    assert len(stated) > 20
    parts = {part for text in stated for part in re.split(r"; (?![^()]*\))", text)}
    assert sorted(parts - set(known)) == []
    assert "until checked" not in "".join(map(say.licence, stated))


def test_every_language_of_the_world_is_called_something_korean():
    english = {name for shares in (matcher().atlas._tree_of(f) for f in matcher().atlas.catalogue if f.tree == "family")
               for name in (entry["name"] for entry in shares.values())}  # fmt: skip
    assert len(english) > 1000
    assert [name for name in english if not re.search("[가-힣]", tongue(name, "ko"))] == []
    assert [name for name in english if re.match("(North|South|East|West)ern ", tongue(name, "id"))] == []
    assert (tongue("Rejang", "ko"), tongue("Kerinci", "id")) == ("레장어", "Kerinci")
