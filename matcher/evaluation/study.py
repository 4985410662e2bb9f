"""The study: every model and every baseline on one file of partnerships."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.errors import EmptyCandidatesError, UnknownNameError
from matcher.evaluation import baselines
from matcher.evaluation.judge import Model, Queries, judge, summary
from matcher.evaluation.peers import PEERS
from matcher.evaluation.table import read_table
from matcher.learned import FILE as LEARNED_FILE
from matcher.learned import LearnedWeights, learn_weights
from matcher.pairspace import PairSpace
from matcher.partnerships import Partnerships, map_partnerships
from matcher.plausibility import FILE as PLAUSIBILITY_FILE
from matcher.plausibility import Plausibility, neighbours
from matcher.pool import Pool
from matcher.precedents import Known
from matcher.samples import draw_samples
from matcher.splits import SPLITS, split
from matcher.weights import read_profiles, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from matcher.atlas import Atlas
    from matcher.evaluation.peers import Scorer
    from matcher.model import SimilarityModel
    from matcher.names import NameIndex
    from matcher.partnerships import Ties
    from matcher.weights import Weights

OURS = ("likeness", "learned", "plausibility")
Say = "Callable[[str], None]"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a study found.

    Attributes
    ----------
    mapping
        What became of the rows of the file.
    tasks
        Task to model to metric.
    about
        What was judged, and with which knowledge.
    """

    mapping: Mapping[str, Any]
    tasks: Mapping[str, Mapping[str, Mapping[str, Any]]]
    about: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            **self.mapping,
            "about": dict(self.about),
            "tasks": {k: dict(v) for k, v in self.tasks.items()},
        }


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Ties that may be used to answer, as positions in the pool, and what was learned."""

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    learned: LearnedWeights | None
    plausibility: Plausibility | None


def evaluate(
    atlas: Atlas,
    model: SimilarityModel,
    path: Path,
    *,
    names: NameIndex | None = None,
    models_dir: Path | None = None,
    known: Path | None = None,
    kind: str | None = None,
    part: str = "test",
    every_row: bool = False,
    world: bool = True,
    only: tuple[str, ...] = (),
    at_most: int | None = None,
    seed: int = 0,
    say: Callable[[str], None] = lambda _: None,
) -> Evaluation:
    """Judge every model by the partnerships of a file.

    Parameters
    ----------
    path
        Partnerships to judge by; see `matcher.partnerships.Partnerships.read`.
    models_dir
        Folder of the learned weights and the plausibility to judge where nothing is learned anew.
    known
        Another file, of partnerships that are known beforehand. The ties that are judged are taken out of it.
        Popularity, country pairs and precedents are counted in it.
    kind
        cold, warm or country: split the file by this rule, learn from its training part, and judge the held-out
        part. None: judge the whole file with what was learned before.
    part
        test, or validation to tune by.
    every_row
        Judge rows too that the file does not call strict.
    world
        Judge the world-wide task too.
    only
        Names of models; all for none.
    at_most
        Judge so many ties, drawn by `seed`.
    say
        Called with a line of progress.

    Raises
    ------
    DataError, EmptyCandidatesError, UnknownNameError
    """
    if kind is not None and kind not in SPLITS:
        raise UnknownNameError(f"no split is called {kind!r}; choose one of {', '.join(SPLITS)}")
    start = time.monotonic()
    mapped = map_partnerships(atlas, Partnerships.read(path), names)
    say(f"{mapped.n_mapped:,} of {mapped.n_pairs:,} pairs mapped: {len(mapped.ties):,} ties between regions")
    pool = Pool(atlas)
    judged, taught = _parts(atlas, mapped.ties, kind, part)
    if not every_row:
        judged = judged.take(judged.strict)
    if known is not None:
        more = map_partnerships(atlas, Partnerships.read(known), names).ties
        taught = more.without(mapped.ties if kind is None else judged)
    if not len(judged):
        raise EmptyCandidatesError(
            "no pair is left to judge; map more of the file, or judge rows that are not strict too"
        )
    if at_most is not None and len(judged) > at_most:
        judged = judged.take(np.sort(np.random.default_rng(seed).permutation(len(judged))[:at_most]))
    facts = _knowledge(
        atlas, model, pool, taught, models_dir, anew=kind is not None, only=only, say=say, seed=seed
    )
    models = build_models(atlas, model, pool, facts, only=only, seed=seed, say=say)
    queries = Queries(pool, *pool.pairs(judged), known=(facts.a, facts.b), seed=seed)
    say(f"judging {len(judged):,} ties both ways under {len(models)} models among {len(pool):,} regions")
    verdicts = judge(
        pool, queries, models, world=world, progress=lambda done, of: say(f"{done:,} of {of:,} regions asked")
    )
    tasks = summary(queries, verdicts, seed)
    about = {
        "judged_ties": len(judged),
        "split": kind,
        "part": part if kind else None,
        "strict_only": not every_row,
        "known_ties": len(taught),
        "candidates": len(pool),
        "seed": seed,
        "atlas_version": atlas.version,
        "seconds": round(time.monotonic() - start, 1),
    }
    return Evaluation(mapped.to_dict(), tasks, about)


def _parts(atlas: Atlas, ties: Ties, kind: str | None, part: str) -> tuple[Ties, Ties]:
    """Return the ties to judge by and those to learn from."""
    if kind is None:
        return ties, ties.take(np.zeros(len(ties), bool))
    parts = split(atlas, ties, kind)
    if part == "validation":
        return parts.validation, parts.train
    # All that is not test: the same rule that tuned on validation learns from it in the end.
    return parts.test, ties.without(parts.test)


def _knowledge(
    atlas: Atlas,
    model: SimilarityModel,
    pool: Pool,
    taught: Ties,
    models_dir: Path | None,
    *,
    anew: bool,
    only: tuple[str, ...],
    say: Callable[[str], None],
    seed: int,
) -> Knowledge:
    """Learn from the training ties, or read what was learned before."""
    a, b = pool.pairs(taught)
    learned, plausibility = None, None
    if anew:
        samples = draw_samples(pool, a, b, seed)
        if _wanted("learned", only):
            say(f"learning weights from {len(a):,} ties")
            learned = learn_weights(pool, model, samples, balanced(atlas).shares, bootstraps=0, seed=seed)
        if _wanted("plausibility", only):
            say(f"learning plausibility from {len(a):,} ties")
            plausibility = Plausibility.fit(PairSpace(pool, model), a, b, seed=seed)
    elif models_dir is not None:
        if (models_dir / LEARNED_FILE).exists():
            learned = LearnedWeights.load(models_dir)
        if (models_dir / PLAUSIBILITY_FILE).exists():
            plausibility = Plausibility.load(models_dir)
    return Knowledge(a, b, learned, plausibility)


def balanced(atlas: Atlas) -> Weights:
    """Return the weights of the balanced profile."""
    return resolve(atlas.catalogue, read_profiles(atlas.data_dir / "profiles.toml")["balanced"])


def build_models(
    atlas: Atlas,
    model: SimilarityModel,
    pool: Pool,
    facts: Knowledge,
    *,
    only: tuple[str, ...] = (),
    seed: int = 0,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, Model]:
    """Return every model that can be judged with this knowledge, ours first.

    Raises
    ------
    UnknownNameError
        `only` names a model that does not exist, or that nothing is known for.
    """
    models: dict[str, Model] = {}
    if _wanted("likeness", only):
        models["likeness"] = Model(likeness(pool, model, balanced(atlas).shares))
    if facts.learned is not None and _wanted("learned", only):
        models["learned"] = Model(likeness(pool, model, facts.learned.shares))
    if facts.plausibility is not None and _wanted("plausibility", only):
        space = PairSpace(pool, model, facts.plausibility.cuts)
        known = (
            Known(neighbours(space, facts.a, facts.b), pool.country, facts.a, facts.b)
            if len(facts.a)
            else None
        )
        prior = facts.plausibility.prior(pool)
        models["plausibility"] = Model(facts.plausibility.scorer(space, known), prior)
    plain: dict[str, Callable[[], Scorer]] = {
        "random": lambda: baselines.chance(pool, seed),
        "population": lambda: baselines.population(pool),
        "gravity": lambda: baselines.gravity(pool),
        "nearest": lambda: baselines.nearest(pool),
        "seat_population": lambda: baselines.seat_population(pool),
    }
    if len(facts.a):
        plain |= {
            "popularity": lambda: baselines.popularity(pool, facts.a, facts.b),
            "country_pair": lambda: baselines.country_pair(pool, facts.a, facts.b),
            "country_pair_popularity": lambda: baselines.country_pair_popularity(pool, facts.a, facts.b),
        }
    for name, make in plain.items():
        if _wanted(name, only):
            models[name] = Model(make())
    if wanted := [name for name in PEERS if _wanted(name, only)]:
        say("reading the plain table for other systems' formulas")
        table = read_table(atlas, pool.rows)
        for name in wanted:
            models[name] = Model(PEERS[name](table))
    if missing := [name for name in only if name not in models]:
        have = ", ".join([*OURS, *plain, *PEERS])
        raise UnknownNameError(f"no model {', '.join(missing)} can be judged here; models: {have}")
    return models


def likeness(pool: Pool, model: SimilarityModel, shares: Mapping[str, float]) -> Scorer:
    """Return the likeness under some weights as a scorer."""
    names = [name for name, share in shares.items() if share > 0]
    weights = np.array([shares[name] for name in names])
    codes = model.encode(pool.atlas.columns(names, pool.rows), names)
    each = [np.repeat(weights, np.diff(codes.ends, prepend=0)), weights * (codes.offset - codes.base)]
    spread: NDArray[np.float32] = np.concatenate(each).astype(np.float32)

    def score(query: NDArray[np.int64]) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = np.matmul(codes.matrix[query] * spread, codes.matrix.T)
        return scores

    return score


def _wanted(name: str, only: tuple[str, ...]) -> bool:
    return not only or name in only
