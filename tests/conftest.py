"""What all tests share: no variable of the machine reaches a test, and commands run as a user runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MATCHER_DATA", "MATCHER_MODEL", "MATCHER_DEBUG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout that the tests belong to."""
    return ROOT


@pytest.fixture
def python():
    """Run Python in a process of its own, as ``python(*args, cwd=..., env=...)``; text in and out is UTF-8."""

    def run(*args: str, cwd: Path | None = None, env: dict[str, str] | None = None, check: bool = True):
        # `python -m pytest` puts the checkout on the path of this process only: hand on where matcher is from.
        import matcher

        home = str(Path(matcher.__file__).resolve().parents[1])
        return subprocess.run(
            [sys.executable, *args],
            cwd=cwd,
            env=os.environ | {"PYTHONPATH": home, "PYTHONIOENCODING": "utf-8"} | (env or {}),
            check=check,
            capture_output=True,
            encoding="utf-8",
        )

    return run
