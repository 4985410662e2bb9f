"""``matcher doctor``: is everything in place, and what to do where it is not."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matcher.cli import options
from matcher.cli.output import table, write, write_json
from matcher.errors import MatcherError
from matcher.paths import cache_dir, data_dir, model_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LIBRARIES = ("numpy", "pyarrow", "click", "rapidfuzz", "scikit-learn", "pandas", "shapely", "jinja2")
EXTRAS = {
    "build": ("exactextract", "geopandas", "rasterio"),
    "test": ("pytest", "hypothesis", "mypy", "ruff"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the examination; `state` is ok, info or broken."""

    what: str
    state: str
    found: str


@click.command(epilog=options.examples("matcher doctor", "matcher doctor --format json"))
@options.formats("table", "json")
@click.pass_context
def doctor(ctx: click.Context, form: str) -> None:
    """Examine this installation: versions, atlas, model, cache, extras. Exit code 1 when something is broken."""
    checks = list(examine())
    if form == "json":
        write_json([asdict(check) for check in checks])
    else:
        write(table(["", "what", "found"], [[check.state, check.what, check.found] for check in checks]))
    if any(check.state == "broken" for check in checks):
        ctx.exit(1)


def examine() -> Iterator[Check]:
    """Run every check, in the order in which one would look for a fault."""
    from matcher import __version__

    yield Check("matcher", "info", f"{__version__} in {Path(__file__).resolve().parents[1]}")
    yield Check("Python", "info", f"{platform.python_version()} on {platform.platform(terse=True)}")
    yield Check("encoding of stdout", "info", str(sys.stdout.encoding))
    for name in LIBRARIES:
        version = _version(name)
        yield Check(name, "info" if version else "broken", version or "not installed; install matcher again")
    yield _checked("atlas", _atlas)
    yield _checked("model", _model)
    yield _checked("model fits atlas", _fit)
    yield _checked("names", _names)
    yield _checked("cache", _cache)
    for extra, libraries in EXTRAS.items():
        missing = [name for name in libraries if importlib.util.find_spec(name) is None]
        found = f"lacks {', '.join(missing)}: pip install 'matcher[{extra}]'" if missing else "installed"
        yield Check(f"extra {extra}", "info", found)


def _version(name: str) -> str:
    """Return the version of an installed distribution, or nothing."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _checked(what: str, check: Callable[[], str]) -> Check:
    """Run a check and turn its error into a line."""
    try:
        return Check(what, "ok", check())
    except MatcherError as error:
        return Check(what, "broken", str(error))
    except Exception as error:  # noqa: BLE001 - a doctor must not fall ill
        return Check(what, "broken", f"{type(error).__name__}: {error}")


def _atlas() -> str:
    """Check the hash of every file that the manifest lists."""
    from matcher.atlas import Atlas

    atlas = Atlas.open()
    files = list(atlas.manifest["files"])
    for name in files:
        atlas.store.checked(name)
    return f"version {atlas.version}, {len(atlas):,} regions, {len(files)} files with the right hash, in {data_dir()}"


def _model() -> str:
    """Check the hashes of the model."""
    from matcher.model import SimilarityModel

    model = SimilarityModel.load(model_dir())
    return f"{len(model.features_)} features, atlas {model.atlas_version_}, in {model_dir()}"


def _fit() -> str:
    """Check that the atlas is the one that the model was fitted on, and that a region matches itself."""
    matcher = options.load_matcher()
    region = matcher.atlas.get(str(matcher.atlas.region_ids[0]))
    score = matcher.explain(region, region).score
    if matcher.model.atlas_version_ != matcher.atlas.version:
        return f"model of atlas {matcher.model.atlas_version_}, atlas {matcher.atlas.version}; scores can be compared all the same"
    return f"same atlas; {region} with itself scores {score:.1f}"


def _names() -> str:
    """Check that a region is found by its own id."""
    matcher = options.load_matcher()
    region_id = str(matcher.atlas.region_ids[-1])
    return f"found {matcher.region(region_id).name} by its id"


def _cache() -> str:
    """Check that downloads could be written."""
    folder = cache_dir()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(existing, os.W_OK):
        return f"{folder} cannot be written to; only `matcher data` needs it (MATCHER_CACHE moves it)"
    with tempfile.TemporaryFile(dir=existing):
        pass
    return f"{folder} can be written to" if Path(folder).exists() else f"{folder} can be made"
