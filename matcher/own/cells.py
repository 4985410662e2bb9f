"""Cells: one value of a table, by the kind of its feature; what cannot be read is told with the way out.

========  ============================================================================================
kind      form in a CSV file
========  ============================================================================================
number    one column; a decimal point, no thousands marks, no unit: ``1234.5``
months    twelve columns, ``NAME_01`` to ``NAME_12``, all filled or all empty
mixture   one column, ``rice=0.6; maize=0.4``, or one column a class, ``NAME.rice``; shares sum to 1
label     one column, one word or name
tags      one column, words parted by semicolons: ``lake; volcano``
========  ============================================================================================

An empty cell is unknown, whatever the kind.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from matcher.own.faults import CellError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matcher.own.catalogue import Rule

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_PARTS = re.compile(r"[;|]")
_LEAVE_EMPTY = {"na", "n/a", "nan", "null", "none", "-", "–", "—", "?", "..", "...", "tidak ada", "없음"}
_SUM_SLACK = 0.02
_LONGEST = 100


def blank(cell: object) -> bool:
    """Say whether a cell holds nothing: None, NaN, a blank text or an empty list."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return True
    if hasattr(cell, "__len__"):
        return len(cell) == 0
    try:
        return bool(cell != cell)  # noqa: PLR0124 - only NaN is not itself
    except TypeError:  # pandas.NA cannot say whether it is
        return True


def number(cell: object, rule: Rule) -> float:
    """Read a number within the rule's range."""
    value = _float(cell)
    if not rule.low <= value <= rule.high:
        if rule.high == 1.0 and 1.0 < value <= 100.0:
            raise CellError("is above 1", f"a share is 0 to 1: write {value / 100:g} for {value:g} %")
        span = f"{rule.low:g} to {rule.high:g}".replace("inf", "any").replace("-any", "any")
        raise CellError("is out of range", f"give a value from {span}, or leave the cell empty")
    return value


def months(cells: Sequence[object], rule: Rule) -> list[float] | None:
    """Read twelve numbers; None where all are blank."""
    if all(blank(cell) for cell in cells):
        return None
    if any(blank(cell) for cell in cells):
        raise CellError("some months are empty", "fill all twelve months, or leave all empty")
    return [number(cell, rule) for cell in cells]


def label(cell: object, rule: Rule) -> str:
    """Read a word or name, one of the rule's classes if it has any."""
    return _class(cell, rule)


def tags(cell: object, rule: Rule) -> list[str]:
    """Read words parted by semicolons, or a list of them; each once, in the order of the alphabet."""
    words = _PARTS.split(cell) if isinstance(cell, str) else list(_items(cell))
    found = {_class(word, rule) for word in words if not blank(word)}
    if not found:
        raise CellError("holds no word", "write words parted by semicolons, or leave the cell empty")
    return sorted(found)


def mixture(cell: object, rule: Rule) -> dict[str, float]:
    """Read shares by class, from ``rice=0.6; maize=0.4`` or a mapping; classes with no share are left out."""
    if isinstance(cell, str):
        pairs: list[tuple[object, object]] = []
        for part in filter(str.strip, _PARTS.split(cell)):
            name, equals, share = part.rpartition("=")
            if not equals:
                raise CellError(
                    f"{part.strip()!r} is no share",
                    "write CLASS=SHARE; CLASS=SHARE, such as rice=0.6; maize=0.4",
                )
            pairs.append((name, share))
    else:
        pairs = _pairs(cell)
    shares: dict[str, float] = {}
    for name, share in pairs:
        if blank(share):
            continue
        word = _class(name, rule)
        if word in shares:
            raise CellError(f"{word!r} is there twice", "give each class one share")
        value = _float(share)
        if value < 0:
            raise CellError(f"the share of {word!r} is below 0", "a share is 0 to 1")
        shares[word] = value
    return _whole(shares)


def _whole(shares: Mapping[str, float]) -> dict[str, float]:
    """Return shares above 0 that sum to exactly 1, if they nearly do."""
    total = math.fsum(shares.values())
    if abs(total - 1.0) > _SUM_SLACK:
        hint = "divide each by 100" if abs(total - 100.0) <= 100 * _SUM_SLACK else "give shares of the whole"
        raise CellError(f"the shares sum to {total:g}, not to 1", hint)
    return {name: share / total for name, share in sorted(shares.items()) if share > 0}


def _float(cell: object) -> float:
    if isinstance(cell, bool):
        raise CellError("is true or false, not a number", "write 1 or 0")
    if isinstance(cell, str):
        text = cell.strip()
        if not _NUMBER.fullmatch(text):
            raise CellError("is not a number", _advice(text))
        value = float(text)
    else:
        try:
            value = float(cell)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise CellError("is not a number", "give a number, or leave the cell empty") from None
    if not math.isfinite(value):
        raise CellError("is not a finite number", "give a number, or leave the cell empty")
    return value


def _advice(text: str) -> str:
    """Say what to write in place of a text that is no number."""
    if text.lower() in _LEAVE_EMPTY:
        return "leave the cell empty where nothing is known"
    if re.fullmatch(r"[+-]?\d{1,3}([,. '\u00a0\u202f]\d{3})+([.,]\d+)?", text):
        return "write the number without thousands marks, with a decimal point"
    if re.fullmatch(r"[+-]?\d+,\d+", text):
        return f"write a decimal point: {text.replace(',', '.')}"
    if text.endswith("%"):
        return "write a share of 0 to 1 without the per cent sign"
    return "write digits and a decimal point only, no unit, or leave the cell empty"


def _class(cell: object, rule: Rule) -> str:
    if not isinstance(cell, str):
        if isinstance(cell, int) and not isinstance(cell, bool):
            cell = str(cell)  # a class may be a code
        else:
            raise CellError("is not a word", "give a text")
    word = " ".join(cell.split()) if cell.replace("\t", " ").isprintable() else ""
    if not word:
        raise CellError("holds no word, or control characters", "write a plain word or name")
    if len(word) > _LONGEST:
        raise CellError(f"has more than {_LONGEST} letters", "write a short class name")
    if rule.classes and word not in rule.classes:
        raise CellError("is none of the classes", f"write one of {', '.join(rule.classes)}")
    return word


def _items(cell: object) -> Sequence[object]:
    if hasattr(cell, "tolist"):
        cell = cell.tolist()
    if isinstance(cell, list | tuple | set | frozenset):
        return list(cell)
    raise CellError("is no list of words", "give a list of texts, or a text parted by semicolons")


def _pairs(cell: object) -> list[tuple[object, object]]:
    """Return the pairs of a mapping, or of a list of pairs as Arrow gives a map."""
    if isinstance(cell, dict):
        return list(cell.items())
    pairs = [tuple(item) if isinstance(item, list | tuple) else () for item in _items(cell)]
    if any(len(pair) != 2 for pair in pairs):
        raise CellError("is no mixture", "give a mapping of class to share")
    return [(pair[0], pair[1]) for pair in pairs]


def text(cell: Any) -> str:
    """Return a cell as it is shown in a table of faults."""
    return "" if cell is None else str(cell)
