"""Sources: where the figures of a report come from, and which versions made it."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from matcher.errors import DataError
from matcher.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matcher.explanation import Explanation
    from matcher.matcher import Matcher

MAP_SOURCE = "ne1"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source as it must be credited, and the features taken from it; "" is not stated."""

    key: str
    title: str
    citation: str
    credit: str
    licence: str
    vintage: str
    version: str
    used_for: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def source_rows(
    explanations: Sequence[Explanation], matcher: Matcher, told: Sequence[str] = ()
) -> tuple[SourceRow, ...]:
    """Return every source of the explanations in the order of first use; a key without an entry is still listed.

    `told` are features that the report tells of beside them.
    """
    registry = read_registry(matcher.atlas.data_dir / "sources.toml")
    used: dict[str, list[str]] = {}
    for explanation in explanations:
        for part in explanation.points:
            for key in part.source:
                used.setdefault(key, []).append(part.feature)
        if explanation.history:
            used.setdefault(explanation.history.source, []).append("history")
    for name in told:
        for key in matcher.catalogue[name].source:
            used.setdefault(key, []).append(name)
    used.setdefault(MAP_SOURCE, []).append("")
    return tuple(_row(key, registry.get(key, {}), features) for key, features in used.items())


def read_registry(path: Path) -> dict[str, dict[str, Any]]:
    """Read the registry of sources; empty where the atlas ships none.

    Raises
    ------
    DataError
        The file is there and is not TOML.
    """
    if not path.exists():
        return {}
    try:
        table = tomllib.loads(read_bytes(path).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"{path} is not valid TOML: {error}"
        raise DataError(msg) from error
    sources = table.get("sources", {})
    return {key: entry for key, entry in sources.items() if isinstance(entry, dict)}


def _row(key: str, entry: dict[str, Any], features: list[str]) -> SourceRow:
    def text(name: str) -> str:
        return str(entry.get(name, ""))

    package = f"{text('package')} {text('version')}".strip()
    return SourceRow(
        key=key,
        title=text("title") or key,
        citation=text("citation"),
        credit=text("credit"),
        licence=text("licence"),
        vintage=text("vintage"),
        version=package,
        used_for=tuple(dict.fromkeys(features)),
    )


def versions(profile: str, atlas_version: str, matcher: Matcher) -> tuple[tuple[str, str], ...]:
    """Return (key, version) of the program, the atlas, the model and the weights; "" is not stated."""
    try:
        program = version("matcher")
    except PackageNotFoundError:
        program = ""
    digest = str(getattr(matcher.model, "sha256_", ""))[:12]
    return (("program", program), ("atlas", atlas_version), ("model", digest), ("weights", profile))
