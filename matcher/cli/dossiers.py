"""Dossiers: many reports from a file, in parallel processes, each written whole; a run that was stopped goes on."""

from __future__ import annotations

import csv
import io
import os
import re
from collections import deque
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from multiprocessing import parent_process
from threading import Thread
from time import sleep
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from matcher.cli import options
from matcher.cli.choosing import one_region
from matcher.cli.output import note, write
from matcher.cli.own import asked
from matcher.cli.values import TextFile
from matcher.errors import MatcherError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor, Future
    from datetime import date
    from pathlib import Path

    from matcher.matcher import Matcher
    from matcher.ranking import Ranking


IMPORTED = (
    "matcher.report.writing",
    "matcher.report.html",
    "jinja2.loaders",
    "pyarrow.parquet",
    "scipy.spatial",
)
"""What takes long to import and every report needs."""

Rankings: TypeAlias = "dict[tuple[Any, ...], Ranking]"


@dataclass(frozen=True, slots=True)
class Job:
    """One report: region ids (no b asks for a shortlist), the file, and what `Matcher.report` is asked for.

    Reports of one `a` and one `country` of b share much of their work.
    """

    a: str
    b: str | None
    country: str
    path: Path
    wishes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """A job with its error, and the rankings that were made for it; see `matcher.report.writing.first_of`."""

    job: Job
    error: str
    rankings: Rankings


def write_all(wishes: dict[str, Any], folder: Path, locale: str, day: date | None) -> None:
    """Write a report of every row of a file; what is there already is left, unless it is to be overwritten."""
    if folder.exists() and not folder.is_dir():
        raise click.BadParameter(f"{str(folder)!r} is a file; name a folder.", param_hint="--output")
    folder.mkdir(parents=True, exist_ok=True)
    shared = {
        "locale": locale,
        "profile": wishes["profile"],
        "weights": wishes["weights"] or None,
        "day": day,
    }
    _matcher.cache_clear()  # another command of this process may have asked for another atlas
    with _workers(wishes["jobs"]) as workers:
        _matcher().atlas.hold()  # looking many regions up one by one reads the files many times
        jobs = list(read_jobs(_matcher(), wishes, folder, shared))
        waiting = [job for job in jobs if wishes["overwrite"] or not job.path.exists()]
        if len(waiting) < len(jobs):
            note(
                f"{len(jobs) - len(waiting)} of {len(jobs)} reports are there already; --overwrite writes them again"
            )
        failed = 0
        for done, (job, error) in enumerate(_run(waiting, workers), 1):
            failed += bool(error)
            note(f"{done}/{len(waiting)} {job.path.name}{f': {error}' if error else ''}")
            if not error:
                write(str(job.path))
    if failed:
        raise MatcherError(
            f"{failed} of {len(waiting)} reports could not be written; run again to try those alone"
        )


@contextmanager
def _workers(processes: int) -> Iterator[list[Executor]]:
    """Give processes that load while this one reads the file; none for one, and where own columns live here alone."""
    if processes > 1 and any(asked()):
        note("your own columns are known to this process alone: the reports are written one after the other")
        processes = 1
    if processes == 1:
        yield []
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_all_start_methods, get_context

    # Forking a process that has threads may hang: where there is one, a server that has none, and has imported for all,
    # is forked; else each begins with a fresh interpreter.
    context = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
    context.set_forkserver_preload(list(IMPORTED))
    with ExitStack() as stack:
        workers: list[Executor] = [
            stack.enter_context(ProcessPoolExecutor(1, mp_context=context)) for _ in range(processes)
        ]
        for worker in workers:
            worker.submit(_warm)
        try:
            yield workers
        finally:  # all at once: each takes its time to end
            for worker in workers:
                worker.shutdown(wait=False, cancel_futures=True)


def read_jobs(
    matcher: Matcher, wishes: dict[str, Any], folder: Path, shared: dict[str, Any]
) -> Iterator[Job]:
    """Read the file and find its regions, so that a wrong name stops the run before it starts.

    Raises
    ------
    UsageError
        The file has no column a.
    RegionError
        A name means no region, or several.
    """
    path = wishes["all_from"]
    if not path.is_file():
        raise UsageError(
            f"the file {str(path)!r} does not exist; --all-from needs a CSV with the columns a and b"
        )
    text = TextFile().convert(str(path), None, None).content
    with io.StringIO(text, newline="") as file:
        rows = csv.DictReader(file)
        if "a" not in (rows.fieldnames or ()):
            raise UsageError(f"{path} lacks the column a; it needs the columns a and b, a region in each")
        for row in rows:
            text_a, text_b = (str(row.get(name) or "").strip() for name in "ab")
            if not text_a:
                continue
            a = one_region(matcher, text_a)
            b = one_region(matcher, text_b) if text_b else None
            ids = [region.region_id for region in (a, b) if region is not None]
            name = re.sub(r"[^\w-]+", "-", "_".join([*(r.name for r in (a, b) if r is not None), *ids]))
            more = (
                {"partnerships": wishes["partnerships"]}
                if b
                else {"country": wishes["country"] or None, "n": wishes["n"]}
            )
            file_name = f"{name[:150]}.{shared['locale']}.{wishes['form']}"
            partner, country = (b.region_id, b.country) if b else (None, "")
            yield Job(a.region_id, partner, country, folder / file_name, {**shared, **more})


def _run(jobs: list[Job], workers: list[Executor]) -> Iterator[tuple[Job, str]]:
    """Yield each job with its error, as they are done."""
    if not workers:
        yield from map(_write, jobs)
        return
    from concurrent.futures import FIRST_COMPLETED, wait
    from concurrent.futures.process import BrokenProcessPool

    shares = Shares(jobs, len(workers))
    busy: dict[Future[Written], int] = {}

    def give(who: int) -> None:
        if job := shares.take(who):
            busy[workers[who].submit(_write_with, job, shares.lent(who, job))] = who

    for who in [*range(len(workers))] * 2:  # one to write, and one so that no worker waits for its next
        give(who)
    try:
        while busy:
            for future in wait(busy, return_when=FIRST_COMPLETED).done:
                who, written = busy.pop(future), future.result()
                shares.learn(who, written.rankings)
                give(who)
                yield written.job, written.error
    except BrokenProcessPool as error:
        raise MatcherError(
            "a process was killed, likely for want of memory; run again with fewer --jobs"
        ) from error


class Shares:
    """The jobs shared out among workers, so that no two of them rank the same country for the same region.

    Each has a stretch of its own, nearly as long as the others', in which what shares a ranking stands together. Who is
    done helps at the far end of the longest one left, and is lent the rankings that others have made.
    """

    def __init__(self, jobs: list[Job], workers: int) -> None:
        ordered = sorted(jobs, key=_asked)
        ends = [len(jobs) * who // workers for who in range(workers + 1)]
        self.left = [deque(ordered[start:end]) for start, end in pairwise(ends)]
        self.rankings: Rankings = {}
        self._has: list[set[tuple[Any, ...]]] = [set() for _ in range(workers)]

    def take(self, who: int) -> Job | None:
        """Return the next job of a worker; None where nothing is left."""
        own = self.left[who]
        if not own:
            longest = max(self.left, key=len)
            own.extendleft(longest.pop() for _ in range((len(longest) + 1) // 2))
        return own.popleft() if own else None

    def learn(self, who: int, made: Rankings) -> None:
        """Keep what a worker has ranked, for the others."""
        self.rankings |= made
        self._has[who] |= made.keys()

    def lent(self, who: int, job: Job) -> Rankings:
        """Return what others ranked for this job, unless the worker was given it before."""
        lent = {
            key: made
            for key, made in self.rankings.items()
            if key[:2] == _asked(job) and key not in self._has[who]
        }
        self._has[who] |= lent.keys()
        return lent


def _asked(job: Job) -> tuple[str, str]:
    return job.a, job.country


def _write_with(job: Job, lent: Rankings) -> Written:
    """Write a report with the rankings that others have made, and return those that were made for it."""
    from matcher.report.writing import KEPT

    kept = KEPT.setdefault(_matcher(), {})
    kept |= lent
    before = set(kept)
    _, error = _write(job)
    return Written(job, error, {key: made for key, made in kept.items() if key not in before})


def _warm() -> None:
    """Import what a report needs and map the world, before there is work."""
    Thread(target=_end_with_parent, daemon=True).start()
    from matcher.report import writing  # noqa: F401 - it is the import that takes time

    _ = _matcher().world


def _end_with_parent() -> None:
    """Wait for the end of the process that gives out the work: one that is killed tells its workers nothing."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        # Its pipe closes a moment before it is gone; Windows keeps the number of a parent that is.
        while os.name != "nt" and os.getppid() == parent.pid:
            sleep(0.2)
        os._exit(1)


def _write(job: Job) -> tuple[Job, str]:
    try:
        _matcher().report(job.a, job.b, job.path, **job.wishes)
    except MatcherError as error:
        return job, str(error)
    return job, ""


@cache
def _matcher() -> Matcher:
    """Load once a process."""
    return options.load_matcher()
