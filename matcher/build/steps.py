"""Steps of a build: found, run and kept on disk, so that a build that was stopped goes on where it was.

A step's result is keyed on everything that it depends on: the hashes of its sources, the code of its module and of the
modules of the project that it imports, and the regions. A result with the same key is not computed again.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import importlib.util
import pkgutil
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matcher.build.columns import feature_table, wide_frame
from matcher.build.kept import keeping
from matcher.build.writing import write_table
from matcher.errors import BuildError, MatcherError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import ModuleType

    import geopandas as gpd

    from matcher.build.sources import Sources
    from matcher.catalogue import Catalogue

# What a feature step sees of the regions; nothing else, so that a changed name computes nothing again.
SEEN = ("country", "level", "parent_id", "lat", "lon", "area_km2", "population", "geometry")
# What only a step with `NAMED` sees beside: it has to find regions by name.
NAMES = ("name", "name_local", "name_en", "seat_name", "national_code")
# These decide where files lie and how faults are told, not what a value is.
_NOT_HASHED = tuple(
    f"matcher.{name}"
    for name in ("build.sources", "build.registry", "build.fetch", "errors", "files", "paths")
)


@dataclass(frozen=True, slots=True)
class Step:
    """A module that computes features: `FEATURES`, `SOURCES`, `compute(regions, sources)`.

    One with `NEEDS`, names of other steps, is run after them, and gets their columns as a third argument; one with
    `NAMED` sees the names of the regions too. The values of one with `SHARED_OUT` hang on the other regions of the
    country: they cannot be had for a region alone. Steps that state the same `TOGETHER` run one after the other in one
    process, where what they have in common is reckoned once (`matcher.build.kept`).
    """

    module: str
    features: tuple[str, ...]
    sources: tuple[str, ...]
    needs: tuple[str, ...] = ()
    named: bool = False
    shared_out: bool = False
    together: str = ""

    @property
    def name(self) -> str:
        """Last part of the module's name."""
        return self.module.rpartition(".")[2]


def find_steps(package: str = "matcher.build.features") -> list[Step]:
    """Find all modules of a package that compute features, sorted by name.

    Raises
    ------
    BuildError
        If a module cannot be imported, or two compute the same feature.
    """
    steps: list[Step] = []
    owner: dict[str, str] = {}
    for found in sorted(pkgutil.iter_modules(import_module(package).__path__), key=lambda m: m.name):
        module = import_module(f"{package}.{found.name}")
        if not all(hasattr(module, name) for name in ("FEATURES", "SOURCES", "compute")):
            continue  # a helper of the others
        needs = tuple(getattr(module, "NEEDS", ()))
        named = bool(getattr(module, "NAMED", False))
        shared_out = bool(getattr(module, "SHARED_OUT", False))
        together = getattr(module, "TOGETHER", "")
        step = Step(
            module.__name__, tuple(module.FEATURES), tuple(module.SOURCES), needs, named, shared_out, together
        )
        for feature in step.features:
            if feature in owner:
                raise BuildError(f"feature '{feature}' is computed by both {owner[feature]} and {step.name}")
            owner[feature] = step.name
        steps.append(step)
    bare = {step.name for step in steps if not step.needs}
    for step in steps:
        if lost := set(step.needs) - bare:
            raise BuildError(
                f"step '{step.name}' needs {', '.join(sorted(lost))}, which no step of its own gives"
            )
    return sorted(steps, key=lambda step: (bool(step.needs), step.name))


def import_module(name: str) -> ModuleType:
    """Import a module of the build; a missing library is an error that names the extra to install."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("matcher"):
            raise BuildError(f"the build has no module {error.name}") from error
        raise BuildError(f"building the atlas needs {error.name}: pip install 'matcher[build]'") from error


def code_hash(module: str) -> str:
    """SHA-256 over the source of a module, what it imports of `matcher`, and the tables that lie beside them."""
    digest = hashlib.sha256()
    for path in sorted(_closure(module)):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _closure(module: str) -> set[Path]:
    """Files of a module and of all modules of `matcher` that it leads to."""
    files: set[Path] = set()
    todo, seen = [module], set(_NOT_HASHED)
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        path = _file_of(name)
        if path is None:
            continue
        files.add(path)
        if path.name == "__init__.py" and name.startswith("matcher.build."):
            files.update(p for p in path.parent.rglob("*") if p.suffix in {".py", ".csv", ".toml", ".json"})
            todo += [f"{name}.{child.stem}" for child in path.parent.glob("*.py") if child.stem != "__init__"]
        todo += _imports(path, name)
    return files


def _file_of(name: str) -> Path | None:
    """Source file of a module of the project; None for anything else (a function, another project)."""
    try:
        spec = importlib.util.find_spec(name)
    except (ModuleNotFoundError, ValueError):
        return None
    return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None


def _imports(path: Path, name: str) -> list[str]:
    """Modules of the project of this name that a file imports, at any depth of its code."""
    top = name.partition(".")[0]
    found: list[str] = []
    todo: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            todo += node.orelse  # names for the type checker only
            continue
        todo += ast.iter_child_nodes(node)
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    # A package's own __init__ is left out unless it is named: importing one feature is not importing all.
    return [
        each
        for each in found
        if each.startswith(top + ".") and each not in {f"{top}.build", f"{top}.build.features"}
    ]


def key_of(*parts: str) -> str:
    """Twenty hexadecimal digits that stand for these texts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def step_files(
    steps: Iterable[Step], sources: Sources, seen_hash: str, catalogue: Catalogue
) -> dict[str, Path]:
    """Where the results of steps are kept, by name; those that others need come first."""
    files: dict[str, Path] = {}
    columns = code_hash("matcher.build.columns")
    for step in steps:
        # the hash of the regions is that of what all see, a dash, and that of their names
        seen = seen_hash if step.named else seen_hash.rpartition("-")[0] or seen_hash
        parts = [step.module, sources.content_hash(step.sources), code_hash(step.module), seen, columns]
        parts += [repr(catalogue.features.get(name)) for name in step.features]
        parts += [files[name].name for name in step.needs]
        files[step.name] = sources.cache / "steps" / f"{step.name}-{key_of(*parts)}.parquet"
    return files


@lru_cache(maxsize=1)
def _regions(path: str) -> gpd.GeoDataFrame:
    """Regions of a build, read once a process."""
    import geopandas as gpd

    return gpd.read_parquet(path)


def run_step(
    step: Step, sources: Sources, seen: Path, files: Mapping[str, Path], catalogue: Catalogue
) -> float:
    """Compute a step and keep its result at its place in `files`; seconds of processor time that it took."""
    import time

    import pandas as pd
    from pyarrow.parquet import read_table

    began = time.process_time()
    regions = _regions(str(seen)).copy(deep=False)
    if not step.named:
        regions = regions.drop(columns=[name for name in NAMES if name in regions.columns])
    known = [wide_frame(read_table(files[name]), catalogue) for name in step.needs]
    more = (pd.concat(known, axis=1),) if known else ()
    try:
        frame: Any = import_module(step.module).compute(regions, sources, *more)
    except MatcherError:
        raise
    except Exception as error:
        raise BuildError(f"step '{step.name}' failed: {type(error).__name__}: {error}") from error
    table = feature_table(frame, list(regions.index), step.name, step.features, catalogue)
    write_table(files[step.name], table)
    return time.process_time() - began


def run_steps(
    steps: Sequence[Step],
    sources: Sources,
    seen: Path,
    files: Mapping[str, Path],
    catalogue: Catalogue,
    jobs: int,
    tell: Callable[[str], None],
    beside: Sequence[Any] = (),
) -> None:
    """Compute the steps whose results are not kept, several at once; those that read the others' in a second round.

    `beside` are further tasks (joblib's `delayed`) that depend on none; each returns names and seconds. They end the
    first round: the steps of the second hold so much that little else finds room beside them.
    """
    from joblib import Parallel, delayed

    missing = [step for step in steps if not files[step.name].is_file()]
    groups: dict[tuple[bool, str], list[Step]] = {}
    for step in missing:
        groups.setdefault((bool(step.needs), step.together or step.module), []).append(step)
    total = len(beside) + len(missing)
    tell(f"steps: {total} to run, {len(files) - total} kept from before")
    number = 0
    with Parallel(n_jobs=jobs, return_as="generator_unordered", max_nbytes=None) as pool:
        for late in (False, True):
            each = sorted((group for key, group in groups.items() if key[0] is late), key=len, reverse=True)
            tasks = [delayed(_run_group)(group, sources, seen, files, catalogue) for group in each]
            for done in pool([*tasks, *(() if late else beside)]):
                for name, seconds in done:
                    number += 1
                    tell(f"[{number}/{total}] {name}: {seconds:.0f} s")


def _run_group(
    steps: Sequence[Step], sources: Sources, seen: Path, files: Mapping[str, Path], catalogue: Catalogue
) -> list[tuple[str, float]]:
    with keeping():
        return [(step.name, run_step(step, sources, seen, files, catalogue)) for step in steps]


def sources_of(steps: Iterable[Step]) -> list[str]:
    """Keys of the sources that these steps read, sorted."""
    return sorted({key for step in steps for key in step.sources})
