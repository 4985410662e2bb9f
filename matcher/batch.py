"""Batch: the best n partners of many regions at once, by the rules and with the scores of a single ranking."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.bounds import Bounds
from matcher.candidates import great_circle_km, pool
from matcher.rules import Facts, Rules
from matcher.topn import Bound, Top, mixed, top
from matcher.weights import group_scores
from matcher.world import SLACK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from matcher.atlas import Atlas
    from matcher.candidates import Filters
    from matcher.codes import Codes
    from matcher.model import SimilarityModel
    from matcher.weights import Weights
    from matcher.world import Few, World

PART = 2_000
"""Queries of one part: a row group of the file, and what a killed run may lose."""

MEMORY = 1 << 29
"""Bytes that the candidates' codes may take by default."""

BOUNDED = 1 << 26
"""Pairs of a batch from which on bounds are worth making: 500 queries against the world take as long either way."""

_GATHERED = 2_048  # candidates turned from columns into rows at once
_PAIRS = 1_024  # pairs looked at exactly at once
_READ = 8 * _PAIRS  # pairs whose candidates are read at once


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked.

    Attributes
    ----------
    rows
        Rows of the queries in the atlas, rising.
    n
        Matches of each.
    """

    rows: NDArray[np.int64]
    filters: Filters
    weights: Weights
    n: int


class _Block:
    """Some candidates and their codes, without columns that say the same.

    Which features are known is known by source: most of the columns that tell it are alike, and one product serves all.

    Parameters
    ----------
    rows
        Rows of the candidates in the atlas.
    codes
        Their codes, then one column a feature that tells where it is known, shape (n, width); it is written to.
    scale
        What a column of the codes weighs, points.
    bounded
        Whether to make bounds, which pays where there are many queries.
    """

    def __init__(
        self,
        rows: NDArray[np.int64],
        codes: NDArray[np.float32],
        scale: NDArray[np.float32],
        *,
        bounded: bool,
    ) -> None:
        self.rows = rows
        self.width = len(scale)
        self.known = np.ascontiguousarray(codes[:, self.width :].T > 0)
        distinct: dict[bytes, int] = {}
        group = [distinct.setdefault(np.packbits(line).tobytes(), len(distinct)) for line in self.known]
        self._group = np.zeros((len(self.known), len(distinct)), np.float32)
        self._group[np.arange(len(self.known)), group] = 1.0
        for position, which in enumerate(group):
            codes[:, self.width + which] = self.known[position]
        codes = codes[:, : self.width + len(distinct)]
        # A candidate at a time where few pairs are scored, else a column at a time.
        self.columns = codes.T if bounded else np.ascontiguousarray(codes.T)
        self._bounds = Bounds(codes, scale) if bounded else None

    def fold(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return queries' vectors as these columns need them: shape (n queries, len(columns))."""
        return np.concatenate([vectors[:, : self.width], vectors[:, self.width :] @ self._group], axis=1)

    def bound(self, vectors: NDArray[np.float32]) -> Bound | None:
        """Return what tells of most pairs that they need not be scored; `vectors` are folded."""
        if self._bounds is None:
            return None
        return Bound(self._bounds.vectors(vectors), self._bounds.columns)


class Batch:
    """A job and what answers it.

    Parameters
    ----------
    atlas, model, codes
        `codes` hold the codes of all queries and candidates.
    job
        What is asked.
    memory
        Bytes that the candidates' codes may take at once.
    threads
        Threads that search at once. The result depends neither on these nor on the memory.
    """

    def __init__(
        self,
        atlas: Atlas,
        model: SimilarityModel,
        codes: World | Few,
        job: Job,
        *,
        memory: int = MEMORY,
        threads: int = 1,
    ) -> None:
        self.atlas, self.model, self.codes, self.job = atlas, model, codes, job
        self.memory, self.threads = memory, threads
        self.names = [name for name, _ in job.weights.key]
        self.vector = job.weights.vector(self.names)
        self._held: tuple[Any, _Block] | None = None

    @cached_property
    def digest(self) -> str:
        """Hash of all that the result depends on."""
        job = self.job
        about: list[Any] = [self.atlas.manifest, getattr(self.model, "sha256_", ""), job.weights.key, job.n]
        about += [asdict(job.filters), hashlib.sha256(job.rows.tobytes()).hexdigest(), PART]
        return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()

    def __len__(self) -> int:
        """Return the number of parts."""
        return len(range(0, len(self.job.rows), PART))

    @cached_property
    def blocks(self) -> int:
        """Into how many blocks the candidates are cut, so that one fits into `memory`; at most one a candidate."""
        width = len(self.codes.where(self.names))
        most = max((len(rows) for rows in self._pools.values()), default=0)
        return max(1, min(most, -(-most * width * 4 // self.memory)))

    def tables(self) -> Iterator[pa.Table]:
        """Yield the matches of each part."""
        return (self.table(part) for part in range(len(self)))

    def table(self, part: int) -> pa.Table:
        """Return the matches of one part: search each block, then look at what was found exactly."""
        return self.finish(part, (self.search(part, block) for block in range(self.blocks)))

    def to_table(self) -> pa.Table:
        """Return all matches: queries in the atlas's order, each with its matches, best first."""
        import pyarrow as pa

        return pa.concat_tables(self.tables())

    def to_frame(self) -> pd.DataFrame:
        """Return `to_table` as a frame."""
        return self.to_table().to_pandas()

    # ---------------------------------------------------------------- searching

    def queries(self, part: int) -> NDArray[np.int64]:
        """Return the rows of a part's queries."""
        return self.job.rows[part * PART : (part + 1) * PART]

    def search(self, part: int, block: int) -> Top:
        """Search one block of the candidates for a part's queries, which it calls by their position in the part."""
        rows = self.queries(part)
        province = self.atlas.where("level", ["province"])[rows]
        tops = [Top(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))]
        for kind in np.unique(province):
            index = np.flatnonzero(province == kind)
            index = index[np.argsort(self.atlas.country_codes[rows[index]], kind="stable")]
            levels = self.job.filters.levels_of(province=bool(kind))
            if len(self._pools[levels]) > block:
                found = self._search(rows[index], self._block(levels, block))
                tops.append(Top(index[found.query], found.row, found.score))
        return Top.merge(tops, self.job.n, SLACK)

    def _search(self, queries: NDArray[np.int64], block: _Block) -> Top:
        own = self.codes.take(queries, self.names)
        vectors, _ = own.query(self.vector)
        floor = None
        if self.job.filters.min_coverage > 0:
            floor = (own.known.T, block.known, self.vector)
        rules = Rules(self.job.filters, self.facts(queries), self.facts(block.rows), floor)
        vectors = block.fold(vectors)
        bound = block.bound(vectors)
        return top(vectors, block.columns, block.rows, rules, self.job.n, SLACK, self.threads, bound)

    def facts(self, rows: NDArray[np.int64]) -> Facts:
        """Return what rules look at, for some rows."""
        return self._facts.take(rows)

    @cached_property
    def _facts(self) -> Facts:
        return Facts.of(self.atlas, np.arange(len(self.atlas)))

    @cached_property
    def _pools(self) -> dict[tuple[str, ...], NDArray[np.int64]]:
        """Candidates by levels, shuffled so that blocks are alike."""
        filters = self.job.filters
        province = self.atlas.where("level", ["province"])[self.job.rows]
        levels = {filters.levels_of(province=bool(kind)) for kind in np.unique(province)}
        pools = {}
        for names in sorted(levels):
            rows = pool(self.atlas, names, filters)
            pools[names] = rows[np.random.default_rng(0).permutation(len(rows))]
        return pools

    def _block(self, levels: tuple[str, ...], block: int) -> _Block:
        """Return one block of the candidates, mixed in itself; the last one is kept."""
        if self._held is None or self._held[0] != (levels, block):
            self._held = None  # before the next is made: the memory is for one
            rows = np.sort(self._pools[levels][block :: self.blocks])
            rows = rows[mixed(self.atlas.country_codes[rows])]
            widths = [self.model.encoders_[self.model.index(name)].width for name in self.names]
            scale = np.repeat(100.0 * self.vector, widths).astype(np.float32)
            bounded = len(rows) * len(self.job.rows) >= BOUNDED
            self._held = (levels, block), _Block(rows, self._codes(rows, bounded), scale, bounded=bounded)
        return self._held[1]

    def _codes(self, rows: NDArray[np.int64], by_row: bool) -> NDArray[np.float32]:  # noqa: FBT001
        """Return the codes of candidates, shape (n, width), in memory either a candidate or a column at a time."""
        where = self.codes.where(self.names)
        if not by_row:
            return self.codes.gather(where, rows).T
        codes = np.empty((len(rows), len(where)), np.float32)
        order = np.argsort(rows)  # what is read together lies together
        for start in range(0, len(rows), _GATHERED):
            part = order[start : start + _GATHERED]
            codes[part] = self.codes.gather(where, rows[part]).T
        return codes

    # ---------------------------------------------------------------- finishing

    def finish(self, part: int, tops: Iterable[Top]) -> pa.Table:
        """Look at the found pairs of a part exactly, and return its matches."""
        found = Top.merge(tops, self.job.n, SLACK)
        rows = self.queries(part)
        own = self.codes.take(rows, self.names)
        _ = own.squares  # once a query, not once a pair
        likeness, coverage = self._exactly(own, found)
        scores = 100.0 * (likeness * self.vector).sum(axis=1)
        order = np.lexsort((self.atlas.id_places[found.row], -scores, found.query))
        query = found.query[order]
        rank = 1 + np.arange(len(query)) - np.searchsorted(query, query)
        keep = order[rank <= self.job.n]
        return self._table(
            rows[found.query[keep]],
            found.row[keep],
            rank[rank <= self.job.n],
            likeness[keep],
            scores[keep],
            coverage[keep],
        )

    def _exactly(self, own: Codes, found: Top) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return likenesses and coverage of pairs, in float64."""
        likeness = np.empty((len(found.row), len(self.names)))
        coverage = np.empty(len(found.row))
        order = np.argsort(found.row, kind="stable")
        for first in range(0, len(order), _READ):
            # A candidate of many queries is read once, and those read together lie close together.
            some = order[first : first + _READ]
            rows, which = np.unique(found.row[some], return_inverse=True)
            theirs = self.codes.take(rows, self.names)
            _ = theirs.squares
            for start in range(0, len(some), _PAIRS):
                part = some[start : start + _PAIRS]
                a, b = own.take(found.query[part]), theirs.take(which[start : start + _PAIRS])
                likeness[part], coverage[part] = b.likeness(a), b.coverage(a, self.vector)
        return likeness, coverage

    def _table(
        self,
        queries: NDArray[np.int64],
        rows: NDArray[np.int64],
        rank: NDArray[np.int64],
        likeness: NDArray[np.float64],
        scores: NDArray[np.float64],
        coverage: NDArray[np.float64],
    ) -> pa.Table:
        import pyarrow as pa

        a, b = self.facts(queries), self.facts(rows)
        who, partner = (
            self.atlas.texts(["region_id", "name", "country"], index) for index in (queries, rows)
        )
        groups = group_scores(self.atlas.catalogue, self.names, likeness, self.vector)
        ratio = np.divide(
            b.population,
            a.population,
            out=np.full(len(rows), np.nan),
            where=(a.population > 0) & (b.population > 0),
        )
        return pa.table(
            {f"query_{name.removeprefix('region_')}": column for name, column in who.items()}
            | {"rank": rank.astype(np.int32)}
            | partner
            | {"score": scores}
            | {f"{group}_score": score for group, score in groups.items()}
            | {
                "percentile": self.model.percentile(scores, self.job.weights.shares),
                "coverage": coverage,
                "distance_km": great_circle_km(a.lat, a.lon, b.lat, b.lon),
                "population_ratio": pa.array(ratio, mask=np.isnan(ratio)),
            }
        )
