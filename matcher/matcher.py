"""The door: load once, then find, rank, explain, score and report."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from matcher.atlas import Atlas, Region
from matcher.candidates import Filters, Range, choose, distances_km, no_coverage, pool
from matcher.catalogue import unknown
from matcher.countries import country_code
from matcher.errors import EmptyCandidatesError, UsageError
from matcher.model import SimilarityModel
from matcher.names import NAMES, NameIndex
from matcher.paths import model_dir as default_model_dir
from matcher.ranking import Match, Query, Ranking, population_ratio
from matcher.store import SHARE_ALIKE, TABLE
from matcher.weights import Profile, Weights, group_scores, read_profiles, resolve, with_own
from matcher.world import Few, World

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from matcher.batch import Batch
    from matcher.catalogue import Catalogue
    from matcher.crops.judge import CropJudgement
    from matcher.evaluation.study import Evaluation
    from matcher.evidence import Point
    from matcher.explanation import Explanation
    from matcher.opinion import Opinion, Opinions, Precedents
    from matcher.partnerships import Ties

_FEW = 20_000  # candidates up to which encoding just them beats encoding the world once
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

    @classmethod
    def load(
        cls, data_dir: Path | None = None, model_dir: Path | None = None, *, open_only: bool = False
    ) -> Self:
        """Load an atlas and a model, the embedded ones by default; no network.

        Parameters
        ----------
        data_dir, model_dir
            Their folders.
        open_only
            Leave out every feature, outline and weight of a share-alike or non-commercial source.

        Raises
        ------
        DataError
            A file is missing, damaged or of another version, or the model was fitted on other features.
        """
        folder = model_dir or default_model_dir()
        # The learned weights in the model's folder come from share-alike lists of partnerships.
        learned = None if open_only else folder
        atlas = Atlas.open(data_dir, open_only=open_only)
        atlas.store.check_ahead([NAMES, TABLE, SHARE_ALIKE])
        return cls(atlas, SimilarityModel.load(folder), learned)

    @property
    def catalogue(self) -> Catalogue:
        """The features and groups."""
        return self.atlas.catalogue

    @cached_property
    def names(self) -> NameIndex:
        """The names of all regions in every script."""
        self.atlas.store.checked(NAMES)
        if self.atlas.store.below is None:
            return NameIndex.open(self.atlas.data_dir)
        from matcher.own.pack import name_rows

        return NameIndex.open(self.atlas.data_dir, name_rows(self.atlas.store.below))

    @cached_property
    def profiles(self) -> dict[str, Profile]:
        """The weight profiles by name; `learned` among them where the model's folder holds learned weights."""
        profiles = read_profiles(self.atlas.data_dir / "profiles.toml")
        if self.model_dir is not None and (self.model_dir / "learned.json").exists():
            from matcher.learned import LearnedWeights

            profiles["learned"] = LearnedWeights.load(self.model_dir).profile(self.catalogue)
        for own in self.atlas.own:
            profiles = with_own(profiles, own)
        return profiles

    def extend(self, data: Path | str | pd.DataFrame, catalogue: Path | str | Mapping[str, Any]) -> Self:
        """Return a matcher that knows a planner's own columns too; no file changes.

        The columns are joined (see `Atlas.extend`), their curves and averages are learned as those of the built-in
        features are, and from then on they are weighted, scored and explained like these.

        Raises
        ------
        TableError
            Rows or columns of the table cannot be used; every fault is listed and nothing is joined.
        DataError
            The catalogue is wrong, or a file cannot be read.
        """
        atlas = self.atlas.extend(data, catalogue)
        names = [feature.name for feature in atlas.own[-1].features]
        return type(self)(atlas, self.model.extended(atlas, names), self.model_dir)

    def add_regions(self, path: Path | str) -> Self:
        """Return a matcher that knows a planner's own regions too; see `Atlas.add_regions`.

        They are found by name or by id (``own:...``), ranked and explained like the built-in ones.
        """
        return type(self)(self.atlas.add_regions(path), self.model, self.model_dir)

    def evidence(self, region: str | Region, folders: Sequence[Path] = ()) -> tuple[Point, ...]:
        """Return the cited statements about a region, for reports to quote; no score sees them.

        Parameters
        ----------
        region
            A region, or a text that means one.
        folders
            Folders of a planner's own, read after the atlas's and those that `MATCHER_EVIDENCE` names.

        Raises
        ------
        RegionError
            The text does not lead to one region.
        DataError
            A file of evidence is wrong; all faults are listed.
        """
        from matcher.evidence import evidence_folders, read_evidence

        points = read_evidence(evidence_folders(self.atlas.data_dir, folders))
        return points.get(self.region(region).region_id, ())

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
        query = Query(
            self.region(region),
            self._filters(
                country,
                candidates,
                level=level,
                include_own_country=include_own_country,
                any_size=any_size,
                population=population,
                area_km2=area_km2,
                min_distance_km=min_distance_km,
                min_coverage=min_coverage,
            ),
            self.weights(profile, weights),
            n,
        )
        return self._rank(query)

    def batch(
        self,
        queries: Sequence[str | Region] | Mapping[int, str | Region],
        n: int = 10,
        *,
        country: str | Sequence[str] | None = None,
        profile: str = "balanced",
        weights: Mapping[str, float] | None = None,
        candidates: Sequence[str | Region] | None = None,
        memory: int | None = None,
        threads: int = 1,
        **filters: Any,
    ) -> Batch:
        """Rank for many regions at once: the same matches, scores and order as `rank` gives each of them.

        Parameters
        ----------
        queries
            Regions, or texts that mean one; those that come twice are ranked once. A mapping gives each a number, such
            as its line in a file, that errors call it by.
        n, country, profile, weights, candidates
            As in `rank`.
        memory
            Bytes that the candidates' codes may take at once, half a gigabyte by default.
        threads
            Threads that search at once.
        filters
            Further fields of `matcher.candidates.Filters`.

        Returns
        -------
        Batch
            Nothing is reckoned yet: `Batch.to_table` and `Batch.to_frame` give all matches, `Batch.tables` one part
            after the other. A query whose filters leave no candidate has no row there.

        Raises
        ------
        RegionNotFoundError
            Some queries are not clear; all are told at once.
        UnknownNameError, WeightError, EmptyCandidatesError, UsageError
        """
        from matcher.batch import MEMORY, Batch, Job
        from matcher.finding import resolve_rows

        if min(n, threads) < 1 or (memory is not None and memory < 1):
            raise UsageError(f"n is {n}, threads {threads}, memory {memory}; each must be at least 1")
        numbered = queries if isinstance(queries, Mapping) else dict(enumerate(queries, start=1))
        chosen = self._filters(country, candidates, **filters)
        job = Job(resolve_rows(self.atlas, self.region, numbered), chosen, self.weights(profile, weights), n)
        names = [name for name, _ in job.weights.key]
        pools = [pool(self.atlas, chosen.levels_of(province=kind), chosen) for kind in (True, False)]
        codes = self.codes(names, np.unique(np.concatenate([job.rows, *pools])))
        return Batch(self.atlas, self.model, codes, job, memory=memory or MEMORY, threads=threads)

    def _filters(
        self,
        country: str | Sequence[str] | None,
        candidates: Sequence[str | Region] | None,
        **wishes: Any,
    ) -> Filters:
        if candidates is not None and not len(candidates):
            raise EmptyCandidatesError("the list of candidates is empty; name at least one region")
        return Filters(
            countries=tuple(sorted({country_code(c) for c in _listed(country)})),
            candidates=tuple(self.region(text).region_id for text in candidates or ()),
            **wishes,
        )

    def weights(self, profile: str = "balanced", changes: Mapping[str, float] | None = None) -> Weights:
        """Resolve a profile and changes to the share of every feature."""
        if profile not in self.profiles:
            raise unknown("profile", profile, self.profiles)
        return resolve(self.catalogue, self.profiles[profile], changes)

    def rank_interval(
        self, region: str | Region, *, worlds: int = 200, seed: int = 0, **wishes: Any
    ) -> Ranking:
        """Rank as `rank` does, and say of each match between which ranks it stands in 95 of 100 worlds.

        A world has other weights, drawn around the profile's, lacks a feature, and its values err as their sources do:
        see `matcher.intervals` and `matcher.noise`.

        Parameters
        ----------
        region, wishes
            As in `rank`.
        worlds
            How many are drawn.
        seed
            The same seed gives the same intervals.

        Raises
        ------
        RegionError, UnknownNameError, WeightError, EmptyCandidatesError, UsageError
        """
        from matcher.beside import with_intervals

        return with_intervals(self, self.rank(region, **wishes), worlds, seed)

    def interval_of(
        self, ranking: Ranking, region: Region, *, worlds: int = 200, seed: int = 0
    ) -> tuple[int, int]:
        """Return between which ranks one of a ranking's candidates stands in 95 of 100 worlds, see `rank_interval`."""
        from matcher.beside import intervals_of

        return intervals_of(self, ranking, [region], worlds, seed)[0]

    def with_mutual(self, ranking: Ranking, *, seed: int = 0) -> Ranking:
        """Return a ranking whose matches say whether they would choose back and whether they are hubs.

        See `matcher.beside.with_mutual`.
        """
        from matcher.beside import with_mutual

        return with_mutual(self, ranking, seed)

    def with_plausibility(self, ranking: Ranking) -> Ranking:
        """Return a ranking whose matches say how much they look like real partnerships; see `plausibility`.

        Raises
        ------
        DataError
            The model's folder holds no second opinion.
        """
        from matcher.beside import with_plausibility

        return with_plausibility(self, ranking)

    def _rank(self, query: Query) -> Ranking:
        region, weights = query.region, query.weights
        chosen = choose(self.atlas, region, query.filters)
        rows, left_out = chosen.rows, dict(chosen.left_out)
        names = [name for name, _ in weights.key]
        vector = weights.vector(names)
        row = self.atlas.row(region.region_id, region.country)
        codes = self.codes(names, np.append(rows, row))
        own = codes.take(np.array([row]), names)
        if query.filters.min_coverage > 0:
            enough = codes.coverage(own, rows, vector) >= query.filters.min_coverage
            if not enough.all():
                left_out["min_coverage"] = int((~enough).sum())
            rows = rows[enough]
            if not len(rows):
                raise no_coverage()
        best = codes.near(own, vector, rows, query.n)
        candidates, n_candidates = codes.take(best, names), len(rows)
        likeness = candidates.likeness(own)
        scores = 100.0 * (likeness * vector).sum(axis=1)
        order = np.lexsort((self.atlas.column("region_id", best).astype(str), -scores))[: query.n]
        best, likeness, scores = best[order], likeness[order], scores[order]
        coverage = candidates.take(order).coverage(own, vector)
        return Ranking(
            query,
            self._matches(query, best, names, likeness, scores, coverage),
            n_candidates,
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
        by_group = group_scores(self.catalogue, names, likeness, query.weights.vector(names))
        percentiles = self.model.percentile(scores, query.weights.shares)
        km = distances_km(self.atlas, query.region, rows)
        return tuple(
            Match(
                rank=i + 1,
                region=region,
                score=float(scores[i]),
                groups={group: float(score[i]) for group, score in by_group.items()},
                percentile=float(percentiles[i]),
                coverage=float(coverage[i]),
                distance_km=float(km[i]),
                population_ratio=population_ratio(region, query.region),
            )
            for i, region in enumerate(self.atlas.regions(rows))
        )

    def codes(self, names: Sequence[str], rows: NDArray[np.int64]) -> World | Few:
        """Return what holds the codes of some rows: just these where they are few, else the whole world."""
        if "world" not in self.__dict__ and len(rows) <= _FEW:
            return Few(self.atlas, self.model, rows, names)
        return self.world

    @cached_property
    def world(self) -> World:
        """The codes of all regions; made once and then mapped from the cache folder."""
        self.atlas.hold()
        return World.open(self.atlas, self.model)

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
        return self.explain_all(a, [b], profile=profile, weights=weights)[0]

    def explain_all(
        self,
        a: str | Region,
        others: Iterable[str | Region],
        *,
        profile: str = "balanced",
        weights: Mapping[str, float] | None = None,
    ) -> list[Explanation]:
        """Explain the likeness of a region with each of some others: what `explain` gives, read all at once.

        Raises
        ------
        RegionError, UnknownNameError, WeightError
        """
        from matcher.contributions import explanations

        a, partners = self.region(a), [self.region(other) for other in others]
        resolved = self.weights(profile, weights)
        # A feature that is newer than the model cannot be compared; it is an error only where it weighs.
        fitted = {feature.name for feature in self.model.features_}
        names = [name for name in self.catalogue.features if name in fitted or resolved.shares[name] > 0]
        rows = np.array([self.atlas.row(region.region_id, region.country) for region in (a, *partners)])
        codes = self.codes(names, rows)
        notes = self._notes(resolved, [a.country])
        return explanations(self.atlas, self.model, codes, (a, *partners), rows, names, resolved, notes)

    # -------------------------------------------------------- second opinion

    @cached_property
    def opinions(self) -> Opinions:
        """The learned second opinion; the first use of an atlas and a model takes some seconds, later ones do not."""
        from matcher.opinion import Opinions

        return Opinions(self.atlas, self.world, self.model_dir or default_model_dir())

    def plausibility(self, a: str | Region, b: str | Region, partnerships: Path | None = None) -> Opinion:
        """Return how much more often real partnerships look like this pair than random pairs of the two countries.

        A second opinion, learned, and no part of the likeness.

        Parameters
        ----------
        a, b
            The regions.
        partnerships
            CSV of known partnerships, as `evaluate` reads it: what they say counts too, but for a tie of the two.

        Raises
        ------
        RegionError, DataError
        """
        ties = self._ties(partnerships) if partnerships else None
        return self.opinions.of(self.region(a), self.region(b), ties)

    def _ties(self, path: Path) -> Ties:
        """Return the ties of a file; that of the last file is kept."""
        from matcher.pool import Pool
        from matcher.remembered import remembered_ties

        if getattr(self, "_last_ties", (None,))[0] != path:
            self._last_ties = (path, remembered_ties(path, Pool(self.atlas), self.names))
        return self._last_ties[1]

    def precedents(self, a: str | Region, b: str | Region, partnerships: Path, n: int = 5) -> Precedents:
        """Return the known partnerships between two regions' countries that are most alike to the pair.

        Parameters
        ----------
        a, b
            The regions.
        partnerships
            CSV of known partnerships, as `evaluate` reads it.
        n
            How many at most.

        Raises
        ------
        RegionError, DataError
        """
        from matcher.opinion import find_precedents

        a, b = self.region(a), self.region(b)
        ties = self._ties(partnerships)

        def score(one: NDArray[np.int64], two: NDArray[np.int64]) -> NDArray[np.float64]:
            ids = self.atlas.region_ids
            return self.score(ids[one].tolist(), ids[two].tolist())

        return find_precedents(self.atlas, ties, a, b, score, n)

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
            See `matcher.evaluation.study.evaluate`: known, kind, part, every_row, world, only,
            ablation, save, at_most, seed, say.

        Raises
        ------
        DataError, EmptyCandidatesError, UnknownNameError
        """
        from matcher.evaluation.study import evaluate

        return evaluate(
            self.atlas, self.model, partnerships, names=self.names, models_dir=self.model_dir, **wishes
        )

    def evaluate_crops(self, path: Path) -> CropJudgement:
        """Judge the modelled crop basket by a table of crop statistics; see `matcher.crops.judge.judge_crops`."""
        from matcher.crops.judge import judge_crops

        return judge_crops(self.atlas, path)

    def _repr_html_(self) -> str:
        return f"<p>matcher with {len(self.atlas):,} regions, atlas {self.atlas.version}</p>"


def _listed(country: str | Sequence[str] | None) -> Sequence[str]:
    return [country] if isinstance(country, str) else country or []
