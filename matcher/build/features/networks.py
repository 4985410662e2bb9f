"""Networks of cities that a place has joined, as an opening for talks: absent means unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

NAMED = True
FEATURES: tuple[str, ...] = ("city_networks",)
SOURCES: tuple[str, ...] = ("nets",)

NETWORKS = (
    "Cittaslow", "OWHC", "RECEVIN", "EHTTA", "IAEC", "LUCI", "ACTE", "AIMF", "MedCities", "C40", "ICLEI", "Metropolis",
)  # fmt: skip
"""Networks by what towns have in common (slow living, heritage, wine, springs, education, textiles ...); pledges that
thousands sign, such as the Covenant of Mayors, say little of a place."""
LIKE = 85
LEVELS = ("regency", "metropolis")


def meant(members: Iterable[str], units: GeoDataFrame) -> NDArray[np.bool_]:
    """Whether a member bears the name of the unit; of a city and a ward in it, a ward without the name comes first."""
    from rapidfuzz.fuzz import partial_ratio

    from matcher.folding import fold_bare

    named = [
        partial_ratio(fold_bare(m), fold_bare(u)) >= LIKE for m, u in zip(members, units["name"], strict=True)
    ]
    return np.array(named, dtype=bool)


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Column ``city_networks``: tags of `NETWORKS`, None where no member of the list lies inside.

    Members are municipalities, so provinces around them get none.
    """
    import pandas as pd
    import shapely

    path = sources.path("nets", "members-etmun-2015.csv")
    table = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False)
    table = table[(table["EntitySimplified"] == "Municipality") & table["Network_Name"].isin(NETWORKS)]
    lat, lon = (pd.to_numeric(table[c].str.replace(",", "."), errors="coerce") for c in ("lat", "lon"))
    known = (lat.notna() & lon.notna()).to_numpy()
    table, points = table[known], shapely.points(lon[known], lat[known])
    rows = np.flatnonzero(regions["level"].isin(LEVELS))
    tree = shapely.STRtree(regions.geometry.to_numpy()[rows])
    member, unit = tree.query(points, predicate="intersects")
    unit = rows[unit]
    # A point whose place-name search went astray lies in another country.
    country = regions["country"].to_numpy(dtype=object)
    same = table["CountryCode"].to_numpy(dtype=object)[member] == country[unit]
    member, unit = member[same], unit[same]
    mine = meant(table["Full_Name"].to_numpy(dtype=object)[member], regions.iloc[unit])
    order = np.lexsort([~mine, member])
    _, first = np.unique(member[order], return_index=True)
    member, unit = member[order][first], unit[order][first]
    names = table["Network_Name"].to_numpy(dtype=object)[member]
    tags = pd.Series(names).groupby(unit).agg(lambda found: sorted(set(found)))
    result = np.full(len(regions), None, dtype=object)
    result[tags.index.to_numpy(dtype=int)] = tags.to_numpy(dtype=object)
    return pd.DataFrame({"city_networks": pd.Series(result, index=regions.index, dtype=object)})
