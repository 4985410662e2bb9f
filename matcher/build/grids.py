"""Gridded sources as georeferenced arrays, all of them north first.

A `Frame` is the geometry of a grid, a `Grid` is a frame with values. Readers turn each source's own habits (south
first, longitudes 0..360, cell centres or nodes, fill values) into that one shape, so nothing downstream knows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.build.kept import kept
from matcher.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from matcher.build.sources import Sources

MASK_PER_DEGREE = 120
"""Cells of the land and sea mask in one degree (30 arcsec)."""

KOPPEN_OCEAN = 32
MONTH_DAYS = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


@dataclass(frozen=True)
class Frame:
    """Geometry of a regular grid in degrees.

    Parameters
    ----------
    rows, cols
        Number of cells.
    west, north
        Outer edges of the first cell, deg.
    step
        Side of a cell, deg.
    """

    rows: int
    cols: int
    west: float
    north: float
    step: float

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(west, south, east, north), deg."""
        return self.west, self.north - self.rows * self.step, self.west + self.cols * self.step, self.north

    @property
    def lats(self) -> NDArray[np.float64]:
        """Centre latitude of each row, deg; within -90..90."""
        lats: NDArray[np.float64] = np.clip(
            self.north - (np.arange(self.rows) + 0.5) * self.step, -90.0, 90.0
        )
        return lats

    @property
    def lons(self) -> NDArray[np.float64]:
        """Centre longitude of each column, deg."""
        lons: NDArray[np.float64] = self.west + (np.arange(self.cols, dtype=np.float64) + 0.5) * self.step
        return lons

    def cell(
        self, lat: NDArray[np.float64], lon: NDArray[np.float64]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Row and column of points; points outside fall into the nearest cell.

        A tiny amount is added before rounding down: points on a cell's edge otherwise lose a row to float noise.
        """
        row = np.floor((self.north - np.asarray(lat)) / self.step + 1e-9).astype(np.intp)
        col = np.floor((np.asarray(lon) - self.west) / self.step + 1e-9).astype(np.intp)
        return np.clip(row, 0, self.rows - 1), np.clip(col, 0, self.cols - 1)


@dataclass(frozen=True)
class Grid:
    """Values on a frame.

    Parameters
    ----------
    frame
        Geometry.
    values
        Shape (rows, cols), or (bands, rows, cols). Floats have NaN where there is no value; classes are integers.
    """

    frame: Frame
    values: NDArray[Any]

    def __post_init__(self) -> None:
        if self.values.shape[-2:] != (self.frame.rows, self.frame.cols):
            shape = (self.frame.rows, self.frame.cols)
            raise BuildError(f"a grid of shape {self.values.shape} does not fit its frame {shape}")


def _first_array(path: Path) -> NDArray[np.float64]:
    with np.load(path) as archive:
        array: NDArray[np.float64] = archive[archive.files[0]]
    return array


def _geotiff(path: Path, *, degrees_per_cell: float) -> NDArray[Any]:
    """First band of a global raster with its upper left corner at 90 N, 180 W."""
    import warnings

    import rasterio

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)  # a PNG has no CRS
        with rasterio.open(path) as raster:
            values: NDArray[Any] = raster.read(1)
            nodata = raster.nodata
    shape = (round(180 / degrees_per_cell), round(360 / degrees_per_cell))
    if values.shape != shape:
        raise BuildError(f"{path.name} has {values.shape} cells, not {shape}: is it another version?")
    if np.issubdtype(values.dtype, np.floating) and nodata is not None:
        values[values == nodata] = np.nan
    return values


def table_grid(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    values: NDArray[Any],
    step: float,
    *,
    fill: float = np.nan,
) -> Grid:
    """Global grid of a table whose rows are cell centres.

    Parameters
    ----------
    lon, lat
        Cell centres, deg, shape (n,).
    values
        Shape (n,) or (n, bands).
    step
        Side of a cell, deg.
    fill
        Value of cells without a row.
    """
    frame = Frame(round(180 / step), round(360 / step), -180.0, 90.0, step)
    columns = np.asarray(values, dtype=np.float32)
    bands = columns.reshape(len(columns), -1).T
    out = np.full((len(bands), frame.rows, frame.cols), fill, dtype=np.float32)
    row, col = frame.cell(np.asarray(lat, dtype=float), np.asarray(lon, dtype=float))
    out[:, row, col] = bands
    return Grid(frame, out if columns.ndim > 1 else out[0])


def elevation(sources: Sources) -> Grid:
    """Cell-mean elevation, m (topo). Nodes every 1/12 deg from 90.125 N, 180.125 W; the sea is 0."""
    values = _first_array(sources.path("topo", "v2_topo.npz"))
    frame = Frame(2164, 4324, -180.125 - 1 / 24, 90.125 + 1 / 24, 1 / 12)
    return Grid(frame, values.astype(np.float32))


def quarter_degree(fine: Grid) -> Grid:
    """Elevation as a model of 1/4 deg sees it: means of `elevation` around the nodes of `temperature`."""
    # a quarter degree holds the two rows of nodes next to its middle whole, and half of the next ones on each side
    weight = np.array([0.5, 1.0, 1.0, 0.5], dtype=np.float32) / 3.0
    rows = sum(w * fine.values[k : k + 3 * 720 + 1 : 3] for k, w in enumerate(weight))
    both = sum(w * rows[:, k : k + 3 * 1440 + 1 : 3] for k, w in enumerate(weight))
    return Grid(Frame(721, 1441, -180.125, 90.125, 0.25), both.astype(np.float32))


def rain(sources: Sources) -> Grid:
    """Rain of each calendar month, mm, 12 bands (rain). The files are south first, with nodes every 1/4 deg."""
    months = [_first_array(sources.path("rain", f"v7_mt_month{m:02d}.npz"))[::-1] for m in range(1, 13)]
    return Grid(Frame(722, 1442, -180.25, 90.25, 0.25), np.stack(months).astype(np.float32))


def temperature(sources: Sources) -> Grid:
    """Mean 2 m air temperature of each calendar month, C, 12 bands (era)."""
    return _era(sources, "t2m")


def era_rain(sources: Sources) -> Grid:
    """Rain of each calendar month by ERA5, mm, 12 bands: a check on `rain`, which is the better one."""
    return _era(sources, "tp")


def _era(sources: Sources, variable: str) -> Grid:
    """A monthly ERA5 variable. Nodes every 1/4 deg, longitudes 0..360 in the file; its unit attributes are wrong."""
    import netCDF4

    with netCDF4.Dataset(sources.path("era", "era5_global_climatology_2000_2025.nc")) as data:
        values = np.ma.filled(data[variable][:].astype(np.float32), np.nan)
    if values.shape != (12, 721, 1440):
        raise BuildError(f"era: {variable} has shape {values.shape}, not (12, 721, 1440)")
    values = np.roll(values, 720, axis=2)
    # the node at 180 W again at 180 E, or half a cell would be missing there
    values = np.concatenate([values, values[:, :, :1]], axis=2)
    return Grid(Frame(721, 1441, -180.125, 90.125, 0.25), values)


def koppen(sources: Sources) -> tuple[Grid, dict[int, str]]:
    """Koppen-Geiger class numbers (kg) and the code of each ("Af"), the ocean left out of the codes."""
    import csv

    values = _geotiff(sources.path("kg", "kmz_int_reshape.png"), degrees_per_cell=1 / 36)
    with sources.path("kg", "kg_zoneNum.csv").open(encoding="utf-8", newline="") as lines:
        codes = {int(row["zoneNum"]): row["kg_zone"] for row in csv.DictReader(lines)}
    codes.pop(KOPPEN_OCEAN, None)
    return Grid(Frame(6480, 12960, -180.0, 90.0, 1 / 36), values), codes


FINE = Frame(3600, 7200, -180.0, 90.0, 0.05)
"""The 0.05 deg grid of land cover and greenness; also fine enough to read smooth fields on."""
SHARED = (FINE, Frame(360, 720, -180.0, 90.0, 0.5))
"""Frames of several steps: how regions cover their cells is kept (300 MB for the world) from one to the next."""


def land_cover(sources: Sources) -> Grid:
    """IGBP majority class 0..16 of each cell (lc)."""
    return Grid(FINE, _geotiff(sources.path("lc"), degrees_per_cell=0.05))


def greenness(sources: Sources) -> Grid:
    """Highest and lowest vegetation index of the year, 2 bands (ndvi); NaN on open sea and lasting ice."""
    bands = [
        _geotiff(sources.path("ndvi", f"NDVI_{which}.tif"), degrees_per_cell=0.05)
        for which in ("maximum", "minimum")
    ]
    return Grid(FINE, np.stack(bands))


def sunshine(sources: Sources) -> Grid:
    """Mean daily irradiation, kWh/m2/d, and specific humidity, g/kg, 2 bands (sun); NaN at sea.

    The file holds grids of 1/4 deg, south first, from 60 S.
    """
    with np.load(sources.path("sun")) as data:
        lat, lon = data["lat"], data["lon"]
        values = np.stack([data["sunshine"], data["humidity"]])[:, ::-1].astype(np.float32)
    step = 0.25
    if not (np.allclose(np.diff(lat), step) and np.allclose(np.diff(lon), step)):
        raise BuildError("sun: the grid is not one of 1/4 deg, south and west first")
    frame = Frame(len(lat), len(lon), float(lon[0]) - step / 2, float(lat[-1]) + step / 2, step)
    return Grid(frame, values)


def protected(sources: Sources) -> Grid:
    """Protected share of each cell, 0..1, all IUCN categories together (isimip_protected).

    The table has rows for cells with protected land only: no row is 0.
    """
    import pandas as pd

    table = pd.read_csv(sources.path("isimip_protected"))
    share = table.drop(columns=["x", "y"]).sum(axis=1).clip(0.0, 1.0)
    return table_grid(table["x"].to_numpy(), table["y"].to_numpy(), share.to_numpy(), 0.5, fill=0.0)


def sea_rows(sources: Sources, *, block: int = 600) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """The land and sea mask (land), read in bands of rows: the whole is 0.93 GB, a band 26 MB.

    Yields
    ------
    first row, True where sea
        Row i lies between 90 - i/120 and 90 - (i+1)/120 deg; lakes and the Caspian are land.
    """
    import zipfile

    from numpy.lib import format as npy

    with zipfile.ZipFile(sources.path("land")) as archive, archive.open("mask.npy") as stream:
        npy.read_magic(stream)
        (rows, cols), fortran, dtype = npy.read_array_header_1_0(stream)
        if (rows, cols) != (180 * MASK_PER_DEGREE, 360 * MASK_PER_DEGREE) or fortran or dtype != np.bool_:
            raise BuildError(f"land: the mask is {rows} x {cols} {dtype}, not 21600 x 43200 bool")
        for first in range(0, rows, block):
            count = min(block, rows - first)
            data = stream.read(count * cols)
            yield first, np.frombuffer(data, dtype=np.bool_).reshape(count, cols)


def land_share(sources: Sources, frame: Frame) -> NDArray[np.float32]:
    """Share of each cell that is land or inland water, 0..1, by the land and sea mask; shape (rows, cols)."""
    return kept(("land", frame), [sources], lambda: _land_share(sources, frame))


def _land_share(sources: Sources, frame: Frame) -> NDArray[np.float32]:
    lons = -180.0 + (np.arange(360 * MASK_PER_DEGREE) + 0.5) / MASK_PER_DEGREE
    # columns beyond 180 repeat the other side of the world
    column = np.floor((lons - frame.west) / frame.step).astype(np.intp)
    starts = np.flatnonzero(np.diff(column, prepend=column[0] - 1))
    sea = np.zeros((frame.rows, frame.cols), dtype=np.float64)
    count = np.zeros_like(sea)
    inside = column[starts]
    width = np.diff(np.append(starts, len(column)))
    for first, mask in sea_rows(sources):
        lats = 90.0 - (first + np.arange(len(mask)) + 0.5) / MASK_PER_DEGREE
        row = np.floor((frame.north - lats) / frame.step).astype(np.intp)
        lines = np.flatnonzero(np.diff(row, prepend=row[0] - 1))
        by_row = np.add.reduceat(mask, lines, axis=0, dtype=np.int32)
        height = np.diff(np.append(lines, len(row)))
        sea[np.ix_(row[lines], inside)] += np.add.reduceat(by_row, starts, axis=1)
        count[np.ix_(row[lines], inside)] += height[:, None] * width[None, :]
    share = np.where(count > 0, 1.0 - sea / np.maximum(count, 1.0), np.nan)
    empty = ~(count > 0).any(axis=0)
    wrapped = (frame.lons[empty] + 180.0) % 360.0 - 180.0
    share[:, empty] = share[:, np.floor((wrapped - frame.west) / frame.step).astype(np.intp)]
    return share.astype(np.float32)
