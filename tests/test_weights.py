"""Weights are shares that sum to 1, and refuse what is no weight."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.catalogue import Catalogue
from matcher.errors import UnknownNameError, WeightError
from matcher.weights import Weights, read_profiles, resolve

CATALOGUE = Catalogue.open()
PROFILES = read_profiles()
NAMES = [*CATALOGUE.groups, *CATALOGUE.features]


def group_share(weights: Weights, group: str) -> float:
    return math.fsum(weights.shares[feature.name] for feature in CATALOGUE.in_group(group))


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_names_only_what_exists_and_sums_to_one(name: str) -> None:
    profile = PROFILES[name]
    assert set(profile.groups) <= set(CATALOGUE.groups)
    assert set(profile.features) <= set(CATALOGUE.features)
    assert math.fsum(resolve(CATALOGUE, profile).shares.values()) == pytest.approx(1.0, abs=1e-12)


def test_balanced_gives_each_group_a_quarter_and_scale_nothing() -> None:
    weights = resolve(CATALOGUE, PROFILES["balanced"])
    assert [group_share(weights, group) for group in CATALOGUE.groups] == pytest.approx([0.25] * 4 + [0.0])


def test_a_group_change_replaces_the_groups_weight() -> None:
    weights = resolve(CATALOGUE, PROFILES["balanced"], {"culture": 2.0})
    assert group_share(weights, "culture") == pytest.approx(0.4)


def test_a_feature_change_moves_shares_inside_its_group_only() -> None:
    plain = resolve(CATALOGUE, PROFILES["balanced"])
    weights = resolve(CATALOGUE, PROFILES["balanced"], {"crop_mix": 9.0})
    assert weights.shares["crop_mix"] > plain.shares["crop_mix"]
    assert group_share(weights, "agriculture") == pytest.approx(0.25)
    assert weights.shares["elevation"] == pytest.approx(plain.shares["elevation"], abs=1e-15)


def test_a_feature_of_a_silent_group_counts_alone_when_named() -> None:
    weights = resolve(CATALOGUE, PROFILES["balanced"], {"population": 3.0})
    assert weights.shares["population"] == pytest.approx(0.2)
    assert weights.shares["area_km2"] == 0.0


@given(st.dictionaries(st.sampled_from(NAMES), st.floats(0.0, 1e6), max_size=6))
def test_any_changes_leave_shares_that_sum_to_one_or_a_clear_error(changes: dict[str, float]) -> None:
    weights = None
    with suppress(WeightError):
        weights = resolve(CATALOGUE, PROFILES["balanced"], changes)
    groups_left = [g for g in CATALOGUE.groups if changes.get(g, PROFILES["balanced"].groups.get(g, 0.0)) > 0]
    if weights is None:  # only where a planner switched everything off
        assert any(weight == 0 for weight in changes.values()) or not groups_left
        return
    assert math.fsum(weights.shares.values()) == pytest.approx(1.0, abs=1e-9)
    assert min(weights.shares.values()) >= 0.0


@given(
    st.sampled_from([f.name for f in CATALOGUE.features.values() if f.weight > 0 and f.group != "scale"]),
    st.floats(1.01, 50),
)
def test_more_weight_on_a_feature_never_lowers_its_share(name: str, factor: float) -> None:
    plain = resolve(CATALOGUE, PROFILES["balanced"])
    heavier = resolve(CATALOGUE, PROFILES["balanced"], {name: CATALOGUE[name].weight * factor})
    assert heavier.shares[name] >= plain.shares[name]


@pytest.mark.parametrize("weight", [-1.0, math.nan, math.inf])
def test_what_is_no_weight_is_refused_with_its_name(weight: float) -> None:
    with pytest.raises(WeightError, match="culture"):
        resolve(CATALOGUE, PROFILES["balanced"], {"culture": weight})


def test_all_zero_is_refused() -> None:
    with pytest.raises(WeightError, match="every weight is zero"):
        resolve(CATALOGUE, PROFILES["balanced"], dict.fromkeys(CATALOGUE.groups, 0.0))


def test_an_unknown_name_is_refused_with_close_ones() -> None:
    with pytest.raises(UnknownNameError, match="elevation"):
        resolve(CATALOGUE, PROFILES["balanced"], {"elevatoin": 1.0})
