"""A batch gives every region what `Matcher.rank` gives it, however the work is cut."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import matcher.batch
import matcher.bounds
import matcher.topn
from matcher import Atlas, Matcher, Region, RegionNotFoundError, SimilarityModel, UsageError
from matcher.batchfile import write_batch
from matcher.errors import EmptyCandidatesError
from matcher.world import World
from tests.toy import write_atlas

IDENTITY = {"region_id", "name", "country"}


@pytest.fixture(scope="module")
def m(tmp_path_factory) -> Matcher:
    atlas = Atlas.open(write_atlas(tmp_path_factory.mktemp("toy"), missing=0.2))
    return Matcher(atlas, SimilarityModel(n_pairs=200).fit(atlas))


def alone(m: Matcher, region_id: str, **wishes) -> list[dict]:
    """What `rank` says of one region, as rows of a batch."""
    query = m.atlas.get(region_id)
    try:
        rows = m.rank(query, **wishes).rows()
    except EmptyCandidatesError:
        return []
    who = {"query_id": query.region_id, "query_name": query.name, "query_country": query.country}
    return [who | row for row in rows]


def regions(m: Matcher, ids: list[str]) -> list[Region]:
    return m.atlas.regions(m.atlas.rows(ids))


def assert_same(m: Matcher, table, ids, **wishes) -> None:
    rows = table.to_pylist()
    expected = [row for i in sorted(set(ids), key=m.atlas.row) for row in alone(m, i, **wishes)]
    assert rows == [{name: row[name] for name in table.column_names} for row in expected]


FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "country": st.sampled_from(["BB", ["BB", "CC"]]),
        "level": st.sampled_from(["regency", "province"]),
        "include_own_country": st.booleans(),
        "any_size": st.booleans(),
        "population": st.sampled_from([(10_000.0, None), (None, 200_000.0)]),
        "area_km2": st.just((100.0, 5_000.0)),
        "min_distance_km": st.sampled_from([500.0, 9_000.0]),
        "min_coverage": st.sampled_from([0.5, 0.7, 0.99]),
        "profile": st.sampled_from(["balanced", "agriculture"]),
        "candidates": st.lists(st.integers(0, 239).map("toy:{:04d}".format), min_size=1, max_size=9),
    },
)


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    wishes=FILTERS,
    queries=st.lists(st.integers(0, 239).map("toy:{:04d}".format), min_size=1, max_size=6),
    n=st.sampled_from([1, 3, 10, 500]),
    part=st.integers(1, 20),
    tile=st.tuples(st.integers(1, 12), st.integers(1, 300)),
    memory=st.sampled_from([1, 50_000, 200_000, 1 << 29]),
    threads=st.integers(1, 4),
    world=st.booleans(),
    leading=st.sampled_from([0, 1, 5, 999]),
)
def test_a_batch_is_its_rankings_under_every_cut(
    m, wishes, queries, n, part, tile, memory, threads, world, leading
):
    with pytest.MonkeyPatch.context() as patch:
        # By bounds of any tightness, or by whole products.
        patch.setattr(matcher.batch, "BOUNDED", 0 if leading else 1 << 60)
        patch.setattr(matcher.bounds, "LEADING", leading)
        patch.setattr(matcher.batch, "PART", part)
        patch.setattr(matcher.topn, "QUERIES", tile[0])
        patch.setattr(matcher.topn, "CANDIDATES", tile[1])
        m.__dict__.pop("world", None)
        if world:
            m.__dict__["world"] = World.open(m.atlas, m.model)
        if "candidates" in wishes:
            wishes = wishes | {"candidates": regions(m, wishes["candidates"])}
        table = m.batch(regions(m, queries), n, memory=memory, threads=threads, **wishes).to_table()
        assert_same(m, table, queries, n=n, **wishes)


def test_equal_scores_keep_the_order_of_ids(m):
    ids = m.atlas.region_ids[:40].tolist()
    wishes = {
        "weights": dict.fromkeys(m.catalogue.groups, 0.0)
        | {"agro_zone": 1.0, m.catalogue["agro_zone"].group: 1.0}
    }
    assert_same(m, m.batch(regions(m, ids), 7, **wishes).to_table(), ids, n=7, **wishes)


def test_every_query_that_is_not_clear_is_told_at_once(m):
    known = m.atlas.get("toy:0001")
    lost = [replace(known, region_id=name) for name in ("toy:9998", "toy:9999")]
    with pytest.raises(RegionNotFoundError) as error:
        m.batch({2: known, 5: lost[0], 9: lost[1]})
    lines = str(error.value).splitlines()
    assert lines[0] == "2 of 3 regions are not clear:"
    assert [line.split(":")[0].strip() for line in lines[1:]] == ["5", "9"]


@pytest.mark.parametrize("wrong", [{"n": 0}, {"memory": 0}, {"threads": 0}, {"queries": []}])
def test_what_cannot_be_is_refused(m, wrong):
    with pytest.raises(UsageError):
        m.batch(**{"queries": regions(m, ["toy:0001"]), **wrong})


@pytest.fixture
def small_parts(monkeypatch) -> None:
    monkeypatch.setattr(matcher.batch, "PART", 5)


IDS = [f"toy:{i:04d}" for i in range(22)]


@pytest.mark.usefixtures("small_parts")
def test_a_file_holds_a_row_group_a_part(m, tmp_path):
    path = tmp_path / "out.parquet"
    job = m.batch(regions(m, IDS), 3)
    said = []
    assert write_batch(job, path, lambda *words: said.append(words)) == len(job.to_table())
    assert pq.read_table(path).equals(job.to_table())
    assert pq.ParquetFile(path).num_row_groups == len(job) == 5
    assert said == [(part, 5, False) for part in range(1, 6)]
    assert [file.name for file in tmp_path.iterdir()] == ["out.parquet"]


@pytest.mark.usefixtures("small_parts")
def test_a_killed_run_goes_on_and_gives_the_same_bytes(m, tmp_path):
    whole, path = tmp_path / "whole.parquet", tmp_path / "out.parquet"
    write_batch(m.batch(regions(m, IDS), 3), whole)

    def kill(part: int, parts: int, there: bool) -> None:
        if part == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_batch(m.batch(regions(m, IDS), 3), path, kill)
    assert not path.exists()
    said = []
    write_batch(
        m.batch(regions(m, IDS), 3, memory=50_000, threads=2), path, lambda part, _, there: said.append(there)
    )
    assert said == [True, True, False, False, False]
    assert path.read_bytes() == whole.read_bytes()


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("damage", ["another job", "a broken part"])
def test_parts_that_are_not_of_this_job_are_made_anew(m, tmp_path, damage):
    path = tmp_path / "out.parquet"
    folder = Path(f"{path}.parts")

    def kill(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_batch(m.batch(regions(m, IDS), 4 if damage == "another job" else 3), path, kill)
    if damage == "a broken part":
        (folder / "000000.parquet").write_bytes(b"PAR1")
    said = []
    write_batch(m.batch(regions(m, IDS), 3), path, lambda *words: said.append(words[2]))
    assert not any(said)
    assert pq.read_table(path).equals(m.batch(regions(m, IDS), 3).to_table())


def test_no_file_is_left_where_nothing_can_be_written(m, tmp_path):
    from matcher import DataError

    with pytest.raises(DataError, match="nowhere"):
        write_batch(m.batch(regions(m, IDS), 3), tmp_path / "nowhere" / "out.parquet")


def test_the_order_of_the_queries_does_not_matter(m):
    shuffled = np.random.default_rng(0).permutation(IDS).tolist()
    assert m.batch(regions(m, shuffled), 3).to_table().equals(m.batch(regions(m, IDS), 3).to_table())
