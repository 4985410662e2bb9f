"""Contributions: what each feature adds to the score of a pair, for one region and many others at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from matcher.candidates import distances_km
from matcher.explanation import Contribution, Explanation
from matcher.history import read_history
from matcher.licences import told_of
from matcher.ranking import population_ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from matcher.atlas import Atlas, Region
    from matcher.model import SimilarityModel
    from matcher.weights import Weights
    from matcher.world import Few, World


def explanations(
    atlas: Atlas,
    model: SimilarityModel,
    codes: World | Few,
    regions: Sequence[Region],
    rows: NDArray[np.int64],
    names: Sequence[str],
    weights: Weights,
    notes: tuple[str, ...],
) -> list[Explanation]:
    """Explain the first region's likeness with each of the others.

    Parameters
    ----------
    codes
        Hold the named features of all `rows`.
    regions, rows
        The regions, and where they lie in the atlas.
    names
        Features to tell of.
    weights
        The share of every feature.
    notes
        Of a pair of one country.
    """
    vector = weights.vector(names)
    one, others = codes.take(rows[:1], names), codes.take(rows[1:], names)
    likeness = one.likeness(others)
    points = 100.0 * likeness * vector
    scores = np.array([math.fsum(line) for line in points])
    known = one.known & others.known
    coverage = one.coverage(others, vector)
    percentiles = model.percentile(scores, weights.shares)
    km = distances_km(atlas, regions[0], rows[1:])
    countries = [{regions[0].country, b.country} for b in regions[1:]]
    parts = _contributions(atlas, names, rows, countries, likeness, vector, points, known, one.base)
    a = regions[0]
    return [
        Explanation(
            a=a,
            b=b,
            score=float(scores[i]),
            points=parts[i],
            coverage=float(coverage[i]),
            percentile=float(percentiles[i]),
            distance_km=float(km[i]),
            population_ratio=population_ratio(b, a),
            profile=weights.profile,
            notes=notes if a.country == b.country else (),
            atlas_version=atlas.version,
            history=read_history(atlas.data_dir, a.country, b.country),
        )
        for i, b in enumerate(regions[1:])
    ]


def _contributions(
    atlas: Atlas,
    names: Sequence[str],
    rows: NDArray[np.int64],
    countries: Sequence[set[str]],
    likeness: NDArray[np.float64],
    vector: NDArray[np.float64],
    points: NDArray[np.float64],
    known: NDArray[np.bool_],
    base: NDArray[np.float64],
) -> list[tuple[Contribution, ...]]:
    """Return the contributions of each pair, one a feature; arrays have a row a pair and a column a feature."""
    values = atlas.values(names, rows)
    parts: list[list[Contribution]] = [[] for _ in points]
    for column, name in enumerate(names):
        feature, mine = atlas.catalogue[name], values[name]
        basis = atlas.evidence(feature, rows)
        weight, average, about = float(vector[column]), float(base[column]), atlas.provenance[name]
        for pair, part in enumerate(parts):
            part.append(
                Contribution(
                    feature=name,
                    label=feature.label,
                    group=feature.group,
                    kind=feature.kind,
                    value_a=mine[0],
                    value_b=mine[1 + pair],
                    unit=feature.unit,
                    likeness=float(likeness[pair, column]),
                    weight=weight,
                    points=float(points[pair, column]),
                    known=bool(known[pair, column]),
                    average=average,
                    source=told_of(feature.source, atlas.licences, countries[pair]),
                    evidence=feature.evidence,
                    evidence_a=basis[0],
                    evidence_b=basis[1 + pair],
                    resolution=feature.resolution,
                    **about,
                )
            )
    return [tuple(part) for part in parts]
