"""The cells that regions cover, and what can be read from grids through them.

A region all of whose cells lack a value takes the nearest valid cell next to them (within one cell); a region with
none there has no value: NaN, never 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from matcher.build.grids import Frame, Grid

    Floats = NDArray[np.float64]


def _around(reach: int) -> list[tuple[int, int]]:
    """Steps (down, right) to the cells within `reach` cells, nearest first: edge neighbours before corners."""
    steps = [(down, right) for down in range(-reach, reach + 1) for right in range(-reach, reach + 1)]
    return sorted((step for step in steps if any(step)), key=lambda step: (step[0] ** 2 + step[1] ** 2, step))


@dataclass(frozen=True)
class Coverage:
    """The cells of n regions: one entry for each pair of region and cell.

    Parameters
    ----------
    frame
        Geometry of the grid.
    count
        Number of regions n.
    region
        Position of the region of each entry, 0..n-1.
    cell
        Flat index of the cell of each entry.
    weight
        Covered part of the cell times the cosine of its latitude.
    """

    frame: Frame
    count: int
    region: NDArray[np.intp]
    cell: NDArray[np.intp]
    weight: Floats

    def total(self, amounts: Floats) -> Floats:
        """Sum of an amount per entry over each region, shape (n,)."""
        sums: Floats = np.bincount(self.region, weights=amounts, minlength=self.count).astype(np.float64)
        return sums

    def mean(self, grid: Grid, weights: NDArray[Any] | None = None, *, reach: int = 1) -> Floats:
        """Mean of each band over each region.

        Parameters
        ----------
        grid
            Values on this frame; NaN counts as no value.
        weights
            Further weights of the cells (0 leaves a cell out), shape (rows, cols).
        reach
            Cells within which a region without any valid cell of its own finds the nearest one.

        Returns
        -------
        ndarray
            Shape (n,), or (n, bands) if the grid has bands; NaN where no valid cell is within one cell.
        """
        bands = self._bands(grid)
        factor = None if weights is None else np.asarray(weights).reshape(-1)
        means = np.stack([self._mean(band, factor, reach) for band in bands], axis=1)
        return means if grid.values.ndim == 3 else means[:, 0]

    def smooth_mean(self, grid: Grid, *, reach: int = 1) -> Floats:
        """Mean over each region of a coarser field, read between its cell centres (bilinear).

        For fields that are smooth in nature, such as monthly temperature: small neighbours inside one 25 km cell get
        values that change gradually from cell to cell, not steps at the cell's edge.

        Parameters
        ----------
        grid
            Values on another frame than this coverage, which should be finer. NaN corners are left out; a region
            without any corner takes the nearest valid cells beside its own, as everywhere.
        reach
            How many of the field's own cells away they may lie.

        Returns
        -------
        ndarray
            Shape (n,) or (n, bands).
        """
        cells, entry = np.unique(self.cell, return_inverse=True)
        row, col = np.divmod(cells, self.frame.cols)
        corners = _corners(grid.frame, self.frame.lats[row], self.frame.lons[col])
        flat = grid.values.reshape(-1, grid.frame.rows * grid.frame.cols)
        means = np.empty((self.count, len(flat)))
        for number, band in enumerate(flat):
            amount, share = np.zeros(len(cells)), np.zeros(len(cells))
            for cell, part in corners:
                value = band[cell]
                known = np.isfinite(value)
                amount += np.where(known, part * np.nan_to_num(value), 0.0)
                share += np.where(known, part, 0.0)
            # a corner of next to no weight is no neighbour
            value = _ratio(amount, np.where(share > 1e-6, share, 0.0))[entry]
            weight = np.where(np.isfinite(value), self.weight, 0.0)
            means[:, number] = _ratio(self.total(weight * np.nan_to_num(value)), self.total(weight))
        empty: NDArray[np.bool_] = np.asarray(np.isnan(means).any(axis=1))
        if empty.any():
            pick = empty[self.region]
            place = grid.frame.cell(self.frame.lats[row][entry[pick]], self.frame.lons[col][entry[pick]])
            coarse = np.ravel_multi_index(place, (grid.frame.rows, grid.frame.cols))
            own = Coverage(grid.frame, self.count, self.region[pick], coarse, self.weight[pick])
            means[empty] = own.mean(grid, reach=reach).reshape(self.count, -1)[empty]
        return means if grid.values.ndim == 3 else means[:, 0]

    def spread(self, grid: Grid, weights: NDArray[Any] | None = None) -> Floats:
        """Standard deviation over the cells of each region, shape (n,); unit of the grid."""
        mean = self.mean(grid, weights)
        # squares of distances from the region's own mean: no cancellation on high plateaus
        values = self._bands(grid)[0][self.cell] - mean[self.region]
        part = self.weight if weights is None else self.weight * np.asarray(weights).reshape(-1)[self.cell]
        part = np.where(np.isfinite(values), part, 0.0)
        sums, share = self.total(part * np.nan_to_num(values) ** 2), self.total(part)
        spread: Floats = np.sqrt(_ratio(sums, share))
        return np.where(share > 0, spread, np.nan)

    def shares(
        self,
        grid: Grid,
        classes: Mapping[int, str],
        valid: NDArray[np.bool_] | None = None,
        *,
        reach: int = 1,
    ) -> Floats:
        """Share of each region's valid area in each class.

        Parameters
        ----------
        grid
            Class numbers on this frame; numbers that `classes` lacks count as no value.
        classes
            Number -> name; several numbers may share a name.
        valid
            False leaves a cell out, shape (rows, cols).
        reach
            Cells within which a region without any valid cell of its own finds the nearest one.

        Returns
        -------
        ndarray
            Shape (n, names), in order of first appearance; rows sum to 1, or are NaN.
        """
        names = list(dict.fromkeys(classes.values()))
        values = self._bands(grid)[0]
        table = np.full(int(max(values.max(), *classes)) + 1, -1, dtype=np.int16)
        for number, name in classes.items():
            table[number] = names.index(name)
        mask = None if valid is None else valid.reshape(-1)

        def look(cells: NDArray[np.intp]) -> NDArray[np.int16]:
            found = table[values[cells]]
            return found if mask is None else np.where(mask[cells], found, -1).astype(np.int16)

        found = look(self.cell)
        region, weight = self.region, self.weight
        empty = np.asarray(self.total(weight * (found >= 0)) <= 0)
        if empty.any():
            extra = self._beside(empty, lambda cells: np.asarray(look(cells) >= 0), reach)
            region = np.concatenate([region, extra.region])
            weight = np.concatenate([weight, extra.weight])
            found = np.concatenate([found, look(extra.cell)])
        known = np.flatnonzero(found >= 0)
        slot = region[known] * len(names) + found[known]
        sums = np.bincount(slot, weights=weight[known], minlength=self.count * len(names)).astype(np.float64)
        table_of_sums: Floats = sums.reshape(self.count, len(names))
        return _ratio(table_of_sums, table_of_sums.sum(axis=1, keepdims=True))

    # ---------------------------------------------------------------- pieces

    def _bands(self, grid: Grid) -> NDArray[Any]:
        if grid.frame != self.frame:
            raise BuildError(f"the coverage is of {self.frame}, the grid of {grid.frame}")
        return grid.values.reshape(-1, self.frame.rows * self.frame.cols)

    def _mean(self, values: NDArray[Any], factor: NDArray[Any] | None, reach: int) -> Floats:
        def look(cells: NDArray[np.intp]) -> tuple[NDArray[Any], Any]:
            return values[cells], 1.0 if factor is None else factor[cells]

        def sums(entries: Coverage) -> tuple[Floats, Floats]:
            value, extra = look(entries.cell)
            part = np.where(np.isfinite(value), entries.weight * np.nan_to_num(extra), 0.0)
            return entries.total(part * np.nan_to_num(value)), entries.total(part)

        amount, share = sums(self)
        empty = share <= 0
        if empty.any():
            extra = self._beside(
                empty,
                lambda cells: np.isfinite(look(cells)[0]) & (np.nan_to_num(look(cells)[1]) > 0),
                reach,
            )
            more, weight = sums(extra)
            amount, share = amount + more, share + weight
        return _ratio(amount, share)

    def _beside(
        self,
        empty: NDArray[np.bool_],
        is_valid: Callable[[NDArray[np.intp]], NDArray[np.bool_]],
        reach: int = 1,
    ) -> Coverage:
        """Entries that stand in for the cells of the regions in `empty`: for each cell its nearest valid neighbour."""
        pick = empty[self.region]
        region, cell, weight = self.region[pick], self.cell[pick], self.weight[pick]
        row, col = np.divmod(cell, self.frame.cols)
        stand_in = np.full(len(cell), -1, dtype=np.intp)
        for down, right in _around(reach):
            r, c = row + down, col + right
            inside = (r >= 0) & (r < self.frame.rows) & (c >= 0) & (c < self.frame.cols) & (stand_in < 0)
            beside = np.where(inside, r * self.frame.cols + c, 0)
            stand_in = np.where(inside & is_valid(beside), beside, stand_in)
        found = stand_in >= 0
        return Coverage(self.frame, self.count, region[found], stand_in[found], weight[found])


def _corners(frame: Frame, lat: Floats, lon: Floats) -> list[tuple[NDArray[np.intp], Floats]]:
    """The four cells whose centres surround each point: flat index and bilinear weight."""
    y = np.clip((frame.north - lat) / frame.step - 0.5, 0.0, frame.rows - 1.0)
    x = (lon - frame.west) / frame.step - 0.5
    top, left = np.floor(y), np.floor(x)
    down, right = y - top, x - left
    around = frame.cols * frame.step >= 360.0
    corners = []
    for below in (0, 1):
        for beside in (0, 1):
            row = np.minimum(top + below, frame.rows - 1).astype(np.intp)
            col = (left + beside).astype(np.intp)
            turn = round(360.0 / frame.step)
            # a grid of the whole world goes on at its other side; another one ends
            col = (
                np.where(col < 0, col + turn, np.where(col >= frame.cols, col - turn, col)) if around else col
            )
            col = np.clip(col, 0, frame.cols - 1)
            weight = (down if below else 1.0 - down) * (right if beside else 1.0 - right)
            corners.append((row * frame.cols + col, weight))
    return corners


def _ratio(amount: Floats, share: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(share > 0, amount / share, np.nan)
