"""Run the command line inside the process, against a fake matcher."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import pytest

from matcher.cli import main, options
from tests.cli.fake import FakeMatcher


@dataclass(frozen=True)
class Outcome:
    """What a command left: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


@pytest.fixture
def invoke(capsys, monkeypatch):
    """Run ``matcher ARGS``."""

    def run(*args: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["matcher", *args])
        with pytest.raises(SystemExit) as left:
            main()
        captured = capsys.readouterr()
        return Outcome(int(left.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture
def fake(monkeypatch) -> FakeMatcher:
    """Put a fake in the matcher's place."""
    matcher = FakeMatcher()
    monkeypatch.setattr(options, "load_matcher", lambda: matcher)
    return matcher
