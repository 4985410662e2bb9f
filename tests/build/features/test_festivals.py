import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from matcher.build.features.festivals import MOST, told, units_of

REGIONS = gpd.GeoDataFrame(
    {
        "country": "KR",
        "level": ["metropolis", "regency", "regency", "regency"],
        "name_local": ["서울특별시", "중구", "강서구", "세종시"],
        "parent_id": [None, "kr:11", "kr:11", None],
    },
    geometry=[box(0, 0, 2, 1), box(0, 0, 1, 1), box(1, 0, 2, 1), box(5, 0, 6, 1)], crs="EPSG:4326",
    index=pd.Index(["kr:11", "kr:11020", "kr:11160", "kr:29010"], name="region_id"),
)  # fmt: skip


def row(road="", office="", lat=float("nan"), lon=float("nan")):
    return pd.DataFrame({"road": [road], "lot": "", "office": office, "lat": lat, "lon": lon})


@pytest.mark.parametrize(
    ("table", "unit"),
    [
        (row("서울특별시 중구 세종대로 1", "서울특별시 강서구"), 1),
        (row("", "서울특별시 강서구", 0.5, 0.5), 2),
        (row("", "한국관광공사", 0.5, 1.5), 2),
        (row("세종특별자치시 한누리대로 1"), 3),
        (row("부산광역시 중구 1"), -1),
    ],
)
def test_the_address_comes_before_the_office_and_that_before_the_point(table, unit):
    assert units_of(table, REGIONS).tolist() == [unit]


def test_a_planners_own_region_has_what_lies_in_it():
    own = gpd.GeoDataFrame(
        {"country": "KR", "level": ["regency"], "name": ["서울숲"], "parent_id": [None]},
        geometry=[box(0, 0, 1, 1)], crs="EPSG:4326", index=pd.Index(["own:1"], name="region_id"),
    )  # fmt: skip
    assert units_of(row("서울특별시 중구 1"), own).tolist() == [-1]
    assert units_of(row("서울특별시 중구 1", "", 0.5, 0.5), own).tolist() == [0]


def test_editions_are_one_festival_and_those_that_recur_come_first():
    listed = [
        ("새 축제", "2025-06-01"), ("2024 꽃축제", "2024-03-09"), ("꽃 축제", "2025-04-01"), ("제12회 산신제", "2023-05-01"),
        ("날짜 없는 축제", ""),
    ]  # fmt: skip
    found = told(pd.DataFrame(listed, columns=["name", "begins"]))
    assert found == ["꽃축제 (2025-04)", "산신제 (2023-05)", "새 축제 (2025-06)"]


def test_a_handful_is_told():
    many = pd.DataFrame({"name": [f"축제{c}" for c in "가나다라마바사"], "begins": "2025-01-01"})
    assert len(told(many)) == MOST
