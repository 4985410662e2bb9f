"""Encoders: likenesses by hand, bounds, ties and unknown values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.catalogue import Feature
from matcher.encoding import NumberEncoder, ShareEncoder, Shares, prefix_paths

if TYPE_CHECKING:
    from numpy.typing import NDArray

NUMBER = Feature(name="f", label="F", group="g", kind="number", unit="", weight=1.0, source=(), evidence="")


class Given:
    """Columns of one feature, given as they are."""

    def __init__(
        self, numbers: list[list[float]] | None = None, mixtures: list[dict[str, float]] | None = None
    ) -> None:
        self.values = np.array(numbers or [[0.0]], dtype=float)
        self.mixtures = mixtures or []

    def numbers(self, feature: Feature) -> NDArray[np.float64]:
        return self.values

    def shares(self, feature: Feature) -> Shares:
        classes = sorted({name for mixture in self.mixtures for name in mixture})
        entries = [
            (i, classes.index(k), s) for i, mixture in enumerate(self.mixtures) for k, s in mixture.items()
        ]
        row, klass, share = (np.array(part) for part in zip(*entries, strict=True))
        return Shares(len(self.mixtures), classes, row, klass, share.astype(float))

    def paths(self, feature: Feature) -> dict[str, tuple[str, ...]]:
        raise NotImplementedError


def ranks(values: list[float], weights: list[float] | None = None, n_knots: int = 50) -> NumberEncoder:
    return NumberEncoder.fit(np.array(values)[:, None], np.array(weights or [1.0] * len(values)), n_knots)


def test_rank_is_the_weight_below_plus_half_of_the_equals() -> None:
    encoder = ranks([1.0, 2.0, 2.0, 3.0])
    assert encoder.place(np.array([1.0, 2.0, 3.0])).tolist() == [0.125, 0.5, 0.875]


def test_rank_counts_weights_and_not_rows() -> None:
    assert ranks([1.0, 2.0], [3.0, 1.0]).place(np.array([1.0]))[0] == 0.375


def test_values_beyond_the_ends_take_the_ends_rank() -> None:
    encoder = ranks([1.0, 2.0, 3.0])
    assert encoder.place(np.array([-9.0, 99.0])).tolist() == encoder.place(np.array([1.0, 3.0])).tolist()


def test_a_heavy_tie_keeps_its_rank_when_knots_are_few() -> None:
    values = [0.0] * 800 + list(np.linspace(0.01, 1, 200))
    assert ranks(values, n_knots=9).place(np.array([0.0]))[0] == pytest.approx(0.4)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60), st.integers(2, 30))
def test_rank_never_falls_and_stays_in_bounds(values: list[float], n_knots: int) -> None:
    rank = ranks(values, n_knots=n_knots).place(np.sort(values))
    assert (np.diff(rank) >= -1e-12).all()  # interpolation rounds
    assert rank[0] >= 0.0
    assert rank[-1] <= 1.0


def test_number_likeness_is_the_raised_cosine_of_the_rank_gap() -> None:
    encoder = ranks([0.0, 1.0, 2.0, 3.0])
    code = encoder.encode(Given([[0.0], [3.0]]), NUMBER)
    assert code.x[0] @ code.x[1] + 0.5 == pytest.approx((1 + np.cos(np.pi * 0.75)) / 2)


def test_a_share_is_its_own_place() -> None:
    encoder = NumberEncoder.fit(np.array([[0.0], [0.0], [0.1]]), np.ones(3), 9, "share")
    assert encoder.place(np.array([0.0, 0.25, 1.0])).tolist() == [0.0, 0.25, 1.0]


def test_a_ratio_counts_the_same_everywhere_on_a_log_scale() -> None:
    encoder = NumberEncoder.fit(np.geomspace(1e2, 1e6, 500)[:, None], np.ones(500), 9, "log")
    steps = np.diff(encoder.place(np.array([1e3, 1e4, 1e5])))
    assert steps[0] == pytest.approx(steps[1], rel=1e-3)
    assert encoder.place(np.array([0.0, 1e9])).tolist() == [0.0, 1.0]


def test_months_are_unknown_as_soon_as_one_is() -> None:
    columns = Given([[1.0] * 12, [np.nan] + [1.0] * 11])
    encoder = NumberEncoder.fit(columns.values[:1], np.ones(1), 9)
    code = encoder.encode(columns, NUMBER)
    assert code.known.tolist() == [True, False]
    assert not code.x[1].any()


def test_mixture_likeness_is_the_bhattacharyya_coefficient() -> None:
    columns = Given(mixtures=[{"rice": 0.5, "wheat": 0.5}, {"rice": 1.0}])
    encoder = ShareEncoder.fit(columns.shares(NUMBER), np.ones(2))
    code = encoder.encode(columns, NUMBER)
    assert code.x[0] @ code.x[1] == pytest.approx(np.sqrt(0.5))


@pytest.mark.parametrize(
    ("a", "b", "expected"), [("Cfa", "Cfb", 2 / 3), ("Cfa", "Cwa", 1 / 3), ("Cfa", "Af", 0.0)]
)
def test_classes_of_one_branch_are_part_alike(a: str, b: str, expected: float) -> None:
    columns = Given(mixtures=[{a: 1.0}, {b: 1.0}])
    shares = columns.shares(NUMBER)
    code = ShareEncoder.fit(shares, np.ones(2), prefix_paths(shares.classes)).encode(columns, NUMBER)
    assert code.x[0] @ code.x[1] == pytest.approx(expected, abs=1e-6)


def test_a_class_that_was_never_seen_is_unknown() -> None:
    fitted = ShareEncoder.fit(Given(mixtures=[{"rice": 1.0}]).shares(NUMBER), np.ones(1))
    code = fitted.encode(Given(mixtures=[{"moon cheese": 1.0}]), NUMBER)
    assert code.known.tolist() == [False]


def test_a_mixture_known_by_less_than_half_is_unknown() -> None:
    fitted = ShareEncoder.fit(Given(mixtures=[{"rice": 1.0}]).shares(NUMBER), np.ones(1))
    mostly = [{"rice": 0.1, "moon cheese": 0.9}, {"rice": 0.6, "moon cheese": 0.4}]
    code = fitted.encode(Given(mixtures=mostly), NUMBER)
    assert code.known.tolist() == [False, True]
    assert not code.x[0].any()


def test_an_isolate_is_known_beside_a_large_family_of_many_branches() -> None:
    columns = Given(mixtures=[{f"Xa{c}": 1.0 / 9 for c in "abcdefghi"}] * 9 + [{"Y": 1.0}])
    shares = columns.shares(NUMBER)
    fitted = ShareEncoder.fit(shares, np.ones(10), prefix_paths(shares.classes), n_nodes=4)
    code = fitted.encode(columns, NUMBER)
    assert code.known.all()
    assert code.x[0] @ code.x[-1] == 0.0


mixtures = st.lists(
    st.dictionaries(st.sampled_from("abcdef"), st.floats(0.01, 1.0), min_size=1), min_size=2, max_size=8
)


@given(mixtures)
def test_mixture_codes_have_length_one_and_likenesses_in_bounds(cells: list[dict[str, float]]) -> None:
    columns = Given(mixtures=cells)
    code = ShareEncoder.fit(columns.shares(NUMBER), np.ones(len(cells))).encode(columns, NUMBER)
    product = code.x.astype(float) @ code.x.T.astype(float)
    assert np.allclose(np.diag(product), 1.0)
    assert (product > -1e-6).all()
    assert (product < 1 + 1e-6).all()
