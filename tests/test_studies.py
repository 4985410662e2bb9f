"""The pages of the studies, from a made-up world: every part is there, and the figures are drawn the same each time."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from matcher import Matcher
from matcher.evaluation.validation import validate
from matcher.learned import learn_weights
from matcher.model import SimilarityModel
from matcher.pool import Pool
from matcher.samples import draw_samples
from tests.conftest import ROOT
from tests.ties import place_atlas, real_ties, write_ties

pytestmark = pytest.mark.slow


@pytest.fixture
def docs(monkeypatch, tmp_path):
    pytest.importorskip("matplotlib")
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    for name in ("figures", "evaluation", "stability"):
        sys.modules.pop(name, None)
    import evaluation
    import figures
    import stability

    monkeypatch.setattr(figures, "FOLDER", tmp_path / "figures")
    yield {"evaluation": evaluation, "figures": figures, "stability": stability}
    for name in ("figures", "evaluation", "stability"):
        sys.modules.pop(name, None)


def test_the_page_of_the_evaluation_tells_every_part(docs, tmp_path):
    atlas = place_atlas(tmp_path / "atlas")
    m = Matcher(atlas, SimilarityModel(n_pairs=300).fit(atlas))
    m.names = None  # the toy atlas has no names: places are found by their coordinates
    path = write_ties(tmp_path / "t.csv", atlas, *real_ties(atlas, 400))
    judged = m.evaluate(
        path, kind="cold", only=("likeness", "learned", "plausibility", "population")
    ).to_dict()
    wishes = {"only": docs["evaluation"].WARM, "world": False}
    warm = m.evaluate(path, kind="warm", **wishes).to_dict()
    told = {"judged": judged, "warm": warm} | validate(m, path, at_most=40)
    pool = Pool(atlas)
    samples = draw_samples(pool, *(pool.positions(rows) for rows in real_ties(atlas, 100)), 0)
    learned = learn_weights(pool, m.model, samples, m.weights().shares, bootstraps=2)
    text = docs["evaluation"].page(told, learned)
    for title in (
        "Judged by real partnerships", "Places that have partners already", "Does what it says come true?", "Learned weights",
        "Does it need more partnerships?", "What each group of features adds", "What exactness costs",
        "Where it fails", "The command",
    ):  # fmt: skip
        assert f"# {title}" in text
    drawn = {path.name: path.read_bytes() for path in (tmp_path / "figures").iterdir()}
    assert set(drawn) == {"reliability.svg", "learned-weights.svg", "learning-curve.svg", "ablation.svg"}
    assert all(f"figures/{name}" in text for name in drawn)
    docs["evaluation"].page(told, learned)
    assert {path.name: path.read_bytes() for path in (tmp_path / "figures").iterdir()} == drawn


def test_the_page_of_stability_names_what_is_unstable(docs):
    from matcher.evaluation.stability import Study

    m = Matcher.load()
    study = object.__new__(Study)
    ways = [
        *docs["stability"].SHAKEN,
        *(f"{w} {g}" for g in ("geography", "culture") for w in ("only", "alone")),
    ]
    figures = {"median": 0.8, "median_95": [0.7, 0.9], "quartiles": [0.6, 0.9], "first_stays": 0.5}
    shaken = {way: dict(figures) for way in ways}
    shaken["alone culture"]["median"] = shaken["only culture"]["median"] = 0.31
    part = {"candidates": 96.0, "shaken": shaken}
    found = {
        "queries": 2, "worlds": 3, "seed": 0, "atlas": "toy", "moved": {"relief": 0.3, "cover": 0.5},
        "lists": {"country": part, "world": part},
    }  # fmt: skip
    from matcher.noise import read_errors

    study.errors = read_errors(m.atlas.data_dir / "errors.toml", m.catalogue)
    text = docs["stability"].page(found, study.errors, m)
    assert "0.80 with all three together, stable" in text
    assert "unstable: culture (0.31)" in text
    assert text.index("| cover |") < text.index("| relief |")
    assert "Held, since no error of theirs is known" in text
    assert np.isfinite(docs["stability"]._half_interval())
