"""A made-up world of five squares, with steps of its own, for the tests of the build."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CATALOGUE = """
version = 1
[groups]
geography = { label = "Geography", weight = 1.0 }
culture = { label = "Culture", weight = 1.0 }
scale = { label = "Scale", weight = 0.0 }
"""
FEATURES = {
    "elevation": ("number", "m", "geography", "grid_open"),
    "rain_months": ("months", "mm", "geography", "grid_open"),
    "cover": ("mixture", "share", "geography", "grid_open"),
    "zone": ("label", "class", "geography", "grid_open"),
    "tags": ("tags", "tags", "geography", "grid_open"),
    "languages": ("mixture", "share", "culture", "grid_sa"),
    "height": ("number", "m", "geography", "grid_open"),
    "area_km2": ("number", "km2", "scale", "grid_open"),
    "population": ("number", "persons", "scale", "grid_open"),
    "density": ("number", "persons/km2", "scale", "grid_open"),
}
REGISTRY = """
version = 1
[sources.grid_open]
title = "A grid"
kind = "local"
folder = "grid"
licence = "CC0"
licence_class = "open"
citation = "c"
vintage = "2020"
what = "w"
processing = "p"
limits = "l"
[sources.grid_open.files]
"a.txt" = "{digest}"
[sources.grid_sa]
title = "A share-alike table"
kind = "local"
folder = "grid"
licence = "CC BY-SA 4.0"
licence_class = "sharealike"
citation = "c"
vintage = "2020"
what = "w"
processing = "p"
limits = "l"
[sources.grid_sa.files]
"a.txt" = "{digest}"
"""
REGIONS = """
import geopandas as gpd
import numpy as np
import shapely

SOURCES = ("grid_open",)


def build_regions(sources):
    sources.path("grid_open").read_text()
    ids = ["aa:3", "aa:1", "aa:2", "bb:1", "a1:AA-1"]
    boxes = [shapely.box(x, y, x + 0.98765432, y + 1) for x, y in ((2, 0), (0, 0), (1, 0), (20, 5), (0, 0))]
    frame = gpd.GeoDataFrame(
        {
            "name": ["Cee", "Ay", "Bee", "Ay", "Upper"],
            "country": ["AA", "AA", "AA", "NA", "AA"],
            "level": ["regency", "regency", "regency", "regency", "province"],
            "parent_id": ["a1:AA-1", "a1:AA-1", "a1:AA-1", None, None],
            "layer": "test",
            "layer_licence": ["CC0", "CC0", "ODbL", "none", "CC0"],
            "licence_class": ["open", "open", "sharealike", "local", "open"],
            "lat": 0.5,
            "lon": [2.5, 0.5, 1.5, 20.5, 1.0],
            "area_km2": [12345.678, 12000.0, 11000.0, 10.0, 35000.0],
            "population": [1000.0, np.nan, 1063932.0, 20.0, 1500000.0],
            "population_basis": ["official", None, "official", "modelled", "official"],
            "governed": True,
            "fine": False,
        },
        geometry=boxes,
        index=ids,
        crs="EPSG:4326",
    )
    return frame
"""
GRID_STEP = """
import numpy as np
import pandas as pd

FEATURES = ("elevation", "rain_months", "cover", "zone", "tags")
SOURCES = ("grid_open",)


def compute(regions, sources):
    with open(__file__ + ".runs", "a") as log:
        log.write("x")
    n = len(regions)
    frame = pd.DataFrame({"elevation": np.linspace(1.23456, 2000.56789, n)}, index=regions.index)
    frame.loc[frame.index[0], "elevation"] = np.nan
    for month in range(1, 13):
        frame[f"rain_months:{month:02d}"] = np.where(np.arange(n) == 1, np.nan, month * 10.04)
    frame["cover:forest"] = [1 / 3, 0.0, np.nan, 0.5, 1.0]
    frame["cover:crop"] = [2 / 3, 1.0, np.nan, 0.5, 0.0]
    frame["zone"] = ["a", None, "b", "a", "a"]
    frame["tags"] = [["coast"], [], None, ["coast", "hill"], ["hill"]]
    return frame
"""
LANGUAGE_STEP = """
import pandas as pd

FEATURES = ("languages",)
SOURCES = ("grid_sa",)


def compute(regions, sources):
    values = [{"sun": 0.74, "jav": 0.14, "bew": 0.10}, None, {"kor": 1.0}, {"kor": 1}, {"kor": 1}]
    return pd.DataFrame({"languages": pd.Series(values, index=regions.index, dtype=object)})

"""
FAMILIES = """
def language_table(sources, codes):
    return {code: {"name": code.title(), "path": ["family", code]} for code in codes}
"""
LATE_STEP = """
import pandas as pd

FEATURES = ("height",)
SOURCES = ("grid_open",)
NEEDS = ("grid",)


def compute(regions, sources, known):
    return pd.DataFrame({"height": known["elevation"] + known["cover:crop"] + (known["zone"] == "a")})
"""
NAMES = """
import pandas as pd

SOURCES = ()


def build_names(regions, sources):
    return pd.DataFrame({"key": regions["name"].str.lower(), "text": regions["name"], "region_id": regions.index})


def write_names(names, path):
    names.to_parquet(path, index=False)
"""


CODE = {
    "regions": REGIONS,
    "features/grid": GRID_STEP,
    "features/language": LANGUAGE_STEP,
    "features/first": LATE_STEP,
    "names": NAMES,
    "families": FAMILIES,
}


class World:
    """A build of the made-up world; `build()` runs it."""

    def __init__(self, root: Path, name: str) -> None:
        self.root, self.name = root, name
        self.package = root / name
        for module, code in CODE.items():
            self.write(module, code)
        (self.package / "__init__.py").touch()
        (self.package / "features" / "__init__.py").touch()
        (root / "local" / "grid").mkdir(parents=True)
        (root / "local" / "grid" / "a.txt").write_text("a")
        digest = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
        (root / "sources.toml").write_text(REGISTRY.format(digest=digest))
        self.out = root / "data"
        self.out.mkdir()
        rows = [
            f'[features.{n}]\nlabel = "{n}"\ngroup = "{g}"\nkind = "{k}"\nunit = "{u}"\nweight = 1.0\n'
            f'tree = "{"family" if n == "languages" else ""}"\nsource = ["{s}"]\nevidence = "grid"\nresolution = "1 km"\nvintage = "2020"\n'
            for n, (k, u, g, s) in FEATURES.items()
        ]
        (self.out / "features.toml").write_text(CATALOGUE + "\n".join(rows))

    def write(self, module: str, code: str) -> None:
        path = self.package / f"{module}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(code))
        for name in [n for n in sys.modules if n == self.name or n.startswith(self.name + ".")]:
            del sys.modules[name]

    def change(self, module: str, *changes: tuple[str, str]) -> None:
        """Write a module anew from its first text with these texts replaced; each must occur."""
        code = CODE[module]
        for old, new in changes:
            assert old in code
            code = code.replace(old, new)
        self.write(module, code)

    def build(self, **options: object) -> dict[str, Any]:
        from matcher.build.assemble import build_atlas
        from matcher.build.sources import Sources

        sources = Sources(self.root / "cache", self.root / "local", registry=self.root / "sources.toml")
        names = {part: f"{self.name}.{part}" for part in ("regions", "features", "names", "families")}
        return build_atlas(sources, self.out, jobs=1, progress=None, **names, **options)

    def runs(self) -> int:
        log = self.package / "features" / "grid.py.runs"
        return len(log.read_text()) if log.exists() else 0


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """The made-up world; skips where the libraries of the build are missing."""
    pytest.importorskip("geopandas", reason="the extra 'build' is not installed")
    monkeypatch.syspath_prepend(tmp_path)
    return World(tmp_path, f"world_{tmp_path.name.replace('-', '_')}")
