from __future__ import annotations

import numpy as np
import pytest

from matcher.build.limits import limits_table
from matcher.crops.basket import crops
from matcher.crops.limits import COLUMNS, FLOOR, left_by_limits, limits

UNKNOWN = np.nan
HEAD = "ScientificName,PHYS,TMIN,TOPMN,TOPMX,TMAX,RMIN,ROPMN,PHMIN,PHOPMN,PHOPMX,PHMAX\n"


def left(name, *, warmth=UNKNOWN, rain=UNKNOWN, ph=UNKNOWN, irrigated=UNKNOWN):
    return float(np.exp(left_by_limits(np.array([[warmth, rain, ph, irrigated]]), [name])[0, 0]))


@pytest.mark.parametrize(("edge", "beyond"), [("warmth_least", -1), ("warmth_most", 1)])
def test_the_floor_is_left_where_it_is_too_cold_or_too_hot(edge, beyond):
    assert left("tangerine", warmth=limits()["tangerine"][edge] + beyond) == pytest.approx(FLOOR)


def test_all_is_left_where_a_crop_grows_best():
    olive = limits()["olive"]
    best = {"warmth": olive["warmth_best_from"], "rain": olive["rain_best_from"], "ph": olive["ph_best_to"]}
    assert left("olive", **best) == 1.0


def test_the_least_of_the_three_decides():
    assert left("tea", warmth=25.0, rain=3000.0, ph=7.0) == pytest.approx(FLOOR)


def test_irrigated_fields_lack_no_water():
    assert left("orange", warmth=25.0, rain=10.0, irrigated=0.0) == pytest.approx(FLOOR)
    assert left("orange", warmth=25.0, rain=10.0, irrigated=0.8) == pytest.approx(0.8)


def test_crops_without_limits_lose_nothing():
    assert left("wheat", warmth=-30.0, rain=0.0, ph=2.0) == 1.0


def test_what_is_unknown_is_held_against_no_crop():
    assert left("tea") == 1.0
    assert left("tea", irrigated=0.1) == 1.0


def test_limits_lie_in_order():
    for own in limits().values():
        values = [own[name] for name in COLUMNS]
        assert all(part == sorted(part) for part in (values[:4], values[4:6], values[6:]))
    assert set(limits()) <= {crop.name for crop in crops()}


def test_only_plants_that_keep_their_leaves_have_limits(tmp_path):
    path = tmp_path / "plants.csv"
    rest = "400,700,4,5,6,7"
    path.write_text(
        f'{HEAD}Camellia sinensis,"evergreen, multi stem",8,20,30,35,{rest}\n'
        f"Vitis vinifera,deciduous,10,18,30,38,{rest}\nOlea europaea,evergreen,5,NA,34,40,{rest}\n",
        encoding="latin1",
    )
    assert limits_table(path).decode().splitlines()[1:] == [f"tea,8,20,30,35,{rest}"]
