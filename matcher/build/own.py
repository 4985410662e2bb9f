"""Own regions: what the atlas knows of every region, computed for outlines that a planner draws.

Whatever a region's own ground tells comes from the same steps and grids as for the built-in regions. What is shared
out among all regions of a country (people, languages, the crop basket) is taken over from the regions of the atlas that
the outline covers: people by settled land, the rest by people or by fields. An outline that the atlas has gets the
values that the atlas has.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.build.columns import feature_table
from matcher.build.ground import laid_down
from matcher.build.kept import keeping
from matcher.build.steps import find_steps, run_step, sources_of, step_files
from matcher.build.table import regions_table
from matcher.errors import BuildError, DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from matcher.atlas import Atlas
    from matcher.build.sources import Sources
    from matcher.own.outlines import OwnOutline

    Floats = NDArray[np.float64]

LAYER = "own"
SLIVER = 2e-3
"""Part of an own region below which what it shares with a region of the atlas is the slack of two borders."""
MOSAIC_FIELDS = 0.2
PEOPLE, FIELDS = ("languages", "language_variety", "languages_basis", "population_factor"), (
    "crops", "crops_basis", "crop_basket", "suited_crops",
)  # fmt: skip
"""Features that are shared out, by what says how much of a region of the atlas lies in the own one."""


def own_table(
    outlines: Sequence[OwnOutline], atlas: Atlas, sources: Sources, tell: Callable[[str], None]
) -> pa.Table:
    """Compute all columns of own regions.

    Returns
    -------
    Table
        Columns of the atlas and ``geometry`` (WKB), a row a region in the order of `outlines`.

    Raises
    ------
    BuildError
        A source cannot be had, or an outline meets no region of its country.
    """
    import pyarrow as pa
    import shapely

    steps = [step for step in find_steps() if not step.shared_out]
    needed = sorted({*sources_of(steps), "degurba", "hot2"})
    try:
        sources.fetch_all(needed)
    except DataError as error:
        raise BuildError(
            f"the features of own regions are computed from the sources of the atlas, and {error}\n"
            "Or compute them where the sources are (`matcher data regions FILE -o own.parquet`) and give own.parquet."
        ) from error
    frame = _frame(outlines, atlas)
    pieces = _pieces(frame, atlas)
    frame = _with_people(_with_hours(frame, pieces, atlas), pieces, atlas, sources)
    ground = laid_down(frame, sources)
    catalogue = atlas.catalogue
    files = step_files(steps, sources, ground.seen.name, catalogue)
    with keeping():
        for step in steps:
            if not files[step.name].is_file():
                tell(f"{step.name}: {run_step(step, sources, ground.seen, files, catalogue):.0f} s")
    table, _ = regions_table(frame, steps, files, catalogue, sources)
    shared = _shared_out(frame, pieces, atlas)
    for name in shared.column_names[1:]:
        place = table.column_names.index(name) if name in table.column_names else table.num_columns
        table = table.remove_column(place) if place < table.num_columns else table
        table = table.append_column(name, shared[name])
    wkb = pa.array(shapely.to_wkb(frame.geometry.to_numpy(), byte_order=1, include_srid=False), pa.binary())
    return table.append_column("geometry", wkb)


def _frame(outlines: Sequence[OwnOutline], atlas: Atlas) -> gpd.GeoDataFrame:
    """The regions with identity columns as the build has them, in the order of `outlines`."""
    import geopandas as gpd

    from matcher.build.regions.layout import CRS, conform
    from matcher.build.regions.world import with_points

    rows = [
        {
            "region_id": each.region_id,
            "name": each.name,
            "country": each.country,
            "level": each.level,
            "population": each.population,
            "population_year": each.population_year,
            "layer": LAYER,
            "layer_licence": "planner's own",
            "licence_class": "local",
            "governed": True,
            "fine": False,
            **each.texts,
        }
        for each in outlines
    ]
    frame = gpd.GeoDataFrame(rows, geometry=[each.geometry for each in outlines], crs=CRS)
    frame = with_points(conform(frame))
    parents = [
        None if level == "province" else atlas.locate(lat, lon, country, "province")
        for lat, lon, country, level in zip(
            frame["lat"], frame["lon"], frame["country"], frame["level"], strict=True
        )
    ]
    return frame.assign(parent_id=[parent and parent.region_id for parent in parents])


def _pieces(frame: gpd.GeoDataFrame, atlas: Atlas) -> pd.DataFrame:
    """What own regions share with base units of their country: own (position), row (of the atlas), geometry, part."""
    import pandas as pd
    import shapely

    rows = np.flatnonzero(
        atlas.where("country", sorted(set(frame["country"]))) & atlas.where("level", ["regency"])
    )
    shapes = np.array([atlas.outline(each) for each in atlas.region_ids[rows]], dtype=object)
    rows, shapes = rows[shapes != None], shapes[shapes != None]  # noqa: E711 - elementwise
    own = frame.geometry.to_numpy()
    mine, other = shapely.STRtree(shapes).query(own, predicate="intersects")
    same = atlas.countries[rows[other]].astype(str) == frame["country"].to_numpy().astype(str)[mine]
    mine, other = mine[same], other[same]
    cut = shapely.intersection(own[mine], shapes[other])
    pieces = pd.DataFrame(
        {"own": mine, "row": rows[other], "geometry": cut, "whole": shapes[other],
         "of_own": shapely.area(cut) / shapely.area(own[mine]),
         "of_row": shapely.area(cut) / shapely.area(shapes[other])}
    )  # fmt: skip
    # a region of the atlas that lies inside is no sliver, however small it is
    return pieces[(pieces["of_own"] > SLIVER) | (pieces["of_row"] > 0.5)].reset_index(drop=True)


def _with_hours(frame: gpd.GeoDataFrame, pieces: pd.DataFrame, atlas: Atlas) -> gpd.GeoDataFrame:
    """Time zone of those that state none: that of the region which holds most of them."""
    largest = pieces.sort_values("of_own", ascending=False, kind="stable").drop_duplicates("own")
    found = dict(zip(largest["own"], atlas.column("time_zone", largest["row"].to_numpy()), strict=True))
    zones = [stated or found.get(own) for own, stated in enumerate(frame["time_zone"])]
    return frame.assign(time_zone=zones)


def _with_people(
    frame: gpd.GeoDataFrame, pieces: pd.DataFrame, atlas: Atlas, sources: Sources
) -> gpd.GeoDataFrame:
    """People of regions that state none: those of the atlas, by the settled land that each piece has of its region.

    `pieces` gets a column ``settled``, that part.
    """
    import pandas as pd

    from matcher.build.regions.layout import area_km2
    from matcher.build.regions.settled import laid_out, settled_land

    both = np.concatenate([pieces["geometry"].to_numpy(), pieces["whole"].to_numpy()])
    guess = laid_out(settled_land(both, area_km2(both), sources), len(both), sources, power=0.0)
    part, whole = guess[: len(pieces)], guess[len(pieces) :]
    pieces["settled"] = np.where(whole > 0, np.minimum(part / np.maximum(whole, 1e-9), 1.0), pieces["of_row"])
    people = atlas.population[pieces["row"].to_numpy()] * pieces["settled"].to_numpy()
    found = np.bincount(pieces["own"], weights=np.nan_to_num(people), minlength=len(frame))
    stated = frame["population"].notna()
    official = atlas.column("population_basis", pieces["row"].to_numpy()) == "official"
    # whole regions with an official figure add up to one; a part of one is an estimate
    exact = official & (pieces["of_row"].to_numpy() > 1 - SLIVER)
    sure = np.bincount(pieces["own"], weights=~exact, minlength=len(frame)) == 0
    known = stated | (found > 0)
    basis = np.where(stated | sure, "official", "modelled")
    years = pd.Series(atlas.column("population_year", pieces["row"].to_numpy())).groupby(pieces["own"]).max()
    year = (
        frame["population_year"]
        .astype("Float64")
        .fillna(years.reindex(range(len(frame))).set_axis(frame.index))
    )
    return frame.assign(
        population=np.where(stated, frame["population"], np.where(found > 0, found, np.nan)),
        population_basis=[text if some else None for text, some in zip(basis, known, strict=True)],
        population_year=year.where(known).astype("Int64"),
    )


def _shared_out(frame: gpd.GeoDataFrame, pieces: pd.DataFrame, atlas: Atlas) -> pa.Table:
    """Columns that are taken over from the regions that each own one covers."""
    import pandas as pd

    known = [name for name in (*PEOPLE, *FIELDS) if name in atlas.store.names]
    rows = np.unique(pieces["row"].to_numpy())
    place = np.searchsorted(rows, pieces["row"].to_numpy())
    table = atlas.read([*known, "population", "area_km2", "cropland", "crop_mosaic"], rows)
    numbers = {name: np.asarray(table[name].to_pylist(), float) for name in ("population", "area_km2")}
    fields = [
        np.nan_to_num(np.asarray(table[name].to_pylist(), float)) for name in ("cropland", "crop_mosaic")
    ]
    weights = {
        "people": np.nan_to_num(numbers["population"])[place] * pieces["settled"].to_numpy() + 1e-6,
        "fields": ((fields[0] + MOSAIC_FIELDS * fields[1]) * numbers["area_km2"])[place]
        * pieces["of_row"].to_numpy()
        + 1e-6,
    }
    columns: dict[str, list[Any]] = {}
    for name in known:
        values = table[name].to_pylist()
        weight = weights["people" if name in PEOPLE else "fields"]
        columns[name] = [
            _joined([(values[place[i]], float(weight[i])) for i in np.flatnonzero(pieces["own"] == own)])
            for own in range(len(frame))
        ]
    wide = pd.DataFrame(columns, index=frame.index, dtype=object)
    for name in known:
        if atlas.catalogue[name].kind == "number":
            wide[name] = wide[name].astype(float)
    return feature_table(wide, list(frame.index), LAYER, known, atlas.catalogue)


def _joined(parts: list[tuple[Any, float]]) -> Any:
    """One value of several, each with its weight: a mean of numbers and mixtures, else that of the largest part."""
    parts = [(value, weight) for value, weight in parts if value is not None]
    if not parts:
        return None
    first = max(parts, key=lambda part: part[1])[0]
    total = sum(weight for _, weight in parts)
    if isinstance(first, float):
        return sum(value * weight for value, weight in parts) / total
    if isinstance(first, list) and first and isinstance(first[0], tuple):
        mix: Counter[str] = Counter()
        for value, weight in parts:
            for key, share in value:
                mix[key] += share * weight / total
        return dict(mix)
    return first


def about(atlas: Atlas) -> dict[str, str]:
    """What a file of own regions says of itself."""
    return {
        "matcher_own": json.dumps(
            {"format": 1, "atlas": atlas.version, "inputs": atlas.manifest.get("inputs", "")}
        )
    }


def packed(outlines: Sequence[OwnOutline], atlas: Atlas) -> Path:
    """Compute own regions into the cache, or find them there: a file named by outlines and atlas."""
    from matcher.build.sources import Sources
    from matcher.build.steps import code_hash, key_of
    from matcher.own.outlines import outlines_geojson

    sources = Sources()
    said = [repr((each.population, each.population_year, sorted(each.texts.items()))) for each in outlines]
    inputs = str(atlas.manifest.get("inputs", ""))
    key = key_of(outlines_geojson(outlines).decode(), *said, inputs, code_hash(__name__))
    path = sources.cache / "own" / f"{key}.parquet"
    if not path.is_file():
        write_own(path, own_table(outlines, atlas, sources, lambda _: None), atlas)
    return path


def write_own(path: Path, table: pa.Table, atlas: Atlas) -> None:
    """Write a file of own regions, which `Atlas.add_regions` reads without any library of the build."""
    from matcher.build.writing import write_table

    write_table(path, table.replace_schema_metadata(about(atlas)))
