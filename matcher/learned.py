"""Learned weights: how much each feature's likeness tells real partnerships from random pairs of the same countries.

The weights are never negative, so that the learned likeness is still a likeness: what is more alike earns more. They
are pulled toward the balanced profile, and only what the partnerships clearly say moves them away from it.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.errors import DataError
from matcher.files import content_sha256, read_bytes, write_atomically
from matcher.weights import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from matcher.catalogue import Catalogue
    from matcher.model import SimilarityModel
    from matcher.pool import Pool
    from matcher.samples import Samples
    from matcher.world import World

FILE = "learned.json"
SHRINK = 50.0
"""Pull toward the balanced weights, per unit of squared weight: as much as so many samples say."""
BOOTSTRAPS = 40
THREADS = 2
_CHUNK = 50_000
_STRETCH = 2048  # samples that stay in the processor's cache while all is read of them
_STEPS, _ENOUGH = 50, 1e-12  # of a search, and the share of the loss that a step must promise
_LEAST = 1e-9  # a step that short is none
_RIDGE = 1e-9  # of the trace: rounding must not make a bend look like a fall


@dataclass(frozen=True, slots=True)
class LearnedWeights:
    """Weights of features, and how sure they are.

    Attributes
    ----------
    shares
        Feature to its share of the score, 0 or more, summing to 1.
    low, high
        Feature to the ends of its share's 95 % interval, from resampled ties.
    about
        How they were learned.
    """

    shares: Mapping[str, float]
    low: Mapping[str, float]
    high: Mapping[str, float]
    about: Mapping[str, Any]

    def profile(self, catalogue: Catalogue) -> Profile:
        """Return the weights as a profile that gives exactly these shares."""
        groups = {
            group: sum(self.shares.get(feature.name, 0.0) for feature in catalogue.in_group(group))
            for group in catalogue.groups
        }
        features = {
            name: self.shares.get(name, 0.0) / feature.weight
            for name, feature in catalogue.features.items()
            if feature.weight > 0
        }
        return Profile(
            name="learned",
            label="Learned",
            describe="weights learned from known partnerships (Wikidata and Wikipedia, CC BY-SA 4.0)",
            groups=groups,
            features=features,
        )

    def save(self, folder: Path) -> None:
        """Write ``learned.json``."""
        content: dict[str, Any] = {
            "about": dict(self.about),
            "weights": {
                name: {
                    "share": round(share, 6),
                    "low": round(self.low[name], 6),
                    "high": round(self.high[name], 6),
                }
                for name, share in self.shares.items()
            },
        }
        content["sha256"] = content_sha256(content)
        write_atomically(folder / FILE, json.dumps(content, indent=1, ensure_ascii=False).encode())

    @classmethod
    def load(cls, folder: Path) -> LearnedWeights:
        """Read ``learned.json``; runs no code of it and checks its hash.

        Raises
        ------
        DataError
            The file is missing, changed, or is none.
        """
        try:
            content = json.loads(read_bytes(folder / FILE))
            stated = content.pop("sha256")
            table = {
                name: {k: float(v) for k, v in entry.items()} for name, entry in content["weights"].items()
            }
            parts = [
                {name: entry[part] for name, entry in table.items()} for part in ("share", "low", "high")
            ]
            about = dict(content["about"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(f"{folder / FILE} holds no learned weights: {error}; learn them again") from error
        if stated != content_sha256(content):
            raise DataError(f"{folder / FILE} was changed or cut short; restore it or learn it again")
        return cls(parts[0], parts[1], parts[2], about)


def learn_weights(
    pool: Pool,
    model: SimilarityModel,
    samples: Samples,
    balanced: Mapping[str, float],
    *,
    shrink: float = SHRINK,
    bootstraps: int = BOOTSTRAPS,
    seed: int = 0,
    world: World | None = None,
) -> LearnedWeights:
    """Learn non-negative weights by logistic regression on the likenesses of pairs.

    Features that weigh nothing in the catalogue are shown and never scored, here neither.

    Parameters
    ----------
    samples
        Real and random pairs.
    balanced
        Feature to share, the weights to stay near.
    world
        The codes of all regions, where they are at hand.
    """
    names = [feature.name for feature in model.features_ if feature.weight > 0]
    likeness = likenesses(pool, model, samples, names, world)
    anchor = np.array([balanced.get(name, 0.0) for name in names])
    weights = _fit(likeness, samples, anchor, samples.weight, shrink)
    rng = np.random.default_rng(seed)
    n_ties = int(samples.tie.max()) + 1
    times = [np.bincount(rng.integers(0, n_ties, n_ties), minlength=n_ties) for _ in range(bootstraps)]
    with ThreadPoolExecutor(THREADS) as threads:
        drawn = list(
            threads.map(
                lambda each: _fit(
                    likeness, samples, anchor, samples.weight * each[samples.tie], shrink, weights
                ),
                times,
            )
        )
    shares = _shares(weights)
    spread = np.array([_shares(w) for w in drawn]) if drawn else shares[None, :]
    low, high = np.percentile(spread, (2.5, 97.5), axis=0)
    about = {
        "ties": n_ties,
        "samples": len(samples),
        "shrink": shrink,
        "bootstraps": bootstraps,
        "atlas_version": pool.atlas.version,
        "licence": "CC BY-SA 4.0: learned from lists of Wikipedia and Wikidata",
    }
    parts = [dict(zip(names, (float(v) for v in values), strict=True)) for values in (shares, low, high)]
    return LearnedWeights(parts[0], parts[1], parts[2], about)


def likenesses(
    pool: Pool, model: SimilarityModel, samples: Samples, names: list[str], world: World | None = None
) -> NDArray[np.float32]:
    """Return the likeness of each sample in each feature, shape (m, features)."""
    result = np.empty((len(samples), len(names)), np.float32)
    for column, name in enumerate(names):
        if world is None:
            codes = model.encode(pool.atlas.columns([name], pool.rows), [name])
        else:
            codes = world.take(pool.rows, [name])
        for start in range(0, len(samples), _CHUNK):
            part = slice(start, start + _CHUNK)
            width = int(codes.ends[-1])
            left, right = samples.query[part], samples.other[part]
            product = np.einsum("ij,ij->i", codes.matrix[left, :width], codes.matrix[right, :width])
            known = codes.known[left, 0] & codes.known[right, 0]
            result[part, column] = np.where(known, product + codes.offset[0], codes.base[0])
    return result


def _fit(
    likeness: NDArray[np.float32],
    samples: Samples,
    anchor: NDArray[np.float64],
    weight: NDArray[np.float64],
    shrink: float,
    start: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return weights of 0 or more that minimise the logistic loss and their distance from a multiple of `anchor`.

    The multiple is free: the balanced profile says how weights stand to one another, not how strong they are. The search
    is Newton's: each step goes to where the loss, taken for the parabola that it looks like here, is least among weights
    of 0 or more.
    """
    from scipy.linalg import cholesky, solve_triangular
    from scipy.optimize import lsq_linear

    # The multiple of the anchor, the intercept, the weights.
    size = len(anchor)
    away = np.hstack([-anchor[:, None], np.zeros((size, 1)), np.eye(size)])
    held = shrink * away.T @ away
    lower = np.concatenate([[0.0, -np.inf], np.zeros(size)])

    def look(theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
        value, gradient, curve = _logistic(likeness, samples.real, weight, theta[1:])
        slope, bend = held @ theta, held.copy()
        value += 0.5 * float(theta @ slope)
        slope[1:] += gradient
        bend[1:, 1:] += curve
        return value, slope, bend

    theta = np.concatenate([[1.0, 0.0], anchor if start is None else start])
    value, slope, bend = look(theta)
    for _ in range(_STEPS):
        root = cholesky(bend + np.eye(size + 2) * _RIDGE * np.trace(bend))
        goal = root @ theta - solve_triangular(root, slope, trans="T")
        step = lsq_linear(root, goal, (lower, np.inf), method="bvls", tol=1e-12).x - theta
        if -slope @ step < _ENOUGH * value:
            break
        while (ahead := look(theta + step))[0] > value and np.abs(step).max() > _LEAST:
            step /= 2.0
        theta = np.maximum(theta + step, lower)
        value, slope, bend = ahead
    weights: NDArray[np.float64] = theta[2:]
    return weights


def _logistic(
    likeness: NDArray[np.float32],
    real: NDArray[np.float64],
    weight: NDArray[np.float64],
    theta: NDArray[np.float64],
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Return the logistic loss of an intercept and weights, its gradient and its second derivatives."""
    value, gradient = 0.0, np.zeros(len(theta))
    curve = np.zeros((len(theta), len(theta)))
    for start in range(0, len(likeness), _STRETCH):
        part = slice(start, start + _STRETCH)
        few = np.hstack([np.ones((len(real[part]), 1), np.float32), likeness[part]])
        # Loss and gradient in double precision, or the rounding of single would stop the search long before the end.
        wide, y = few.astype(np.float64), real[part]
        score = wide @ theta
        chance = 1.0 / (1.0 + np.exp(-np.clip(score, -50, 50)))
        value += float(weight[part] @ (np.logaddexp(0.0, score) - y * score))
        gradient += (weight[part] * (chance - y)) @ wide
        few *= np.sqrt(weight[part] * chance * (1.0 - chance)).astype(np.float32)[:, None]
        curve += few.T @ few
    return value, gradient, curve


def _shares(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    total = weights.sum()
    shares: NDArray[np.float64] = weights / total if total > 0 else np.full(len(weights), 1.0 / len(weights))
    return shares
