"""What is measured: ours, the product that is its limit, and what others would run in its place."""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.candidates import PARTNER_LEVELS, Filters, choose, pool
from matcher.intervals import ranks, worlds
from matcher.topn import CANDIDATES, QUERIES, mixed

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matcher import Matcher

    Jobs = dict[str, Callable[[], object]]

QUERY, N = "Purwakarta", 10
_INSTALLED = which("matcher", path=Path(sys.executable).parent)
COLD = [
    *([_INSTALLED] if _INSTALLED else [sys.executable, "-m", "matcher"]),
    "rank",
    QUERY,
    "--country",
    "KR",
]
IMPORTS = [sys.executable, "-c", "import pandas, sklearn.neighbors"]


class EveryPair:
    """A rule that lets every pair through, which is what the other libraries do."""

    def blank(self, tile: NDArray[np.float32], queries: slice, candidates: slice) -> None:
        """Leave all scores."""

    def passes(self, query: NDArray[np.int64], candidate: NDArray[np.int64]) -> NDArray[np.bool_]:  # noqa: ARG002
        """Pass all pairs."""
        return np.ones(len(query), np.bool_)


def one_query(m: Matcher) -> Jobs:
    """Rank the world for one region, every way; the first is what the others are divided by."""
    region, names = m.region(QUERY), [name for name, _ in m.weights().key]
    where = m.world.where(names)
    vector = np.random.default_rng(0).random(len(where), dtype=np.float32)
    # Each is made when it is first asked for, so that the memory of one job is its own.
    matrix = cache(lambda: np.ascontiguousarray(m.world.columns[where].T))
    brute, index = cache(lambda: neighbours(matrix())), cache(lambda: faiss_index(matrix()))
    jobs: Jobs = {
        "bare float32 product": lambda: matrix() @ vector,
        "matcher: rank": lambda: m.rank(region),
        "matcher: rank and ten explanations": lambda: m.explain_all(
            region, [match.region for match in m.rank(region)]
        ),
        "numpy, element by element": lambda: (matrix() * vector).sum(axis=1),
        "scikit-learn, brute": lambda: brute().kneighbors(vector[None]),
    }
    if find_spec("faiss"):
        jobs["FAISS IndexFlatIP"] = lambda: index().search(vector[None], N)
    return jobs


def recipes(m: Matcher) -> Jobs:
    """Rank the world for one region by what planners' tools do today."""
    from peers import arcgis, nhs, numbers

    frame, row = numbers(m.atlas), m.atlas.row(m.region(QUERY).region_id)
    return {
        "ArcGIS recipe, pandas": lambda: arcgis(frame, row),
        "NHS recipe, pandas": lambda: nhs(frame, row),
    }


def many_queries(m: Matcher, count: int) -> Jobs:
    """Rank the world for many regions."""
    rows = pool(m.atlas, PARTNER_LEVELS, Filters())
    ids = m.atlas.region_ids[np.random.default_rng(0).choice(rows, count, replace=False)].tolist()
    names = [name for name, _ in m.weights().key]
    order = rows[mixed(m.atlas.country_codes[rows])]
    columns = cache(lambda: m.world.gather(m.world.where(names), order))
    vectors, _ = m.world.take(m.atlas.rows(ids), names).query(m.weights().vector(names))
    brute = cache(lambda: neighbours(np.ascontiguousarray(columns().T)))
    index = cache(lambda: faiss_index(np.ascontiguousarray(columns().T)))

    def product() -> None:
        for q in range(0, count, QUERIES):
            for c in range(0, len(rows), CANDIDATES):
                vectors[q : q + QUERIES] @ columns()[:, c : c + CANDIDATES]

    jobs: Jobs = {
        "bare blocked product": product,
        "matcher: batch": lambda: m.batch(ids, N).to_table(),
        "scikit-learn, brute": lambda: brute().kneighbors(vectors),
    }
    if find_spec("faiss"):
        jobs["FAISS IndexFlatIP"] = lambda: index().search(vectors, N)
    return jobs


def scenarios(m: Matcher, count: int = 200) -> Jobs:
    """Rank ten regions among the world under many weights."""
    region, weights = m.region(QUERY), m.weights()
    names = [name for name, _ in weights.key]
    rows = choose(m.atlas, region, Filters()).rows
    best = m.atlas.rows([match.region.region_id for match in m.rank(region, n=N)])
    own = m.world.take(m.atlas.rows([region.region_id]), names)
    drawn = worlds(weights.vector(names), [m.catalogue[name].group for name in names], count)
    vectors, _ = own.query(drawn)
    columns = m.world.gather(m.world.where(names), rows)
    return {
        f"bare product of {count} vectors": lambda: vectors @ columns,
        "bare product of one vector": lambda: vectors[0] @ columns,
        f"matcher: ranks in {count} scenarios": lambda: ranks(m.world, own, drawn, rows, best),
    }


def neighbours(matrix: NDArray[np.float32]) -> Any:
    """Return scikit-learn's exhaustive search."""
    from sklearn.neighbors import NearestNeighbors

    return NearestNeighbors(n_neighbors=N, algorithm="brute").fit(matrix)


def faiss_index(matrix: NDArray[np.float32]) -> Any:
    """Return FAISS's exhaustive search of inner products."""
    import faiss

    faiss.omp_set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count() or 1)))
    index = faiss.IndexFlatIP(matrix.shape[1])
    index.add(matrix)
    return index
