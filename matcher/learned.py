"""Learned weights: how much each feature's likeness tells real partnerships from random pairs of the same countries.

The weights are never negative, so that the learned likeness is still a likeness: what is more alike earns more. They
are pulled toward the balanced profile, and only what the partnerships clearly say moves them away from it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.errors import DataError
from matcher.files import read_bytes, write_atomically
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
_CHUNK = 50_000
_UNTIL = {"maxiter": 2000, "maxfun": 4000, "ftol": 1e-12, "gtol": 1e-3}


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
        content = {
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
        write_atomically(folder / FILE, json.dumps(content, indent=1, ensure_ascii=False).encode())

    @classmethod
    def load(cls, folder: Path) -> LearnedWeights:
        """Read ``learned.json``.

        Raises
        ------
        DataError
            The file is missing or is none.
        """
        try:
            content = json.loads(read_bytes(folder / FILE))
            table = {
                name: {k: float(v) for k, v in entry.items()} for name, entry in content["weights"].items()
            }
            parts = [
                {name: entry[part] for name, entry in table.items()} for part in ("share", "low", "high")
            ]
            about = dict(content["about"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(f"{folder / FILE} holds no learned weights: {error}; learn them again") from error
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
    drawn = []
    for _ in range(bootstraps):
        times = np.bincount(rng.integers(0, n_ties, n_ties), minlength=n_ties)
        drawn.append(_fit(likeness, samples, anchor, samples.weight * times[samples.tie], shrink, weights))
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

    The multiple is free: the balanced profile says how weights stand to one another, not how strong they are.
    """
    from scipy.optimize import minimize

    # In double precision: the rounding of single stops the search long before the end.
    X, y, size = likeness.astype(np.float64), samples.real, likeness.shape[1]

    def loss(theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        intercept, scale, w = theta[0], theta[1], theta[2:]
        score = X @ w + intercept
        away = w - scale * anchor
        value = weight @ (np.logaddexp(0.0, score) - y * score) + 0.5 * shrink * away @ away
        pull = weight * (1.0 / (1.0 + np.exp(-np.clip(score, -50, 50))) - y)
        gradient = pull @ X + shrink * away
        return float(value), np.concatenate([[pull.sum(), -shrink * (away @ anchor)], gradient])

    begin = np.concatenate([[0.0, 1.0], anchor if start is None else start])
    bounds = [(None, None), (0.0, None), *[(0.0, None)] * size]
    done = minimize(loss, begin, jac=True, method="L-BFGS-B", bounds=bounds, options=_UNTIL)
    weights: NDArray[np.float64] = done.x[2:]
    return weights


def _shares(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    total = weights.sum()
    shares: NDArray[np.float64] = weights / total if total > 0 else np.full(len(weights), 1.0 / len(weights))
    return shares
