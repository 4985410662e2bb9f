"""The catalogue: which features exist, what they mean and where they come from."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from matcher.errors import DataError, UnknownNameError
from matcher.paths import data_dir

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

Kind = Literal["number", "months", "mixture", "label", "tags"]
KINDS: tuple[Kind, ...] = ("number", "months", "mixture", "label", "tags")
_OFFERED = 12  # names told where none is close


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One measured column of the atlas.

    Attributes
    ----------
    name, label
        The column's name, and what a planner reads.
    group
        geography, landscape, agriculture, culture or scale.
    kind
        ``number``; ``months`` (12 numbers); ``mixture`` (shares that sum to 1); ``label`` (one class);
        ``tags`` (a set of words).
    unit
        The unit of a number, as printed.
    weight
        Share inside the group before normalising; 0 means shown and not scored.
    source
        Keys of ``sources.toml``, the main one first.
    evidence
        How close the figure is to the region: region, grid, province, country or modelled.
    scale
        How a number finds its place in the world: linear (by rank), log (by ratio) or share (as it is).
    resolution, vintage, describe
        Cell size, years and one line on how the figure is made.
    tree
        How the classes of a mixture nest: ``prefix`` (by leading letters), ``family`` (languages) or none.
    sensitive
        True where a planner may want the feature off.
    evidence_column
        Column that tells the evidence of each single value, where it differs between regions.
    compared
        False for names that one place has and no other: shown, and not in the model, so it cannot be weighted.
    licence
        Of a planner's own feature; that of any other is the licence of its sources (see `matcher.licences`).
    """

    name: str
    label: str
    group: str
    kind: Kind
    unit: str
    weight: float
    source: tuple[str, ...]
    evidence: str
    scale: str = "linear"
    resolution: str = ""
    vintage: str = ""
    describe: str = ""
    tree: str = ""
    sensitive: bool = False
    evidence_column: str = ""
    compared: bool = True
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of features; `weight` is its weight in the absence of a profile."""

    name: str
    label: str
    weight: float


class Catalogue:
    """All features and groups, in the order of ``features.toml``.

    Examples
    --------
    >>> catalogue = Catalogue.open()
    >>> catalogue["elevation"].unit
    'm'
    """

    def __init__(self, features: Iterable[Feature], groups: Iterable[Group]) -> None:
        self.features: Mapping[str, Feature] = {feature.name: feature for feature in features}
        self.groups: Mapping[str, Group] = {group.name: group for group in groups}
        for feature in self.features.values():
            if feature.kind not in KINDS:
                raise DataError(
                    f"feature {feature.name!r} has kind {feature.kind!r}; it must be one of {', '.join(KINDS)}"
                )
            if feature.group not in self.groups:
                raise DataError(
                    f"feature {feature.name!r} is in group {feature.group!r}, which is not declared"
                )

    @classmethod
    def open(cls, path: Path | None = None) -> Catalogue:
        """Read a catalogue from a TOML file, the embedded one by default.

        Raises
        ------
        DataError
            The file is missing, is not TOML, or a table lacks a field or has one too many.
        """
        path = path or data_dir() / "features.toml"
        return cls._of(read_toml(path), str(path))

    @classmethod
    def parse(cls, text: str) -> Catalogue:
        """Read a catalogue from the text of such a file; raises as `open` does."""
        try:
            return cls._of(tomllib.loads(text), "the catalogue")
        except tomllib.TOMLDecodeError as error:
            raise DataError(f"the catalogue is not valid TOML: {error}") from error

    @classmethod
    def _of(cls, table: Mapping[str, Any], path: str) -> Catalogue:
        try:
            features = [
                Feature(name=name, **{**entry, "source": tuple(entry["source"])})
                for name, entry in table["features"].items()
            ]
            groups = [Group(name=name, **entry) for name, entry in table["groups"].items()]
        except (KeyError, TypeError) as error:
            raise DataError(f"{path} is not a feature catalogue: {error}") from error
        return cls(features, groups)

    def __getitem__(self, name: str) -> Feature:
        """Return a feature by name, or raise UnknownNameError with close names."""
        try:
            return self.features[name]
        except KeyError:
            raise unknown("feature", name, self.features) from None

    def __iter__(self) -> Iterator[Feature]:
        return iter(self.features.values())

    def __len__(self) -> int:
        return len(self.features)

    def extended(self, features: Iterable[Feature], groups: Iterable[Group] = ()) -> Catalogue:
        """Return a catalogue with further features and groups behind these."""
        return Catalogue([*self.features.values(), *features], [*self.groups.values(), *groups])

    def without(self, names: Iterable[str]) -> Catalogue:
        """Return a catalogue without some features."""
        gone = set(names)
        return Catalogue([f for f in self.features.values() if f.name not in gone], self.groups.values())

    def in_group(self, group: str) -> tuple[Feature, ...]:
        """Return the features of one group."""
        if group not in self.groups:
            raise unknown("group", group, self.groups)
        return tuple(feature for feature in self.features.values() if feature.group == group)


def unknown(what: str, name: str, known: Iterable[str]) -> UnknownNameError:
    """Make the error for a name that is none of `known`, offering the closest ones."""
    names = list(known)
    import difflib

    if close := difflib.get_close_matches(name, names, n=3):
        return UnknownNameError(f"no {what} is called {name!r}; did you mean {' or '.join(close)}?")
    more = ", ..." if len(names) > _OFFERED else ""
    return UnknownNameError(
        f"no {what} is called {name!r}; there are {', '.join(sorted(names)[:_OFFERED])}{more}"
    )


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML table, or raise DataError that names the file."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or error}") from error
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{path} is not valid TOML: {error}") from error
