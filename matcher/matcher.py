"""The door: load once, then find, rank, explain, score and report."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from matcher.atlas import Atlas, Region
from matcher.candidates import Filters, Range, choose, distances_km, no_coverage
from matcher.catalogue import unknown
from matcher.countries import country_code
from matcher.errors import EmptyCandidatesError, UsageError
from matcher.explanation import Contribution, Explanation
from matcher.model import SimilarityModel
from matcher.names import NameIndex
from matcher.paths import model_dir as default_model_dir
from matcher.ranking import Match, Query, Ranking
from matcher.weights import Profile, Weights, read_profiles, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

    from matcher.catalogue import Catalogue
    from matcher.evaluation.study import Evaluation
    from matcher.model import Codes

_FEW = 20_000  # candidates up to which encoding just them beats encoding the world once
_SLACK = 1e-2  # points: far above float32's error over some hundred terms that sum to 100
_CHUNK = 20_000  # pairs scored at once


class Matcher:
    """Find, rank and explain partner regions.

    Examples
    --------
    >>> m = Matcher.load()
    >>> m.region("Gurye").country
    'KR'
    """

    def __init__(self, atlas: Atlas, model: SimilarityModel, model_dir: Path | None = None) -> None:
        self.atlas = atlas
        self.model = model
        self.model_dir = model_dir
        self._worlds: dict[tuple[str, ...], Codes] = {}

    @classmethod
    def load(cls, data_dir: Path | None = None, model_dir: Path | None = None) -> Self:
        """Load an atlas and a model, the embedded ones by default; no network.

        Raises
        ------
        DataError
            A file is missing, damaged or of another version, or the model was fitted on other features.
        """
        folder = model_dir or default_model_dir()
        return cls(Atlas.open(data_dir), SimilarityModel.load(folder), folder)

    @property
    def catalogue(self) -> Catalogue:
        """The features and groups."""
        return self.atlas.catalogue

    @cached_property
    def names(self) -> NameIndex:
        """The names of all regions in every script."""
        self.atlas.store.checked("names.parquet")
        return NameIndex.open(self.atlas.data_dir)

    @cached_property
    def profiles(self) -> dict[str, Profile]:
        """The weight profiles by name; `learned` among them where the model's folder holds learned weights."""
        profiles = read_profiles(self.atlas.data_dir / "profiles.toml")
        if self.model_dir is not None and (self.model_dir / "learned.json").exists():
            from matcher.learned import LearnedWeights

            profiles["learned"] = LearnedWeights.load(self.model_dir).profile(self.catalogue)
        return profiles

    # ------------------------------------------------------------------ finding

    def find(self, text: str, country: str | None = None, limit: int = 10) -> list[Region]:
        """Return the regions that a text may mean, best first.

        Parameters
        ----------
        text
            A name in any script, with or without type words or country ("Kab. Purwakarta, ID"), a region id, a
            GeoNames or Wikidata id, or "lat,lon" in degrees.
        country
            Code or name; look only there.
        limit
            The most to return.
        """
        from matcher.finding import find

        return find(self.atlas, self.names, text, country and country_code(country), limit)

    def region(self, text: str | Region) -> Region:
        """Return the one region that a text means.

        Raises
        ------
        RegionNotFoundError
            Nothing is called that; close names are offered.
        AmbiguousRegionError
            Several regions are called that; they are listed.
        """
        if isinstance(text, Region):
            return text
        from matcher.finding import resolve_region

        return resolve_region(self.atlas, self.names, text)

    # ------------------------------------------------------------------ ranking

    def rank(
        self,
        region: str | Region,
        *,
        country: str | Sequence[str] | None = None,
        n: int = 10,
        profile: str = "balanced",
        weights: Mapping[str, float] | None = None,
        level: str | None = None,
        include_own_country: bool = False,
        any_size: bool = False,
        population: Range = (None, None),
        area_km2: Range = (None, None),
        min_distance_km: float = 0.0,
        min_coverage: float = 0.0,
        candidates: Sequence[str | Region] | None = None,
    ) -> Ranking:
        """Rank the regions of the world, or of some countries, by their likeness with one region.

        By default the candidates are the regions of other countries at the level that signs partnerships whose
        population is within 1:50 of the region's.

        Parameters
        ----------
        region
            A region, or a text that means one.
        country
            Codes or names; only these.
        n
            How many matches to return, at least 1.
        profile, weights
            A profile of ``profiles.toml``, and weights of groups or features to set on top of it.
        level, include_own_country, any_size, population, area_km2, min_distance_km, min_coverage
            See `matcher.candidates.Filters`.
        candidates
            Rank these regions and no others.

        Raises
        ------
        RegionError, UnknownNameError, WeightError, EmptyCandidatesError
        """
        if n < 1:
            raise UsageError(f"n is {n}; ask for at least 1 match")
        if candidates is not None and not len(candidates):
            raise EmptyCandidatesError("the list of candidates is empty; name at least one region")
        query = Query(
            self.region(region),
            Filters(
                countries=tuple(sorted({country_code(c) for c in _listed(country)})),
                level=level,
                include_own_country=include_own_country,
                any_size=any_size,
                population=population,
                area_km2=area_km2,
                min_distance_km=min_distance_km,
                min_coverage=min_coverage,
                candidates=tuple(self.region(text).region_id for text in candidates or ()),
            ),
            self.weights(profile, weights),
            n,
        )
        return self._rank(query)

    def weights(self, profile: str = "balanced", changes: Mapping[str, float] | None = None) -> Weights:
        """Resolve a profile and changes to the share of every feature."""
        if profile not in self.profiles:
            raise unknown("profile", profile, self.profiles)
        return resolve(self.catalogue, self.profiles[profile], changes)

    def _rank(self, query: Query) -> Ranking:
        region, weights = query.region, query.weights
        chosen = choose(self.atlas, region, query.filters)
        rows, left_out = chosen.rows, dict(chosen.left_out)
        names = [name for name, _ in weights.key]
        vector = weights.vector(names)
        codes, places = self._codes(names, np.append(rows, self.atlas.row(region.region_id, region.country)))
        own, places = codes.take(places[-1:]), places[:-1]
        if query.filters.min_coverage > 0:
            enough = codes.take(places).coverage(own, vector) >= query.filters.min_coverage
            if not enough.all():
                left_out["min_coverage"] = int((~enough).sum())
            rows, places = rows[enough], places[enough]
            if not len(rows):
                raise no_coverage()
        best = _best(codes, own, vector, places, query.n)
        likeness = codes.take(places[best]).likeness(own)
        scores = 100.0 * (likeness * vector).sum(axis=1)
        order = np.lexsort((self.atlas.column("region_id", rows[best]).astype(str), -scores))[: query.n]
        best, likeness, scores = best[order], likeness[order], scores[order]
        coverage = codes.take(places[best]).coverage(own, vector)
        return Ranking(
            query,
            self._matches(query, rows[best], names, likeness, scores, coverage),
            len(rows),
            left_out,
            self._notes(weights, query.filters.countries),
            self.atlas.version,
        )

    def _matches(
        self,
        query: Query,
        rows: NDArray[np.int64],
        names: Sequence[str],
        likeness: NDArray[np.float64],
        scores: NDArray[np.float64],
        coverage: NDArray[np.float64],
    ) -> tuple[Match, ...]:
        vector = query.weights.vector(names)
        groups = np.array([self.catalogue[name].group for name in names])
        present = [group for group in self.catalogue.groups if group in groups]
        by_group = {
            g: 100.0 * (likeness * vector)[:, groups == g].sum(axis=1) / vector[groups == g].sum()
            for g in present
        }
        percentiles = self.model.percentile(scores, query.weights.shares)
        km = distances_km(self.atlas, query.region, rows)
        return tuple(
            Match(
                rank=i + 1,
                region=region,
                score=float(scores[i]),
                groups={group: float(by_group[group][i]) for group in present},
                percentile=float(percentiles[i]),
                coverage=float(coverage[i]),
                distance_km=float(km[i]),
                population_ratio=_ratio(region.population, query.region.population),
            )
            for i, region in enumerate(self.atlas.regions(rows))
        )

    def _codes(self, names: Sequence[str], rows: NDArray[np.int64]) -> tuple[Codes, NDArray[np.int64]]:
        """Return codes that hold some rows, and where: just these where they are few, else the whole world's.

        The world is encoded once, and the next rankings under the same features find it there.
        """
        key = tuple(names)
        if key not in self._worlds and len(rows) <= _FEW:
            return self.model.encode(self.atlas.columns(names, rows), names), np.arange(len(rows))
        if key not in self._worlds:
            self.atlas.hold()
            self._worlds = {key: self.model.encode(self.atlas.columns(names), names)}
        return self._worlds[key], rows

    def _notes(self, weights: Weights, countries: Sequence[str]) -> tuple[str, ...]:
        """Say what the scores cannot tell where all candidates are in one country."""
        coarse = [
            f
            for f in self.catalogue.features.values()
            if f.evidence == "country" and weights.shares[f.name] > 0
        ]
        if len(countries) != 1 or not coarse:
            return ()
        labels = ", ".join(feature.label.lower() for feature in coarse)
        return (
            f"All candidates are in one country, so figures per country tell none of them apart: {labels}.",
        )

    # -------------------------------------------------------------- explanation

    def explain(
        self,
        a: str | Region,
        b: str | Region,
        *,
        profile: str = "balanced",
        weights: Mapping[str, float] | None = None,
    ) -> Explanation:
        """Explain the likeness of two regions, feature by feature; the points sum to the score.

        Raises
        ------
        RegionError, UnknownNameError, WeightError
        """
        a, b = self.region(a), self.region(b)
        resolved = self.weights(profile, weights)
        names = list(self.catalogue.features)
        vector = resolved.vector(names)
        rows = np.array([self.atlas.row(a.region_id, a.country), self.atlas.row(b.region_id, b.country)])
        codes = self.model.encode(self.atlas.columns(names, rows), names)
        one, two = codes.take(np.array([0])), codes.take(np.array([1]))
        likeness = one.likeness(two)[0]
        points = 100.0 * likeness * vector
        score = math.fsum(points)
        notes = self._notes(resolved, [a.country]) if a.country == b.country else ()
        return Explanation(
            a=a,
            b=b,
            score=score,
            points=tuple(self._contributions(names, rows, codes, likeness, vector, points)),
            coverage=float(one.coverage(two, vector)[0]),
            percentile=float(self.model.percentile(np.array([score]), resolved.shares)[0]),
            distance_km=float(distances_km(self.atlas, a, rows[1:])[0]),
            population_ratio=_ratio(b.population, a.population),
            profile=profile,
            notes=notes,
            atlas_version=self.atlas.version,
        )

    def _contributions(
        self,
        names: Sequence[str],
        rows: NDArray[np.int64],
        codes: Codes,
        likeness: NDArray[np.float64],
        vector: NDArray[np.float64],
        points: NDArray[np.float64],
    ) -> list[Contribution]:
        known = codes.known[0] & codes.known[1]
        values = self.atlas.values(names, rows)
        parts = []
        for i, name in enumerate(names):
            feature = self.catalogue[name]
            basis = self.atlas.evidence(feature, rows)
            parts.append(
                Contribution(
                    feature=name,
                    label=feature.label,
                    group=feature.group,
                    kind=feature.kind,
                    value_a=values[name][0],
                    value_b=values[name][1],
                    unit=feature.unit,
                    likeness=float(likeness[i]),
                    weight=float(vector[i]),
                    points=float(points[i]),
                    known=bool(known[i]),
                    average=float(codes.base[i]),
                    source=feature.source,
                    evidence=feature.evidence,
                    evidence_a=basis[0],
                    evidence_b=basis[1],
                    resolution=feature.resolution,
                    vintage=feature.vintage,
                )
            )
        return parts

    def score(
        self,
        ids_a: ArrayLike,
        ids_b: ArrayLike,
        *,
        profile: str = "balanced",
        weights: Mapping[str, float] | None = None,
    ) -> NDArray[np.float64]:
        """Return the scores, 0..100, of many pairs of region ids, shape (n,); one side may be a single id.

        Raises
        ------
        RegionNotFoundError, UnknownNameError, WeightError
        """
        left, right = np.broadcast_arrays(
            np.atleast_1d(np.asarray(ids_a, str)), np.atleast_1d(np.asarray(ids_b, str))
        )
        resolved = self.weights(profile, weights)
        names = [name for name, _ in resolved.key]
        vector = resolved.vector(names)
        unique, inverse = np.unique(np.concatenate([left, right]), return_inverse=True)
        codes = self.model.encode(self.atlas.columns(names, self.atlas.rows(unique.tolist())), names)
        a, b = inverse[: len(left)], inverse[len(left) :]
        parts = [
            100.0
            * (codes.take(a[i : i + _CHUNK]).likeness(codes.take(b[i : i + _CHUNK])) * vector).sum(axis=1)
            for i in range(0, len(a), _CHUNK)
        ]
        return np.concatenate(parts) if parts else np.empty(0)

    def report(
        self,
        a: str | Region,
        b: str | Region | None,
        path: Path | str,
        *,
        locale: str = "en",
        profile: str = "balanced",
        weights: Mapping[str, float] | None = None,
        day: date | None = None,
        **wishes: Any,
    ) -> Path:
        """Write the report on a pair, or the shortlist of one region, and return its path.

        A dossier shows the pair's place among the candidates of b's country and of the world.

        Parameters
        ----------
        a, b
            The pair; None for b asks for a shortlist of a.
        path
            The ending chooses the form: .html, .pdf, .docx, .xlsx, .md or .json.
        locale
            Language of the report: en, id or ko.
        day
            The day that stands on the report; none by default, so that the same question gives the same bytes.
        wishes
            For a pair: `partnerships`, a file of known partnerships. For a shortlist: `why_not`, regions that somebody
            proposes, and what `rank` takes (country, n, any_size, ...).

        Raises
        ------
        RegionError, UnknownNameError, WeightError, EmptyCandidatesError, DataError
        UsageError
            The form is unknown, or needs the extra `matcher[report]`.
        """
        from pathlib import Path

        from matcher.language import language
        from matcher.report.forms import form_of
        from matcher.report.writing import pair_facts, shortlist_facts, write_pair, write_shortlist

        path = Path(path)
        # What cannot be written is refused before anything is reckoned.
        form_of(path.name)
        language(locale)
        region = self.region(a)
        if b is None:
            proposed = [self.region(text) for text in wishes.pop("why_not", ())]
            listed = shortlist_facts(
                self, region, profile=profile, weights=weights, why_not=proposed, **wishes
            )
            write_shortlist(listed, [(path, locale)], day)
        else:
            known = pair_facts(self, region, self.region(b), profile=profile, weights=weights, **wishes)
            write_pair(known, [(path, locale)], day)
        return path

    # --------------------------------------------------------------- evaluation

    def evaluate(self, partnerships: Path, **wishes: Any) -> Evaluation:
        """Judge the models, and every baseline, by a file of real partnerships.

        Parameters
        ----------
        partnerships
            CSV with the columns a_name, a_country, a_lat, a_lon and the same for b.
        wishes
            See `matcher.evaluation.study.evaluate`: known, kind, part, every_row, world, only, at_most, seed, say.

        Raises
        ------
        DataError, EmptyCandidatesError, UnknownNameError
        """
        from matcher.evaluation.study import evaluate

        return evaluate(
            self.atlas, self.model, partnerships, names=self.names, models_dir=self.model_dir, **wishes
        )

    def _repr_html_(self) -> str:
        return f"<p>matcher with {len(self.atlas):,} regions, atlas {self.atlas.version}</p>"


def _best(
    codes: Codes, own: Codes, weights: NDArray[np.float64], places: NDArray[np.int64], n: int
) -> NDArray[np.int64]:
    """Return which of `places` can be among the best n, by one float32 product."""
    vector, constant = own.query(weights)
    scores = (codes.matrix @ vector)[places] + np.float32(constant)
    if len(scores) <= n:
        return np.arange(len(scores))
    threshold = np.partition(scores, len(scores) - n)[len(scores) - n]
    return np.flatnonzero(scores >= threshold - _SLACK)


def _listed(country: str | Sequence[str] | None) -> Sequence[str]:
    return [country] if isinstance(country, str) else country or []


def _ratio(candidate: float | None, query: float | None) -> float | None:
    return candidate / query if candidate and query else None
