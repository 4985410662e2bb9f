"""Explanation: the score of one pair as the sum of its parts."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from matcher.verdict import is_strong

if TYPE_CHECKING:
    import pandas as pd

    from matcher.atlas import Region
    from matcher.history import History


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What one feature adds to the score of a pair.

    Attributes
    ----------
    value_a, value_b
        As measured, in `unit`: a float, 12 floats, class to share, a label or tags; None is unknown.
    likeness
        0..1; the likeness of an average pair where a side is unknown.
    weight
        Share of the whole score; all weights sum to 1.
    points
        100 x weight x likeness; all points sum to the score.
    known
        Whether both sides are known.
    average
        Likeness of an average pair of regions, against which this one speaks for or against the match.
    licence, licence_class
        Of the figures' sources, and the strictest class among them: open, derived, sharealike, local, or own.
    """

    feature: str
    label: str
    group: str
    kind: str
    value_a: Any
    value_b: Any
    unit: str
    likeness: float
    weight: float
    points: float
    known: bool
    average: float
    source: tuple[str, ...] = ()
    evidence: str = ""
    evidence_a: str = ""
    evidence_b: str = ""
    resolution: str = ""
    vintage: str = ""
    licence: str = ""
    licence_class: str = ""

    @property
    def lift(self) -> float:
        """Points above (or below) what an average pair of regions earns here."""
        return 100.0 * self.weight * (self.likeness - self.average)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self) | {"source": list(self.source)}


@dataclass(frozen=True, slots=True)
class GroupScore:
    """A group of features: its likeness 0..100, its points of the whole, its weight and how much of that is known."""

    score: float
    points: float
    weight: float
    coverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why two regions are as alike as they are.

    Attributes
    ----------
    score
        0..100, the sum of all points.
    points
        One contribution a feature, in the catalogue's order; features that weigh 0 are there with 0 points.
    coverage
        Share of the weight, 0..1, that both regions have data for.
    percentile
        Share, in per cent, of random cross-border pairs that score lower under the same weights.
    notes
        What a reader must know to read the score right.
    history
        Facts of the two countries, which no score sees; None where they are not known.
    """

    a: Region
    b: Region
    score: float
    points: tuple[Contribution, ...]
    coverage: float
    percentile: float
    distance_km: float
    population_ratio: float | None
    profile: str
    notes: tuple[str, ...] = ()
    atlas_version: str = ""
    history: History | None = None

    @property
    def is_strong(self) -> bool:
        """Whether the pair is more alike than 95 of 100 random cross-border pairs."""
        return is_strong(self.percentile)

    def by_group(self) -> dict[str, GroupScore]:
        """Return the scores of the groups that weigh something, in the catalogue's order."""
        scores: dict[str, GroupScore] = {}
        for group in dict.fromkeys(part.group for part in self.points):
            parts = [part for part in self.points if part.group == group]
            weight = math.fsum(part.weight for part in parts)
            if weight > 0:
                points = math.fsum(part.points for part in parts)
                known = math.fsum(part.weight for part in parts if part.known)
                scores[group] = GroupScore(points / weight, points, weight, known / weight)
        return scores

    def reasons_for(self, n: int = 5) -> list[Contribution]:
        """Return the features that lift the pair most above an average pair, strongest first."""
        return sorted((p for p in self.points if p.known and p.lift > 0), key=lambda p: -p.lift)[:n]

    def reasons_against(self, n: int = 5) -> list[Contribution]:
        """Return the features that pull the pair most below an average pair, strongest first."""
        return sorted((p for p in self.points if p.known and p.lift < 0), key=lambda p: p.lift)[:n]

    def sentences(self, locale: str = "en", n: int = 5) -> list[str]:
        """Return the strongest reasons for and against in plain sentences built from the numbers."""
        from matcher.sentences import sentences

        return sentences(self, n_for=n, n_against=n, locale=locale)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "a": self.a.to_dict(),
            "b": self.b.to_dict(),
            "score": self.score,
            "percentile": self.percentile,
            "strong_match": self.is_strong,
            "coverage": self.coverage,
            "distance_km": self.distance_km,
            "population_ratio": self.population_ratio,
            "profile": self.profile,
            "groups": {group: asdict(score) for group, score in self.by_group().items()},
            "points": [part.to_dict() for part in self.points],
            "sentences": self.sentences(),
            "notes": list(self.notes),
            "history": self.history and self.history.to_dict(),
            "atlas": self.atlas_version,
        }

    def to_json(self) -> str:
        """Return `to_dict` as JSON text; the same pair gives the same bytes."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1)

    def to_frame(self) -> pd.DataFrame:
        """Return a frame, one row a feature, indexed by feature."""
        import pandas as pd

        return pd.DataFrame([part.to_dict() for part in self.points]).set_index("feature")

    def __str__(self) -> str:
        head = f"{self.a} and {self.b}: {self.score:.1f} of 100"
        groups = ", ".join(f"{group} {score.score:.0f}" for group, score in self.by_group().items())
        return "\n".join([head, groups, *(f"- {sentence}" for sentence in self.sentences())])

    def _repr_html_(self) -> str:
        from html import escape

        lines = str(self).splitlines()
        items = "".join(f"<li>{escape(line.removeprefix('- '))}</li>" for line in lines[2:])
        return f"<p><strong>{escape(lines[0])}</strong><br>{escape(lines[1])}</p><ul>{items}</ul>"
