"""Backends: the same batch on several threads, processes or machines, through joblib.

Every task is one part of the queries against one block of the candidates, and its result is a `Top`; these merge in any
order, so the matches are the same to the last bit wherever the tasks ran. Scheduling, transport and the retry of tasks
of a lost worker are the engine's. A worker opens the atlas and the model from their folders and maps the world's codes
from its own cache; on other machines both folders must lie at the same place.
"""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, get_args

from matcher.batch import Batch
from matcher.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import pyarrow as pa

    from matcher.atlas import Atlas
    from matcher.batch import Job
    from matcher.model import SimilarityModel
    from matcher.topn import Top
    from matcher.world import World

Backend = Literal["threads", "processes", "dask", "ray", "spark"]
BACKENDS: tuple[Backend, ...] = get_args(Backend)

_PACKAGES = {
    "dask": ("distributed", "dask[distributed]"),
    "ray": ("ray", "ray"),
    "spark": ("joblibspark", "joblibspark"),
}
_WHOLE = frozenset({"ray", "spark"})  # their joblib backends give nothing before they have all
_last: dict[str, Batch] = {}  # the batch that this worker works for, by its digest


def searches(
    batch: Batch,
    parts: Iterable[int],
    backend: Backend,
    *,
    jobs: int = 2,
    scheduler: str | None = None,
    model_dir: Path | None = None,
) -> Iterator[tuple[int, list[Top]]]:
    """Search some parts of a batch on a backend; yield each part with what its blocks found, in the order of `parts`.

    Parameters
    ----------
    batch, parts
        What to search.
    backend
        threads share this process; the others need a model that lies in a folder.
    jobs
        Tasks at once, and workers of an engine that is started here.
    scheduler
        Address of a running engine; without one it is started on this machine.
    model_dir
        The model's folder.

    Raises
    ------
    UsageError
        The backend is unknown or not installed, or the model was never saved.
    """
    if backend not in BACKENDS:
        raise UsageError(f"no backend is called {backend!r}; choose one of {', '.join(BACKENDS)}")
    if scheduler is not None and backend in {"threads", "processes"}:
        raise UsageError(f"backend {backend!r} has no scheduler; --scheduler goes with dask, ray or spark")
    if jobs < 1:
        raise UsageError(f"jobs is {jobs}; at least 1 task must run")
    if backend != "threads" and model_dir is None:
        raise UsageError(
            f"backend {backend!r} needs a saved model; save it, load it, or use the backend threads"
        )
    import joblib

    work = joblib.delayed(batch.search if backend == "threads" else _Remote(batch, model_dir))
    streams = backend not in _WHOLE
    todo = list(parts)
    most = len(todo) if streams else -(-2 * jobs // batch.blocks)  # parts at once: two tasks a worker
    with _engine(backend, jobs, scheduler):
        parallel = joblib.Parallel(n_jobs=jobs, return_as="generator" if streams else "list")
        for start in range(0, len(todo), max(1, most)):
            some = todo[start : start + most]
            done = iter(parallel(work(part, block) for part in some for block in range(batch.blocks)))
            for part in some:
                yield part, list(islice(done, batch.blocks))


def tables(batch: Batch, backend: Backend, **how: Any) -> Iterator[pa.Table]:
    """Yield the matches of each part, as `Batch.tables` does; `how` is that of `searches`."""
    for part, tops in searches(batch, range(len(batch)), backend, **how):
        yield batch.finish(part, tops)


class _Remote:
    """A search that travels: folders and a job, no codes."""

    def __init__(self, batch: Batch, model_dir: Path | None) -> None:
        self.digest, self.job, self.memory = batch.digest, batch.job, batch.memory
        self.data_dir, self.model_dir = batch.atlas.data_dir, model_dir

    def __call__(self, part: int, block: int) -> Top:
        if self.digest not in _last:
            _last.clear()
            _last[self.digest] = self._open()
        return _last[self.digest].search(part, block)

    def _open(self) -> Batch:
        assert self.model_dir is not None
        job: Job = self.job
        return Batch(*_home(self.data_dir, self.model_dir), job, memory=self.memory)


@lru_cache(maxsize=1)
def _home(data_dir: Path, model_dir: Path) -> tuple[Atlas, SimilarityModel, World]:
    """Open an atlas, a model and their world once in a worker."""
    from matcher.atlas import Atlas
    from matcher.model import SimilarityModel
    from matcher.world import World

    atlas, model = Atlas.open(data_dir), SimilarityModel.load(model_dir)
    atlas.hold()
    return atlas, model, World.open(atlas, model)


@contextmanager
def _engine(backend: Backend, jobs: int, scheduler: str | None) -> Iterator[None]:
    """Have joblib use a backend while the context lasts."""
    from joblib import parallel_config

    with ExitStack() as stack:
        if backend == "threads":
            from threadpoolctl import threadpool_limits

            stack.enter_context(threadpool_limits(1))  # the tasks are the threads
            stack.enter_context(parallel_config("threading"))
        elif backend == "processes":
            stack.enter_context(parallel_config("loky", inner_max_num_threads=1))
        elif backend == "dask":
            address = scheduler or stack.enter_context(_local_dask(jobs))
            stack.enter_context(_package("dask").Client(address))
            stack.enter_context(parallel_config("dask"))
        elif backend == "ray":
            ray = _package("ray")
            ray.init(address=scheduler, num_cpus=None if scheduler else jobs, ignore_reinit_error=True)
            import_module("ray.util.joblib").register_ray()
            stack.enter_context(parallel_config("ray"))
        else:
            _package("spark").register_spark()
            if (
                scheduler is None
            ):  # else Spark takes the first interpreter on the path, which knows no matcher
                os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
            builder = import_module("pyspark.sql").SparkSession.builder
            builder.master(scheduler or f"local[{jobs}]").getOrCreate()
            stack.enter_context(parallel_config("spark"))
        yield


@contextmanager
def _local_dask(jobs: int) -> Iterator[str]:
    """Start Dask's own local cluster, one thread a worker, and return its address."""
    cluster = _package("dask").LocalCluster(
        n_workers=jobs, threads_per_worker=1, dashboard_address=None, silence_logs=50
    )
    with cluster:
        yield str(cluster.scheduler_address)


def _package(backend: str) -> Any:
    """Import an engine, or say what to install."""
    module, package = _PACKAGES[backend]
    try:
        return import_module(module)
    except ImportError as error:
        raise UsageError(f"backend {backend!r} is not installed; run `pip install '{package}'`") from error
