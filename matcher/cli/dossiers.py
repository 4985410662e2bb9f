"""Dossiers: many reports from a file, in parallel processes, each written whole; a run that was stopped goes on."""

from __future__ import annotations

import csv
import io
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from multiprocessing import parent_process
from threading import Thread
from time import sleep
from typing import TYPE_CHECKING, Any

import click

from matcher.cli import options
from matcher.cli.choosing import one_region
from matcher.cli.output import note, write
from matcher.cli.own import asked
from matcher.cli.values import TextFile
from matcher.errors import MatcherError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor
    from datetime import date
    from pathlib import Path

    from matcher.matcher import Matcher


PART = 20
"""Most reports that a process is given at once: its progress is told when all of them are written."""


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
def _workers(processes: int) -> Iterator[Executor | None]:
    """Give processes that load while this one reads the file; none for one, and where own columns live here alone."""
    if processes == 1:
        yield None
        return
    if any(asked()):
        note("your own columns are known to this process alone: the reports are written one after the other")
        yield None
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # A fresh interpreter each: forking a process that has threads may hang.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as workers:
        for _ in range(processes):
            workers.submit(_warm)
        try:
            yield workers
        except BaseException:
            workers.shutdown(wait=False, cancel_futures=True)
            raise


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


def _run(jobs: list[Job], workers: Executor | None) -> Iterator[tuple[Job, str]]:
    """Yield each job with its error, as they are done."""
    if workers is None:
        yield from map(_write, jobs)
        return
    from concurrent.futures import as_completed
    from concurrent.futures.process import BrokenProcessPool

    try:
        for future in as_completed([workers.submit(_write_some, some) for some in _shared_out(jobs)]):
            yield from future.result()
    except BrokenProcessPool as error:
        raise MatcherError(
            "a process was killed, likely for want of memory; run again with fewer --jobs"
        ) from error


def _shared_out(jobs: list[Job]) -> list[list[Job]]:
    """Return the jobs in parts that one process writes: what shares work together, the longest first."""
    parts = []
    for _, same in groupby(
        sorted(jobs, key=lambda job: (job.a, job.country)), lambda job: (job.a, job.country)
    ):
        group = list(same)
        parts += [group[i : i + PART] for i in range(0, len(group), PART)]
    return sorted(parts, key=len, reverse=True)


def _write_some(jobs: list[Job]) -> list[tuple[Job, str]]:
    return [_write(job) for job in jobs]


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
