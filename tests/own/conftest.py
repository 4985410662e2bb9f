"""A made-up world whose regions have names, and a planner's catalogue of every kind of feature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from matcher.atlas import Atlas
from matcher.folding import fold
from matcher.matcher import Matcher
from matcher.model import SimilarityModel
from tests.toy import write_atlas, write_manifest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    folder = write_atlas(tmp_path_factory.mktemp("own"))
    _recode(folder)
    atlas = Atlas.open(folder)
    return Matcher(atlas, SimilarityModel(n_pairs=500).fit(atlas))


def _recode(folder: Path) -> None:
    """Give the regions countries that exist, national codes and GeoNames ids, and write their names."""
    path = folder / "regions.parquet"
    table = pq.read_table(path)
    real = {"AA": "ID", "BB": "KR", "CC": "JP", "DD": "DE"}
    size = len(table)
    codes = [f"{i:03d}" for i in range(size)]
    for name, values in {
        "country": [real[c] for c in table["country"].to_pylist()],
        "national_code": codes,
        "geonames_id": pa.array(range(1000, 1000 + size), pa.int64()),
        "wikidata": [f"Q{1 + i}" for i in range(size)],
    }.items():
        table = table.set_column(table.column_names.index(name), name, pa.array(values))
    pq.write_table(table, path, row_group_size=64)
    names = pa.table(
        {
            "key": [fold(name) for name in table["name"].to_pylist()],
            "text": table["name"],
            "kind": ["name"] * size,
            "priority": pa.array([0] * size, pa.int16()),
            **{name: table[name] for name in ("region_id", "country", "level", "parent_id")},
        }
    )
    pq.write_table(names.sort_by("key"), folder / "names.parquet")
    (folder / "countries.json").write_text("{}", encoding="utf-8")
    write_manifest(folder, sorted(each.name for each in folder.glob("*.parquet")))


@pytest.fixture(scope="session")
def catalogue() -> dict[str, Any]:
    shared = {"group": "market", "source": "Tourism office, count of 2024"}
    return {
        "groups": {"market": {"label": "Market", "weight": 1.0}},
        "features": {
            "rooms": {**shared, "kind": "number", "scale": "log", "unit": "rooms", "vintage": "2024"},
            "visits": {**shared, "kind": "months", "unit": "visitors"},
            "jobs": {**shared, "kind": "mixture"},
            "shore": {**shared, "kind": "label", "classes": ["rocky", "sandy"], "group": "landscape"},
            "networks": {**shared, "kind": "tags", "licence": "CC BY 4.0"},
        },
        "profiles": {"mine": {"label": "Mine", "groups": {"market": 2.0, "culture": 1.0}}},
    }
