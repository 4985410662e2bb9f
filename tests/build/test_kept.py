"""What steps have in common is reckoned once for the same things, and anew for others."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from matcher.build.kept import keeping, kept


@pytest.fixture
def shapes():
    """Some outlines, while a group of steps runs."""
    with keeping():
        yield shapely.box(np.arange(3), 0, np.arange(3) + 1, 1)


def test_the_same_outlines_are_reckoned_once(shapes):
    first = kept("area", shapes, lambda: shapely.area(shapes))
    assert kept("area", shapes.copy(), lambda: pytest.fail("reckoned again")) is first


def test_equal_outlines_that_are_others_are_reckoned_anew(shapes):
    kept("name", shapes, lambda: "old")
    assert kept("name", shapely.from_wkb(shapely.to_wkb(shapes)), lambda: "new") == "new"


def test_something_else_about_the_same_outlines_is_reckoned(shapes):
    kept("area", shapes, lambda: 1)
    assert kept("length", shapes, lambda: 4) == 4


def test_a_group_of_steps_keeps_nothing_of_another(shapes):
    kept("name", shapes, lambda: "old")
    with keeping():
        assert kept("name", shapes, lambda: "new") == "new"
    assert kept("name", shapes, lambda: pytest.fail("reckoned again")) == "old"


def test_nothing_is_kept_where_no_group_runs():
    things = [object()]
    kept("name", things, lambda: "old")
    assert kept("name", things, lambda: "new") == "new"
