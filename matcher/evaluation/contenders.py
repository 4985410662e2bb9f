"""The contenders: every model that is judged, ours and the others, built from what may be known beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matcher.errors import UnknownNameError
from matcher.evaluation import baselines
from matcher.evaluation.judge import Model
from matcher.evaluation.leftout import LeftOut
from matcher.evaluation.peers import PEERS
from matcher.evaluation.table import read_table
from matcher.folds import neighbours
from matcher.learned import BOOTSTRAPS, LearnedWeights, learn_weights
from matcher.learned import FILE as LEARNED_FILE
from matcher.pairspace import PairSpace
from matcher.plausibility import FILE as PLAUSIBILITY_FILE
from matcher.plausibility import Plausibility
from matcher.precedents import Activity, Known
from matcher.samples import draw_samples
from matcher.weights import read_profiles, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from matcher.atlas import Atlas
    from matcher.evaluation.peers import Scorer
    from matcher.model import SimilarityModel
    from matcher.partnerships import Ties
    from matcher.pool import Pool
    from matcher.weights import Weights
    from matcher.world import World

OURS = ("likeness", "learned", "plausibility")


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Ties that may be used to answer, as positions in the pool, what was learned, and in which space."""

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    learned: LearnedWeights | None
    plausibility: Plausibility | None
    space: PairSpace | None = None


def gather(
    atlas: Atlas,
    model: SimilarityModel,
    world: World,
    pool: Pool,
    taught: Ties,
    models_dir: Path | None,
    *,
    anew: bool,
    only: tuple[str, ...],
    sure: bool,
    say: Callable[[str], None],
    seed: int,
) -> Knowledge:
    """Learn from the training ties, or read what was learned before."""
    a, b = pool.pairs(taught)
    learned, plausibility, space = None, None, None
    if anew:
        samples = draw_samples(pool, a, b, seed)
        if is_wanted("learned", only):
            say(f"learning weights from {len(a):,} ties")
            times = BOOTSTRAPS if sure else 0
            learned = learn_weights(
                pool, model, samples, balanced(atlas).shares, bootstraps=times, seed=seed, world=world
            )
        if is_wanted("plausibility", only):
            say(f"learning plausibility from {len(a):,} ties")
            space = PairSpace(pool, model, world=world)
            plausibility = Plausibility.fit(space, a, b, seed=seed)
    elif models_dir is not None:
        if (models_dir / LEARNED_FILE).exists():
            learned = LearnedWeights.load(models_dir)
        if (models_dir / PLAUSIBILITY_FILE).exists():
            plausibility = Plausibility.load(models_dir)
    return Knowledge(a, b, learned, plausibility, space)


def balanced(atlas: Atlas) -> Weights:
    """Return the weights of the balanced profile."""
    return resolve(atlas.catalogue, read_profiles(atlas.data_dir / "profiles.toml")["balanced"])


def build_models(
    atlas: Atlas,
    model: SimilarityModel,
    world: World,
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
    if is_wanted("likeness", only):
        models["likeness"] = Model(likeness(pool, world, balanced(atlas).shares))
    if facts.learned is not None and is_wanted("learned", only):
        models["learned"] = Model(likeness(pool, world, facts.learned.shares))
    if facts.plausibility is not None and is_wanted("plausibility", only):
        space = facts.space or PairSpace(pool, model, facts.plausibility.bounds, world=world)
        evidence: Activity | None = facts.plausibility.evidence(space)
        left_out = None
        if len(facts.a):
            evidence = Known(neighbours(space, facts.a, facts.b), facts.a, facts.b)
        elif evidence is not None:
            left_out = LeftOut(pool, facts.plausibility, evidence)
        prior = facts.plausibility.prior(pool)
        models["plausibility"] = Model(facts.plausibility.scorer(space, evidence), prior, left_out)
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
        if is_wanted(name, only):
            models[name] = Model(make())
    if wanted := [name for name in PEERS if is_wanted(name, only)]:
        say("reading the plain table for other systems' formulas")
        table = read_table(atlas, pool.rows)
        for name in wanted:
            models[name] = Model(PEERS[name](table))
    if missing := [name for name in only if name not in models]:
        have = ", ".join([*OURS, *plain, *PEERS])
        raise UnknownNameError(f"no model {', '.join(missing)} can be judged here; models: {have}")
    return models


def likeness(pool: Pool, world: World, shares: Mapping[str, float]) -> Scorer:
    """Return the likeness under some weights as a scorer."""
    names = [name for name, share in shares.items() if share > 0]
    weights = np.array([shares[name] for name in names])
    codes = world.take(pool.rows, names)
    each = [np.repeat(weights, np.diff(codes.ends, prepend=0)), weights * (codes.offset - codes.base)]
    spread: NDArray[np.float32] = np.concatenate(each).astype(np.float32)

    def score(query: NDArray[np.int64]) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = np.matmul(codes.matrix[query] * spread, codes.matrix.T)
        return scores

    return score


def is_wanted(name: str, only: tuple[str, ...]) -> bool:
    """Tell whether a model of this name was asked for."""
    return not only or name in only
