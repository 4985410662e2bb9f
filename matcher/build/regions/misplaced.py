"""Layers whose names lie on the wrong outlines: found by the towns of their names, and named by the towns inside.

In a few layers (Burkina Faso, Congo, Namibia) the names stand in the order of the provinces and the outlines in another,
so that Ouagadougou was called Bereba and eight units all over Namibia Luderitz. Nothing in the layer says which name
is whose, but the towns do: nearly every unit that bears the name of a town lies elsewhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.build.regions.geonames import EARTH_KM, SEAT_RANK, on_sphere
from matcher.build.regions.identity import LIKE

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from matcher.build.regions.geonames import GeoNames

FEWEST = 10
"""Units named after the only town of that name that a layer needs to be judged."""
LEAST_RIGHT = 0.25
"""A layer is misplaced if fewer of them lie by their town: 0 to .10 in the three layers, .40 and more in all others."""
REACH = 2.5
"""A unit lies by a town that is within so many radii (of a circle of its area) of its point."""
LONG = 6
"""Shorter keys are alike by chance."""
PARTS = ("PPLX", "PPLQ", "PPLW", "PPLH")


def rightly_named(regions: gpd.GeoDataFrame, towns: pd.DataFrame, geonames: GeoNames) -> pd.Series:
    """Names of all regions; in misplaced layers those of the towns inside.

    A town goes before a larger one where the layer has its name, alone or before other words ("Windhoek East"). A unit
    whose towns are none of the layer's names is marked, ``Unnamed (around Osire)``, and one without any town too,
    ``Unnamed (near Osire)``.

    Parameters
    ----------
    regions
        Columns name, country, level, layer, lat, lon, area_km2.
    towns
        Towns inside, ``unit`` being the position in `regions`.
    geonames
        All towns.
    """
    names = regions["name"].copy()
    for rows in misplaced_layers(regions, geonames):
        names.iloc[rows] = _named_by_towns(regions.iloc[rows], rows, towns, geonames)
    return names


def misplaced_layers(regions: gpd.GeoDataFrame, geonames: GeoNames) -> list[NDArray[np.intp]]:
    """Positions of the base units of each layer whose names lie on the wrong outlines."""
    import pandas as pd

    units = pd.DataFrame(
        {
            "row": np.arange(len(regions)),
            "country": regions["country"].to_numpy(object),
            "layer": regions["layer"].to_numpy(object),
            "key": _keys(regions["name"]),
        }
    )[(regions["level"] == "regency").to_numpy()]
    listed = geonames.towns.assign(key=_keys(geonames.towns["name"]))[["country", "key", "lat", "lon"]]
    alone = listed[~listed.duplicated(["country", "key"], keep=False)]
    once = units[~units.duplicated(["country", "layer", "key"], keep=False) & (units["key"] != "")]
    pairs = once.merge(alone, on=["country", "key"])
    there = regions.iloc[pairs["row"]]
    gap = on_sphere(there["lat"], there["lon"]) - on_sphere(pairs["lat"], pairs["lon"])
    chord = np.linalg.norm(gap, axis=1)
    radius = np.sqrt(there["area_km2"].to_numpy(dtype=float) / np.pi)
    right = chord * EARTH_KM <= REACH * radius
    found = pairs.assign(right=right).groupby(["country", "layer"])["right"].agg(["size", "mean"])
    bad = found.index[(found["size"] >= FEWEST) & (found["mean"] < LEAST_RIGHT)]
    return [
        units.loc[(units["country"] == country) & (units["layer"] == layer), "row"].to_numpy()
        for country, layer in bad
    ]


def _named_by_towns(
    units: gpd.GeoDataFrame, rows: NDArray[np.intp], towns: pd.DataFrame, geonames: GeoNames
) -> list[str]:
    country = units["country"].iloc[0]
    known = listed_keys(units["name"])
    mine = towns[towns["unit"].isin(rows) & (towns["country"] == country) & ~towns["feature"].isin(PARTS)]
    keys = _keys(mine["name"])
    mine = mine.assign(
        key=keys,
        listed=[is_listed(key, known) for key in keys],
        rank=mine["feature"].map(SEAT_RANK).fillna(len(SEAT_RANK)),
    ).sort_values(["listed", "rank", "population"], ascending=[False, True, False], kind="stable")
    main = mine.drop_duplicates("unit")
    # of two towns of one name the larger one bears it
    main = main.assign(sure=main["listed"] & ~main.duplicated("key")).set_index("unit")
    near = geonames.nearest(units["lat"], units["lon"], country)
    result = []
    for row, beside in zip(rows, near, strict=True):
        if row in main.index:
            town = main.loc[row]
            result.append(town["name"] if town["sure"] else f"Unnamed (around {town['name']})")
        else:
            result.append(f"Unnamed (near {geonames.towns['name'].iloc[beside]})")
    return result


def listed_keys(names: Any) -> frozenset[str]:
    """Keys of a layer's names, of what stands in brackets, and of their first words.

    >>> sorted(listed_keys(["Windhoek East", "Loandjili (Pointe Noire)"]))
    ['loandjili', 'pointe', 'pointenoire', 'windhoek', 'windhoekeast']
    """
    parts = [part.split() for name in names if isinstance(name, str) for part in re.split(r"[()]", name)]
    return frozenset(_keys(" ".join(part[: n + 1]) for part in parts for n in range(len(part)))) - {""}


def is_listed(key: str, known: frozenset[str]) -> bool:
    """Whether a town's key is one of the layer's, or a long one with a letter or two of its own.

    >>> is_listed("katimamulilo", frozenset(["katimamuliro"])), is_listed("tita", frozenset(["titao"]))
    (True, False)
    """
    from rapidfuzz import fuzz, process

    if key in known:
        return True
    best = process.extractOne(key, known, scorer=fuzz.ratio, score_cutoff=LIKE) if len(key) >= LONG else None
    return best is not None


def _keys(names: Any) -> list[str]:
    from matcher.folding import fold_bare

    return [fold_bare(name) if isinstance(name, str) else "" for name in names]
