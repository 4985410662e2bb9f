"""Writing: facts are gathered once, then laid out in each language and written in each form that is asked for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from matcher.errors import EmptyCandidatesError, UnknownNameError
from matcher.files import write_atomically
from matcher.intervals import SHAKEN
from matcher.language import language
from matcher.report.contest import gather_shortlist
from matcher.report.dossier import dossier
from matcher.report.facts import gather_pair
from matcher.report.festivals import festivals_of
from matcher.report.forms import form_of, written
from matcher.report.known import known_ties
from matcher.report.shortlist import shortlist

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from matcher.atlas import Region
    from matcher.matcher import Matcher
    from matcher.ranking import Ranking
    from matcher.report.contest import ShortlistFacts
    from matcher.report.document import Document
    from matcher.report.facts import PairFacts

CONTEXT = 1_000
"""Places of a ranking that a dossier looks through for the partner."""
KEPT: WeakKeyDictionary[Matcher, dict[tuple[Any, ...], Ranking]] = WeakKeyDictionary()
"""The last rankings that dossiers of a matcher were written from, by what was asked; see `first_of`."""
_MOST = 8


def pair_facts(
    matcher: Matcher,
    a: Region,
    b: Region,
    *,
    profile: str = "balanced",
    weights: Mapping[str, float] | None = None,
    partnerships: Path | None = None,
) -> PairFacts:
    """Gather the facts of a pair, with its place among the candidates of b's country and of the world.

    Raises
    ------
    DataError
        The file of partnerships cannot be read.
    """
    explanation = matcher.explain(a, b, profile=profile, weights=weights)
    chosen = None if weights is None else tuple(sorted(weights.items()))
    rankings = []
    # A planner's own region may lie in a country that no list knows.
    with suppress(EmptyCandidatesError, UnknownNameError):
        rankings.append(_with_partner(matcher, first_of(matcher, a, b.country, profile, chosen), b))
    with suppress(EmptyCandidatesError):
        rankings.append(first_of(matcher, a, None, profile, chosen))
    ties = None if partnerships is None else known_ties(matcher, partnerships, a, b)
    statements = [*matcher.evidence(a), *matcher.evidence(b)]
    return gather_pair(explanation, matcher, rankings, ties, statements, festivals_of(matcher, [a, b]))


def first_of(
    matcher: Matcher,
    a: Region,
    country: str | None,
    profile: str,
    weights: tuple[tuple[str, float], ...] | None,
) -> Ranking:
    """Return the first candidates of a country, or of the world for None; kept, for many partners share them.

    Those of a country say between which ranks they stand as far as their values err in `matcher.intervals`: the ranks of
    these are the same whoever else is asked for.

    Raises
    ------
    EmptyCandidatesError, UnknownNameError
    """
    kept, key = KEPT.setdefault(matcher, {}), (a.region_id, country, profile, weights)
    if key not in kept:
        wishes: dict[str, Any] = {
            "country": country,
            "profile": profile,
            "weights": None if weights is None else dict(weights),
        }
        ranking = matcher.rank(a, n=CONTEXT, **wishes)
        if country is not None:
            best = matcher.rank_interval(a, n=SHAKEN, **wishes)
            ranking = replace(ranking, matches=(*best.matches, *ranking.matches[len(best) :]))
        while len(kept) >= _MOST:
            del kept[next(iter(kept))]
        kept[key] = ranking
    return kept[key]


def _with_partner(matcher: Matcher, ranking: Ranking, b: Region) -> Ranking:
    """Give the partner its interval where it is listed further down."""
    matches = tuple(
        replace(match, interval=matcher.interval_of(ranking, b))
        if match.region.region_id == b.region_id and match.interval is None
        else match
        for match in ranking.matches
    )
    return replace(ranking, matches=matches)


def shortlist_facts(
    matcher: Matcher,
    region: Region,
    *,
    n: int = 5,
    profile: str = "balanced",
    weights: Mapping[str, float] | None = None,
    why_not: Sequence[Region] = (),
    **wishes: Any,
) -> ShortlistFacts:
    """Gather the facts of a shortlist; `wishes` are those of `Matcher.rank`.

    Raises
    ------
    EmptyCandidatesError
        No region is left to rank.
    """
    ranking = matcher.rank_interval(region, n=n, profile=profile, weights=weights, **wishes)
    return gather_shortlist(matcher, ranking, wishes, why_not)


def write_pair(facts: PairFacts, files: Iterable[tuple[Path, str]], day: date | None = None) -> None:
    """Write a dossier to files, each in a language; a failed write leaves the old file as it was."""
    _write(files, facts.to_dict(), lambda code: dossier(facts, language(code), day))


def write_shortlist(
    facts: ShortlistFacts, files: Iterable[tuple[Path, str]], day: date | None = None
) -> None:
    """Write a shortlist to files, each in a language; a failed write leaves the old file as it was."""
    _write(files, facts.to_dict(), lambda code: shortlist(facts, language(code), day))


def _write(
    files: Iterable[tuple[Path, str]], facts: dict[str, Any], lay_out: Callable[[str], Document]
) -> None:
    documents: dict[str, Document] = {}
    for path, code in files:
        form = form_of(path.name)
        if code not in documents:
            documents[code] = lay_out(code)
        write_atomically(path, written(documents[code], facts, form))
