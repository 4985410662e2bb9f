from __future__ import annotations

import numpy as np
import pytest

from matcher.build import grids
from matcher.build.grids import Frame, Grid, table_grid
from matcher.errors import BuildError


def test_points_on_an_edge_do_not_lose_a_row():
    frame = Frame(3600, 7200, -180.0, 90.0, 0.05)
    row, col = frame.cell(np.array([-6.55, 35.20]), np.array([107.45, 127.46]))
    assert row.tolist() == [1931, 1096]
    assert col.tolist() == [5749, 6149]


def test_points_outside_fall_into_the_nearest_cell():
    frame = Frame(2, 4, -180.0, 90.0, 90.0)
    assert [int(x[0]) for x in frame.cell(np.array([-90.0]), np.array([180.0]))] == [1, 3]


def test_a_quarter_of_a_degree_is_the_mean_of_the_fine_nodes_around_it():
    frame = Frame(2164, 4324, -180.125 - 1 / 24, 90.125 + 1 / 24, 1 / 12)
    slope = np.broadcast_to(frame.lats[:, None] + 2 * frame.lons[None, :], (2164, 4324)).astype(np.float32)
    coarse = grids.quarter_degree(Grid(frame, slope))
    wanted = coarse.frame.lats[:, None] + 2 * coarse.frame.lons[None, :]
    inside = np.s_[1:-1, 1:-1]  # beyond a pole the frame's latitudes are cut
    assert coarse.values[inside] == pytest.approx(wanted[inside], abs=1e-3)


def test_a_grid_must_fit_its_frame():
    with pytest.raises(BuildError, match="does not fit"):
        Grid(Frame(2, 4, -180.0, 90.0, 90.0), np.zeros((4, 2)))


def test_a_table_of_centres_becomes_a_grid():
    grid = table_grid(np.array([-179.75, 179.75]), np.array([89.75, -89.75]), np.array([1.0, 2.0]), 0.5)
    assert grid.values.shape == (360, 720)
    assert grid.values[0, 0] == 1.0
    assert grid.values[-1, -1] == 2.0
    assert np.isnan(grid.values).sum() == 360 * 720 - 2


def test_a_table_may_have_bands_and_a_fill():
    grid = table_grid(np.array([0.5]), np.array([0.5]), np.array([[1.0, 2.0]]), 1.0, fill=0.0)
    assert grid.values.shape == (2, 180, 360)
    assert grid.values[:, 89, 180].tolist() == [1.0, 2.0]
    assert grid.values.sum() == 3.0


def test_land_share_counts_mask_cells(monkeypatch):
    # land west of Greenwich in the north, and a single row of land along 90 S
    def rows(sources, *, block=600):
        for first in range(0, 21600, 600):
            sea = np.ones((600, 43200), dtype=bool)
            if first < 10800:
                sea[:, :21600] = False
            if first == 21000:
                sea[-1] = False
            yield first, sea

    monkeypatch.setattr(grids, "sea_rows", rows)
    share = grids.land_share(None, Frame(180, 360, -180.0, 90.0, 1.0))
    assert share[0, 0] == 1.0
    assert share[0, 180] == 0.0
    assert share[179, 7] == pytest.approx(1 / 120)
    # a node grid that reaches half a cell beyond 180 repeats the other side
    nodes = grids.land_share(None, Frame(181, 361, -180.5, 90.5, 1.0))
    assert nodes[90, 180] == pytest.approx(0.25)  # around (0, 0): its north-western quarter
    assert nodes[5, 0] == pytest.approx(1.0)
    assert nodes[5, 360] == pytest.approx(0.0) or nodes[5, 360] == pytest.approx(1.0)
