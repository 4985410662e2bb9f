"""Many reports: what is shared out among processes, and what they lend each other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from matcher.cli.dossiers import Job, Shares


def _jobs(*asked: tuple[str, str, int]) -> list[Job]:
    """Return so many jobs of a region and the country of its partners."""
    return [
        Job(a, f"{country}{number}", country, Path(f"{a}-{country}{number}.html"), {})
        for a, country, count in asked
        for number in range(count)
    ]


def test_what_is_ranked_together_is_written_together() -> None:
    # Given in turns, as the rows of a file may be.
    shares = Shares(_jobs(*[("a", "KR", 1), ("a", "JP", 1)] * 10), 2)
    assert [{job.country for job in own} for own in shares.left] == [{"JP"}, {"KR"}]


def test_every_job_is_written_once_whoever_is_quick() -> None:
    jobs = _jobs(("a", "KR", 11), ("a", "JP", 4), ("b", "KR", 2))
    shares = Shares(jobs, 3)
    written = [shares.take(2)]
    while job := shares.take(0):  # the others are stuck
        written.append(job)
    assert sorted(job.path for job in written if job) == sorted(job.path for job in jobs)


def test_who_is_done_helps_at_the_far_end_of_the_longest() -> None:
    shares = Shares(_jobs(("a", "KR", 6), ("b", "KR", 6)), 2)
    own = [shares.take(0) for _ in range(6)]
    assert {job.a for job in own if job} == {"a"}
    helped = shares.take(0)
    assert helped is not None
    assert helped.path.name == "b-KR3.html"


def test_a_ranking_is_lent_once_and_only_to_who_has_it_not() -> None:
    (job,) = jobs = _jobs(("a", "KR", 1))
    shares = Shares(jobs, 2)
    made: dict[tuple[Any, ...], Any] = {
        ("a", "KR", "balanced", None): "of Korea",
        ("a", "JP", "balanced", None): "of Japan",
    }
    shares.learn(0, made)
    found: list[Any] = [shares.lent(who, job) for who in (0, 1, 1)]
    assert found == [{}, {("a", "KR", "balanced", None): "of Korea"}, {}]
