"""China: prefectures joined from counties. Those that are cities (市) sign as such, the rest are provinces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from matcher.build.regions.layout import dissolve

if TYPE_CHECKING:
    import geopandas as gpd

    from matcher.build.regions.geonames import GeoNames

MUNICIPALITIES = frozenset({"CN-BJ", "CN-SH", "CN-TJ", "CN-CQ"})
"""Cities directly under the government, ISO 3166-2: they have counties, no prefectures."""
USUAL = {
    "Rikaze": "Shigatse", "Tulufan": "Turpan", "Kelamayi": "Karamay", "Yichangshi": "Yichang", "Yili": "Ili",
    "Yichunshi": "Yichun", "Huhehaote": "Hohhot",
}  # fmt: skip
"""Spellings in use for some that GeoNames lists in pinyin."""
_WORDS = re.compile(r"\s+(?:Shi|City|County|Diqu|Prefecture|Meng|League|Zizhizhou|Zhou)$", re.IGNORECASE)
_PEOPLES = re.compile(
    r"\s+(?:(?:Zangzu|Qiangzu|Yizu|Huizu|Miaozu|Dongzu|Tujiazu|Buyeizu|Buyizu|Daizu|Hanizu|Baizu|Lisuzu|Jingpozu|"
    r"Zhuangzu|Mengguzu|Menggu|Chaoxianzu|Kazak|Mongol|Hui|Kirgiz|Tibetan|Qiang|Yi|Dai|Jingpo|Bai|Hani|Zhuang|Miao|"
    r"Dong|Tujia|Buyei|Lisu|Korean)\s*)+$",
    re.IGNORECASE,
)


def is_city(code: str) -> bool:
    """Whether a prefecture-level unit is a city, by its GB/T 2260 code.

    The third and fourth digit are 01-20 or 51-70 for cities, 21-50 for prefectures, leagues and autonomous
    prefectures.

    >>> is_city("CN.30.4401"), is_city("CN.32.5134"), is_city("CN.31.1791778")
    (True, False, False)
    """
    last = code.rpartition(".")[2]
    return bool(re.fullmatch(r"\d{4}", last)) and (1 <= int(last[2:]) <= 20 or 51 <= int(last[2:]) <= 70)


def short_name(name: str) -> str:
    """Name without type and peoples.

    >>> short_name("Guangzhou Shi"), short_name("Liangshan Yizu Zizhizhou")
    ('Guangzhou', 'Liangshan')
    """
    short = _PEOPLES.sub("", _WORDS.sub("", name.strip())).strip() or name
    return USUAL.get(short, short)


def chinese_prefectures(
    units: gpd.GeoDataFrame, provinces: gpd.GeoDataFrame, names: GeoNames
) -> gpd.GeoDataFrame:
    """Prefectures, joined from counties by the GeoNames unit of their towns.

    Parameters
    ----------
    units
        Counties; ``country`` CN.
    provinces
        Province-level units with ``region_id``, ``national_code`` (ISO 3166-2) and outline.
    names
        GeoNames.

    Returns
    -------
    GeoDataFrame
        One row a prefecture; ``members`` is the list of positions in `units`, ``parent_id`` the province.
        Counties of the four municipalities are left out: their city is the province-level unit.
    """
    import geopandas as gpd
    import numpy as np
    import shapely

    points = shapely.point_on_surface(units.geometry.to_numpy())
    hit = shapely.STRtree(provinces.geometry.to_numpy()).query_nearest(points, all_matches=False)
    province = np.full(len(units), -1)
    province[hit[0]] = hit[1]
    code = provinces["national_code"].to_numpy(dtype=object)[province]
    towns = names.within(units.geometry)
    towns = towns[(towns["admin2"] > 0) & (towns["country"] == "CN")]
    major = towns.groupby("unit")["admin2"].agg(lambda ids: ids.value_counts().index[0])
    group = major.reindex(range(len(units))).to_numpy(dtype=float, copy=True)
    empty = np.isnan(group)
    near = names.nearest(shapely.get_y(points[empty]), shapely.get_x(points[empty]), "CN")
    group[empty] = names.towns["admin2"].to_numpy()[near]
    # Units outside the four-digit code (counties under a province) have no prefecture above them.
    coded = {i for i, c in names.units["code"].items() if re.fullmatch(r"CN\.\d+\.\d{4}", c)}
    keep = ~np.isin(code, list(MUNICIPALITIES)) & np.isin(group, list(coded))
    where = np.flatnonzero(keep)
    keys, shapes = dissolve(units.geometry.to_numpy()[where], group[where].astype("int64"))
    rows = [names.units.loc[key] for key in keys]
    members = [where[group[where] == key] for key in keys]
    above = [provinces["region_id"].iloc[np.bincount(province[m]).argmax()] for m in members]
    city = [is_city(row["code"]) for row in rows]
    return gpd.GeoDataFrame(
        {
            "region_id": [f"cn:{key}" for key in keys],
            "country": "CN",
            "name": [short_name(row["name"]) for row in rows],
            "name_local": [_han(row["aliases"]) for row in rows],
            "unit_type": ["prefecture-level city" if c else "prefecture" for c in city],
            "geonames_id": keys,
            "national_code": [row["code"].rpartition(".")[2][:4] for row in rows],
            "level": ["metropolis" if c else "province" for c in city],
            "parent_id": above,
            "members": members,
        },
        geometry=shapes,
        crs="EPSG:4326",
    )


def _han(aliases: list[str]) -> str | None:
    native = [alias for alias in aliases if re.fullmatch(r"[\u4e00-\u9fff]+", alias)]
    return next((a for a in native if a.endswith(("市", "州", "盟", "区"))), native[0] if native else None)
