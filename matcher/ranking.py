"""Ranking: a query, its matches in order, and what was left out."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from matcher.tables import text_table
from matcher.verdict import STRONG, is_strong

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from matcher.atlas import Region
    from matcher.candidates import Filters
    from matcher.weights import Weights


EQUAL = 1e-9
"""Points: scores that differ by no more are the same."""


@dataclass(frozen=True, slots=True)
class Query:
    """Which region is matched, with what, under which weights."""

    region: Region
    filters: Filters
    weights: Weights
    n: int


@dataclass(frozen=True, slots=True)
class Mutual:
    """Whether a match would choose back, and whether it is a match for everybody (see `matcher.hubs`).

    Attributes
    ----------
    rank
        Place of the query on the match's own list of the query's country; None where that list is empty.
    hub
        Share of the lists, 0..1, that the match is on, where that is more than chance explains; None for no hub.
    """

    rank: int | None
    hub: float | None


@dataclass(frozen=True, slots=True)
class Match:
    """One candidate and how alike it is.

    Attributes
    ----------
    rank
        1 is the most alike; equal scores keep the order of their ids.
    score
        0..100.
    groups
        Group to its likeness, 0..100; groups that weigh 0 are absent.
    percentile
        Share, in per cent, of random cross-border pairs that score lower under the same weights.
    coverage
        Share of the weight, 0..1, that both regions have data for.
    distance_km
        Great circle.
    population_ratio
        Candidate over query; None where one is unknown.
    interval
        Lowest and highest rank in 95 of 100 worlds of other weights and values (see `matcher.intervals`); None where not
        asked for.
    mutual
        None where not asked for.
    plausibility
        Natural logarithm of how many times as often real partnerships look like this pair than random pairs of the two
        countries do (see `matcher.opinion`): a second opinion, no part of the score. None where not asked for.
    """

    rank: int
    region: Region
    score: float
    groups: Mapping[str, float]
    percentile: float
    coverage: float
    distance_km: float
    population_ratio: float | None
    interval: tuple[int, int] | None = None
    mutual: Mutual | None = None
    plausibility: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, the region's identity first."""
        region = self.region
        beside: dict[str, Any] = {}
        if self.interval is not None:
            low, high = self.interval
            beside = {"rank_interval": {"low": low, "high": high, "share": 0.95}}
        if self.mutual is not None:
            beside |= {"mutual_rank": self.mutual.rank, "hub_share": self.mutual.hub}
        if self.plausibility is not None:
            beside |= {"plausibility": self.plausibility, "plausibility_times": math.exp(self.plausibility)}
        return {
            "rank": self.rank,
            **beside,
            "region_id": region.region_id,
            "name": region.name,
            "name_local": region.name_local,
            "country": region.country,
            "level": region.level,
            "parent": region.parent_name,
            "score": self.score,
            "groups": dict(self.groups),
            "percentile": self.percentile,
            "coverage": self.coverage,
            "distance_km": self.distance_km,
            "population": region.population,
            "population_basis": region.population_basis,
            "population_ratio": self.population_ratio,
            "lat": region.lat,
            "lon": region.lon,
        }


@dataclass(frozen=True, slots=True)
class Ranking:
    """Matches of one query, most alike first.

    Attributes
    ----------
    matches
        The best n.
    n_candidates
        How many regions were ranked.
    left_out
        Rule to the number of regions that it left out.
    notes
        What a reader must know to read the scores right.
    atlas_version
        The atlas that the values are from.
    """

    query: Query
    matches: tuple[Match, ...]
    n_candidates: int
    left_out: Mapping[str, int]
    notes: tuple[str, ...] = ()
    atlas_version: str = ""

    def __iter__(self) -> Iterator[Match]:
        return iter(self.matches)

    def __len__(self) -> int:
        return len(self.matches)

    def __getitem__(self, index: int) -> Match:
        return self.matches[index]

    @property
    def places(self) -> list[str]:
        """Places as they are written: matches of one score share the first of their ranks, as in "3="."""
        firsts: list[Match] = []  # of each match, the best one of its score; scores fall
        for match in self.matches:
            tied = bool(firsts) and firsts[-1].score - match.score <= EQUAL
            firsts.append(firsts[-1] if tied else match)
        sharing = Counter(first.rank for first in firsts)
        return [f"{first.rank}=" if sharing[first.rank] > 1 else str(first.rank) for first in firsts]

    @property
    def has_strong_match(self) -> bool:
        """Whether the best candidate is more alike than 95 of 100 random cross-border pairs."""
        return bool(self.matches) and is_strong(self.matches[0].percentile)

    @property
    def verdict(self) -> str:
        """One plain sentence where there is no strong match, else nothing."""
        if self.has_strong_match or not self.matches:
            return ""
        return no_strong_match(self.matches[0].percentile, "the best candidate")

    def rows(self) -> list[dict[str, Any]]:
        """Return one flat record a match: group scores become columns of their own."""
        records = []
        for match in self.matches:
            record = match.to_dict()
            groups = record.pop("groups")
            if match.interval is not None:
                del record["rank_interval"]
                record |= {"rank_low": match.interval[0], "rank_high": match.interval[1]}
            records.append(record | {f"{group}_score": score for group, score in groups.items()})
        return records

    def to_frame(self) -> pd.DataFrame:
        """Return a frame, one row a match, indexed by rank."""
        import pandas as pd

        return pd.DataFrame(self.rows()).set_index("rank")

    def to_dict(self) -> dict[str, Any]:
        """Return plain values: the query, the matches, what was left out."""
        query = self.query
        return {
            "query": {
                "region_id": query.region.region_id,
                "name": query.region.name,
                "country": query.region.country,
                "profile": query.weights.profile,
                "changes": dict(query.weights.changes),
                "filters": asdict(query.filters),
                "n": query.n,
            },
            "matches": [
                match.to_dict() | ({"place": place} if place.endswith("=") else {})
                for place, match in zip(self.places, self.matches, strict=True)
            ],
            "strong_match": self.has_strong_match,
            "strong_percentile": STRONG,
            "n_candidates": self.n_candidates,
            "left_out": dict(self.left_out),
            "notes": list(self.notes),
            "atlas": self.atlas_version,
        }

    def to_geojson(self) -> dict[str, Any]:
        """Return a GeoJSON FeatureCollection of points, the query first with rank 0."""
        start = self.query.region
        home = {"rank": 0, "region_id": start.region_id, "name": start.name, "country": start.country}
        points = [(start.lon, start.lat, home)]
        for record in self.rows():
            lat, lon = record.pop("lat"), record.pop("lon")
            points.append((lon, lat, record))
        return {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "geometry": {"type": "Point", "coordinates": [lon, lat]},
                    "properties": record,
                }
                for lon, lat, record in points
            ],
        }

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return headers and cells as a planner reads them."""
        groups = list(self.matches[0].groups) if self.matches else []
        headers = ["rank", "region", "country", "score", *groups, "percentile", "known", "km", "people ratio"]
        cells = [
            [
                place,
                _title(match.region),
                match.region.country,
                f"{match.score:.1f}",
                *(f"{match.groups[group]:.0f}" for group in groups),
                format_percentile(match.percentile),
                f"{match.coverage:.0%}",
                f"{match.distance_km:,.0f}",
                format_ratio(match.population_ratio),
            ]
            for place, match in zip(self.places, self.matches, strict=True)
        ]
        if self.matches and self.matches[0].interval is not None:
            headers.append("rank in 95 of 100 worlds")
            for cell, match in zip(cells, self.matches, strict=True):
                cell.append("-".join(str(rank) for rank in match.interval or ()))
        if self.matches and self.matches[0].mutual is not None:
            headers.append("mutual rank")
            for cell, match in zip(cells, self.matches, strict=True):
                cell.append(_mutual(match.mutual))
        if self.matches and self.matches[0].plausibility is not None:
            headers.append("as real ones")
            for cell, match in zip(cells, self.matches, strict=True):
                cell.append("?" if match.plausibility is None else format_times(match.plausibility))
        return headers, cells

    def __str__(self) -> str:
        headers, cells = self.table()
        head = f"{self.query.region}: {len(self)} of {self.n_candidates:,} candidates, {self.query.weights.profile} profile"
        table = text_table(headers, cells, right={0, *range(3, len(headers))})
        return "\n".join(part for part in (head, table, self.verdict) if part)

    def _repr_html_(self) -> str:
        from html import escape

        headers, cells = self.table()
        head = "".join(f"<th scope='col'>{escape(header)}</th>" for header in headers)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in cells
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def to_json(self) -> str:
        """Return `to_dict` as JSON text; the same ranking gives the same bytes."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1)


def population_ratio(candidate: Region, query: Region) -> float | None:
    """Return the candidate's population over the query's, None where one is unknown."""
    return candidate.population / query.population if candidate.population and query.population else None


def format_ratio(ratio: float | None) -> str:
    """Write a population ratio as a planner says it.

    >>> format_ratio(1 / 45.9), format_ratio(3.04), format_ratio(None)
    ('1:46', '3:1', '?')
    """
    if not ratio:
        return "?"
    if ratio < 1:
        return f"1:{_short(1 / ratio)}"
    return f"{_short(ratio)}:1"


def format_percentile(percentile: float) -> str:
    """Write a percentile without rounding the best ones up to 100.

    >>> format_percentile(99.97), format_percentile(87.2), format_percentile(100.0)
    ('99.97', '87.2', '>99.99')
    """
    if percentile > 99.99:
        return ">99.99"
    return f"{percentile:.2f}" if percentile >= 99 else f"{percentile:.1f}"


def no_strong_match(percentile: float, who: str) -> str:
    """Say plainly that a match is not strong.

    >>> no_strong_match(74.7, "the best candidate")
    'No strong match: the best candidate is more alike than 74.7 % of random cross-border pairs; a strong match is above 95 %.'
    """
    return (
        f"No strong match: {who} is more alike than {format_percentile(percentile)} % of random cross-border pairs; "
        f"a strong match is above {STRONG:.0f} %."
    )


def format_times(points: float) -> str:
    """Write how many times as often real partnerships look like a pair.

    >>> format_times(math.log(12.3)), format_times(math.log(1.26)), format_times(math.log(0.004))
    ('12x', '1.3x', '0.004x')
    """
    return f"{math.exp(points):.{2 if points >= 0 else 1}g}x" if points < math.log(1000) else ">1000x"


def _mutual(mutual: Mutual | None) -> str:
    if mutual is None:
        return "?"
    rank = "-" if mutual.rank is None else str(mutual.rank)
    return rank if mutual.hub is None else f"{rank} (hub: on {mutual.hub:.0%} of lists)"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 9.5 else f"{value:.1f}".removesuffix(".0")


def _title(region: Region) -> str:
    return f"{region.name}, {region.parent_name}" if region.parent_name else region.name
