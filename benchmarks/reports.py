"""How long reports take: ``python benchmarks/reports.py``; ``--many 100`` also writes so many dossiers on one and two processes.

Times are of a process that has loaded the atlas and written one report before, of another region: what it keeps for
the partners of one region is forgotten before each. Many dossiers are timed by the clock, from the start of the command to
its end: run it where nothing else is at work.
"""

from __future__ import annotations

import argparse
import functools
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from matcher import Matcher
from matcher.report.writing import KEPT

if TYPE_CHECKING:
    from collections.abc import Callable

COUNTRIES = ("KR", "DE", "FR", "US", "BR", "JP", "IN", "CN")
"""Countries whose best candidate for Gurye, or Purwakarta for Korea, gets a page: most have more than 300 candidates."""
BUDGET = {"html": 2.5, "pdf": 5.0}
"""Seconds that a warm report may take."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--many", type=int, default=0, metavar="N", help="dossiers for the run on 1 and 2 processes"
    )
    wishes = parser.parse_args()
    matcher = Matcher.load()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for form in ("html", "md", "json", "pdf", "docx", "xlsx"):
            path = folder / f"x.{form}"
            matcher.report("Purwakarta", "Gurye", path, locale="ko")
            times = []
            for _ in range(5):
                KEPT.clear()
                times.append(
                    _timed(lambda path=path: matcher.report("Purwakarta", "Gurye", path, locale="ko"))
                )
            told = f" (budget {BUDGET[form]} s)" if form in BUDGET else ""
            print(
                f"{form}: median {statistics.median(times):.2f} s, best {min(times):.2f} s, {path.stat().st_size:,} bytes{told}"
            )
        for country in COUNTRIES:
            region = "Purwakarta, ID" if country == "KR" else "Gurye, KR"
            ranking = matcher.rank(region, country=country, n=1)
            KEPT.clear()
            seconds = _timed(
                lambda found=ranking: matcher.report(found.query.region, found[0].region, folder / "x.html")
            )
            print(f"html, first partner in {country} of {ranking.n_candidates:,}: {seconds:.2f} s")
        if wishes.many:
            _many(matcher, folder, wishes.many)


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _many(matcher: Matcher, folder: Path, count: int) -> None:
    ranking = matcher.rank("Purwakarta", n=count)
    rows = "".join(f"{ranking.query.region.region_id},{match.region.region_id}\n" for match in ranking)
    (folder / "pairs.csv").write_text(f"a,b\n{rows}", encoding="utf-8")
    seconds = {}
    for jobs in (1, 2):
        command = [sys.executable, "-m", "matcher", "report", "--all-from", str(folder / "pairs.csv")]
        command += ["-o", str(folder / f"many-{jobs}"), "--jobs", str(jobs)]
        run = functools.partial(subprocess.run, command, check=True, capture_output=True)
        seconds[jobs] = _timed(run)
        print(f"{count} dossiers on {jobs}: {seconds[jobs]:.1f} s")
    print(f"two processes are {seconds[1] / seconds[2]:.2f} times as fast by the clock")


if __name__ == "__main__":
    main()
