"""The own catalogue: what a planner's columns mean, read from TOML and checked all at once."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from matcher.catalogue import KINDS, Catalogue, Feature, Group, read_toml
from matcher.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

EVIDENCE = "planner's own"
"""Evidence level of every own feature."""

SCALES = ("linear", "log", "share")
TREES = ("", "prefix")
NOT_STATED = "not stated"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_TEXTS = ("label", "group", "kind", "unit", "scale", "resolution", "vintage", "describe", "tree", "licence")
_FIELDS = {*_TEXTS, "source", "weight", "sensitive", "min", "max", "classes"}
_GROUP_FIELDS = {"label", "weight"}
_PROFILE_FIELDS = {"label", "describe", "groups", "features"}
_TABLES = {"version", "features", "groups", "profiles"}
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Rule:
    """What the values of a feature must be: between `low` and `high`, or one of `classes` (empty for any)."""

    low: float = -math.inf
    high: float = math.inf
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnCatalogue:
    """A planner's features and groups, what their values must be, and how profiles weigh them.

    Attributes
    ----------
    rules
        Feature name to its rule.
    profiles
        Profile name to what is set in it: ``groups``, ``features``, and for a new profile ``label`` and ``describe``.
    """

    features: tuple[Feature, ...]
    groups: tuple[Group, ...] = ()
    rules: Mapping[str, Rule] = field(default_factory=dict)
    profiles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def open(
        cls, source: Path | Mapping[str, Any], base: Catalogue, taken: Collection[str] = ()
    ) -> OwnCatalogue:
        """Read and check a catalogue against the one that it adds to.

        Parameters
        ----------
        source
            A TOML file, or the same as a mapping.
        base
            The catalogue that is added to.
        taken
            Further names that a feature may not have: the columns of the atlas.

        Raises
        ------
        DataError
            The file is no TOML, or is wrong somewhere; all faults are listed.
        """
        from collections.abc import Mapping as Table

        name, table = (
            ("the catalogue", dict(source)) if isinstance(source, Table) else (str(source), read_toml(source))
        )
        faults = list(_faults(table, base, taken))
        if faults:
            many = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
            raise DataError(f"{name} has {many}:\n" + "\n".join(f"  {fault}" for fault in faults))
        groups = tuple(
            Group(key, entry.get("label", key), float(entry.get("weight", 1.0)))
            for key, entry in table.get("groups", {}).items()
        )
        features = tuple(_feature(key, entry) for key, entry in table["features"].items())
        rules = {key: _rule(entry) for key, entry in table["features"].items()}
        return cls(features, groups, rules, table.get("profiles", {}))


def _feature(name: str, entry: Mapping[str, Any]) -> Feature:
    kind = entry["kind"]
    source = entry["source"]
    return Feature(
        name=name,
        label=entry.get("label", name.replace("_", " ").capitalize()),
        group=entry["group"],
        kind=kind,
        unit=entry.get("unit", {"mixture": "share", "tags": "tags", "label": "class"}.get(kind, "")),
        weight=float(entry.get("weight", 1.0)),
        source=(source,) if isinstance(source, str) else tuple(source),
        evidence=EVIDENCE,
        scale=entry.get("scale", "linear"),
        resolution=entry.get("resolution", ""),
        vintage=str(entry.get("vintage", "")),
        describe=entry.get("describe", ""),
        tree=entry.get("tree", ""),
        sensitive=entry.get("sensitive", False),
        licence=entry.get("licence", NOT_STATED),
    )


def _rule(entry: Mapping[str, Any]) -> Rule:
    low, high = entry.get("min", -math.inf), entry.get("max", math.inf)
    scale = entry.get("scale", "linear") if entry["kind"] == "number" else "linear"
    if scale in {"log", "share"}:
        low = max(low, 0.0)
    if scale == "share":
        high = min(high, 1.0)
    return Rule(float(low), float(high), tuple(entry.get("classes", ())))


# ------------------------------------------------------------------------ checks


def _faults(table: Mapping[str, Any], base: Catalogue, taken: Collection[str]) -> Iterator[str]:
    """Yield a sentence for everything that is wrong."""
    for key in table.keys() - _TABLES:
        yield f"{key!r} is no part of a catalogue; it has [features.NAME], [groups] and [profiles.NAME]"
    parts = {}
    for part in ("features", "groups", "profiles"):
        entries = table.get(part, {})
        if isinstance(entries, dict) and all(isinstance(entry, dict) for entry in entries.values()):
            parts[part] = entries
        else:
            yield f"[{part}] must hold a table for each name; write [{part}.NAME] above its lines"
    if "features" in parts and not parts["features"]:
        yield "there is no feature; describe each column under [features.NAME]"
    known = {*base.groups, *parts.get("groups", {})}
    for name, entry in parts.get("groups", {}).items():
        yield from _group_faults(name, entry, base)
    for name, entry in parts.get("features", {}).items():
        yield from _feature_faults(name, entry, base, known, taken)
    features = {*base.features, *parts.get("features", {})}
    for name, entry in parts.get("profiles", {}).items():
        yield from _profile_faults(name, entry, known, features)


def _group_faults(name: str, entry: Mapping[str, Any], base: Catalogue) -> Iterator[str]:
    where = f"group {name!r}"
    if name in base.groups:
        yield f"{where} exists already; leave it out of [groups], and set its weight in a profile"
    if not _NAME.fullmatch(name):
        yield f"{where}: a name is small letters, digits and _, and begins with a letter"
    for key in entry.keys() - _GROUP_FIELDS:
        yield f"{where} has a field {key!r}; a group has label and weight"
    yield from _text_fault(where, "label", entry.get("label", ""))
    yield from _weight_fault(where, entry.get("weight", 1.0))


def _feature_faults(
    name: str, entry: Mapping[str, Any], base: Catalogue, groups: Collection[str], taken: Collection[str]
) -> Iterator[str]:
    where = f"feature {name!r}"
    if not _NAME.fullmatch(name):
        yield f"{where}: a name is small letters, digits and _, and begins with a letter"
    if name in base.features:
        yield f"{where} exists already in the atlas; choose another name"
    elif name in taken:
        yield f"{where} has the name of a column of the atlas; choose another name"
    for key in entry.keys() - _FIELDS:
        yield f"{where} has a field {key!r}, which no feature has; the fields are {', '.join(sorted(_FIELDS))}"
    for key in ("kind", "group", "source"):
        if not entry.get(key):
            yield f"{where} lacks {key!r}"
    for key in _TEXTS:
        if key != "vintage" or not isinstance(entry.get(key), int):
            yield from _text_fault(where, key, entry.get(key, ""))
    source = entry.get("source", "")
    for text in source if isinstance(source, list) else [source]:
        yield from _text_fault(where, "source", text)
    if not isinstance(entry.get("sensitive", False), bool):
        yield f"{where}: sensitive is true or false, not {entry['sensitive']!r}"
    yield from _choice_faults(where, entry, groups)
    yield from _weight_fault(where, entry.get("weight", 1.0))
    yield from _rule_faults(where, entry)


def _choice_faults(where: str, entry: Mapping[str, Any], groups: Collection[str]) -> Iterator[str]:
    """Yield what is none of the words that it may be."""
    kind = entry.get("kind")
    if kind and kind not in KINDS:
        yield f"{where} has kind {kind!r}; it must be one of {', '.join(KINDS)}"
    if entry.get("group") and entry["group"] not in groups:
        yield f"{where} is in group {entry['group']!r}, which is not declared; use one of {', '.join(sorted(groups))} or add it to [groups]"
    if entry.get("scale", "linear") not in SCALES:
        yield f"{where} has scale {entry['scale']!r}; it must be one of {', '.join(SCALES)}"
    if entry.get("tree", "") not in TREES:
        yield f"{where} has tree {entry['tree']!r}; an own feature may have 'prefix' or none"


def _rule_faults(where: str, entry: Mapping[str, Any]) -> Iterator[str]:
    ends = [entry.get(key, default) for key, default in (("min", -math.inf), ("max", math.inf))]
    if not all(_is_number(end) for end in ends):
        yield f"{where}: min and max are numbers"
    elif ends[0] > ends[1]:
        yield f"{where}: min {ends[0]} is above max {ends[1]}"
    classes = entry.get("classes", [])
    if not isinstance(classes, list) or not all(isinstance(name, str) and name.strip() for name in classes):
        yield f'{where}: classes is a list of words, such as ["low", "high"]'


def _profile_faults(
    name: str, entry: Mapping[str, Any], groups: Collection[str], features: Collection[str]
) -> Iterator[str]:
    where = f"profile {name!r}"
    for key in entry.keys() - _PROFILE_FIELDS:
        yield f"{where} has a field {key!r}; a profile has label, describe, groups and features"
    for part, known in (("groups", groups), ("features", features)):
        weights = entry.get(part, {})
        if not isinstance(weights, dict):
            yield f"{where}: {part} is a table of weights, such as {{ culture = 2.0 }}"
            continue
        for key, weight in weights.items():
            if key not in known:
                yield f"{where} weighs {key!r}, and there is no such {part[:-1]}"
            yield from _weight_fault(f"{where}, {key!r}", weight)


def _weight_fault(where: str, weight: object) -> Iterator[str]:
    if not _is_number(weight) or not 0 <= float(weight) < math.inf:  # type: ignore[arg-type]
        yield f"{where} has weight {weight!r}; a weight is a number of 0 or more"


def _text_fault(where: str, key: str, text: object) -> Iterator[str]:
    if not isinstance(text, str):
        yield f"{where}: {key} is a text, not {text!r}"
    elif not text.isprintable() or len(text) > _LONGEST:
        yield f"{where}: {key} must be one printable line of at most {_LONGEST} letters"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)
