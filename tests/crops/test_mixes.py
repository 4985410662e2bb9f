from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matcher.crops.basket import (
    crops,
    leaders_found,
    national_mix,
    normalised,
    overlap,
    published,
    same_leader,
)

mixes = arrays(np.float64, (3, 5), elements=st.floats(0, 10))


@given(mixes, mixes)
def test_overlap_is_symmetric_and_within_bounds(a, b):
    both = overlap(a, b)
    assert np.allclose(both, overlap(b, a))
    assert ((both >= 0) & (both <= 1 + 1e-9)).all()


@given(mixes)
def test_a_mix_overlaps_with_itself_wholly(a):
    some = a.sum(axis=1) > 0
    assert np.allclose(overlap(a, a * 3)[some], 1)


def test_overlap_is_the_sum_of_the_smaller_shares():
    assert overlap(np.array([[0.5, 0.5, 0]]), np.array([[0.2, 0.3, 0.5]]))[0] == pytest.approx(0.5)


def test_rows_without_anything_stay_zero():
    assert (normalised(np.zeros((1, 3))) == 0).all()


def test_leaders():
    true, guess = np.array([[5.0, 3, 0, 0]]), np.array([[4.0, 0, 3, 2]])
    assert same_leader(true, guess)[0]
    assert leaders_found(true, guess, 2)[0] == 0.5  # of the two crops that are there one is found


def test_crops_have_one_name_each_and_national_mixes_sum_to_one():
    names = [crop.name for crop in crops()]
    assert len(set(names)) == len(names) > 100
    assert national_mix("ID").sum() == pytest.approx(1)
    assert national_mix("ID")[names.index("oil_palm")] > 0.1
    assert national_mix("XX").sum() == 0


def test_a_crop_of_one_unit_in_a_land_full_of_it_is_not_published():
    nation = np.array([100.0, 100.0, 0.0])
    areas = np.array([[50.0, 1.0, 2.0], [50.0, np.nan, np.nan]])
    assert published(areas, nation).tolist() == [True, False, True]


def test_a_table_of_a_few_units_publishes_what_it_has():
    assert published(np.array([[1.0, 2.0]]), np.array([1000.0, 1000.0])).all()
