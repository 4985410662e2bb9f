from __future__ import annotations

from pathlib import Path

import pytest

from matcher import paths
from matcher.errors import DataError

FUNCTIONS = [("MATCHER_DATA", paths.data_dir), ("MATCHER_MODEL", paths.model_dir)]


@pytest.mark.parametrize(("variable", "find"), FUNCTIONS)
def test_the_variable_wins(variable, find, tmp_path, monkeypatch):
    monkeypatch.setenv(variable, str(tmp_path))
    assert find() == tmp_path


@pytest.mark.parametrize(("variable", "find"), FUNCTIONS)
def test_a_variable_that_names_no_folder_is_told(variable, find, tmp_path, monkeypatch):
    monkeypatch.setenv(variable, str(tmp_path / "nowhere"))
    with pytest.raises(DataError, match=f"{variable} names .*nowhere"):
        find()


@pytest.mark.parametrize(("variable", "find"), FUNCTIONS)
def test_packaged_first_then_the_checkout(variable, find, tmp_path, monkeypatch):
    package, checkout = tmp_path / "site" / "matcher", tmp_path / "checkout"
    monkeypatch.setattr(paths, "_PACKAGE", package)
    monkeypatch.setattr(paths, "_CHECKOUT", checkout)
    with pytest.raises(DataError, match=variable):
        find()
    (checkout / "data").mkdir(parents=True)
    (checkout / "models" / "default").mkdir(parents=True)
    assert find().is_relative_to(checkout)
    (package / "_data").mkdir(parents=True)
    (package / "_models" / "default").mkdir(parents=True)
    assert find().is_relative_to(package)


@pytest.mark.parametrize(
    ("platform", "variable", "ends"),
    [
        ("linux", "XDG_CACHE_HOME", ".cache"),
        ("win32", "LOCALAPPDATA", "Local"),
        ("darwin", "UNUSED", "Caches"),
    ],
)
def test_the_cache_is_where_the_system_keeps_caches(platform, variable, ends, tmp_path, monkeypatch):
    monkeypatch.delenv(variable, raising=False)
    assert paths._system_cache(platform).name == ends
    monkeypatch.setenv(variable, str(tmp_path))
    assert platform == "darwin" or paths._system_cache(platform) == tmp_path


def test_the_cache_can_be_moved(tmp_path, monkeypatch):
    monkeypatch.delenv("MATCHER_CACHE", raising=False)
    assert paths.cache_dir().name == "matcher"
    monkeypatch.setenv("MATCHER_CACHE", "~/elsewhere")
    assert paths.cache_dir() == Path.home() / "elsewhere"
