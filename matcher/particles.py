"""Particles: which form of a Korean particle follows a word, by the word's last sound.

A message writes a choice as ``{name:은/는}``: the form after a consonant first, the form after a vowel second. After the
consonant ㄹ, 으로 becomes 로. Latin words go by how Korean readers sound their last letters, digits by how they are read.
"""

from __future__ import annotations

import string
from typing import Any

# Last sounds of the digits as read (영 일 이 삼 사 오 육 칠 팔 구): True is a consonant.
_DIGITS = dict(
    zip("0123456789", (True, True, False, True, False, False, True, True, True, False), strict=True)
)
_RIEUL_DIGITS = "178"
# Units and signs that are written short and read long: 미터, 퍼센트, 도, 헥타르 all end in a vowel; 명, 일, 년 do not.
_OPEN_SIGNS = "%°℃²³"
_OPEN_UNITS = ("km", "mm", "cm", "m", "ha", "kg", "pH", "C")
# A Latin word whose last letter is one of these is closed by a consonant in Korean spelling (런던, 서울식, 방콕).
_CLOSED_LATIN = "bklmnpt"
_CLOSED_ENDINGS = ("ng", "ck")
# A stop behind another consonant gets a helping vowel too (요크, 프랑크푸르트, 민스크), behind a vowel it closes (방콕).
_STOPS, _VOWELS = "bkpt", "aeiouy"
# Other consonants get a helping vowel (파리스, 리즈, 브뤼헤): the word ends open.
_IGNORED = " \t\u2068\u2069'\"’”»›」』]}>.,;:"


def particle(word: str, choice: str) -> str:
    """Return the form of a particle that follows a word.

    Parameters
    ----------
    word
        Any text; what stands in brackets at its end, quotes and stops are passed over.
    choice
        Form after a consonant, a slash, form after a vowel.

    Examples
    --------
    >>> particle("구례", "은/는"), particle("담양", "은/는"), particle("서울", "으로/로"), particle("Purwakarta", "을/를")
    ('는', '은', '로', '를')
    >>> particle("대한민국(불교(선종) 16%)", "으로/로"), particle("Gifu (日本)", "은/는")
    ('으로', '는')
    >>> particle("Bandung", "이/가"), particle("298 m", "으로/로"), particle("46", "으로/로"), particle("27", "으로/로")
    ('이', '로', '으로', '로')
    """
    closed, open_ = choice.split("/", 1)
    kind = _ending(word)
    if kind == "ㄹ":
        return open_ if closed.startswith("으") else closed
    return closed if kind == "closed" else open_


def _ending(word: str) -> str:
    """Say how a word ends: "closed" by a consonant, "ㄹ", or "open"."""
    # What stands in brackets is not read out: the particle goes with the word before it.
    while (bare := _unbracketed(word.rstrip(_IGNORED))) != word:
        word = bare
    if not word:
        return "open"
    last = word[-1]
    if "가" <= last <= "힣":
        tail = (ord(last) - ord("가")) % 28
        return "open" if tail == 0 else "ㄹ" if tail == 8 else "closed"
    if last in _OPEN_SIGNS or _is_unit(word):
        return "open"
    if last in _DIGITS:
        return "ㄹ" if last in _RIEUL_DIGITS else "closed" if _DIGITS[last] else "open"
    return _latin_ending(word.lower())


def _unbracketed(word: str) -> str:
    """Cut a pair of brackets, and what they hold, off the end of a word."""
    if not word.endswith(")"):
        return word
    depth = 0
    for place in range(len(word) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(word[place], 0)
        if depth == 0:
            return word[:place]
    return ""


def _is_unit(word: str) -> bool:
    """Tell "298 m" and "298m" from a word that ends in m."""
    for unit in _OPEN_UNITS:
        head = word.removesuffix(unit).rstrip()
        if head != word and (head[-1:].isdigit() or head[-1:] == "°"):
            return True
    return False


def _latin_ending(word: str) -> str:
    if word.endswith("l"):
        return "ㄹ"
    before = word[-2:-1]
    cluster = word[-1] in _STOPS and before.isascii() and before.isalpha() and before not in _VOWELS
    closed = word.endswith(_CLOSED_ENDINGS) or (word[-1] in _CLOSED_LATIN and not cluster)
    return "closed" if closed else "open"


class Phrasing(string.Formatter):
    """``str.format`` for messages: a name with a choice of particles gets the right one behind it."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write a value; a specification with a slash is a choice of particles."""
        if "/" in format_spec:
            return f"{value}{particle(str(value), format_spec)}"
        return str(super().format_field(value, format_spec))
