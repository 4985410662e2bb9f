"""Namesakes: regions that share a name of their own, or of a town in them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from matcher.atlas import Atlas
from matcher.namesakes import NONE, OWN, TOWN, Namesakes
from tests.toy import write_atlas, write_manifest

#       key          text           region  kind
NAMES = [
    ("friedberg", "Friedberg", 0, "name"),
    ("friedberg", "Friedberg", 1, "alias"),
    ("stadtfriedberg", "Stadt Friedberg", 1, "name"),
    ("friedberg", "Friedberg", 2, "town"),
    ("weimar", "Weimar", 3, "town"),
    ("weimar", "Weimar", 4, "town"),
    ("onlyone", "Only One", 5, "name"),
]


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    folder = tmp_path_factory.mktemp("namesakes")
    write_atlas(folder, 12)
    ids = pq.read_table(folder / "regions.parquet", columns=["region_id"])["region_id"].to_pylist()
    key, text, region, kind = zip(*NAMES, strict=True)
    columns = {"key": key, "text": text, "region_id": [ids[i] for i in region], "kind": kind}
    pq.write_table(
        pa.table({name: list(values) for name, values in columns.items()}), folder / "names.parquet"
    )
    write_manifest(folder, sorted(path.name for path in folder.glob("*.parquet")))
    return Atlas.open(folder)


@pytest.fixture(scope="module")
def namesakes(atlas):
    return Namesakes(atlas, np.arange(len(atlas)))


@pytest.mark.parametrize(
    ("one", "two", "shared"), [(0, 1, OWN), (0, 2, TOWN), (3, 4, TOWN), (0, 3, NONE), (5, 6, NONE)]
)
def test_pairs_share_a_name_a_towns_name_or_none(namesakes, one, two, shared):
    assert namesakes.of_pairs(np.array([one, two]), np.array([two, one])).tolist() == [shared, shared]


def test_one_region_with_all_says_what_the_pairs_say(namesakes):
    every = np.arange(len(namesakes.rows))
    for query in every:
        found = np.zeros(len(every), np.int64)
        others, shared = namesakes.of_query(int(query))
        found[others] = shared
        np.testing.assert_array_equal(found, namesakes.of_pairs(np.full(len(every), query), every))


def test_the_name_is_told_as_the_first_region_writes_it(namesakes):
    assert namesakes.shared(0, 1) == "Friedberg"
    assert namesakes.shared(0, 3) == ""


def test_an_atlas_without_names_has_no_namesakes(tmp_path):
    write_atlas(tmp_path, 12)
    found = Namesakes(Atlas.open(tmp_path), np.arange(12))
    assert found.of_pairs(np.array([0]), np.array([1])).tolist() == [NONE]
    assert not len(found.of_query(0)[0])
