"""Speed as ratios, all sides measured interleaved in one run: ``python benchmarks/speed.py``.

Run it with the extra ``matcher[bench]`` and bytecode allowed, as matcher is used: compiling modules anew costs a cold
start 60 ms. ``OMP_NUM_THREADS`` sets the threads of all sides. ``--quick`` takes fewer runs and queries. The table goes
to stdout; ``--write`` keeps the figures in ``docs/speed.json``, from which ``python docs/speed.py`` makes the page.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

# Some machines force an older kernel on OpenBLAS; both sides of every ratio run without it.
if os.environ.pop("OPENBLAS_CORETYPE", None):
    os.environ.pop("OPENBLAS_L2_SIZE", None)
    os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606 - this very script again

import numpy as np
from jobs import COLD, IMPORTS, EveryPair, N, many_queries, one_query, recipes, scenarios

from matcher import Matcher
from matcher.topn import top
from matcher.world import SLACK, World

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
SIZES = (150_000, 500_000, 1_000_000, 2_500_000, 5_000_000)
GROWN = 14  # features of the grown world
_MB = 1e3  # of what the system counts in kilobytes

Row = dict[str, Any]


def interleaved(jobs: dict[str, Callable[[], object]], runs: int) -> list[Row]:
    """Return each job's median seconds, by the clock and of the processor, over rounds that run every job once."""
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
    for turn in range(runs + 1):
        for name, job in jobs.items():
            start = time.perf_counter(), _processor()
            job()
            if turn:  # the first round warms up
                spent[name].append((time.perf_counter() - start[0], _processor() - start[1]))
    medians = {
        name: [statistics.median(column) for column in zip(*each, strict=True)]
        for name, each in spent.items()
    }
    base = next(iter(medians.values()))
    return [
        {
            "name": name,
            "seconds": clock,
            "processor_seconds": processor,
            "ratio": clock / base[0],
            "processor_ratio": processor / base[1],
        }
        for name, (clock, processor) in medians.items()
    ]


def _processor() -> float:
    """Seconds of processor time of this process and its children so far."""
    return sum(
        each.ru_utime + each.ru_stime
        for each in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def run(command: list[str]) -> None:
    """Run a command to its end, its output thrown away."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def peak(part: str, name: str, count: int) -> float:
    """Return the highest resident memory, MB, of a fresh process that does one job; mapped files count."""
    command = [sys.executable, __file__, "--peak", part, name, "--queries", str(count)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout)


def cold_peak() -> float:
    """Return the highest resident memory, MB, of a cold ranking."""
    script = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], capture_output=True, check=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", script, *COLD], check=True, capture_output=True, text=True)
    return float(done.stdout) / _MB


def growth(m: Matcher, runs: int, sizes: tuple[int, ...]) -> Row:
    """Rank among more and more resampled regions: seconds by size, the fitted exponents, and recall of the best ten.

    The world is that of the features of one number, so that five million regions fit into a small machine; one region is
    ranked by `World.near`, as `Matcher.rank` does it, and many by `top`, as a batch does.
    """
    names = [name for name, _ in m.weights().key if m.catalogue[name].kind == "number"][:GROWN]
    index = [i for i, feature in enumerate(m.model.features_) if feature.name in names]
    model: Any = SimpleNamespace(
        features_=[m.model.features_[i] for i in index],
        encoders_=[m.model.encoders_[i] for i in index],
        base_=m.model.base_[index],
    )
    names = [feature.name for feature in model.features_]
    weights = m.weights().vector(names)
    weights = weights / weights.sum()
    real = m.world.gather(m.world.where(names), np.arange(len(m.world)))
    rng = np.random.default_rng(0)
    queries = rng.integers(0, real.shape[1], 64)
    own = World(real, model).take(queries, names)
    vectors, _ = own.query(weights)
    points, recalls = [], []
    for size in sizes:
        drawn = rng.integers(0, real.shape[1], size)
        columns = np.empty((len(real), size), np.float32)
        for line, source in zip(columns, real, strict=True):
            np.take(source, drawn, out=line)
        world, rows = World(columns, model), np.arange(size)

        def one(world: World = world, rows: Any = rows) -> Any:
            return [world.near(own.take(np.array([i])), weights, rows, N) for i in range(4)]

        def many(columns: Any = columns, rows: Any = rows) -> Any:
            return top(vectors, columns, rows, EveryPair(), N, SLACK)

        near, found = one(), many()
        for i in range(4):
            scores = vectors[i] @ columns
            floor = np.partition(scores, size - N)[size - N] - 1e-3
            of_batch = found.row[found.query == i]
            recalls += [np.count_nonzero(scores[kept] >= floor) / N for kept in (near[i], of_batch)]
        spent = interleaved({"one": one, "many": many}, runs)
        points += [{"rows": size, **row} for row in spent]
    return {
        "features": len(names),
        "points": points,
        "exponents": {
            f"{kind} {clock}": _exponent([p for p in points if p["name"] == kind], clock)
            for kind in ("one", "many")
            for clock in ("seconds", "processor_seconds")
        },
        "recall": min(1.0, *recalls),
    }


def _exponent(points: list[Row], clock: str) -> float:
    """Fit the power of the number of regions with which time grows."""
    x, y = (np.log([point[name] for point in points]) for name in ("rows", clock))
    return float(np.polyfit(x, y, 1)[0])


def engine(m: Matcher, count: int, workers: int = 4) -> Row:
    """Run a batch in this process and on a local Dask cluster: fresh, again, and with a worker killed at its work.

    Given are seconds of each, and whether all tables are equal.
    """
    from distributed import LocalCluster

    from matcher.backends import tables

    ids = m.atlas.region_ids[:count].tolist()
    start = time.perf_counter()
    here = list(m.batch(ids, N).tables())
    alone = time.perf_counter() - start
    found: Row = {"queries": count, "workers": workers, "alone_seconds": alone, "equal": True}
    start = time.perf_counter()
    with LocalCluster(
        n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:
        found["start_seconds"] = time.perf_counter() - start
        how = {"jobs": workers, "scheduler": cluster.scheduler_address, "model_dir": m.model_dir}
        for what in ("first", "warm", "killed"):
            killer = Thread(target=kill_one, args=(cluster,), daemon=True)
            if what == "killed":
                killer.start()
            start = time.perf_counter()
            there = list(tables(m.batch(ids, N), "dask", **how))
            found[f"{what}_seconds"] = time.perf_counter() - start
            same = len(here) == len(there) and all(a.equals(b) for a, b in zip(here, there, strict=True))
            found["equal"] = found["equal"] and same
        killer.join(timeout=1.0)
        found["killed"] = not killer.is_alive()  # it ends once it has killed
    return found


def kill_one(cluster: Any) -> None:
    """Kill the first worker of a cluster that is found at work."""
    while True:
        for nanny in list(cluster.workers.values()):
            state = cluster.scheduler.workers.get(nanny.worker_address)
            if state is not None and state.processing:
                os.kill(nanny.pid, signal.SIGKILL)
                return
        time.sleep(0.01)


def machine() -> Row:
    """Name the machine."""
    model = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), model)
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "threads": os.environ.get("OMP_NUM_THREADS", "all"),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "numpy": np.__version__,
    }


def measure(runs: int, count: int, sizes: tuple[int, ...]) -> Row:
    """Measure everything."""
    found: Row = {"machine": machine(), "runs": runs, "runs_of_many": runs, "queries": count}
    found["cold"] = interleaved(
        {"imports of pandas and scikit-learn": lambda: run(IMPORTS), "matcher rank, cold": lambda: run(COLD)},
        runs,
    )
    found["cold_peak_mb"] = cold_peak()
    m = Matcher.load()
    _ = m.world
    found["regions"] = len(m.atlas)
    found["one"] = interleaved(one_query(m), runs)
    found["recipes"] = interleaved(recipes(m), 1)
    found["scenarios"] = interleaved(scenarios(m), runs)
    found["many"] = interleaved(many_queries(m, count), found["runs_of_many"])
    found["growth"] = growth(m, min(runs, 3), sizes)
    found["engine"] = engine(m, count)
    found["peak_mb"] = {
        f"{name} ({part})": peak(part, name, min(count, 2_000))
        for part, rows in (("one", found["one"]), ("many", found["many"]))
        for name in (row["name"] for row in rows)
        if Path("/proc/self/status").exists()
    }
    found["machine"]["load_after"] = os.getloadavg()[0]
    return found


def table(found: Row) -> str:
    """Return all ratios as text."""
    lines = [", ".join(f"{key} {value}" for key, value in found["machine"].items())]
    for part in ("cold", "one", "recipes", "scenarios", "many"):
        lines += ["", f"{part:40} {'ms':>10} {'ratio':>7} {'of processor':>13}"]
        lines += [
            f"{row['name']:40} {1e3 * row['seconds']:10,.1f} {row['ratio']:7.2f} {row['processor_ratio']:13.2f}"
            for row in found[part]
        ]
    lines += ["", f"cold peak {found['cold_peak_mb']:.0f} MB"]
    lines += [f"peak {name}: {mb:,.0f} MB" for name, mb in found["peak_mb"].items()]
    grown = found["growth"]
    points = [f"{p['name']}, {p['rows']:,}: {1e3 * p['seconds']:,.1f} ms" for p in grown["points"]]
    exponents = ", ".join(f"{kind} {value:.3f}" for kind, value in grown["exponents"].items())
    lines += ["", *points, f"exponents: {exponents}; recall {grown['recall']}"]
    cluster = found["engine"]
    lines += ["", f"Dask, {cluster['workers']} workers, {cluster['queries']:,} queries; one process is 1"]
    lines += [
        f"{what:40} {1e3 * cluster[key]:10,.1f} {cluster[key] / cluster['alone_seconds']:7.2f}"
        for what, key in (
            ("one process", "alone_seconds"),
            ("the cluster starts", "start_seconds"),
            ("first batch", "first_seconds"),
            ("next batch", "warm_seconds"),
            ("with a worker killed at its work", "killed_seconds"),
        )
    ]
    lines += [f"a worker was killed: {cluster['killed']}; all tables are equal: {cluster['equal']}"]
    return "\n".join(lines)


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument(
        "--peak", nargs=2, metavar=("PART", "JOB"), help="do one job and print the peak memory, MB"
    )
    wish = parser.parse_args()
    if wish.peak:
        part, name = wish.peak
        m = Matcher.load()
        _ = m.world
        (one_query(m) if part == "one" else many_queries(m, wish.queries))[name]()
        # Not what getrusage says, which a process takes over from the one that started it.
        status = Path("/proc/self/status").read_text().splitlines()
        print(next(float(line.split()[1]) for line in status if line.startswith("VmHWM")) / _MB)
        return
    runs, count = (3, 1_000) if wish.quick else (wish.runs, wish.queries)
    found = measure(runs, count, SIZES[:3] if wish.quick else SIZES)
    print(table(found))
    if wish.write:
        (ROOT / "docs" / "speed.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
