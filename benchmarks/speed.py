"""Speed as ratios, all sides measured interleaved in one run: ``python benchmarks/speed.py``.

Run it with the package installed and bytecode allowed, as it is used: compiling modules anew costs a cold start 60 ms.
scikit-learn must be there; FAISS (``faiss-cpu``) is measured where it is. ``--quick`` takes fewer runs and queries.
The table goes to stdout, and with ``--write`` into ``docs/speed.md`` too.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Some machines force an older kernel on OpenBLAS; both sides of every ratio run without it.
if os.environ.pop("OPENBLAS_CORETYPE", None):
    os.environ.pop("OPENBLAS_L2_SIZE", None)
    os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606 - this very script again

import numpy as np

from matcher import Matcher
from matcher.candidates import PARTNER_LEVELS, Filters, pool
from matcher.topn import CANDIDATES, QUERIES, mixed, top

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

QUERY, N = "Purwakarta", 10
COLD = [sys.executable, "-m", "matcher", "rank", QUERY, "--country", "KR"]
IMPORTS = [sys.executable, "-c", "import pandas, sklearn.neighbors"]
ROOT = Path(__file__).resolve().parents[1]


class EveryPair:
    """A rule that lets every pair through, which is what the other libraries do."""

    def blank(self, tile: NDArray[np.float32], queries: slice, candidates: slice) -> None:
        """Leave all scores."""

    def passes(self, query: NDArray[np.int64], candidate: NDArray[np.int64]) -> NDArray[np.bool_]:  # noqa: ARG002
        """Pass all pairs."""
        return np.ones(len(query), np.bool_)


def interleaved(jobs: dict[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Return each job's median seconds over rounds that run every job once, after one round to warm up."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for turn in range(runs + 1):
        for name, job in jobs.items():
            start = time.perf_counter()
            job()
            if turn:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(spent) for name, spent in times.items()}


def run(command: list[str]) -> int:
    """Run a command to its end, its output thrown away; return the highest resident memory of any child so far, kB."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def one_query(m: Matcher, runs: int) -> dict[str, float]:
    """Rank the world for one region, every way."""
    from peers import arcgis, nhs, numbers
    from sklearn.neighbors import NearestNeighbors

    region, names = m.region(QUERY), [name for name, _ in m.weights().key]
    matrix = np.ascontiguousarray(m.world.columns[m.world.where(names)].T)
    vector = np.random.default_rng(0).random(matrix.shape[1], dtype=np.float32)
    brute = NearestNeighbors(n_neighbors=N, algorithm="brute").fit(matrix)
    frame, row = numbers(m.atlas), m.atlas.row(region.region_id)

    def explained() -> None:
        for match in m.rank(region):
            m.explain(region, match.region)

    jobs: dict[str, Callable[[], object]] = {
        "bare float32 product": lambda: matrix @ vector,
        "matcher.rank, the world, top 10": lambda: m.rank(region),
        "matcher.rank and ten explanations": explained,
        "numpy, element by element": lambda: (matrix * vector).sum(axis=1),
        "scikit-learn brute": lambda: brute.kneighbors(vector[None]),
    }
    if index := faiss_index(matrix):
        jobs["FAISS IndexFlatIP"] = lambda: index.search(vector[None], N)
    times = interleaved(jobs, runs)
    few = {"ArcGIS recipe, pandas": lambda: arcgis(frame, row), "NHS recipe, pandas": lambda: nhs(frame, row)}
    return times | interleaved(few, 1)


def many_queries(m: Matcher, runs: int, count: int) -> dict[str, float]:
    """Rank the world for many regions."""
    from sklearn.neighbors import NearestNeighbors

    rows = pool(m.atlas, PARTNER_LEVELS, Filters())
    ids = m.atlas.region_ids[np.random.default_rng(0).choice(rows, count, replace=False)].tolist()
    names = [name for name, _ in m.weights().key]
    where = m.world.where(names)
    columns = m.world.gather(where, rows[mixed(m.atlas.country_codes[rows])])
    vectors, _ = m.world.take(m.atlas.rows(ids), names).query(m.weights().vector(names))
    matrix = np.ascontiguousarray(columns.T)
    places = np.arange(len(rows))
    brute = NearestNeighbors(n_neighbors=N, algorithm="brute").fit(matrix)

    def product() -> None:
        for q in range(0, count, QUERIES):
            for c in range(0, len(rows), CANDIDATES):
                vectors[q : q + QUERIES] @ columns[:, c : c + CANDIDATES]

    jobs: dict[str, Callable[[], object]] = {
        f"bare blocked product, {count:,} queries": product,
        "top 10 alone, no rules": lambda: top(vectors, columns, places, EveryPair(), N, 1e-2),
        "Matcher.batch: rules, exact scores, groups": lambda: m.batch(ids, N).to_table(),
        "scikit-learn brute": lambda: brute.kneighbors(vectors),
    }
    if index := faiss_index(matrix):
        jobs["FAISS IndexFlatIP"] = lambda: index.search(vectors, N)
    return interleaved(jobs, runs)


def growth(m: Matcher, runs: int, sizes: list[int]) -> tuple[list[tuple[int, float]], float]:
    """Rank among more and more resampled regions; return seconds by size and the fitted exponent.

    Thirty-two of the columns are resampled, so that five million rows fit into a small machine.
    """
    rng = np.random.default_rng(0)
    base = np.ascontiguousarray(m.world.columns[:32])
    vectors = rng.random((64, 32), dtype=np.float32)
    points = []
    for size in sizes:
        columns = base[:, rng.integers(0, base.shape[1], size)]
        rows = np.arange(size)
        found = top(vectors[:1], columns, rows, EveryPair(), N, 1e-2)
        scores = vectors[0] @ columns
        assert set(np.argsort(-scores, kind="stable")[:N]) <= set(found.row), "recall below 1"
        job = {"top": lambda columns=columns, rows=rows: top(vectors, columns, rows, EveryPair(), N, 0.0)}
        points.append((size, interleaved(job, runs)["top"]))
    x, y = np.log([size for size, _ in points]), np.log([seconds for _, seconds in points])
    return points, float(np.polyfit(x, y, 1)[0])


def faiss_index(matrix: NDArray[np.float32]) -> Any:
    """Return a flat index of inner products, or None where FAISS is not installed."""
    try:
        import faiss
    except ImportError:
        return None
    faiss.omp_set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count() or 1)))
    index = faiss.IndexFlatIP(matrix.shape[1])
    index.add(matrix)
    return index


def section(title: str, times: dict[str, float]) -> list[str]:
    """Return a table; the first line is what all others are divided by."""
    base = next(iter(times.values()))
    rows = [f"| {name} | {1e3 * spent:,.1f} | {spent / base:.2f} |" for name, spent in times.items()]
    return [f"## {title}", "", "| | ms | ratio |", "|---|---:|---:|", *rows, ""]


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", action="store_true")
    wish = parser.parse_args()
    runs, count = (3, 1_000) if wish.quick else (7, 10_000)
    # Children first: their highest memory is that of the largest child, and the first is the smallest.
    peak = run(COLD) / 1e3
    imports = run(IMPORTS) / 1e3
    cold = interleaved(
        {"imports of pandas and scikit-learn": lambda: run(IMPORTS), "cold": lambda: run(COLD)}, runs
    )
    m = Matcher.load()
    sizes = [len(m.atlas), 500_000, 1_000_000, *([] if wish.quick else [2_500_000, 5_000_000])]
    threads = os.environ.get("OMP_NUM_THREADS", "all")
    lines = [
        "# Speed",
        "",
        "Written by `python benchmarks/speed.py --write`: ratios of medians, all sides interleaved in one run. A ratio is",
        "to the first line of its table; what a product of the same shape costs is the limit.",
        "",
        f"{platform.machine()}, {os.cpu_count()} cores, {threads} threads, Python {platform.python_version()},",
        f"numpy {np.__version__}; {runs} runs; {len(m.atlas):,} regions.",
        "",
        *section("One query against the world", one_query(m, runs)),
        *section(
            "Many queries against the world", many_queries(m, min(runs, 3) if wish.quick else runs, count)
        ),
        *section("`matcher rank Purwakarta --country KR`, cold", cold),
        f"Peak resident memory: {peak:.0f} MB; the imports alone take up to {imports:.0f} MB.",
        "",
    ]
    points, exponent = growth(m, min(runs, 3), sizes)
    lines += ["## Growth", "", "| regions | ms for 64 queries |", "|---:|---:|"]
    lines += [f"| {size:,} | {1e3 * spent:,.1f} |" for size, spent in points]
    lines += ["", f"Fitted exponent {exponent:.3f}; the exact best ten were found at every size.", ""]
    print("\n".join(lines))
    if wish.write:
        (ROOT / "docs" / "speed.md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
