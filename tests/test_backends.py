"""Every backend gives the very tables that one thread gives, and a worker may die."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

import matcher.backends
import matcher.batch
from matcher import Matcher, UsageError
from matcher.backends import BACKENDS, tables


@pytest.fixture
def m(toy_home, monkeypatch) -> Matcher:
    monkeypatch.setattr(matcher.batch, "PART", 40)
    m = Matcher.load(Path(toy_home["MATCHER_DATA"]), Path(toy_home["MATCHER_MODEL"]))
    assert len(m.world) == len(m.atlas)  # so that the batch reads it too
    return m


def the_batch(m: Matcher) -> matcher.batch.Batch:
    return m.batch(m.atlas.region_ids[:100].tolist(), 5, memory=120_000)


def test_threads_give_what_one_gives(m):
    expected = list(the_batch(m).tables())
    assert len(expected) == 3
    assert the_batch(m).blocks > 1
    got = list(tables(the_batch(m), "threads", jobs=3))
    assert all(a.equals(b) for a, b in zip(expected, got, strict=True))


def test_the_order_of_blocks_does_not_matter(m):
    batch = the_batch(m)
    tops = [batch.search(0, block) for block in range(batch.blocks)]
    assert batch.finish(0, tops[::-1]).equals(batch.finish(0, tops))


@pytest.mark.slow
def test_processes_give_what_one_gives(m, monkeypatch):
    monkeypatch.undo()  # a worker knows nothing of a patched size
    expected = list(the_batch(m).tables())
    got = list(tables(the_batch(m), "processes", jobs=2, model_dir=m.model_dir))
    assert all(a.equals(b) for a, b in zip(expected, got, strict=True))


def test_an_engine_that_gives_all_at_once_gives_the_same(m, monkeypatch):
    monkeypatch.setattr(matcher.backends, "_WHOLE", {"threads"})
    expected = list(the_batch(m).tables())
    got = list(tables(the_batch(m), "threads", jobs=2))
    assert all(a.equals(b) for a, b in zip(expected, got, strict=True))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # what an engine leaves open
@pytest.mark.parametrize(("backend", "package"), [("ray", "ray"), ("spark", "joblibspark")])
def test_another_engine_gives_what_one_gives(m, monkeypatch, backend, package):
    pytest.importorskip(package)
    monkeypatch.undo()
    expected = list(the_batch(m).tables())
    got = list(tables(the_batch(m), backend, jobs=2, model_dir=m.model_dir))
    assert all(a.equals(b) for a, b in zip(expected, got, strict=True))


def kill_one(cluster) -> None:
    """Kill the first worker that is found at work."""
    while True:
        for nanny in list(cluster.workers.values()):
            state = cluster.scheduler.workers.get(nanny.worker_address)
            if state is not None and state.processing:
                os.kill(nanny.pid, signal.SIGKILL)
                return
        time.sleep(0.001)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # a killed worker's sockets
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_dask_gives_the_same_when_a_worker_is_killed(m, monkeypatch):
    distributed = pytest.importorskip("distributed")
    monkeypatch.undo()
    expected = list(the_batch(m).tables())
    with distributed.LocalCluster(
        n_workers=4, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:
        killer = threading.Thread(target=kill_one, args=(cluster,), daemon=True)
        killer.start()
        got = list(
            tables(the_batch(m), "dask", jobs=4, scheduler=cluster.scheduler_address, model_dir=m.model_dir)
        )
        killer.join(timeout=1.0)
    assert not killer.is_alive(), "no worker was found at work"
    assert all(a.equals(b) for a, b in zip(expected, got, strict=True))


@pytest.mark.parametrize(
    ("backend", "how", "hint"),
    [
        ("gpu", {}, "choose one of threads"),
        ("processes", {}, "saved model"),
        ("threads", {"jobs": 0}, "at least 1"),
    ],
)
def test_a_wrong_wish_is_named(m, backend, how, hint):
    with pytest.raises(UsageError, match=hint):
        next(tables(the_batch(m), backend, **how))


@pytest.mark.parametrize("backend", [name for name in BACKENDS if name not in {"threads", "processes"}])
def test_an_engine_that_is_not_installed_says_what_to_install(m, backend, monkeypatch):
    for module in ("distributed", "ray", "joblibspark"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UsageError, match="pip install"):
        next(tables(the_batch(m), backend, model_dir=m.model_dir))
