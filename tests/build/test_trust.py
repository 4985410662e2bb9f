from __future__ import annotations

import numpy as np

from matcher.build.trust import Trust, choose_trust
from matcher.build.yearbooks import Yearbook


class Lands:
    """Three countries of eight regions; a blend is the response or the grid, whichever is trusted more."""

    def __init__(self):
        self.rows = {code: np.arange(8) + 8 * i for i, code in enumerate("ABC")}
        self.weight = np.ones(24)

    def blend(self, code, rows, response, grid, trust):
        a, b = trust.response, trust.grid
        return (a * response + b * grid) / (a + b)


def book(code, areas):
    rows = [np.array([row]) for row in np.arange(8) + 8 * "ABC".index(code)]
    return Yearbook(code, "observed", 1, areas, rows, np.ones(4, dtype=bool))


def setup(right_in):
    rng = np.random.default_rng(0)
    response, grid = rng.dirichlet(np.ones(4), 24), rng.dirichlet(np.ones(4), 24)
    areas = {code: (response if right_in[code] == "response" else grid)[Lands().rows[code]] for code in "ABC"}
    return response, grid, [book(code, areas[code]) for code in "ABC"]


def test_the_part_that_is_right_elsewhere_is_trusted():
    response, grid, books = setup({"A": "response", "B": "grid", "C": "grid"})
    trusts = choose_trust(Lands(), response, grid, books)
    assert trusts.of("A").grid > trusts.of("A").response  # although its own figures say the opposite
    assert trusts.general.grid > trusts.general.response


def test_a_country_has_no_say_in_its_own_trust():
    """No leak: whatever the statistics of a country, its trust is the same."""
    response, grid, books = setup({"A": "response", "B": "grid", "C": "response"})
    rng = np.random.default_rng(5)
    other = [book("A", rng.dirichlet(np.ones(4), 8)), *books[1:]]
    before = choose_trust(Lands(), response, grid, books).of("A")
    assert choose_trust(Lands(), response, grid, other).of("A") == before
    assert choose_trust(Lands(), response, grid, books[1:]).general == before


def test_without_statistics_there_is_a_plain_trust():
    assert choose_trust(Lands(), np.zeros((24, 4)), np.zeros((24, 4)), []).of("A") == Trust()
