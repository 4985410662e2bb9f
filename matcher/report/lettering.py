"""Lettering: how wide a text is set, and how it is cut or broken to the room it has."""

from __future__ import annotations

import unicodedata


def text_width(text: str, size: float) -> float:
    """Return about how wide a text is set, pixels: East Asian signs are square, others 0.56 of the size.

    Examples
    --------
    >>> text_width("구례", 10), round(text_width("Gurye", 10), 1)
    (20.0, 28.0)
    """
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return size * (wide + 0.56 * (len(text) - wide))


def shortened(text: str, room: float, size: float) -> str:
    """Cut a text to the room it has, pixels."""
    if text_width(text, size) <= room:
        return text
    while text and text_width(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def lines_of(text: str, room: float, size: float) -> list[str]:
    """Break a text into one or two lines of the room it has, pixels; what does not fit even then is cut.

    Examples
    --------
    >>> lines_of("mosaic of fields and natural growth", 130, 12)
    ['mosaic of fields', 'and natural growth']
    """
    if text_width(text, size) <= room:
        return [text]
    first, words = "", text.split()
    while words and text_width(f"{first} {words[0]}".strip(), size) <= room:
        first = f"{first} {words.pop(0)}".strip()
    lines = [line for line in (first, " ".join(words)) if line]
    return [shortened(line, room, size) for line in lines]
