"""Procedures: the steps that the law of either side asks for, as data (``procedures/<country>.toml``)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from matcher.catalogue import read_toml
from matcher.errors import DataError
from matcher.paths import data_dir, embedded_data_dir

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Step:
    """One step: who takes it, on which rule, and whether the rule was seen (`verified`) or is known from practice."""

    id: str
    who: str
    legal: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Procedure:
    """The steps of one country; `name` is that of its file, `verify` says with whom to check."""

    name: str
    verify: str
    steps: tuple[Step, ...]


@cache
def procedure(country: str) -> Procedure:
    """Return the procedure of a country (two letters), or the generic one.

    Raises
    ------
    DataError
        The file is no TOML, or a step lacks a field.
    """
    folder = data_dir() / "procedures"
    if not folder.is_dir():
        folder = embedded_data_dir() / "procedures"
    name = country.lower()
    path = folder / f"{name}.toml"
    if not name.isalpha() or not path.exists():
        name, path = "generic", folder / "generic.toml"
    return read_procedure(path, name)


def read_procedure(path: Path, name: str) -> Procedure:
    """Read a file of steps."""
    table = read_toml(path)
    try:
        steps = tuple(Step(s["id"], s["who"], s["legal"], bool(s["verified"])) for s in table["step"])
        return Procedure(name, table["verify"], steps)
    except (KeyError, TypeError) as error:
        raise DataError(
            f"{path}: a step lacks {error}; see data/procedures/id.toml for the fields"
        ) from error
