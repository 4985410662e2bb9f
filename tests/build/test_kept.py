"""What steps have in common is reckoned once for the same things, and anew for others."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from matcher.build.kept import forget, kept


@pytest.fixture(autouse=True)
def nothing_held():
    forget()
    yield
    forget()


@pytest.fixture
def shapes():
    return shapely.box(np.arange(3), 0, np.arange(3) + 1, 1)


def test_the_same_outlines_are_reckoned_once(shapes):
    first = kept("area", shapes, lambda: shapely.area(shapes))
    assert kept("area", shapes.copy(), lambda: pytest.fail("reckoned again")) is first


def test_equal_outlines_that_are_others_are_reckoned_anew(shapes):
    kept("name", shapes, lambda: "old")
    assert kept("name", shapely.from_wkb(shapely.to_wkb(shapes)), lambda: "new") == "new"


def test_something_else_about_the_same_outlines_is_reckoned(shapes):
    kept("area", shapes, lambda: 1)
    assert kept("length", shapes, lambda: 4) == 4


def test_what_was_forgotten_is_reckoned_again(shapes):
    kept("name", shapes, lambda: "old")
    forget()
    assert kept("name", shapes, lambda: "new") == "new"
