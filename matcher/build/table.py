"""The table of regions: who each one is, and every feature that the steps computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.build.columns import significant
from matcher.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import geopandas as gpd
    import pyarrow as pa

    from matcher.build.sources import Sources
    from matcher.build.steps import Step
    from matcher.catalogue import Catalogue

# Identity columns and their Arrow types; those without "?" must be there.
IDENTITY = {
    "region_id": "string",
    "name": "string",
    "name_local": "string?",
    "name_en": "string?",
    "name_id": "string?",
    "name_ko": "string?",
    "unit_type": "string?",
    "country": "string",
    "level": "string",
    "parent_id": "string?",
    "layer": "string",
    "layer_year": "int32?",
    "layer_licence": "string",
    "licence_class": "string",
    "lat": "float64",
    "lon": "float64",
    "seat_name": "string?",
    "seat_lat": "float64?",
    "seat_lon": "float64?",
    "seat_population": "float64?",
    "time_zone": "string?",
    "area_km2": "float64",
    "area_basis": "string?",
    "population": "float64?",
    "population_basis": "string?",
    "population_year": "int32?",
    "geonames_id": "int64?",
    "wikidata": "string?",
    "national_code": "string?",
    "governed": "bool",
    "fine": "bool",
}


def regions_table(
    frame: gpd.GeoDataFrame,
    steps: list[Step],
    results: dict[str, Path],
    catalogue: Catalogue,
    sources: Sources,
    given: Mapping[str, pa.ChunkedArray] | None = None,
) -> tuple[pa.Table, list[str]]:
    """All columns of all regions, and the features that no step computes; `given` are features that no step has."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = _identity(frame)
    found: dict[str, pa.ChunkedArray] = dict(given or {})
    for step in steps:
        computed = pq.read_table(results[step.name])
        found |= {name: computed[name] for name in step.features}
    columns["area_km2"], columns["population"], density = _scale(columns["area_km2"], columns["population"])
    found["density"] = density
    if "population_factor" in frame:
        factor = np.round(frame["population_factor"].to_numpy(dtype=float), 2).astype(np.float32)
        found["population_factor"] = pa.array(factor, from_pandas=True)
    shipped = [f for f in catalogue.features.values() if licence_class(f.source, sources) != "local"]
    for feature in shipped:
        if feature.name in found and feature.name not in columns:
            columns[feature.name] = found[feature.name]
    return _with_metadata(columns, catalogue), [f.name for f in shipped if f.name not in columns]


def _identity(frame: gpd.GeoDataFrame) -> dict[str, Any]:
    import pyarrow as pa

    columns: dict[str, Any] = {}
    missing: list[str] = []
    for name, kind in IDENTITY.items():
        kind_of = pa.type_for_alias(kind.rstrip("?"))
        values = frame.index if name == "region_id" else frame.get(name)
        if values is None:
            if not kind.endswith("?"):
                missing.append(name)
            columns[name] = pa.nulls(len(frame), kind_of)
            continue
        try:
            columns[name] = pa.array(values.to_numpy(), kind_of, from_pandas=True)
        except pa.ArrowException as error:
            raise BuildError(f"regions: column '{name}' cannot be {kind.rstrip('?')}: {error}") from error
    if missing:
        raise BuildError(f"regions: the columns {', '.join(missing)} are missing")
    for name in ("lat", "lon", "seat_lat", "seat_lon"):
        # Ten metres.
        columns[name] = pa.array(np.round(columns[name].to_numpy(zero_copy_only=False), 4), from_pandas=True)
    return columns


def _scale(area: pa.Array, people: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Area to five digits, whole people, and people over area; unknown or no people is null."""
    import pyarrow as pa

    km2 = area.to_numpy(zero_copy_only=False).astype(float)
    persons = people.to_numpy(zero_copy_only=False).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        density = significant(persons / km2, 4).astype(np.float32)
    return (
        pa.array(significant(km2, 5), from_pandas=True),
        pa.array(np.round(persons), from_pandas=True),
        pa.array(density, from_pandas=True),
    )


def _with_metadata(columns: dict[str, Any], catalogue: Catalogue) -> pa.Table:
    """A table whose feature columns say their unit, source, evidence, resolution and vintage."""
    import pyarrow as pa

    fields = []
    for name, values in columns.items():
        feature = catalogue.features.get(name)
        about = (
            {}
            if feature is None
            else {
                "unit": feature.unit,
                "source": " ".join(feature.source),
                "evidence": feature.evidence,
                "resolution": feature.resolution,
                "vintage": feature.vintage,
            }
        )
        fields.append(pa.field(name, values.type, metadata=about or None))
    return pa.table(list(columns.values()), schema=pa.schema(fields))


def licence_class(keys: Iterable[str], sources: Sources) -> str:
    """The strictest class of some sources."""
    classes = {sources[key].licence_class for key in keys}
    return next((kind for kind in ("local", "sharealike", "derived") if kind in classes), "open")
