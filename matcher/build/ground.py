"""The regions that a build stands on, kept on disk for the steps."""

from __future__ import annotations

import hashlib
import inspect
import io
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matcher.build.kept import hand_back
from matcher.build.steps import NAMES, SEEN, code_hash, import_module, key_of
from matcher.errors import BuildError, MatcherError
from matcher.files import write_atomically
from matcher.paths import data_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import geopandas as gpd

    from matcher.build.sources import Sources


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the regions of a build are kept.

    Attributes
    ----------
    seen
        File of what the steps see of them.
    key
        Text that changes when any value of them does.
    """

    seen: Path
    key: str


def build_ground(
    sources: Sources, module: str, countries: Sequence[str] | None, tell: Callable[[str], None]
) -> tuple[Ground, Path]:
    """The regions, from the cache where nothing changed, sorted as the atlas is, and the file with all of their columns.

    No table is returned: the steps take long, and whoever waits for them needs no regions in memory.
    """
    import geopandas as gpd

    build = import_module(module).build_regions
    keys = getattr(import_module(module), "SOURCES", tuple(sources.registry))
    wanted = sorted({code.upper() for code in countries}) if countries else None
    options = {"countries": wanted} if wanted and "countries" in inspect.signature(build).parameters else {}
    layers = (
        data_dir() / "levels.csv"
    )  # which layer stands for which level: it decides as much as the code does
    written = hashlib.sha256(layers.read_bytes()).hexdigest() if layers.is_file() else ""
    key = key_of(module, sources.content_hash(keys), code_hash(module), written, repr(options))
    kept = sources.cache / "steps" / f"regions-{key}.parquet"
    if not kept.is_file():
        began = time.perf_counter()
        tell("regions: building")
        try:
            frame = build(sources, **options)
        except MatcherError:
            raise
        except Exception as error:
            raise BuildError(f"step 'regions' failed: {type(error).__name__}: {error}") from error
        _keep(frame, kept)
        del frame
        hand_back()
        tell(f"regions: {time.perf_counter() - began:.0f} s")
    frame = gpd.read_parquet(kept)
    if wanted:
        frame = frame[frame["country"].isin(wanted)]
        if frame.empty:
            raise BuildError(f"no region lies in {', '.join(wanted)}; give ISO 3166-1 alpha-2 codes")
    frame = frame.rename_axis("region_id").sort_values(["country", "level", "region_id"], kind="stable")
    ground = laid_down(frame, sources)
    whole = sources.cache / "steps" / f"ground-{ground.key}.parquet"
    if not whole.is_file():
        _keep(frame, whole)
    del frame
    hand_back()
    return ground, whole


def laid_down(frame: gpd.GeoDataFrame, sources: Sources) -> Ground:
    """Keep what the steps see of some regions in the cache, under names that tell every change."""
    seen = frame[[name for name in SEEN if name in frame.columns]]
    shown = key_of(_digest(seen))
    named = frame[[name for name in (*NAMES, *SEEN) if name in frame.columns]]
    path = sources.cache / "steps" / f"seen-{shown}-{key_of(_digest(named.drop(columns='geometry')))}.parquet"
    if not path.is_file():
        _keep(named, path)
    return Ground(path, key_of(shown, _digest(frame.drop(columns="geometry"))))


def _keep(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write a frame with outlines to the cache."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sink = io.BytesIO()
    frame.to_parquet(sink, compression="zstd", index=True)
    write_atomically(path, sink.getvalue())


def _digest(frame: Any) -> str:
    """Text that changes when any value of a frame does."""
    import pandas as pd

    plain = pd.DataFrame({"region_id": frame.index.to_numpy()})
    for name in frame.columns:
        plain[name] = (
            frame[name].to_wkb().to_numpy() if name == "geometry" else frame[name].astype(str).to_numpy()
        )
    rows = pd.util.hash_pandas_object(plain, index=False).to_numpy()
    return hashlib.sha256(rows.tobytes() + ",".join(plain.columns).encode()).hexdigest()
