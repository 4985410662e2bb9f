"""Where the atlas, the model and the cache live on this machine.

The atlas is found, in this order, at ``MATCHER_DATA``, inside the installed package (``matcher/_data``) or in
the checkout that an editable install points at (``data/``). The model likewise: ``MATCHER_MODEL``,
``matcher/_models/default``, ``models/default``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from matcher.errors import DataError

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent


def data_dir() -> Path:
    """Folder of the atlas: Parquet tables, catalogue and registry of sources.

    Raises
    ------
    DataError
        `MATCHER_DATA` names no folder, or neither the package nor the checkout holds an atlas.
    """
    return _first("MATCHER_DATA", "atlas", _PACKAGE / "_data", _CHECKOUT / "data")


def embedded_data_dir() -> Path:
    """Folder of the atlas that comes with the program, wherever `MATCHER_DATA` points."""
    return _first("", "atlas", _PACKAGE / "_data", _CHECKOUT / "data")


def model_dir() -> Path:
    """Folder of the default model: ``model.json`` and its arrays.

    Raises
    ------
    DataError
        `MATCHER_MODEL` names no folder, or neither the package nor the checkout holds a model.
    """
    return _first(
        "MATCHER_MODEL", "model", _PACKAGE / "_models" / "default", _CHECKOUT / "models" / "default"
    )


def cache_dir() -> Path:
    """Folder for downloads and intermediate results; it may not exist yet.

    `MATCHER_CACHE` moves it. Otherwise it is where this system keeps caches.
    """
    if moved := os.environ.get("MATCHER_CACHE"):
        return Path(moved).expanduser()
    return _system_cache(sys.platform) / "matcher"


def _system_cache(platform: str) -> Path:
    """Return the folder under which programs of this system keep caches."""
    if platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _first(variable: str, what: str, *places: Path) -> Path:
    """Return the folder that `variable` names, else the first of `places` that exists."""
    if variable and (moved := os.environ.get(variable)):
        path = Path(moved).expanduser()
        if not path.is_dir():
            raise DataError(
                f"{variable} names {moved!r}, which is no folder; point it at the folder of the {what} or unset it"
            )
        return path
    for place in places:
        if place.is_dir():
            return place
    looked = " or ".join(str(place) for place in places)
    raise DataError(f"no {what} found at {looked}; install matcher again, or set {variable} to its folder")
