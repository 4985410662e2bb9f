"""Start-up is budgeted: what the package and the command line import, in a process of their own."""

from __future__ import annotations

import json

import pytest

HEAVY = {"pandas", "sklearn", "scipy", "matplotlib", "jinja2", "shapely", "geopandas", "rasterio", "joblib"}
SCRIPT = """
import json, sys
try:
    {body}
except SystemExit as left:
    assert not left.code, left.code
sys.stdout.flush()
print("\\n" + json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""


def loaded(python, body: str, env: dict[str, str] | None = None) -> set[str]:
    done = python("-c", SCRIPT.format(body=body), env=env)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "body",
    [
        "import matcher",
        "import matcher; dir(matcher); matcher.MatcherError",
        "import matcher.cli; matcher.cli.main(['--help'])",
        "import matcher.cli; matcher.cli.main(['--version'])",
        "import matcher.cli; matcher.cli.main(['rank', '--help'])",
        "import matcher.cli; matcher.cli.main(['explain', '--help'])",
        "import matcher.cli; matcher.cli.main(['report', '--help'])",
        "import matcher.cli; matcher.cli.main(['data', 'build', '--help'])",
    ],
)
def test_nothing_heavy_at_the_door(body, python):
    assert sorted(loaded(python, body) & (HEAVY | {"numpy", "pyarrow"})) == []


@pytest.mark.parametrize(
    "words",
    [["rank", "Town 1", "-n", "3"], ["explain", "Town 1", "Town 2"], ["find", "Town 7"], ["features"]],
)
def test_a_ranking_needs_numpy_and_a_columnar_reader(words, python, toy_home):
    modules = loaded(python, f"import matcher.cli; matcher.cli.main({words!r})", toy_home)
    assert sorted(modules & HEAVY) == []
    assert "numpy" in modules
