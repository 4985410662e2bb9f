"""The CIA World Factbook: its country pages by ISO code, and the shares that its sentences hold."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.build.sources import Sources

_NUMBER = r"(?:\d+(?:\.\d+)?|\.\d+)"
_SHARE = re.compile(rf"(<|more than |less than )?\s*({_NUMBER})(?:\s*%?\s*(?:-|–|to)\s*({_NUMBER}))?\s*%")


def countries(sources: Sources) -> dict[str, dict[str, Any]]:
    """GeoNames facts of every country (``fips``, ``population``, ``neighbours``, ...) by alpha-2 code."""
    table: dict[str, dict[str, Any]] = json.loads(sources.path("gnc", "countries.json").read_text("utf-8"))
    return table


def pages(folder: Path, facts: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Country pages of a factbook by alpha-2 code.

    Parameters
    ----------
    folder
        Directory that holds ``REGION/FIPS.json``.
    facts
        Result of `countries`; the file names are FIPS codes (``ks`` is Korea, ``sz`` Switzerland).
    """
    by_fips = {str(row["fips"]).lower(): code for code, row in facts.items() if row.get("fips")}
    by_fips |= {"kv": "XK", "we": "PS", "rs": "RU"}
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.rglob("*.json")):
        code = by_fips.get(path.stem)
        if code:
            found[code] = json.loads(path.read_text("utf-8"))
    return found


def field(page: dict[str, Any], *names: str) -> str:
    """Text of a field of a page, or '' where the page has none."""
    value: Any = page
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, dict):
        value = value.get("text")
    if not isinstance(value, str):
        return ""
    value = re.sub(r"<br\s*/?>", "; ", value)
    return html.unescape(re.sub(r"<[a-z/][^>]*>", " ", value)).replace("\xa0", " ").strip("; ")


def percent(text: str) -> float | None:
    """First percentage of a text as a share in [0, 1], or None."""
    match = _SHARE.search(text)
    if not match:
        return None
    low = float(match[2])
    high = float(match[3]) if match[3] else low
    return (low + high) / 200.0


def _plain(text: str) -> str:
    """The first estimate of a text, without what stands in round or square brackets, however deep."""
    text = re.sub(r"\((\d{4}[^)]*)\)", r"; ", text)  # the year ends an estimate
    kept: list[str] = []
    depth = 0
    for letter in text:
        if letter in "([":
            depth += 1
        elif letter in ")]":
            depth = max(0, depth - 1)
            kept.append(" ")
        elif not depth:
            kept.append(letter)
    first = re.split(r";|\bnote\b", "".join(kept))[0]
    return re.sub(r"(\d)/(\d+%)", r"\1.\2", first)  # "93/1%" is a slip for 93.1 %


def shares(text: str) -> list[tuple[str, float]]:
    """Named shares of a sentence such as ``"Hindu 79.8%, Muslim 14.2% (2011 est.)"``, in order.

    Bounds (``<1%``) are left out: they say that a share is small, not what it is. What stands in brackets, and
    what follows a semicolon or a second estimate, is left out.

    Returns
    -------
    list of (name, share)
        Shares in [0, 1] as printed: they may not sum to 1.

    Examples
    --------
    >>> [name for name, _ in shares("Muslim (mostly Sunni) 87.4%, Protestant 7.5%, other <1% (2022 est.)")]
    ['Muslim', 'Protestant']
    """
    plain = _plain(text)
    found: list[tuple[str, float]] = []
    start = 0
    for match in _SHARE.finditer(plain):
        name = re.sub(r"\s+", " ", plain[start : match.start()]).strip(" ,.:-")
        start = match.end()
        share = percent(match[0])
        if name and share is not None and match[1] is None and not any(map(str.isdigit, name)):
            found.append((name, share))
    return found
