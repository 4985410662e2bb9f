"""Ablation: what each group of features adds to size and distance in telling real partners from others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.evaluation.judge import Model
from matcher.plausibility import Plausibility
from matcher.traits import EXTRAS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from matcher.catalogue import Catalogue
    from matcher.pairspace import PairSpace

BASE = "size_distance"
_PER_TIE = 12  # fewer random partners than plausibility itself has: seven models are learned


def groups_of_terms(space: PairSpace, catalogue: Catalogue) -> dict[str, str]:
    """Return term to the group of its feature; what tells of size, kind of unit and distance is the base."""
    groups = {name: feature.group for name, feature in catalogue.features.items() if feature.group != "scale"}
    found = {}
    for term in space.shapes:
        name = term.partition(" ")[2].removeprefix("at home:")
        found[term] = BASE if name in EXTRAS else groups.get(name, BASE)
    return found


def ablated(
    space: PairSpace, catalogue: Catalogue, a: NDArray[np.int64], b: NDArray[np.int64], seed: int = 0
) -> dict[str, Model]:
    """Learn plausibility from size, kind and distance alone, and with each group of features; no known ties.

    The country pair is the same for all candidates of a country, and counts world-wide in each of them.
    """
    group_of = groups_of_terms(space, catalogue)
    groups = [group for group in catalogue.groups if group in group_of.values()]
    models = {}
    for extra in (None, *groups, "all"):
        terms = {term for term, group in group_of.items() if group == BASE or extra in (group, "all")}
        found = Plausibility.fit(space, a, b, seed=seed, terms=terms, per_tie=_PER_TIE)
        models[BASE if extra is None else f"{BASE}+{extra}"] = Model(
            found.scorer(space), found.prior(space.pool)
        )
    return models
