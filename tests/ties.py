"""Made-up partnerships between the regions of the made-up atlas."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from matcher.atlas import Atlas
from tests.toy import write_atlas, write_manifest

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = [f"{end}_{name}" for end in "ab" for name in ("name", "country", "lat", "lon", "qid")] + [
    "source",
    "strict",
]


def place_atlas(folder: Path, n: int = 400, seed: int = 0) -> Atlas:
    """Write the toy atlas with an outline around each region: a square of 0.1 degrees; the last has none."""
    write_atlas(folder, n, seed=seed)
    table = pq.read_table(folder / "regions.parquet")
    ids, lat, lon = (table[name].to_pylist() for name in ("region_id", "lat", "lon"))
    boxes = [shapely.box(x - 0.05, y - 0.05, x + 0.05, y + 0.05) for x, y in zip(lon, lat, strict=True)]
    outlines = pa.table({"region_id": ids[:-1], "geometry": pa.array(shapely.to_wkb(boxes[:-1]).tolist())})
    pq.write_table(outlines, folder / "geometry-open.parquet")
    write_manifest(folder, sorted(path.name for path in folder.glob("*.parquet")))
    return Atlas.open(folder)


def real_ties(atlas: Atlas, count: int = 300, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Draw ties of regions of different countries that are near in population, as real ones are."""
    rng = np.random.default_rng(seed)
    rows = atlas.partner_rows()
    people, country = np.log10(atlas.population[rows]), atlas.countries[rows]
    pairs = set()
    while len(pairs) < count:
        a = int(rng.integers(len(rows)))
        gap = np.abs(people - people[a]) + rng.exponential(0.05, len(rows))
        gap[country == country[a]] = np.inf
        pairs.add(tuple(sorted((int(rows[a]), int(rows[gap.argmin()])))))
    ends = np.array(sorted(pairs))
    return ends[:, 0], ends[:, 1]


def write_ties(path: Path, atlas: Atlas, a: np.ndarray, b: np.ndarray) -> Path:
    """Write ties as a file of partnerships."""
    ends = [atlas.regions(side) for side in (a, b)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for pair in zip(*ends, strict=True):
            cells = [x for region in pair for x in (region.name, region.country, region.lat, region.lon, "")]
            writer.writerow([*cells, "toy", "True"])
    return path
