"""Every error that `matcher` raises on purpose.

::

    MatcherError                    exit code 1
    |-- DataError                   an atlas, model or source file is missing, damaged or of another version
    |   `-- TableError              rows of a planner's own table cannot be used; all are listed
    |-- BuildError                  a build step could not finish; nothing was overwritten
    `-- UsageError                  exit code 2: the request itself cannot be met
        |-- UnknownNameError        no such country, feature, group, profile or column
        |-- WeightError             a weight is negative, not a number, or all are zero
        |-- EmptyCandidatesError    the filters leave no region to rank
        `-- RegionError             exit code 3
            |-- RegionNotFoundError     nothing is called that; close names are offered
            `-- AmbiguousRegionError    several regions are called that; they are listed

A message says what is wrong, with which value, and what to do next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matcher.region import Region


class MatcherError(Exception):
    """Base of every error raised on purpose."""

    exit_code = 1


class DataError(MatcherError):
    """A data or model file is missing, damaged, tampered with or of another version."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a planner's table: where, what, and what to do.

    Attributes
    ----------
    row
        As the reader of the file counts, the header being row 1 of a CSV file; 0 for the table as a whole.
    column, value
        The cell, "" where the whole row is meant.
    wrong, todo
        What is wrong with it, and the way out.
    """

    row: int
    column: str
    value: str
    wrong: str
    todo: str


class TableError(DataError):
    """Rows of a planner's own table cannot be used, and so nothing of it was.

    Attributes
    ----------
    faults
        Every fault of the table, by row.
    """

    def __init__(self, message: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.faults = tuple(faults)


class BuildError(MatcherError):
    """A build step could not finish; files that stood before are untouched."""


class UsageError(MatcherError):
    """The request cannot be met as it stands."""

    exit_code = 2


class UnknownNameError(UsageError):
    """A country, feature, group, profile or column that does not exist."""


class WeightError(UsageError):
    """A weight is negative or not a number, or every weight is zero."""


class EmptyCandidatesError(UsageError):
    """The filters leave no region to rank."""


class RegionError(UsageError):
    """A text does not lead to one region.

    Attributes
    ----------
    candidates
        Regions to choose from, best first; may be empty.
    """

    exit_code = 3

    def __init__(self, message: str, candidates: Sequence[Region] = ()) -> None:
        super().__init__(message)
        self.candidates = tuple(candidates)


class RegionNotFoundError(RegionError):
    """No region is called that."""


class AmbiguousRegionError(RegionError):
    """Several regions are called that."""
