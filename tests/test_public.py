"""The public face: what `matcher` exports, and that nothing else is public."""

from __future__ import annotations

import matcher

PUBLIC = {
    "AmbiguousRegionError",
    "Atlas",
    "BuildError",
    "Catalogue",
    "Contribution",
    "DataError",
    "EmptyCandidatesError",
    "Explanation",
    "Feature",
    "Group",
    "GroupScore",
    "Match",
    "Matcher",
    "MatcherError",
    "Query",
    "Ranking",
    "Region",
    "RegionError",
    "RegionNotFoundError",
    "SimilarityModel",
    "TableError",
    "UnknownNameError",
    "UsageError",
    "WeightError",
}


def test_all_is_exactly_what_is_public():
    assert set(matcher.__all__) == PUBLIC
    assert list(matcher.__all__) == sorted(matcher.__all__)
    assert {name for name in dir(matcher) if not name.startswith("_")} == PUBLIC


def test_every_public_name_loads_is_documented_and_says_its_name():
    for name in matcher.__all__:
        value = getattr(matcher, name)
        assert value.__name__ == name
        assert value.__doc__, name


def test_an_unknown_name_is_an_attribute_error():
    assert not hasattr(matcher, "Mather")


def test_the_version_is_that_of_the_package(root):
    import tomllib

    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == matcher.__version__
    assert f"## [{matcher.__version__}]" in (root / "CHANGELOG.md").read_text(encoding="utf-8")


def test_command_verbs_are_methods():
    from matcher.cli import COMMANDS

    methods = {"rank", "batch", "explain", "find", "report"}
    assert methods <= set(COMMANDS)
    assert all(callable(getattr(matcher.Matcher, name)) for name in methods)
