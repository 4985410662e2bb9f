"""Left out: a tie that the second opinion was learned from is judged as if nobody had counted it.

The shipped opinion holds counts: how many ties a region, a province and two countries have. A tie that is among them would
help to find itself. So it is taken out of all counts before its own two questions are asked; all others stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from matcher.plausibility import Plausibility
    from matcher.pool import Pool
    from matcher.precedents import Activity


class LeftOut:
    """Scores of one question without its own tie.

    Parameters
    ----------
    pool, learned
        The regions, and what was learned.
    evidence
        The ties that were counted.
    """

    def __init__(self, pool: Pool, learned: Plausibility, evidence: Activity) -> None:
        self.pool, self.learned, self.evidence = pool, learned, evidence
        self._priors: dict[tuple[int, int], NDArray[np.float32]] = {}
        self._counted: tuple[int, dict[str, NDArray[np.int64]]] = (-1, {})

    def holds(self, query: int, other: int) -> bool:
        """Tell whether a tie can be among those that were counted."""
        return self.evidence.holds(query, other)

    def scores(self, scores: NDArray[np.float32], query: int, other: int) -> NDArray[np.float32]:
        """Return the scores of a query with all, shape (n,), as they are without its tie with one of them."""
        # The questions of a query come one after the other.
        if self._counted[0] != query:
            self._counted = query, self.evidence.fixed | self.evidence.of_query(query)
        return self.learned.without(self.pool, scores, self.evidence, query, other, self._counted[1])

    def prior(self, query: int, other: int) -> NDArray[np.float32]:
        """Return what the query's country adds to each country, shape (c,), without the tie."""
        one, two = (int(self.pool.country[end]) for end in (query, other))
        if (one, two) not in self._priors:
            self._priors[one, two] = self.learned.prior(self.pool, without=(one, two))[one]
        return self._priors[one, two]
