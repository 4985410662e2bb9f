"""Files: read with a clear error, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from matcher.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def read_bytes(path: Path) -> bytes:
    """Read a file, or raise DataError that names it and says why."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or error}") from error


def file_sha256(path: Path) -> str:
    """Return a file's SHA-256 as hex digits, without holding the file in memory, or raise DataError that names it."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or error}") from error


class HashAhead(Thread):
    """The SHA-256 of some files, worked out one after the other while the caller does something else."""

    def __init__(self, paths: Sequence[Path]) -> None:
        super().__init__(daemon=True)
        self.paths, self._digests = paths, dict[Path, str]()
        self.start()

    def run(self) -> None:
        """Hash the files."""
        for path in self.paths:
            with suppress(DataError):  # whoever asks for the hash is told
                self._digests[path] = file_sha256(path)

    def sha256(self, path: Path) -> str:
        """Return what `file_sha256` does."""
        while path in self.paths and path not in self._digests and self.is_alive():
            self.join(0.001)
        return self._digests.get(path) or file_sha256(path)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that a crash or a full disk leaves the old one or the new one, never a part.

    Raises
    ------
    DataError
        The folder is missing, may not be written to, or the disk is full.
    """
    import tempfile  # which imports much, and a ranking writes nothing

    temporary = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = Path(file.name)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise DataError(f"cannot write {path}: {error.strerror or error}") from error


def content_sha256(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what a JSON file says, whatever its layout."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
