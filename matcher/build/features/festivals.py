"""Festivals of Korean districts, to talk of in reports: no other country has such a table, so no score sees them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

NAMED = True
FEATURES: tuple[str, ...] = ("festivals",)
SOURCES: tuple[str, ...] = ("krfest",)

OFFICIAL = "kr:"
"""Begin the ids of the districts of the census layer."""
MOST = 5
"""Festivals that are kept of a district."""
_READ = {
    "축제명": "name", "축제시작일자": "begins", "소재지도로명주소": "road", "소재지지번주소": "lot", "위도": "lat",
    "경도": "lon", "제공기관명": "office",
}  # fmt: skip
# What tells one year's festival from the next: "2024 ", "제12회 ", and remarks in brackets.
_NOTE = re.compile(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】")
_EDITION = re.compile(r"(?:19|20)\d\d\s*년?도?|제?\s*(\d+)\s*회")
# Provinces that are two, north and south, share their first two letters.
_HALVES = ("충청", "전라", "경상")


def province(name: str) -> str:
    """Return the short name of a Korean province, the same before and after its renaming.

    Examples
    --------
    >>> province("전라남도"), province("전북특별자치도"), province("전라북도"), province("강원도")
    ('전남', '전북', '전북', '강원')
    """
    return name[0] + name[2] if name.startswith(_HALVES) else name[:2]


def edition(title: str) -> tuple[str, int]:
    """Return a festival's name without year and number, and that number; 0 where the title has none.

    Examples
    --------
    >>> edition("제26회 지리산남악제"), edition("2024 안양춤축제 (11월 예정)")
    (('지리산남악제', 26), ('안양춤축제', 0))
    """
    bare = _NOTE.sub(" ", title)
    numbers = [int(found[1]) for found in _EDITION.finditer(bare) if found[1]]
    name = " ".join(_EDITION.sub(" ", bare).split()).strip(" -_,·:")
    return name, max(numbers, default=0)


def units_of(table: pd.DataFrame, regions: GeoDataFrame) -> NDArray[np.int64]:
    """Return the row of the Korean district that each festival is held in, -1 for none.

    The address names it; else the office that gave the row does; else the point lies in it. A planner's own region has
    only what lies in it: by name it might take the festivals of a whole province.

    Parameters
    ----------
    table
        Columns road, lot, office (texts), lat, lon (degrees, NaN unknown).
    regions
        With names; districts are known by ``parent_id`` and the province's own name.
    """
    import shapely

    korean = np.flatnonzero(regions["country"] == "KR")
    local = regions["name_local" if "name_local" in regions else "name"].to_numpy(dtype=object)
    level = regions["level"].to_numpy(dtype=object)
    uppers = {regions.index[i]: province(str(local[i])) for i in korean if level[i] != "regency"}
    districts = [int(i) for i in korean if level[i] == "regency"]
    parents = regions["parent_id"].to_numpy(dtype=object)
    official = [i for i in districts if str(regions.index[i]).startswith(OFFICIAL)]
    by_name = {(uppers.get(parents[i], ""), str(local[i])): i for i in official}
    alone = {province(str(local[i])): i for i in official if parents[i] not in uppers}  # Sejong

    def named(address: str) -> int:
        words = address.split()
        if not words:
            return -1
        upper = province(words[0])
        return by_name.get((upper, words[1]) if len(words) > 1 else (upper, ""), alone.get(upper, -1))

    points = shapely.points(table["lon"].to_numpy(), table["lat"].to_numpy())
    tree = shapely.STRtree(regions.geometry.to_numpy()[districts])
    point, place = tree.query(points, predicate="intersects")
    inside = np.full(len(table), -1, dtype=np.int64)
    inside[point] = np.array(districts, dtype=np.int64)[place]
    found = inside.copy()
    for column in ("office", "lot", "road"):
        rows = np.array([named(text) for text in table[column]], dtype=np.int64)
        found = np.where(rows >= 0, rows, found)
    return found


def told(festivals: pd.DataFrame) -> list[str]:
    """Return the festivals of one district with the month of the last date listed, as "산수유꽃축제 (2025-03)".

    Those known to recur come first - listed in two years, or numbered 2 and up - then the latest; `MOST` at most.

    Parameters
    ----------
    festivals
        Columns title and begins (YYYY-MM-DD).
    """
    seen: dict[str, tuple[set[str], int, str, str]] = {}
    for title, begins in zip(festivals["name"], festivals["begins"], strict=True):
        name, number = edition(title)
        if not name or not re.fullmatch(r"\d{4}-\d\d-\d\d", begins):
            continue
        key = name.replace(" ", "")
        years, most, last, shown = seen.get(key, (set(), 0, "", name))
        seen[key] = (years | {begins[:4]}, max(most, number), max(last, begins), shown)
    ordered = sorted(seen.values(), key=lambda each: (each[2], each[3]), reverse=True)
    ordered.sort(key=lambda each: not (len(each[0]) > 1 or each[1] > 1))
    return [f"{name} ({last[:7]})" for _, _, last, name in ordered[:MOST]]


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Column ``festivals``: tags, None outside Korea and where the table lists none."""
    import pandas as pd

    path = sources.path("krfest", "korea_festivals.csv")
    table = pd.read_csv(path, encoding="cp949", dtype=str, keep_default_na=False, usecols=list(_READ))
    table = table.rename(columns=_READ)
    for name in ("lat", "lon"):
        table[name] = pd.to_numeric(table[name], errors="coerce")
    values = np.full(len(regions), None, dtype=object)
    if (regions["country"] == "KR").any():
        rows = units_of(table, regions)
        for row, listed in table[rows >= 0].groupby(rows[rows >= 0]):
            values[int(row)] = told(listed) or None
    return pd.DataFrame({"festivals": pd.Series(values, index=regions.index, dtype=object)})
