"""PDF: a document through typst, from a pip installation alone, with its fonts embedded.

Texts are handed over as data and never as markup. The fonts that ship cover Hangul and the Latin, Greek and Cyrillic
alphabets; a sign that they lack is written in Latin letters, so that no box stands in for a name.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst
from anyascii import anyascii

from matcher.report.html import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matcher.report.document import Document, Figure

FONTS = Path(__file__).with_name("fonts")
PIXELS_PER_INCH = 200.0
_POINTS = 0.75  # a pixel of a picture on paper
_ASIDE = re.compile(r" ?\(([^()]*)\)")
_INVISIBLE = dict.fromkeys(
    (0x200B, 0x200C, 0x200D, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
)


def to_pdf(document: Document) -> bytes:
    """Return the PDF of a document, A4; the same document gives the same bytes."""
    data = json.dumps(_plain(document), ensure_ascii=False).encode()
    template = (TEMPLATES / "report.typ").read_bytes()
    result: bytes = typst.compile(
        {"main.typ": template, "data.json": data}, **_settings(), format="pdf", timestamp=0
    )
    return result


def to_png(figures: Sequence[Figure]) -> list[bytes]:
    """Return pictures as PNG, in order."""
    if not figures:
        return []
    pages = [
        {"svg": drawable(f.svg), "width": f.width * _POINTS, "height": f.height * _POINTS} for f in figures
    ]
    template = (
        '#let pages = json("data.json")\n#set text(font: "Matcher Sans", fallback: false)\n'
        "#for (i, p) in pages.enumerate() {\n if i > 0 { pagebreak() }\n"
        " set page(width: p.width * 1pt, height: p.height * 1pt, margin: 0pt, fill: white)\n"
        ' image(bytes(p.svg), format: "svg", width: 100%)\n}\n'
    )
    files = {"main.typ": template.encode(), "data.json": json.dumps(pages).encode()}
    drawn = typst.compile(files, **_settings(), format="png", ppi=PIXELS_PER_INCH)
    return drawn if isinstance(drawn, list) else [drawn]


def drawable(text: str) -> str:
    """Write a text with the signs of the fonts alone.

    What stands in brackets is left out where it has such signs: a name in a reader's letters stands before it, and letter
    for letter it would be spelt wrongly (a Chinese sign is read differently in Japan and in China).

    Examples
    --------
    >>> drawable("구례, Gurye"), drawable("ตาก"), drawable("Uji (宇治市), Kyoto"), drawable("Tak (ตาก)")
    ('구례, Gurye', 'tak', 'Uji, Kyoto', 'Tak')
    """
    covered = coverage()
    clean = "".join(s for s in text.translate(_INVISIBLE) if s in "\n\t" or unicodedata.category(s) != "Cc")
    if _is_readable(clean):
        return clean
    clean = _ASIDE.sub(lambda aside: aside[0] if _is_readable(aside[1]) else "", clean)
    # What has no Latin letters either (an emblem, a private sign) is left out.
    return "".join(sign if ord(sign) in covered or sign in "\n\t" else anyascii(sign) for sign in clean)


def _is_readable(text: str) -> bool:
    """Whether the fonts hold every sign of a text."""
    return all(ord(sign) in coverage() or sign in "\n\t" for sign in text)


@cache
def coverage() -> frozenset[int]:
    """Return the code points that the fonts hold."""
    lines = (FONTS / "coverage.txt").read_text(encoding="ascii").splitlines()
    points: set[int] = set()
    for span in " ".join(line for line in lines if not line.startswith("#")).split():
        first, _, last = span.partition("-")
        points.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(points)


@cache
def _settings() -> dict[str, Any]:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
    return {"font_paths": fonts, "ignore_system_fonts": True}


def _plain(value: Any) -> Any:
    """Return blocks as plain values that know their kind, with drawable texts."""
    if isinstance(value, str):
        return drawable(value)
    if is_dataclass(value) and not isinstance(value, type):
        names = value.__dataclass_fields__
        return {"kind": type(value).__name__, **{name: _plain(getattr(value, name)) for name in names}}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
