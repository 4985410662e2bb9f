"""The study: every model and every baseline on one file of partnerships."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.errors import EmptyCandidatesError, UnknownNameError, UsageError
from matcher.evaluation.ablation import ablated
from matcher.evaluation.contenders import build_models, gather
from matcher.evaluation.judge import Queries, judge, summary
from matcher.pairspace import PairSpace
from matcher.partnerships import Partnerships, map_partnerships
from matcher.pool import Pool
from matcher.splits import SPLITS, held_out, split
from matcher.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from matcher.atlas import Atlas
    from matcher.evaluation.judge import Model
    from matcher.model import SimilarityModel
    from matcher.names import NameIndex
    from matcher.partnerships import Ties


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
    ablation: bool = False,
    save: Path | None = None,
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
    ablation
        With a split: judge plausibility too with one group of features at a time.
    save
        With a split: write what was learned to this folder, as ``learned.json`` and ``plausibility.json``.
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
    if kind is None and (ablation or save is not None):
        raise UsageError(
            "nothing is learned without a split; name one to leave groups out or to save what is learned"
        )
    start = time.monotonic()
    mapped = map_partnerships(atlas, Partnerships.read(path), names)
    say(f"{mapped.n_mapped:,} of {mapped.n_pairs:,} pairs mapped: {len(mapped.ties):,} ties between regions")
    pool = Pool(atlas)
    judged, taught = _parts(atlas, mapped.ties, kind, part)
    if kind == "cold":
        pool.hidden = held_out(atlas, pool.rows, part)
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
    codes = World.open(atlas, model)
    facts = gather(
        atlas,
        model,
        codes,
        pool,
        taught,
        models_dir,
        anew=kind is not None,
        only=only,
        sure=save is not None,
        say=say,
        seed=seed,
    )
    if save is not None:
        save.mkdir(parents=True, exist_ok=True)
        for found in (facts.learned, facts.plausibility):
            if found is not None:
                found.save(save)
    models = build_models(atlas, model, codes, pool, facts, only=only, seed=seed, say=say)
    if ablation:
        say("learning again with one group of features at a time")
        space = facts.space or PairSpace(pool, model, world=codes)
        models |= ablated(space, atlas.catalogue, facts.a, facts.b, seed)
    learned_from = _learned_from(pool, judged, models) if kind is None else 0
    if learned_from:
        say(
            f"in the training list: {learned_from:,} of {len(judged):,} ties, or not to be told from it; each is taken out of "
            "all counts when it is asked about, but weights and tables were fitted to it too (--split judges by others)"
        )
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
        "learned_from_ties": learned_from,
        "candidates": len(pool),
        "seed": seed,
        "atlas_version": atlas.version,
        "seconds": round(time.monotonic() - start, 1),
    }
    return Evaluation(mapped.to_dict(), tasks, about)


def _learned_from(pool: Pool, judged: Ties, models: Mapping[str, Model]) -> int:
    """Return how many of the judged ties can be among those that the shipped opinion counted."""
    left_out = models["plausibility"].left_out if "plausibility" in models else None
    if (
        left_out is None
    ):  # with a file of known ties no counts are read, and the judged ones are out of the file
        return 0
    pairs = zip(*(ends.tolist() for ends in pool.pairs(judged)), strict=True)
    return sum(left_out.holds(a, b) for a, b in pairs)


def _parts(atlas: Atlas, ties: Ties, kind: str | None, part: str) -> tuple[Ties, Ties]:
    """Return the ties to judge by and those to learn from."""
    if kind is None:
        return ties, ties.take(np.zeros(len(ties), bool))
    parts = split(atlas, ties, kind)
    if part == "validation":
        return parts.validation, parts.train
    # All that is not test: the same rule that tuned on validation learns from it in the end.
    return parts.test, ties.without(parts.test)
