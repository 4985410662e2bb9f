"""Weights: how much each feature counts, from a profile and a planner's own wishes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matcher.catalogue import read_toml, unknown
from matcher.errors import WeightError
from matcher.paths import data_dir

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from matcher.catalogue import Catalogue
    from matcher.own.catalogue import OwnCatalogue


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of weights: one per group, and multipliers of single features inside their group."""

    name: str
    label: str
    describe: str
    groups: Mapping[str, float]
    features: Mapping[str, float]


def read_profiles(path: Path | None = None) -> dict[str, Profile]:
    """Read every profile of ``profiles.toml``, the embedded one by default."""
    table = read_toml(path or data_dir() / "profiles.toml")
    return {
        name: Profile(
            name=name,
            label=str(entry.get("label", name)),
            describe=str(entry.get("describe", "")),
            groups=entry.get("groups", {}),
            features=entry.get("features", {}),
        )
        for name, entry in table.items()
    }


def with_own(profiles: Mapping[str, Profile], own: OwnCatalogue) -> dict[str, Profile]:
    """Return the profiles as a planner's own catalogue changes them.

    A group of its own counts in every profile with the weight that the catalogue gives it, and what the catalogue
    sets under a profile's name stands over that. A name that is new makes a new profile.
    """
    defaults = {group.name: group.weight for group in own.groups}
    result = {}
    for name in dict.fromkeys((*profiles, *own.profiles)):
        change = own.profiles.get(name, {})
        old = profiles.get(name) or Profile(name, name, "a planner's own profile", {}, {})
        result[name] = Profile(
            name=name,
            label=str(change.get("label", old.label)),
            describe=str(change.get("describe", old.describe)),
            groups={**old.groups, **defaults, **change.get("groups", {})},
            features={**old.features, **change.get("features", {})},
        )
    return result


@dataclass(frozen=True, slots=True)
class Weights:
    """Each feature's share of the whole score.

    Attributes
    ----------
    profile
        Name of the profile that the weights start from.
    changes
        What the planner set on top: group or feature name to weight.
    shares
        Feature name to share; never negative, sums to 1.
    """

    profile: str
    changes: Mapping[str, float]
    shares: Mapping[str, float]

    def vector(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Return the shares of `names` as an array of shape (len(names),)."""
        return np.array([self.shares.get(name, 0.0) for name in names])

    @property
    def key(self) -> tuple[tuple[str, float], ...]:
        """Identify these weights: equal keys give equal scores."""
        return tuple(sorted((name, share) for name, share in self.shares.items() if share > 0))


def group_scores(
    catalogue: Catalogue,
    names: Sequence[str],
    likeness: NDArray[np.float64],
    vector: NDArray[np.float64],
) -> dict[str, NDArray[np.float64]]:
    """Return each group's likeness, 0..100, from those of its features, shape (n, len(names)), and their weights.

    Groups come in the catalogue's order; those without a feature among `names` are absent.
    """
    groups = np.array([catalogue[name].group for name in names])
    scores = {}
    for group in catalogue.groups:
        if (mine := groups == group).any():
            # Side by side in memory, so that a row's sum has the same bits whatever rows stand beside it.
            points = np.ascontiguousarray((likeness * vector)[:, mine])
            scores[group] = 100.0 * points.sum(axis=1) / vector[mine].sum()
    return scores


def resolve(catalogue: Catalogue, profile: Profile, changes: Mapping[str, float] | None = None) -> Weights:
    """Turn a profile and a planner's changes into shares that sum to 1.

    A group's share is its weight over the sum of all groups' weights; inside a group a feature's share is its
    weight over the sum of the group's. A change names a group or a feature and replaces that weight. Where a
    change names a feature of a group that weighs 0, the planner wants that feature and no other of the group:
    the group then weighs 1 and only the named features count in it.

    Raises
    ------
    UnknownNameError
        A change names neither a group nor a feature.
    WeightError
        A weight is negative or not a finite number, or nothing is left to weigh.
    """
    changes = dict(changes or {})
    for name, weight in changes.items():
        if name not in catalogue.groups and name not in catalogue.features:
            raise unknown("group or feature", name, [*catalogue.groups, *catalogue.features])
        if not math.isfinite(weight) or weight < 0:
            raise WeightError(f"the weight of {name!r} is {weight}; a weight is a number of 0 or more")
    groups = {name: changes.get(name, profile.groups.get(name, 0.0)) for name in catalogue.groups}
    shares: dict[str, float] = {}
    for group in catalogue.groups:
        members = catalogue.in_group(group)
        named = {feature.name: changes[feature.name] for feature in members if feature.name in changes}
        if groups[group] == 0 and group not in changes and any(named.values()):
            groups[group], weights = 1.0, named
        else:
            weights = {
                feature.name: named.get(
                    feature.name, feature.weight * profile.features.get(feature.name, 1.0)
                )
                for feature in members
            }
        total = sum(weights.values())
        if total == 0:
            groups[group] = 0.0
        for name, weight in weights.items():
            shares[name] = groups[group] * weight / total if total else 0.0
    total = sum(shares.values())
    if total <= 0:
        raise WeightError("every weight is zero; give at least one group or feature a weight above 0")
    order = [feature.name for feature in catalogue.features.values()]
    return Weights(profile.name, changes, {name: shares.get(name, 0.0) / total for name in order})
