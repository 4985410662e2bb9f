import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from matcher.build.edges import edge_points
from matcher.build.features import networks
from matcher.build.features.cuisine import OTHER, cuisines


def test_a_dish_of_two_kinds_counts_half_for_each():
    rows = [(str(i), "ID", "rice") for i in range(40)] + [(str(i), "ID", "soup") for i in range(20, 60)]
    shares = cuisines(pd.DataFrame(rows, columns=["dish", "country", "kind"]))
    assert shares.loc["ID"].to_dict() == pytest.approx({"rice": 0.5, "soup": 0.5, OTHER: 0.0})


def test_a_country_with_few_dishes_has_no_cuisine():
    rows = [(str(i), "ID", "rice") for i in range(40)] + [("x", "KR", "rice")]
    assert cuisines(pd.DataFrame(rows, columns=["dish", "country", "kind"])).index.tolist() == ["ID"]


def test_a_member_belongs_to_the_unit_that_bears_its_name(tmp_path):
    table = tmp_path / "members.csv"
    table.write_text(
        "Full_Name;CountryCode;Network_Name;EntitySimplified;lon;lat\n"
        "Big City;XX;OWHC;Municipality;0,5;0,5\n"
        "Slow Ward;XX;Cittaslow;Municipality;0,5;0,5\n"
        "Abroad;YY;Cittaslow;Municipality;2,5;0,5\n"
        "A Province;XX;OWHC;Region;2,5;0,5\n"
    )
    regions = gpd.GeoDataFrame(
        {
            "country": "XX", "level": ["metropolis", "regency", "regency", "province"],
            "name": ["Big City", "Slow Ward", "Elsewhere", "All"],
        },
        geometry=[box(0, 0, 2, 1), box(0, 0, 1, 1), box(2, 0, 3, 1), box(0, 0, 3, 1)], crs="EPSG:4326",
        index=pd.Index(list("abcd"), name="region_id"),
    )  # fmt: skip

    class Local:
        def path(self, *_):
            return table

    tags = networks.compute(regions, Local())["city_networks"].tolist()
    assert tags == [["OWHC"], ["Cittaslow"], None, None]


def test_the_share_of_an_outline_follows_its_length():
    square = gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1), box(5, 5, 6, 6)], crs="EPSG:4326")
    (points,) = edge_points(square)
    shares = points.length_share(points.lon < 0.001)
    assert shares == pytest.approx([0.25, 0.0], abs=0.01)
    assert np.isfinite(points.least(points.lat)).all()
