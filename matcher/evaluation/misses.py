"""Misses: where the right partner stands far down, by the size of its country and the rank of its seat, and by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.evaluation.metrics import of_ranks
from matcher.traits import rank_inside

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.evaluation.judge import Queries
    from matcher.pool import Pool

SIZES = (300, 1_000, 3_000, 10_000)
"""Candidates of the partner's country up to which it is in one class with those of its size."""
SEATS = (0.01, 0.05, 0.2, 0.5)
"""Share of the country's regions with a more populous seat up to which partners are in one class."""
WORST = 10


def misses(pool: Pool, queries: Queries, ranks: NDArray[np.float64]) -> dict[str, Any]:
    """Say where ranks inside the partner's country are good and where not.

    Parameters
    ----------
    pool, queries
        The regions, and the questions.
    ranks
        Rank of the true partner in its country, shape (m,).

    Returns
    -------
    dict
        ``by_country_size`` and ``by_seat``: one entry a class with its ``title``, ``questions``, and metrics; ``worst``: the
        questions whose partner is beaten by the largest share of candidates, by name.
    """
    seat = 1.0 - rank_inside(pool.seat_population, pool.country)
    figures = of_ranks(ranks, queries.n_country)
    sizes = [*(f"up to {size:,} candidates" for size in SIZES), "more"]
    seats = [*(f"seat among the largest {share:.0%}" for share in SEATS), "smaller", "not known"]
    known = np.where(np.isfinite(seat), np.searchsorted(SEATS, np.nan_to_num(seat)), len(SEATS) + 1)
    return {
        "by_country_size": _classes(np.searchsorted(SIZES, queries.n_country), sizes, figures),
        "by_seat": _classes(known[queries.truth], seats, figures),
        "worst": _worst(pool, queries, ranks, figures["percentile"], seat),
    }


def _classes(
    which: NDArray[np.int64], titles: list[str], figures: dict[str, NDArray[np.float64]]
) -> list[dict[str, Any]]:
    result = []
    for number, title in enumerate(titles):
        mine = which == number
        if mine.any():
            means = {name: float(values[mine].mean()) for name, values in figures.items()}
            result.append({"title": title, "questions": int(mine.sum()), **means})
    return result


def _worst(
    pool: Pool,
    queries: Queries,
    ranks: NDArray[np.float64],
    percentile: NDArray[np.float64],
    seat: NDArray[np.float64],
) -> list[dict[str, Any]]:
    found = []
    for i in np.argsort(percentile, kind="stable")[:WORST]:
        asking, partner = pool.atlas.regions(pool.rows[[queries.query[i], queries.truth[i]]])
        found.append(
            {
                "asks": asking.country,  # of whom, and so the pair, the list of partnerships may be share-alike
                "partner": str(partner),
                "rank": float(ranks[i]),
                "candidates": int(queries.n_country[i]),
                "seat_from_top": None if np.isnan(seat[queries.truth[i]]) else float(seat[queries.truth[i]]),
                "population": partner.population,
            }
        )
    return found
