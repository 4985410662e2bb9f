from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from matcher.build.grids import Frame, Grid
from matcher.build.zonal import coverages, zonal
from matcher.errors import BuildError
from tests.build.features.shapes import boxes

# 4 x 4 cells of one degree on both sides of the equator
FRAME = Frame(4, 4, 0.0, 2.0, 1.0)
NUMBERS = np.arange(16, dtype=float).reshape(4, 4)


def mean(regions, values, weights=None):
    (out,) = zonal(regions, FRAME, lambda cover: cover.mean(Grid(FRAME, values), weights))
    return out


def test_a_mean_weighs_cells_by_the_covered_part():
    # three quarters of cell 5 and one quarter of cell 6
    assert mean(boxes(a=(1.25, 0.0, 2.25, 1.0)), NUMBERS) == pytest.approx([5.25], abs=1e-3)


def test_rows_near_a_pole_weigh_less():
    frame = Frame(2, 1, 0.0, 80.0, 40.0)
    grid = Grid(frame, np.array([[1.0], [0.0]]))
    (out,) = zonal(boxes(a=(0.0, 0.0, 40.0, 80.0)), frame, lambda cover: cover.mean(grid))
    lower, upper = np.cos(np.radians([20.0, 60.0]))
    assert out == pytest.approx([upper / (upper + lower)])


def test_a_region_smaller_than_a_cell_has_the_cell():
    assert mean(boxes(a=(1.5, 0.5, 1.5001, 0.5001)), NUMBERS) == pytest.approx([5.0])


def test_a_region_without_area_takes_its_point():
    regions = boxes(a=(0, 0, 1, 1))
    regions = regions.set_geometry([shapely.Point(2.5, 1.5)], crs=4326)
    assert mean(regions, NUMBERS) == pytest.approx([2.0])


def test_an_empty_region_has_no_value():
    regions = boxes(a=(0, 1, 1, 2), b=(0, 1, 1, 2))
    regions = regions.set_geometry([shapely.Polygon(), regions.geometry.iloc[1]], crs=4326)
    out = mean(regions, NUMBERS)
    assert np.isnan(out[0])
    assert out[1] == pytest.approx(0.0)


def test_cells_without_value_are_left_out():
    values = NUMBERS.copy()
    values[0, 0] = np.nan
    assert mean(boxes(a=(0, 1, 2, 2)), values) == pytest.approx([1.0])


def test_a_region_without_value_takes_the_cell_beside_it_but_no_farther():
    values = np.full((4, 4), np.nan)
    values[0, 0] = 7.0
    out = mean(boxes(beside=(1, 1, 2, 2), corner=(1.2, 0.2, 1.8, 0.8), far=(2, 1, 3, 2)), values)
    assert out[:2] == pytest.approx([7.0, 7.0])
    assert np.isnan(out[2])


def test_weights_of_cells_count():
    weights = np.ones((4, 4))
    weights[0, 0] = 3.0
    assert mean(boxes(a=(0, 1, 2, 2)), NUMBERS, weights) == pytest.approx([0.25])


def test_bands_are_read_in_one_pass():
    out = mean(boxes(a=(0, 1, 2, 2), b=(2, 1, 4, 2)), np.stack([NUMBERS, NUMBERS * 10]))
    assert out == pytest.approx(np.array([[0.5, 5.0], [2.5, 25.0]]))


def test_spread_is_that_of_the_covered_cells():
    (out,) = zonal(boxes(a=(0, 1, 2, 2)), FRAME, lambda cover: cover.spread(Grid(FRAME, NUMBERS * 100)))
    assert out == pytest.approx([50.0])


def test_shares_join_numbers_of_one_name_and_leave_unknown_numbers_out():
    classes = np.array([[1, 2, 3, 9]] * 4, dtype=np.uint8)
    (out,) = zonal(
        boxes(a=(0, 1, 4, 2), b=(3.2, 1.2, 3.8, 1.8)),
        FRAME,
        lambda cover: cover.shares(Grid(FRAME, classes), {1: "wood", 2: "wood", 3: "field"}),
    )
    assert out[0] == pytest.approx([2 / 3, 1 / 3])
    assert out[1] == pytest.approx([0.0, 1.0])  # 9 is no class: the cell beside is


def test_shares_are_missing_far_from_any_class():
    classes = np.array([[1, 9, 9, 9]] * 4, dtype=np.uint8)
    (out,) = zonal(boxes(a=(3, 1, 4, 2)), FRAME, lambda c: c.shares(Grid(FRAME, classes), {1: "wood"}))
    assert np.isnan(out).all()


def test_shares_can_leave_cells_out():
    classes = np.array([[0, 1, 1, 1]] * 4, dtype=np.uint8)
    valid = classes != 0
    (out,) = zonal(
        boxes(a=(0, 1, 2, 2)), FRAME, lambda c: c.shares(Grid(FRAME, classes), {0: "sea", 1: "land"}, valid)
    )
    assert out == pytest.approx(np.array([[0.0, 1.0]]))


def test_a_smooth_mean_reads_between_centres():
    fine = Frame(40, 40, 0.0, 2.0, 0.1)
    field = Grid(FRAME, np.tile(np.arange(4.0), (4, 1)))  # rises by one a degree of longitude
    (out,) = zonal(
        boxes(a=(1.0, 0.0, 1.1, 0.1), b=(1.9, 0.0, 2.0, 0.1)), fine, lambda c: c.smooth_mean(field)
    )
    assert out == pytest.approx([0.55, 1.45], abs=1e-6)


def test_a_smooth_mean_takes_the_cell_beside_where_all_corners_lack_a_value():
    fine = Frame(40, 40, 0.0, 2.0, 0.1)
    values = np.full((4, 4), np.nan)
    values[0, 0] = 7.0
    (out,) = zonal(
        boxes(a=(1.7, 1.7, 1.8, 1.8), b=(3.0, 1.0, 3.1, 1.1)),
        fine,
        lambda c: c.smooth_mean(Grid(FRAME, values)),
    )
    assert out[0] == pytest.approx(7.0)
    assert np.isnan(out[1])


def test_a_smooth_mean_goes_on_around_the_globe():
    coarse = Frame(2, 4, -180.0, 90.0, 90.0)
    fine = Frame(180, 360, -180.0, 90.0, 1.0)
    field = Grid(coarse, np.array([[0.0, 0.0, 0.0, 10.0]] * 2))
    (out,) = zonal(boxes(a=(-180, 10, -179, 11)), fine, lambda c: c.smooth_mean(field))
    assert out == pytest.approx([10 * (0.5 - 0.5 / 90)], abs=1e-6)


def test_chunks_keep_the_order_of_regions():
    regions = boxes(**{f"r{k}": (k % 4, k // 4 - 2, k % 4 + 1, k // 4 - 1) for k in range(16)})
    whole = mean(regions, NUMBERS)
    parts = [cover.mean(Grid(FRAME, NUMBERS)) for cover in coverages(regions, FRAME, chunk=3)]
    assert whole == pytest.approx(np.concatenate(parts))
    assert whole == pytest.approx(NUMBERS[::-1].ravel())


def test_regions_of_another_system_are_refused():
    with pytest.raises(BuildError, match="EPSG:4326"):
        mean(boxes(a=(0, 0, 1, 1)).to_crs(3857), NUMBERS)
    bare = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1)], index=pd.Index(["a"]))
    with pytest.raises(BuildError, match="EPSG:4326"):
        mean(bare, NUMBERS)


def test_a_grid_of_another_frame_is_refused():
    other = Grid(Frame(4, 4, 10.0, 2.0, 1.0), NUMBERS)
    with pytest.raises(BuildError, match="coverage"):
        zonal(boxes(a=(0, 0, 1, 1)), FRAME, lambda cover: cover.mean(other))


def test_no_regions_give_no_rows():
    assert len(mean(boxes(a=(0, 0, 1, 1)).iloc[:0], NUMBERS)) == 0
