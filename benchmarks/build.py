"""The world built from downloaded sources, and once more with one source changed: ``python benchmarks/build.py CACHE``.

CACHE is a folder with the archives of ``matcher data fetch``, whose results of steps are not used; ``MATCHER_SOURCES``
leads to the sources that no package holds. Printed are seconds, and the most memory that all processes had at one time,
pages that they share counted once. A line of World Heritage is added for the second build: only its step may run.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

CHANGED, FILE = "world-heritage", "heritage.json"
BUILD = """
import sys
from pathlib import Path
from matcher.build.assemble import build_atlas
from matcher.build.sources import Sources
if __name__ == "__main__":
    cache, local, registry, out = map(Path, sys.argv[1:])
    build_atlas(Sources(cache, local, registry=registry), out)
"""


def main() -> None:
    """Build twice and print what it took."""
    downloads, local = Path(sys.argv[1]).resolve(), Path(os.environ["MATCHER_SOURCES"]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cache, sources, script = folder / "cache", folder / "sources", folder / "build.py"
        for each in (cache, sources, sources / CHANGED):
            each.mkdir()
        for each in ("archives", "unpacked"):
            (cache / each).symlink_to(downloads / each)
        for each in local.iterdir():
            if each.name != CHANGED:
                (sources / each.name).symlink_to(each)
        for each in (local / CHANGED).iterdir():
            (sources / CHANGED / each.name).write_bytes(each.read_bytes())
        script.write_text(BUILD, encoding="utf-8")
        registry, changed = folder / "sources.toml", sources / CHANGED / FILE
        registry.write_bytes((Path(__file__).parents[1] / "data" / "sources.toml").read_bytes())
        command = [sys.executable, str(script), *map(str, (cache, sources, registry, folder / "atlas"))]
        measure("the world", command)
        before = hashlib.sha256(changed.read_bytes()).hexdigest()
        changed.write_bytes(changed.read_bytes() + b"\n")
        after = hashlib.sha256(changed.read_bytes()).hexdigest()
        registry.write_text(registry.read_text("utf-8").replace(before, after), encoding="utf-8")
        measure("again, one source changed", command)


def measure(what: str, command: list[str]) -> None:
    """Run a build, show its progress, and print seconds and peak memory."""
    start, most = time.perf_counter(), 0.0
    build = subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8")
    assert build.stderr is not None

    def watch() -> None:
        nonlocal most
        while build.poll() is None:
            most = max(most, memory_mb(build.pid))
            time.sleep(1.0)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for line in build.stderr:
        if " s\n" in line or "steps:" in line:
            print(f"  {time.perf_counter() - start:5.0f} s  {line.rstrip()}", flush=True)
    watcher.join()
    if build.wait():
        sys.exit(f"the build failed with {build.returncode}")
    print(f"{what}: {time.perf_counter() - start:.0f} s, {most:,.0f} MB", flush=True)


def memory_mb(pid: int) -> float:
    """Return the memory of a process and all that it started, MB; a page that several share counts for its part."""
    total = 0.0
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        total += sum(memory_mb(int(child)) for child in task.read_text().split())
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it is gone
        return total
    return total + sum(float(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1e3


if __name__ == "__main__":
    main()
