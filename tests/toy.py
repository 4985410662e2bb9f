"""A small made-up atlas in the real format, for tests that need no true values."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from matcher.catalogue import Catalogue
from matcher.paths import data_dir

if TYPE_CHECKING:
    from pathlib import Path

COUNTRIES = ("AA", "BB", "CC", "DD")
MIXTURES = {
    "koppen": ("Af", "Am", "Cfa", "Cfb", "Cwa", "Dfb"),
    "cover": ("forest", "crop", "mosaic", "urban"),
    "crop_mix": ("rice", "wheat", "maize"),
    "crops": ("rice", "wheat", "maize", "tea", "grapes"),
    "crop_basket": ("rice", "wheat", "maize", "tea", "grapes"),
    "languages": ("sun", "jav", "kor", "deu", "eng"),
    "religion": ("muslim", "christian", "none"),
    "settlement": ("city", "village", "sparse"),
    "forest_type": ("evergreen_broadleaf", "mixed"),
    "cuisine": ("rice dish", "soup"),
}
LABELS = {
    "languages_basis": ("modelled", "country"),
    "script": ("Latn", "Hang"),
    "crops_basis": ("modelled", "observed, office 2020"),
    "protected_band": ("none", "under 5 %"),
    "season_start": ("march", "may", "all year"),
    "agro_zone": ("warm humid", "cool dry", "cold humid"),
}
PATHS = {
    "sun": ("Austronesian", "Malayo-Polynesian", "sun"),
    "jav": ("Austronesian", "Malayo-Polynesian", "jav"),
    "kor": ("Koreanic", "kor"),
    "deu": ("Indo-European", "Germanic", "deu"),
    "eng": ("Indo-European", "Germanic", "eng"),
}
SHARE_ALIKE = ("languages", "language_variety", "languages_basis", "languages_count", "script")


def write_atlas(
    folder: Path, n: int = 240, *, seed: int = 0, missing: float = 0.1, order: int | None = None
) -> Path:
    """Write an atlas of `n` regions of four countries; `order` shuffles the rows."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("features.toml", "profiles.toml", "errors.toml"):
        (folder / name).write_bytes((data_dir() / name).read_bytes())
    (folder / "languages.json").write_text(json.dumps({k: {"name": k, "path": p} for k, p in PATHS.items()}))
    table = _identity(rng, n)
    for feature in Catalogue.open().features.values():
        if feature.name not in table:
            table[feature.name] = _values(rng, feature.name, feature.kind, n, missing)
    rows = np.arange(n) if order is None else np.random.default_rng(order).permutation(n)
    whole = pa.table(table).take(rows)
    open_part = whole.drop_columns(list(SHARE_ALIKE))
    files = {
        "regions.parquet": open_part,
        "regions-sharealike.parquet": whole.select(["region_id", *SHARE_ALIKE]),
    }
    for name, part in files.items():
        pq.write_table(part, folder / name, row_group_size=64)
    write_manifest(folder, list(files))
    return folder


def write_manifest(folder: Path, names: list[str]) -> None:
    """Write ``atlas.json`` with the hashes of the files as they stand."""
    files = {name: {"sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest()} for name in names}
    (folder / "atlas.json").write_text(json.dumps({"version": "toy", "files": files}))


def _identity(rng: np.random.Generator, n: int) -> dict[str, Any]:
    level = np.array(["regency"] * n, dtype=object)
    level[::40], level[20::40] = "province", "metropolis"
    population = np.round(10 ** rng.uniform(3, 6, n))
    area = np.round(10 ** rng.uniform(1, 4, n), 1)
    blank: list[Any] = [None] * n
    return {
        "region_id": pa.array([f"toy:{i:04d}" for i in range(n)]),
        "name": pa.array([f"Town {i}" for i in range(n)]),
        "country": pa.array([COUNTRIES[(i + i // 40) % 4] for i in range(n)]),
        "level": pa.array(level.tolist()),
        "lat": pa.array(rng.uniform(-60, 70, n)),
        "lon": pa.array(rng.uniform(-180, 180, n)),
        "area_km2": pa.array(area.astype(np.float32)),
        "population": pa.array(population.astype(np.float32)),
        "area_basis": pa.array(["outline"] * n),
        "population_basis": pa.array(["modelled"] * n),
        "population_year": pa.array([2025] * n, pa.int32()),
        "parent_id": pa.array([None if level[i] == "province" else f"toy:{40 * (i // 40):04d}" for i in range(n)]),
        **{
            name: pa.array(blank, pa.string())
            for name in (
                "name_local", "name_en", "name_id", "name_ko", "unit_type", "seat_name", "time_zone", "wikidata",
                "national_code", "layer", "layer_licence",
            )
        },
        "geonames_id": pa.array(blank, pa.int64()),
        "layer_year": pa.array(blank, pa.int32()),
        "governed": pa.array([True] * n),
        "fine": pa.array([False] * n),
        "density": pa.array((population / area).astype(np.float32)),
    }  # fmt: skip


def _values(rng: np.random.Generator, name: str, kind: str, n: int, missing: float) -> pa.Array:
    unknown = rng.random(n) < missing
    if kind == "number":
        return pa.array(rng.gamma(2.0, 10.0, n).astype(np.float32), mask=unknown)
    if kind == "months":
        year = rng.normal(15, 8, (n, 1)) + rng.normal(0, 3, (n, 12))
        return pa.array(
            [None if u else list(v) for u, v in zip(unknown, year, strict=True)], pa.list_(pa.float32(), 12)
        )
    if kind == "label":
        classes = LABELS[name]
        return pa.array([None if u else classes[rng.integers(len(classes))] for u in unknown])
    if kind == "tags":
        return pa.array([None if u else ["mountain", "coast"][: rng.integers(1, 3)] for u in unknown])
    classes = MIXTURES[name]
    shares = rng.dirichlet(np.full(len(classes), 0.5), n)
    cells = [
        None if u else [(k, s) for k, s in zip(classes, row, strict=True) if s > 1e-4]
        for u, row in zip(unknown, shares, strict=True)
    ]
    return pa.array(cells, pa.map_(pa.string(), pa.float32()))
