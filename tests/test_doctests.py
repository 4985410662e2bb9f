"""The examples in docstrings give what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import matcher
from matcher.paths import data_dir

OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
MODULES = sorted(
    {module.name for module in pkgutil.walk_packages(matcher.__path__, "matcher.")} - {"matcher.__main__"}
)
# Examples that open the embedded atlas.
NEED_ATLAS = {"matcher", "matcher.atlas", "matcher.matcher"}


@pytest.mark.parametrize("name", ["matcher", *MODULES])
def test_examples(name):
    if name in NEED_ATLAS and not (data_dir() / "atlas.json").exists():
        pytest.skip("no atlas is built yet")
    module = importlib.import_module(name)
    assert doctest.testmod(module, optionflags=OPTIONS).failed == 0
