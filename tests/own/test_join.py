"""Own columns: joined whole or not at all, and from then on like the built-in ones."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.errors import DataError, TableError
from matcher.model import SimilarityModel

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.matcher import Matcher

MONTHS = [f"visits_{month:02d}" for month in range(1, 13)]
FULL = {
    "region_id": "toy:0001",
    "rooms": "120",
    "jobs": "farm=0.6; trade=0.4",
    "shore": "rocky",
    "networks": "a; b",
} | {month: str(i) for i, month in enumerate(MONTHS)}


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    """Write a CSV file with every column."""
    pd.DataFrame(rows, columns=list(FULL)).to_csv(path, index=False)
    return path


def frame(count: int, *, seed: int = 0, missing: float = 0.0) -> pd.DataFrame:
    """Return values of every kind for the first regions of the toy world."""
    rng = np.random.default_rng(seed)
    shares = np.round(rng.random(count), 3)
    table = pd.DataFrame(
        {"region_id": [f"toy:{i:04d}" for i in range(count)], "rooms": rng.integers(0, 900, count)}
    )
    table["jobs"] = [f"farm={s}; trade={round(1 - s, 3)}" for s in shares]
    table["shore"] = rng.choice(["rocky", "sandy"], count)
    table["networks"] = rng.choice(["a", "a; b", "b; c"], count)
    for month in MONTHS:
        table[month] = rng.integers(0, 99, count)
    if missing:
        for columns in (["rooms"], ["jobs"], ["shore"], ["networks"], MONTHS):
            gone = rng.random(count) < missing
            table[columns] = table[columns].astype(object)
            table.loc[gone, columns] = None
    return table


def test_values_are_shown_as_the_planner_gave_them(world: Matcher, catalogue: Any, tmp_path: Path) -> None:
    wider = world.extend(write(tmp_path / "mine.csv", [FULL]), catalogue)
    row = np.array([wider.atlas.row("toy:0001"), wider.atlas.row("toy:0002")])
    values = wider.atlas.values(["rooms", "visits", "jobs", "shore", "networks"], row)
    assert {name: cells[0] for name, cells in values.items()} == {
        "rooms": 120.0,
        "visits": [float(i) for i in range(12)],
        "jobs": {"farm": 0.6, "trade": 0.4},
        "shore": "rocky",
        "networks": ["a", "b"],
    }
    assert [cells[1] for cells in values.values()] == [None] * 5


@pytest.mark.parametrize(
    "key",
    [
        {"region_id": "toy:0007"},
        {"national_code": "007"},
        {"national_code": "007", "country": "Germany"},
        {"geonames_id": 1007},
        {"geonames_id": 1007.0},
        {"wikidata": "Q8"},
        {"name": "Town 7", "country": "DE"},
        {"name": "TOWN 7", "country": "Jerman", "level": "regency", "province": "Town 0"},
    ],
    ids=str,
)
def test_a_row_finds_its_region_by_every_key(world: Matcher, catalogue: Any, key: dict[str, Any]) -> None:
    one = {"features": {"rooms": catalogue["features"]["rooms"]}, "groups": catalogue["groups"]}
    wider = world.atlas.extend(pd.DataFrame([{**key, "rooms": 5}]), one)
    assert np.flatnonzero(np.isfinite(wider.column("rooms"))).tolist() == [7]


def test_a_mixture_may_have_a_column_a_class_and_parquet_its_own_types(
    world: Matcher, catalogue: Any, tmp_path: Path
) -> None:
    few = {name: catalogue["features"][name] for name in ("jobs", "visits", "networks")}
    columns = pd.DataFrame(
        [{"region_id": "toy:0003", "jobs.farm": 0.25, "jobs.trade": 0.75, "jobs.sea": None}]
    )
    jobs = {"features": {"jobs": few["jobs"]}, "groups": catalogue["groups"]}
    row = np.array([3])
    assert world.atlas.extend(columns, jobs).values(["jobs"], row)["jobs"] == [{"trade": 0.75, "farm": 0.25}]
    path = tmp_path / "mine.parquet"
    nested = {"jobs": [("farm", 0.5), ("trade", 0.5)], "visits": [1.5] * 12, "networks": ["b", "a"]}
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        "jobs": pa.map_(pa.string(), pa.float64()),
        "visits": pa.list_(pa.float64()),
        "networks": pa.list_(pa.string()),
    }
    arrays = {name: pa.array([cell], types[name]) for name, cell in nested.items()}
    pq.write_table(pa.table({"region_id": ["toy:0003"], **arrays}), path)
    read = world.atlas.extend(path, {"features": few, "groups": catalogue["groups"]}).values(list(few), row)
    assert read == {"jobs": [{"farm": 0.5, "trade": 0.5}], "visits": [[1.5] * 12], "networks": [["a", "b"]]}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 1000), st.floats(0.0, 0.6), st.floats(0.0, 3.0))
def test_points_sum_to_the_score_with_own_columns(
    world: Matcher, catalogue: Any, seed: int, missing: float, weight: float
) -> None:
    wider = world.extend(frame(240, seed=seed, missing=missing), catalogue)
    a, b = (wider.atlas.get(f"toy:{i:04d}") for i in np.random.default_rng(seed).integers(0, 240, 2))
    why = wider.explain(a, b, weights={"market": weight})
    assert abs(sum(part.points for part in why.points) - why.score) < 1e-9
    assert abs(wider.score(a.region_id, b.region_id, weights={"market": weight})[0] - why.score) < 1e-9
    for part in why.points:
        assert part.known or part.likeness == part.average


def test_a_fully_known_region_is_exactly_like_itself(world: Matcher, catalogue: Any) -> None:
    wider = world.extend(frame(240), catalogue)
    for region_id in wider.atlas.region_ids[:60]:
        why = wider.explain(
            wider.atlas.get(region_id), wider.atlas.get(region_id), weights={"market": 1.0, "shore": 1.0}
        )
        own = {part.feature: part for part in why.points if part.feature in catalogue["features"]}
        assert all(part.likeness == pytest.approx(1.0, abs=1e-12) for part in own.values())


def test_a_blank_own_value_earns_the_average(world: Matcher, catalogue: Any) -> None:
    wider = world.extend(frame(12), catalogue)
    why = wider.explain(wider.atlas.get("toy:0001"), wider.atlas.get("toy:0200"))
    rooms = next(part for part in why.points if part.feature == "rooms")
    assert not rooms.known
    assert rooms.likeness == rooms.average > 0


def test_scores_without_own_weight_are_the_scores_without_own_columns(world: Matcher, catalogue: Any) -> None:
    wider = world.extend(frame(240), catalogue)
    ids = world.atlas.region_ids
    nothing = {"market": 0.0, "shore": 0.0}
    assert wider.score(ids[:100], ids[100:200], weights=nothing) == pytest.approx(
        world.score(ids[:100], ids[100:200]), abs=1e-12
    )


def test_the_wider_model_is_what_fitting_the_wider_atlas_gives(world: Matcher, catalogue: Any) -> None:
    wider = world.extend(frame(240, missing=0.2), catalogue)
    fitted = SimilarityModel(n_pairs=500).fit(wider.atlas)
    assert np.array_equal(wider.model.base_, fitted.base_)
    assert np.array_equal(wider.model.calibration_, fitted.calibration_)
    ids = world.atlas.region_ids
    assert np.array_equal(
        wider.score(ids[:50], ids[50:100]), type(wider)(wider.atlas, fitted).score(ids[:50], ids[50:100])
    )


def test_own_columns_are_explained_with_their_source(world: Matcher, catalogue: Any) -> None:
    wider = world.extend(frame(240), catalogue)
    why = wider.explain(wider.atlas.get("toy:0001"), wider.atlas.get("toy:0002"))
    rooms = next(part for part in why.points if part.feature == "rooms")
    assert (rooms.evidence, rooms.source, rooms.vintage) == (
        "planner's own",
        ("Tourism office, count of 2024",),
        "2024",
    )
    assert rooms.points > 0
    assert "market" in why.by_group()
    assert "market" in wider.rank(wider.atlas.get("toy:0001"), any_size=True, n=2)[0].groups


def test_a_profile_of_the_catalogue_can_be_asked_for(world: Matcher, catalogue: Any) -> None:
    wider = world.extend(frame(240), catalogue)
    shares = wider.weights("mine").shares
    market = sum(shares[f.name] for f in wider.catalogue.in_group("market"))
    assert market == pytest.approx(2 / 3)
    assert sum(
        wider.weights("balanced").shares[f.name] for f in wider.catalogue.in_group("market")
    ) == pytest.approx(1 / 5)


def test_two_tables_can_be_joined_one_after_the_other(world: Matcher, catalogue: Any) -> None:
    more = {"features": {"beds": {"kind": "number", "group": "market", "source": "survey"}}}
    wider = world.extend(frame(9), catalogue).extend(
        pd.DataFrame({"region_id": ["toy:0001"], "beds": [4]}), more
    )
    why = wider.explain(wider.atlas.get("toy:0001"), wider.atlas.get("toy:0001"))
    assert {part.feature for part in why.points if part.group == "market"} == {
        "rooms",
        "visits",
        "jobs",
        "networks",
        "beds",
    }


def test_no_file_of_the_atlas_changes(world: Matcher, catalogue: Any) -> None:
    before = {path.name: path.read_bytes() for path in world.atlas.data_dir.iterdir()}
    world.extend(frame(240), catalogue).rank(world.atlas.get("toy:0001"), any_size=True)
    assert {path.name: path.read_bytes() for path in world.atlas.data_dir.iterdir()} == before


def test_a_column_that_is_not_described_is_told(world: Matcher, catalogue: Any) -> None:
    assert world.atlas.extend(frame(3).assign(note="x"), catalogue).ignored == ("note",)


# ------------------------------------------------------------------------ faults

BAD_CELLS = [
    ({"rooms": "1,200"}, "rooms", "without thousands marks"),
    ({"rooms": "0,5"}, "rooms", "write a decimal point: 0.5"),
    ({"rooms": "n/a"}, "rooms", "leave the cell empty"),
    ({"rooms": "many"}, "rooms", "digits and a decimal point"),
    ({"rooms": "inf"}, "rooms", "digits and a decimal point"),
    ({"rooms": "1e400"}, "rooms", "give a number"),
    ({"rooms": "-3"}, "rooms", "from 0 to any"),
    ({"rooms": "=cmd|' /C calc'!A0"}, "rooms", "digits and a decimal point"),
    ({"visits_05": ""}, "visits", "all twelve months"),
    ({"jobs": "farm=0.6; trade=0.3"}, "jobs", "of the whole"),
    ({"jobs": "farm=60; trade=40"}, "jobs", "divide each by 100"),
    ({"jobs": "farm=1.5; trade=-0.5"}, "jobs", "0 to 1"),
    ({"jobs": "farm=0.5; farm=0.5"}, "jobs", "one share"),
    ({"jobs": "farm"}, "jobs", "CLASS=SHARE"),
    ({"shore": "muddy"}, "shore", "rocky, sandy"),
    ({"networks": ";"}, "networks", "parted by semicolons"),
    ({"networks": "a\u0007b"}, "networks", "plain word"),
    ({"region_id": "toy:9999"}, "region_id", "matcher find"),
    ({"region_id": ""}, "", "fill one of the columns"),
]


@pytest.mark.parametrize(("change", "column", "todo"), BAD_CELLS, ids=lambda case: str(case)[:30])
def test_a_bad_cell_is_told_with_row_column_value_and_way_out(
    world: Matcher, catalogue: Any, tmp_path: Path, change: dict[str, str], column: str, todo: str
) -> None:
    path = write(tmp_path / "mine.csv", [FULL | {"region_id": "toy:0002"}, FULL | change])
    with pytest.raises(TableError) as caught:
        world.extend(path, catalogue)
    [fault] = caught.value.faults
    assert (fault.row, fault.column) == (3, column)
    assert todo in fault.todo
    assert fault.wrong
    assert "\x07" not in str(caught.value)


def test_a_thousand_bad_rows_are_all_reported_at_once(world: Matcher, catalogue: Any, tmp_path: Path) -> None:
    rows = [FULL | {"region_id": f"no:{i}", "rooms": "many"} for i in range(1000)]
    with pytest.raises(TableError, match="1,000 of 1,000 rows") as caught:
        world.extend(write(tmp_path / "mine.csv", rows), catalogue)
    assert len(caught.value.faults) == 2000
    assert {fault.row for fault in caught.value.faults} == set(range(2, 1002))
    assert len(str(caught.value).splitlines()) == 2003


def test_a_region_named_twice_is_a_fault_of_the_second_row(
    world: Matcher, catalogue: Any, tmp_path: Path
) -> None:
    with pytest.raises(TableError, match="same region as row 2"):
        world.extend(write(tmp_path / "mine.csv", [FULL, FULL]), catalogue)


def test_names_that_are_near_are_offered(world: Matcher, catalogue: Any) -> None:
    one = {"features": {"rooms": catalogue["features"]["rooms"]}, "groups": catalogue["groups"]}
    rows = pd.DataFrame(
        [
            {"name": "Twon 7", "country": "DE", "rooms": 1},
            {"name": "Town 7", "country": "Atlantis", "rooms": 1},
        ]
    )
    with pytest.raises(TableError) as caught:
        world.atlas.extend(rows, one)
    near, nowhere = caught.value.faults
    assert "Town 7" in near.todo
    assert "Atlantis" in nowhere.wrong


def test_a_row_whose_id_and_country_disagree_is_refused(world: Matcher, catalogue: Any) -> None:
    one = {"features": {"rooms": catalogue["features"]["rooms"]}, "groups": catalogue["groups"]}
    with pytest.raises(TableError, match="the region is in DE, the row says KR"):
        world.atlas.extend(pd.DataFrame([{"region_id": "toy:0007", "country": "KR", "rooms": 1}]), one)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"region_id": ["toy:0001"], "room": [1]}, "rename the column 'room'"),
        ({"rooms": [1]}, "no column says which region"),
        ({"name": ["Town 1"], "rooms": [1]}, "no column says which region"),
        ({"region_id": [], "rooms": []}, "holds no row"),
    ],
)
def test_columns_that_are_wrong_as_a_whole_are_told(
    world: Matcher, catalogue: Any, columns: dict[str, list[Any]], said: str
) -> None:
    one = {"features": {"rooms": catalogue["features"]["rooms"]}, "groups": catalogue["groups"]}
    with pytest.raises(TableError, match=said):
        world.atlas.extend(pd.DataFrame(columns), one)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"region_id,rooms\ntoy:0001,1,2\n", "has 3 cells, the header has 2"),
        (b"region_id,rooms,rooms\n", "two columns called rooms"),
        (b"", "no header line"),
        ("region_id,rooms\nMünchen,1".encode("latin-1"), "not UTF-8"),
        (b'region_id,rooms\n"toy:0001,1\n', "not CSV"),
    ],
)
def test_a_file_that_is_no_table_is_refused(
    world: Matcher, catalogue: Any, tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=said):
        world.atlas.extend(path, catalogue)


def test_a_hostile_text_is_only_data(world: Matcher, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("region_id;motto\ntoy:0001;=HYPERLINK(1)<script>\n", encoding="utf-8")
    own = {"features": {"motto": {"kind": "label", "group": "culture", "source": "=1+1"}}}
    wider = world.extend(path, own)
    assert wider.atlas.values(["motto"], np.array([1]))["motto"] == ["=HYPERLINK(1)<script>"]


@pytest.mark.slow
def test_fifty_thousand_good_rows_join_in_seconds(catalogue: Any) -> None:
    from matcher.atlas import Atlas

    atlas = Atlas.open()
    table = frame(50_000)
    table["region_id"] = atlas.region_ids[atlas.partner_rows()[:50_000]]
    start = time.perf_counter()
    wider = atlas.extend(table, catalogue)
    assert time.perf_counter() - start < 30
    assert np.isfinite(wider.column("rooms")).sum() == 50_000
