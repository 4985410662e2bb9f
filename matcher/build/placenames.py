"""Names of places: those of the gazetteers, and where a place lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.build.discs import place_id
from matcher.build.gazetteer import SOURCES as GAZETTEERS
from matcher.build.names import SOURCES as NAME_SOURCES
from matcher.build.names import kept_names, names_frame, priority, write_names
from matcher.build.scripts import own_scripts
from matcher.build.steps import code_hash, key_of
from matcher.folding import fold, fold_bare

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from matcher.atlas import Atlas
    from matcher.build.sources import Sources
    from matcher.build.towns import Town

SOURCES: tuple[str, ...] = tuple(sorted({*GAZETTEERS, *NAME_SOURCES}))
_REGION_NAMES = ("name", "name_local", "name_en", "name_id", "name_ko")


def place_names(
    towns: Sequence[Town],
    frame: gpd.GeoDataFrame,
    rows: NDArray[np.int64],
    atlas: Atlas,
    scripts: dict[str, frozenset[str]],
) -> pd.DataFrame:
    """The index of names of places.

    A place has the names of the gazetteers; its name with those of its region and province ("Springfield, Illinois"); and,
    where its region is named after it, the region's name, which may be spelt as offices spell it today (Kurye is Gurye).

    Parameters
    ----------
    towns, frame
        Places, and the same as `place_frame` has them.
    rows
        Row of the atlas of the region that holds each, -1 for none.
    atlas
        The atlas of regions.
    scripts
        Scripts of a country's places, see `own_scripts`.
    """
    every = []
    named: list[list[str]] = []
    # a table of texts has NaN where there is none
    for town, parent in zip(towns, frame["parent_name"].fillna(""), strict=True):
        people, region_id = priority(town.people), place_id(town)
        named.append(kept_names(town, scripts, many=True))
        own = {town.name, town.ascii_name}
        every += [(text, region_id, "name" if text in own else "alias", people) for text in named[-1]]
        every += [(f"{town.name}, {part}", region_id, "alias", people) for part in parent.split(", ") if part]
    for i, text in _of_regions(towns, named, rows, atlas):
        every.append((text, place_id(towns[i]), "alias", priority(towns[i].people)))
    return names_frame(every, frame)


def _of_regions(
    towns: Sequence[Town], named: Sequence[Sequence[str]], rows: NDArray[np.int64], atlas: Atlas
) -> Iterable[tuple[int, str]]:
    """Positions of the places that regions are named after, with the regions' names: of several the largest."""
    wanted = np.unique(rows[rows >= 0])
    table = atlas.read(_REGION_NAMES, wanted).to_pydict()
    names = {
        row: [text for text in texts if text]
        for row, *texts in zip(wanted.tolist(), *table.values(), strict=True)
    }
    keys = {row: {key for t in texts for key in (fold(t), fold_bare(t))} for row, texts in names.items()}
    found: set[int] = set()
    for i in sorted(range(len(towns)), key=lambda i: (-towns[i].people, towns[i].geonames_id)):
        row = int(rows[i])
        if row >= 0 and row not in found and any(fold_bare(text) in keys[row] for text in named[i]):
            found.add(row)
            yield from ((i, text) for text in names[row])


def names_file(
    towns: Sequence[Town],
    frame: gpd.GeoDataFrame,
    rows: NDArray[np.int64],
    atlas: Atlas,
    sources: Sources,
    ground: str,
) -> Path:
    """Write the index of names to the cache, or find it there.

    `ground` stands for the frame.
    """
    about = (sources.content_hash(SOURCES), code_hash(__name__), ground, str(atlas.manifest.get("files")))
    path = sources.cache / "steps" / f"place-names-{key_of(*about)}.parquet"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_names(place_names(towns, frame, rows, atlas, own_scripts(sources)), path)
    return path
