"""Start-up is budgeted: what the package and the command line import, in a process of their own."""

from __future__ import annotations

import json

import pytest

HEAVY = {"pandas", "sklearn", "scipy", "matplotlib", "jinja2", "shapely", "geopandas", "rasterio", "joblib"}
SCRIPT = """
import json, sys
try:
    {body}
except SystemExit:
    pass
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
    assert not loaded(python, body) & (HEAVY | {"numpy", "pyarrow"})


@pytest.mark.parametrize(
    "words", [["rank", "toy:0001", "-n", "3"], ["explain", "toy:0001", "toy:0002"], ["features"]]
)
def test_a_ranking_needs_numpy_and_a_columnar_reader(words, python, tmp_path):
    from matcher.atlas import Atlas
    from matcher.model import SimilarityModel
    from tests.toy import write_atlas

    atlas = Atlas.open(write_atlas(tmp_path / "atlas"))
    SimilarityModel(n_pairs=200).fit(atlas).save(tmp_path / "model")
    env = {"MATCHER_DATA": str(tmp_path / "atlas"), "MATCHER_MODEL": str(tmp_path / "model")}
    modules = loaded(python, f"import matcher.cli; matcher.cli.main({words!r})", env)
    assert not modules & HEAVY
    assert "numpy" in modules
