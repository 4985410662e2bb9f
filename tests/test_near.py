"""A query that reads only the columns that decide finds what reading all of them finds, and mapped files are whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import matcher.world
from matcher import Matcher
from matcher.mapping import mapped_array, mapped_table
from matcher.world import Few

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def m(tmp_path_factory) -> Matcher:
    from matcher import Atlas, SimilarityModel
    from tests.toy import write_atlas

    atlas = Atlas.open(write_atlas(tmp_path_factory.mktemp("toy"), missing=0.3))
    return Matcher(atlas, SimilarityModel(n_pairs=200).fit(atlas))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.integers(0, 239),
    n=st.integers(1, 260),
    late=st.sampled_from([0.0, 3.0, 9.0, 40.0, 101.0]),
    changes=st.dictionaries(st.sampled_from(["culture", "relief", "languages"]), st.floats(0, 9), max_size=3),
)
def test_near_holds_the_best_whatever_is_read_last(m, monkeypatch, query, n, late, changes):
    monkeypatch.setattr(matcher.world, "_LATE", late)
    weights = m.weights(changes=changes)
    names = [name for name, _ in weights.key]
    vector = weights.vector(names)
    rows = np.setdiff1d(np.arange(240), [query])
    own = m.world.take(np.array([query]), names)
    scores = 100 * (m.world.take(rows, names).likeness(own) * vector).sum(axis=1)
    floor = np.sort(scores)[::-1][min(n, len(rows)) - 1]
    few = Few(m.atlas, m.model, np.arange(240), names)
    for codes in (m.world, few):
        near = codes.near(own, vector, rows, n)
        assert set(rows[scores >= floor]) <= set(near)
        assert (scores[np.isin(rows, near)] >= floor - 0.1).all()


def test_explanations_at_once_are_those_one_by_one(m):
    a, *others = m.atlas.regions(np.array([3, 50, 51, 120]))
    alone = [m.explain(a, b) for b in others]  # codes of two regions
    assert len(m.world) == len(m.atlas)
    m.atlas.hold()  # from now on out of the mapped files
    together = m.explain_all(a, others)
    assert together == alone
    for explanation in together:
        assert abs(sum(part.points for part in explanation.points) - explanation.score) < 1e-9


def test_an_array_is_filled_once_and_anew_where_it_is_damaged(tmp_path: Path):
    filled = []

    def fill(array: np.ndarray) -> None:
        filled.append(array.shape)
        array[:] = 7.0

    path = tmp_path / "cache" / "world-1.npy"
    assert (mapped_array(path, (2, 3), fill) == 7.0).all()
    assert (mapped_array(path, (2, 3), fill) == 7.0).all()
    assert len(filled) == 1
    path.write_bytes(path.read_bytes()[:40])
    assert (mapped_array(path, (2, 3), fill) == 7.0).all()
    assert len(filled) == 2
    assert [file.name for file in path.parent.iterdir()] == ["world-1.npy"]


def test_a_table_is_made_once_and_each_column_is_one_piece(tmp_path: Path):
    made = []

    def make() -> pa.Table:
        made.append(1)
        parts = [pa.array(["a", "b"]).dictionary_encode(), pa.array(["c", None]).dictionary_encode()]
        return pa.table({"x": pa.chunked_array(parts), "y": [1.5, None, 2.5, 3.5]})

    path = tmp_path / "atlas-1.arrow"
    first, again = mapped_table(path, make), mapped_table(path, make)
    assert made == [1]
    assert first.equals(again)
    assert first["x"].to_pylist() == ["a", "b", "c", None]
    assert first["x"].num_chunks == 1
    path.write_bytes(b"ARROW1 broken")
    assert mapped_table(path, make)["y"].to_pylist() == [1.5, None, 2.5, 3.5]


def test_only_the_last_files_of_a_kind_are_kept(tmp_path: Path):
    for number in range(5):
        mapped_array(tmp_path / f"world-{number}.npy", (1, 1), lambda array: array.fill(1.0))
    mapped_table(tmp_path / "atlas-0.arrow", lambda: pa.table({"x": [1]}))
    assert len(list(tmp_path.glob("world-*.npy"))) == 3
    assert len(list(tmp_path.glob("atlas-*.arrow"))) == 1
