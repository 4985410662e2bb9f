"""Speed as ratios, both sides measured interleaved in one run: ``python benchmarks/speed.py``.

Run it with the package installed and bytecode allowed, as it is used: compiling modules anew costs a cold start 60 ms.

1. A world ranking of one region, warm, against one float32 matrix-vector product of the same matrix.
2. ``matcher rank Purwakarta --country KR`` from a cold start, against importing pandas and scikit-learn.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np

from matcher import Matcher

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 15
QUERY = "Purwakarta"
IMPORTS = [sys.executable, "-c", "import pandas, sklearn.neighbors"]
COLD = [sys.executable, "-m", "matcher", "rank", QUERY, "--country", "KR"]


def interleaved(*jobs: Callable[[], object], runs: int = RUNS) -> list[float]:
    """Return each job's median seconds over `runs` rounds that run every job once, after one round to warm up."""
    times: list[list[float]] = [[] for _ in jobs]
    for turn in range(runs + 1):
        for spent, job in zip(times, jobs, strict=True):
            start = time.perf_counter()
            job()
            if turn:
                spent.append(time.perf_counter() - start)
    return [statistics.median(spent) for spent in times]


def run(command: list[str]) -> None:
    """Run a command to its end, its output thrown away."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main() -> None:
    """Print both ratios and the machine."""
    m = Matcher.load()
    region = m.region(QUERY)
    m.rank(region, any_size=True)
    (world,) = m._worlds.values()  # noqa: SLF001 - the very matrix that the ranking multiplies
    vector = np.random.default_rng(0).random(world.matrix.shape[1], dtype=np.float32)
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}"
    )
    print(
        f"{len(m.atlas):,} regions, matrix {world.matrix.shape}, {world.matrix.nbytes / 1e6:.0f} MB; {RUNS} runs, medians"
    )

    ranked, product = interleaved(lambda: m.rank(region), lambda: world.matrix @ vector)
    print(
        f"world ranking, warm   {1e3 * ranked:8.1f} ms   product {1e3 * product:8.1f} ms   ratio {ranked / product:.2f}"
    )

    cold, imports = interleaved(lambda: run(COLD), lambda: run(IMPORTS))
    print(
        f"matcher rank, cold    {1e3 * cold:8.0f} ms   imports {1e3 * imports:8.0f} ms   ratio {cold / imports:.2f}"
    )


if __name__ == "__main__":
    main()
