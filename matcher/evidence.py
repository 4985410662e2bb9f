"""Evidence: cited talking points about regions, which reports may quote and no score ever sees.

A folder holds TOML files with one ``[[point]]`` for each statement::

    [[point]]
    region = "kr:36330"
    topic = "festivals"
    text = { en = "...", id = "...", ko = "..." }
    stated_by = "Gurye County"
    year = 2025
    title = "..."
    url = "https://..."

``text`` needs at least one language; ``url`` may be left out; ``doubt`` says what in the source is doubtful. Who states
it, and the doubt, may be tables of languages as the text is; a plain one is English. ``lang`` is the language of the title.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from matcher.catalogue import read_toml
from matcher.errors import DataError
from matcher.vocabulary import LOCALES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

VARIABLE = "MATCHER_EVIDENCE"
"""Names further folders of a planner's own, parted as the system parts paths."""
FOLDER = "evidence"
_NEEDED = ("region", "topic", "text", "stated_by", "year", "title")
_KNOWN = {*_NEEDED, "url", "doubt", "lang"}
_LONGEST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One statement about a region.

    Attributes
    ----------
    region_id
        The region.
    topic
        One word, such as agriculture.
    texts
        The statement by language: en, id or ko, at least one.
    stated_by
        Who states it, by language: an office, a person in office, a paper.
    year, title, url
        Of the text that states it; `url` is "" for print.
    doubt
        What is doubtful in the source, by language; empty for nothing.
    lang
        Code of the language of the title, "" where it is not stated.
    origin
        The file that the point is from.
    """

    region_id: str
    topic: str
    texts: Mapping[str, str]
    stated_by: Mapping[str, str]
    year: int
    title: str
    url: str = ""
    doubt: Mapping[str, str] = field(default_factory=dict)
    lang: str = ""
    origin: str = ""

    def text(self, locale: str = "en", of: str = "texts") -> tuple[str, str]:
        """Return the statement in a language and the language it is really in: the first there is where that lacks.

        Parameters
        ----------
        locale
            The language that is wished.
        of
            What to read: texts, stated_by or doubt; ("", locale) where that is empty.
        """
        told: Mapping[str, str] = getattr(self, of)
        found = locale if locale in told else next((each for each in LOCALES if each in told), locale)
        return told.get(found, ""), found

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def read_evidence(folders: Sequence[Path]) -> dict[str, tuple[Point, ...]]:
    """Read every ``*.toml`` of some folders: region id to its points, in the order of folders, files and lines.

    Raises
    ------
    DataError
        A folder is none, or points are wrong; all faults are listed with file and number.
    """
    faults: list[str] = []
    points: dict[str, list[Point]] = {}
    for folder in folders:
        if not folder.is_dir():
            raise DataError(f"{folder} is no folder; name a folder of evidence files")
        for path in sorted(folder.glob("*.toml")):
            table = read_toml(path)
            entries = table.get("point", [])
            if set(table) - {"point"} or not isinstance(entries, list):
                faults.append(f"{path}: write each statement under [[point]]")
                continue
            for number, entry in enumerate(entries, start=1):
                wrong = list(_faults(entry))
                faults += [f"{path}, point {number}: {each}" for each in wrong]
                if not wrong:
                    point = _point(entry, path.name)
                    points.setdefault(point.region_id, []).append(point)
    if faults:
        many = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise DataError(f"evidence has {many}:\n" + "\n".join(f"  {fault}" for fault in faults))
    return {region_id: tuple(found) for region_id, found in points.items()}


def evidence_folders(data_dir: Path, more: Sequence[Path] = ()) -> list[Path]:
    """Return the atlas's own folder if it has one, those that `MATCHER_EVIDENCE` names, and further ones."""
    own = [data_dir / FOLDER] if (data_dir / FOLDER).is_dir() else []
    named = [Path(part).expanduser() for part in os.environ.get(VARIABLE, "").split(os.pathsep) if part]
    return [*own, *named, *more]


def _point(entry: Mapping[str, Any], origin: str) -> Point:
    return Point(
        region_id=entry["region"],
        topic=entry["topic"],
        texts=_tongues(entry["text"]),
        stated_by=_tongues(entry["stated_by"]),
        year=entry["year"],
        title=entry["title"],
        url=entry.get("url", ""),
        doubt=_tongues(entry.get("doubt", {})),
        lang=entry.get("lang", ""),
        origin=origin,
    )


def _tongues(told: str | Mapping[str, str]) -> dict[str, str]:
    """Return a text by language, in one order of languages."""
    if isinstance(told, str):
        return {"en": told}
    return {locale: told[locale] for locale in LOCALES if locale in told}


def _faults(entry: object) -> Iterator[str]:
    """Yield what is wrong with one point."""
    if not isinstance(entry, dict):
        yield "is no table; write [[point]] above its lines"
        return
    for key in _NEEDED:
        if key not in entry:
            yield f"lacks {key!r}"
    for key in entry.keys() - _KNOWN:
        yield f"has a field {key!r}; the fields are {', '.join(sorted(_KNOWN))}"
    for key in ("region", "topic", "title", "lang"):
        yield from _text_fault(key, entry.get(key, "x"))
    for key in ("text", "stated_by", "doubt"):
        texts = entry.get(key, {"en": "x"})
        if key != "text" and isinstance(texts, str):
            yield from _text_fault(key, texts)
        elif not isinstance(texts, dict) or not texts or set(texts) - set(LOCALES):
            yield f"{key} is a table of languages, {', '.join(LOCALES)}, at least one"
        else:
            for locale, text in texts.items():
                yield from _text_fault(f"{key} in {locale}", text)
    year = entry.get("year", 2000)
    if not isinstance(year, int) or isinstance(year, bool) or not 1000 <= year <= 2200:
        yield f"year is {year!r}; write the year of the source, such as 2025"
    url = entry.get("url", "")
    if not isinstance(url, str) or (
        url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc)
    ):
        yield f"url is {url!r}; write an address that begins with https://, or leave it out"


def _text_fault(key: str, text: object) -> Iterator[str]:
    if not isinstance(text, str) or not text.strip():
        yield f"{key} is empty or no text"
    elif not text.isprintable() or len(text) > _LONGEST:
        yield f"{key} must be one printable line of at most {_LONGEST} letters"
