"""A bound is never below the score, and far below that of most pairs."""

from __future__ import annotations

import numpy as np
import pytest

import matcher.bounds
from matcher.bounds import Bounds


@pytest.mark.parametrize("leading", [1, 8, 40, 64])
def test_no_product_is_above_its_bound(monkeypatch, leading):
    monkeypatch.setattr(matcher.bounds, "LEADING", leading)
    rng = np.random.default_rng(0)
    codes = (rng.normal(size=(300, 4)) @ rng.normal(size=(4, 40)) + 0.3 * rng.normal(size=(300, 40))).astype(
        np.float32
    )
    scale = rng.uniform(0, 0.3, 40).astype(np.float32)
    scale[3] = 0.0  # a feature that weighs nothing
    known = (rng.random((300, 5)) < 0.9).astype(np.float32)
    vectors = np.concatenate([codes[:50] * scale, -rng.random((50, 5)) * known[:50]], axis=1)
    bounds = Bounds(np.concatenate([codes, known], axis=1), scale)
    short = bounds.vectors(vectors.astype(np.float32))
    bound, score = short @ bounds.columns, vectors @ np.concatenate([codes, known], axis=1).T
    assert (bound >= score - 1e-3).all()
    if leading >= 8:  # more axes than the codes have directions of weight
        assert np.median(bound - score) < 0.05 * np.ptp(score)
