"""Licences: what each source allows, and so what each feature of the atlas does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from matcher.catalogue import read_toml

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from matcher.catalogue import Feature

OWN = "own"
CLASSES = ("local", "sharealike", "derived", "open")
"""From the strictest to the freest; see ``sources.toml``."""
CLOSED = frozenset({"local", "sharealike"})
"""Classes that an open atlas has nothing of: share-alike, non-commercial, or with no licence to pass on."""
CLOSED_FILES = frozenset({"regions-sharealike.parquet", "geometry-sharealike.parquet", "languages.json"})
"""Files of an atlas that hold share-alike columns, outlines or names."""


@dataclass(frozen=True, slots=True)
class SourceLicence:
    """What is to be known of a source before its figures are used; `covers` are its countries, none for the world."""

    key: str
    title: str
    licence: str
    licence_class: str
    vintage: str
    covers: frozenset[str] = frozenset()


@cache
def read_licences(path: Path) -> Mapping[str, SourceLicence]:
    """Read ``sources.toml``, once; empty where an atlas has none."""
    if not path.exists():
        return {}
    registry = read_toml(path)
    covers = registry.get("covers", {})
    return {
        key: SourceLicence(
            key,
            str(entry.get("title", key)),
            str(entry.get("licence", "")),
            str(entry.get("licence_class", "")),
            str(entry.get("vintage", "")),
            frozenset(covers.get(key, ())),
        )
        for key, entry in registry.get("sources", {}).items()
    }


def told_of(
    keys: Sequence[str], sources: Mapping[str, SourceLicence], countries: Collection[str]
) -> tuple[str, ...]:
    """Return those of a feature's sources that can hold a figure of one of some countries."""

    def covers(key: str) -> bool:
        return key not in sources or not sources[key].covers or not sources[key].covers.isdisjoint(countries)

    return tuple(key for key in keys if covers(key))


def licence_class(feature: Feature, sources: Mapping[str, SourceLicence]) -> str:
    """Return the strictest class among a feature's sources; ``own`` for a planner's own; "" where none is registered."""
    if feature.licence:
        return OWN
    found = {sources[key].licence_class for key in feature.source if key in sources}
    return next((each for each in CLASSES if each in found), "")


def licence_text(feature: Feature, sources: Mapping[str, SourceLicence]) -> str:
    """Return the licences of a feature's sources, each once, the main source's first."""
    if feature.licence:
        return feature.licence
    return "; ".join(dict.fromkeys(sources[key].licence for key in feature.source if key in sources))


def vintage_text(feature: Feature, sources: Mapping[str, SourceLicence]) -> str:
    """Return the years of a feature; those of its main source where it states none of its own."""
    return feature.vintage or next((sources[key].vintage for key in feature.source if key in sources), "")


def provenance(feature: Feature, sources: Mapping[str, SourceLicence]) -> dict[str, str]:
    """Return the years, licence and licence class of a feature, as a contribution states them."""
    return {
        "vintage": vintage_text(feature, sources),
        "licence": licence_text(feature, sources),
        "licence_class": licence_class(feature, sources),
    }


def closed_features(features: Iterable[Feature], sources: Mapping[str, SourceLicence]) -> tuple[str, ...]:
    """Return the features that an open atlas may not hold."""
    return tuple(feature.name for feature in features if licence_class(feature, sources) in CLOSED)


def open_manifest(manifest: dict[str, Any], closed: Collection[str]) -> dict[str, Any]:
    """Return a manifest without the files of an atlas that are share-alike, and with what was left out."""
    files = {name: entry for name, entry in manifest["files"].items() if name not in CLOSED_FILES}
    gone = sorted(CLOSED_FILES & set(manifest["files"]))
    return {**manifest, "files": files, "left_out": {"features": sorted(closed), "files": gone}}
