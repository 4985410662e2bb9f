"""Verdict: what a percentile among random cross-border pairs says in a word, and when there is no strong match."""

from __future__ import annotations

VERDICTS: tuple[tuple[float, str], ...] = (
    (99.0, "very_close"),
    (95.0, "close"),
    (80.0, "fair"),
    (50.0, "weak"),
    (0.0, "none"),
)
"""Least percentile among random cross-border pairs for which each verdict is given."""
STRONG = 95.0
"""Percentile below which no match is strong: one in twenty random pairs is more alike, so that whoever draws twenty
foreign regions out of a hat finds one as alike as that. It is where "close" begins."""


def verdict(percentile: float) -> str:
    """Return the key of the verdict for a percentile (0..100).

    Examples
    --------
    >>> verdict(97.2), verdict(12)
    ('close', 'none')
    """
    return next((word for least, word in VERDICTS if percentile >= least), VERDICTS[-1][1])


def is_strong(percentile: float) -> bool:
    """Tell whether a pair of this percentile (0..100) is a strong match.

    Examples
    --------
    >>> is_strong(97.2), is_strong(74.7)
    (True, False)
    """
    return percentile >= STRONG
