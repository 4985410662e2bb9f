"""The judge: for every known pair, the rank of the true partner under every model, on the same candidates."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.evaluation.metrics import Auc, interval, means, of_ranks, rank, resamples

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from matcher.evaluation.leftout import LeftOut
    from matcher.evaluation.peers import Scorer
    from matcher.pool import Pool

TASKS = ("country", "country_small", "world")
SMALL = 1000
BLOCK = 48  # queries scored at once: a block of all candidates is some 30 MB
THREADS = 2
NEGATIVES = 20  # random pairs a query and kind
KINDS = ("country", "size", "uniform")
_NEAR_IN_SIZE = 50  # size-matched pairs are drawn from so many candidates nearest in population


@dataclass(frozen=True, slots=True)
class Model:
    """A model to judge.

    Attributes
    ----------
    score
        Positions of queries to scores of the whole pool.
    prior
        What the pair of countries adds world-wide, shape (c, c), or None. It is left out inside a country, where
        it is the same for all candidates.
    left_out
        Takes a tie that the model was learned from out of what it knows, for the tie's own questions.
    """

    score: Scorer
    prior: NDArray[np.float32] | None = None
    left_out: LeftOut | None = None


class Queries:
    """Known pairs as questions: each end asks for the other.

    Attributes
    ----------
    query, truth
        Positions in the pool, shape (m,).
    others
        For each question the known partners of its query besides the true one, which do not count as candidates.
    negative
        Kind to positions of random candidates, shape (m, 20): `country` from the true partner's country, `size` from
        those of them nearest to it in population, `uniform` from the world outside the query's country.
    """

    def __init__(
        self,
        pool: Pool,
        a: NDArray[np.int64],
        b: NDArray[np.int64],
        known: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
        seed: int = 0,
    ) -> None:
        first, second = np.concatenate([a, b]), np.concatenate([b, a])
        # In the order of queries, so that each query is scored once.
        order = np.lexsort((second, first))
        self.query, self.truth = first[order], second[order]
        partners: dict[int, set[int]] = {}
        for left, right in ((a, b), (b, a)) + (((known[0], known[1]), (known[1], known[0])) if known else ()):
            for one, two in zip(left.tolist(), right.tolist(), strict=True):
                partners.setdefault(one, set()).add(two)
        self.others = [
            np.array(sorted(partners[int(q)] - {int(t)}), np.int64)
            for q, t in zip(self.query, self.truth, strict=True)
        ]
        there = pool.country[self.truth]
        in_country = [o[pool.country[o] == c] for o, c in zip(self.others, there, strict=True)]
        self.others_there = in_country
        self.n_country = (
            pool.end[there] - pool.start[there] - np.array([len(o) for o in in_country], np.int64)
        )
        own = pool.country[self.query]
        everyone = len(pool) - (pool.end - pool.start)[own]
        self.n_world = everyone - np.array([len(o) for o in self.others], np.int64)
        self.negative = self._draw(pool, np.random.default_rng(seed))

    def __len__(self) -> int:
        return len(self.query)

    def _draw(self, pool: Pool, rng: np.random.Generator) -> dict[str, NDArray[np.int64]]:
        drawn = {kind: np.zeros((len(self), NEGATIVES), np.int64) for kind in KINDS}
        people = np.log(np.where(pool.population > 0, pool.population, np.nan))
        by_size = [
            start + np.argsort(people[start:end], kind="stable")
            for start, end in zip(pool.start, pool.end, strict=True)
        ]
        place = np.empty(len(pool), np.int64)
        for start, order in zip(pool.start, by_size, strict=True):
            place[order] = np.arange(len(order)) + start
        for i, (q, t) in enumerate(zip(self.query, self.truth, strict=True)):
            barred = np.append(self.others[i], t)
            country, own = pool.country[t], pool.country[q]
            start, end = int(pool.start[country]), int(pool.end[country])
            low = int(np.clip(place[t] - _NEAR_IN_SIZE // 2, start, max(start, end - _NEAR_IN_SIZE - 1)))
            near = by_size[country][low - start : low - start + _NEAR_IN_SIZE + 1]
            skip, size = int(pool.start[own]), int(pool.end[own] - pool.start[own])
            drawn["country"][i] = start + _pick(rng, end - start, barred - start)
            drawn["size"][i] = near[_pick(rng, len(near), np.flatnonzero(np.isin(near, barred)))]
            # Positions of the world without the own country, closed up.
            abroad = _pick(rng, len(pool) - size, barred - np.where(barred >= skip, size, 0))
            drawn["uniform"][i] = abroad + np.where(abroad >= skip, size, 0)
        return drawn


def _pick(rng: np.random.Generator, size: int, barred: NDArray[np.int64]) -> NDArray[np.int64]:
    """Draw numbers below `size` that are not barred; where there are none, a barred one (a tie at best)."""
    found = rng.integers(0, size, 2 * NEGATIVES)
    free = found[~np.isin(found, barred)]
    if not len(free):
        free = np.full(1, barred[-1])
    return free[:NEGATIVES] if len(free) >= NEGATIVES else rng.choice(free, NEGATIVES)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Ranks and scores under one model, one entry a question."""

    rank_country: NDArray[np.float64]
    rank_world: NDArray[np.float64] | None
    truth: dict[str, NDArray[np.float32]]
    negative: dict[str, NDArray[np.float32]]


def judge(
    pool: Pool,
    queries: Queries,
    models: Mapping[str, Model],
    *,
    world: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Verdict]:
    """Rank the true partner of every question under every model."""
    size = len(queries)
    verdicts = {
        name: Verdict(
            np.empty(size),
            np.empty(size) if world else None,
            {kind: np.empty(size, np.float32) for kind in ("within", "world")},
            {kind: np.empty((size, NEGATIVES), np.float32) for kind in KINDS},
        )
        for name in models
    }
    unique, first = np.unique(queries.query, return_index=True)
    last = np.append(first[1:], size)

    seconds = dict.fromkeys(models, 0.0)

    def ask(name: str, begin: int) -> None:
        start = time.perf_counter()
        block = unique[begin : begin + BLOCK]
        scores, prior, left_out = models[name].score(block), models[name].prior, models[name].left_out
        for row, q in enumerate(block.tolist()):
            own = None if prior is None else prior[pool.country[q]]
            for i in range(first[begin + row], last[begin + row]):
                told, truth = (scores[row], own), int(queries.truth[i])
                if left_out is not None and left_out.holds(q, truth):
                    told = left_out.scores(scores[row], q, truth), left_out.prior(q, truth)
                _enter(pool, queries, i, *told, verdicts[name])
        seconds[name] += time.perf_counter() - start

    # numpy leaves the interpreter free while it computes: two models are asked at once, the slowest first, so that no
    # thread waits long for the other at the end of a block.
    with ThreadPoolExecutor(THREADS) as threads:
        for begin in range(0, len(unique), BLOCK):
            slowest = sorted(models, key=seconds.__getitem__, reverse=True)
            list(threads.map(ask, slowest, [begin] * len(models)))
            if progress:
                progress(min(begin + BLOCK, len(unique)), len(unique))
    return verdicts


def _enter(
    pool: Pool,
    queries: Queries,
    i: int,
    scores: NDArray[np.float32],
    prior: NDArray[np.float32] | None,
    verdict: Verdict,
) -> None:
    """Enter one question's ranks and scores."""
    t, others = queries.truth[i], queries.others[i]
    country = pool.country[t]
    truth = scores[t]
    here = scores[pool.start[country] : pool.end[country]]
    verdict.rank_country[i] = rank(here, truth, scores[queries.others_there[i]])
    verdict.truth["within"][i] = truth
    for kind in ("country", "size"):
        verdict.negative[kind][i] = scores[queries.negative[kind][i]]
    uniform = queries.negative["uniform"][i]
    add = np.zeros(len(pool.codes), np.float32) if prior is None else prior
    verdict.truth["world"][i] = truth + add[country]
    verdict.negative["uniform"][i] = scores[uniform] + add[pool.country[uniform]]
    if verdict.rank_world is not None:
        whole = scores if prior is None else scores + prior[pool.country]
        own = pool.country[queries.query[i]]
        home = whole[pool.start[own] : pool.end[own]]
        at = whole[t]
        full = rank(whole, at, whole[others])
        verdict.rank_world[i] = full - np.count_nonzero(home > at) - np.count_nonzero(home == at) / 2.0


def summary(
    queries: Queries, verdicts: Mapping[str, Verdict], seed: int = 0
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return task to model to metric; beside each metric its interval, as ``metric_95``."""
    answerable = queries.n_country > 1
    small = answerable & (queries.n_country <= SMALL)
    tasks: dict[str, dict[str, dict[str, Any]]] = {}
    for task, mask in (
        ("country", answerable),
        ("country_small", small),
        ("world", np.ones(len(queries), bool)),
    ):
        if not mask.any():
            continue
        weights = resamples(queries.query[mask], seed=seed)
        tasks[task] = {}
        for name, verdict in verdicts.items():
            ranks = verdict.rank_world if task == "world" else verdict.rank_country
            if ranks is None:
                continue
            candidates = queries.n_world if task == "world" else queries.n_country
            tasks[task][name] = _metrics(ranks[mask], candidates[mask], verdict, mask, weights)
        if not tasks[task]:
            del tasks[task]
    return tasks


def _metrics(
    ranks: NDArray[np.float64],
    candidates: NDArray[np.int64],
    verdict: Verdict,
    mask: NDArray[np.bool_],
    weights: NDArray[np.float64],
) -> dict[str, Any]:
    result: dict[str, Any] = {"n_queries": int(mask.sum()), "median_candidates": float(np.median(candidates))}
    for metric, values in of_ranks(ranks, candidates).items():
        result[metric] = float(values.mean())
        result[f"{metric}_95"] = interval(means(values, weights))
    result["median_rank"] = float(np.median(ranks))
    result["median_rank_95"] = interval(_medians(ranks, weights))
    for kind in KINDS:
        truth = verdict.truth["world" if kind == "uniform" else "within"][mask]
        area = Auc(truth, verdict.negative[kind][mask])
        result[f"auc_{kind}"] = float(area(np.ones((1, len(truth))))[0])
        result[f"auc_{kind}_95"] = interval(area(weights[:200]))
    return result


def _medians(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    order = np.argsort(values)
    mass = np.cumsum(weights[:, order], axis=1)
    middle = (mass >= mass[:, -1:] / 2.0).argmax(axis=1)
    medians: NDArray[np.float64] = values[order][middle]
    return medians
