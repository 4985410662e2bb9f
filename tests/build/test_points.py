"""Points in outlines, and what is remembered of outlines."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from matcher.build.points import points_in
from matcher.build.remembered import remembered


@pytest.mark.parametrize(("edges", "predicate"), [(True, "intersects"), (False, "within")])
def test_pairs_and_their_order_are_those_of_the_tree(edges, predicate):
    rng = np.random.default_rng(0)
    shapes = shapely.buffer(shapely.points(rng.uniform(0, 10, (60, 2))), 1.5)
    points = np.append(shapely.points(rng.uniform(0, 10, (300, 2))), shapely.points([0, 1], [1, 0]))
    corners = shapely.points(shapely.get_coordinates(shapes)[:5])
    points = np.append(points, corners)
    tree = shapely.STRtree(shapes)
    expected = tree.query(points, predicate=predicate)
    assert np.array_equal(points_in(tree, points, edges=edges), expected)


def counter(seen: list[int]):
    def reckon(shapes):
        seen.append(len(shapes))
        return np.stack([shapely.area(shapes), shapely.length(shapes)], axis=1)

    return reckon


def test_an_outline_is_reckoned_once(tmp_path):
    squares = shapely.box(0, 0, np.arange(1.0, 9.0), 1)
    seen: list[int] = []
    path = tmp_path / "steps" / "areas.npz"
    first = remembered(path, squares[:5], counter(seen))
    again = remembered(path, squares[::-1], counter(seen))
    assert seen == [5, 3]
    assert np.array_equal(first, again[::-1][:5])
    assert again[:, 0].tolist() == [8, 7, 6, 5, 4, 3, 2, 1]


def test_a_damaged_memory_is_made_anew(tmp_path):
    path = tmp_path / "areas.npz"
    path.write_bytes(b"PK\x03\x04 broken")
    assert remembered(path, shapely.box(0, 0, np.array([2.0]), 1), counter([])).tolist() == [[2.0, 6.0]]
