"""What all tests share: no variable of the machine reaches a test, and commands run as a user runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the tests that read raw sources where there are none."""
    if os.environ.get("MATCHER_SOURCES"):
        return
    skip = pytest.mark.skip(reason="MATCHER_SOURCES is not set")
    for item in items:
        if item.get_closest_marker("sources"):
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MATCHER_DATA", "MATCHER_MODEL", "MATCHER_DEBUG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what tests cache out of the user's own cache, and let all tests share it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MATCHER_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


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


@pytest.fixture
def toy_home(tmp_path: Path) -> dict[str, str]:
    """The variables that lead to a made-up atlas with its model; its regions are called toy:0000 and so on."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from matcher.atlas import Atlas
    from matcher.folding import fold
    from matcher.model import SimilarityModel
    from tests.toy import write_atlas, write_manifest

    folder = write_atlas(tmp_path / "atlas")
    atlas = Atlas.open(folder)
    columns = {name: atlas.column(name).tolist() for name in ("region_id", "country", "level", "parent_id")}
    text = atlas.column("name").tolist()
    size = len(text)
    table = pa.table(
        {
            "key": pa.array([fold(name) for name in text]),
            "text": pa.array(text),
            "kind": pa.array(["name"] * size),
            "priority": pa.array([0] * size, pa.int16()),
            **{name: pa.array(values, pa.string()) for name, values in columns.items()},
        }
    )
    pq.write_table(table.sort_by("key"), folder / "names.parquet")
    (folder / "countries.json").write_text("{}", encoding="utf-8")
    write_manifest(folder, sorted(path.name for path in folder.glob("*.parquet")))
    SimilarityModel(n_pairs=200).fit(atlas).save(tmp_path / "model")
    return {"MATCHER_DATA": str(folder), "MATCHER_MODEL": str(tmp_path / "model")}
