"""Judge the modelled crop basket, and two baselines, by a table of crop statistics.

Only crops that the table lists for a country are compared, and shares of them: a crop that an office does not list is
unknown. The basket is the one fitted without the country's own statistics, also where the atlas shows observed
figures.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.countries import country_code
from matcher.crops.basket import (
    crops,
    leaders_found,
    national_hectares,
    national_mix,
    normalised,
    overlap,
    published,
    same_leader,
)
from matcher.crops.mapping import ground_of, map_units
from matcher.crops.statistics import by_country, read_statistics
from matcher.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from matcher.atlas import Atlas
    from matcher.crops.statistics import Unit

    Floats = NDArray[np.float64]

JUDGED = ("model", "national_mix", "grid_alone")
METRICS = ("overlap", "top1", "top5")
_NAMES = ("name", "name_local", "name_en", "seat_name")
_FEATURES = ("crops", "crop_basket", "crop_mix", "cropland", "crop_mosaic")
_MOSAIC_FIELDS = 0.2
TRACE = 0.002
"""Half of the least share that a basket shows."""
LEAST_CROPS = 2
"""A country whose table lists fewer of the crops cannot be judged: a mix of one crop is always right."""


@dataclass(frozen=True, slots=True)
class CropJudgement:
    """How well baskets meet a table.

    Attributes
    ----------
    n_units, n_mapped
        Units with figures in the table, and those that lie on regions of the atlas and were judged.
    overall
        Judged thing (`JUDGED`) to metric (`METRICS`) to its mean over units.
    countries, groups
        The same by country code and by group of crops, each with its own `n_mapped`.
    unmapped
        Country, province and name of units that were not judged, and why.
    """

    n_units: int
    n_mapped: int
    overall: Mapping[str, Mapping[str, float]]
    countries: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    groups: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    unmapped: Sequence[Mapping[str, str]] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {
            "n_units": self.n_units,
            "n_mapped": self.n_mapped,
            **{name: dict(self.overall[name]) for name in JUDGED},
            "countries": {key: dict(value) for key, value in self.countries.items()},
            "groups": {key: dict(value) for key, value in self.groups.items()},
            "unmapped": [dict(entry) for entry in self.unmapped],
        }


def judge_crops(atlas: Atlas, path: Path) -> CropJudgement:
    """Judge by a table of crop statistics.

    Parameters
    ----------
    atlas
        With the features `crops`, `crop_basket`, `crop_mix`, `cropland` and `crop_mosaic`.
    path
        CSV or gzipped CSV; see `matcher.crops.statistics.COLUMNS`.

    Raises
    ------
    DataError
        The table is not one of crop statistics, none of its units can be judged, or the atlas has no crop basket.
    UnknownNameError
        A country of the table is none.
    """
    missing = [name for name in _FEATURES if name not in atlas.store.place]
    if missing:
        raise DataError(f"this atlas has no {', '.join(missing)}; build it again with all farm features")
    tables = by_country(read_statistics(path, {crop.item: crop.name for crop in crops()}))
    identity = atlas.read(
        [*_NAMES, "region_id", "country", "level", "parent_id", "national_code", "lat", "lon", "area_km2"]
    )
    ground = ground_of(lambda name: identity[name].to_pylist(), _NAMES)
    place = {crop.name: i for i, crop in enumerate(crops())}
    parts: list[_Judged] = []
    unmapped: list[dict[str, str]] = []
    n_units = 0
    for country, units in tables.items():
        code = country_code(country.partition(",")[0])
        n_units += len(units)
        rows = map_units(units, ground, code)
        listed = published(_areas(units, place), national_hectares(code))
        fit = _fit_units(atlas, units, rows, listed, place)
        for i, unit in enumerate(units):
            if i not in fit.units:
                reason = _reason(unit, rows[i], listed)
                unmapped.append({"country": code, "admin1": unit.admin1, "unit": unit.name, "reason": reason})
        if len(fit.units):
            parts.append(_Judged(code, listed, fit))
    if not parts:
        raise DataError(f"none of the {n_units} units of {path} can be judged: {_reasons(unmapped)}")
    return CropJudgement(
        n_units=n_units,
        n_mapped=sum(len(part.fit.units) for part in parts),
        overall=_means([part.figures() for part in parts]),
        countries={
            part.code: {
                "n_mapped": len(part.fit.units),
                "n_crops": int(part.listed.sum()),
                **_means([part.figures()]),
            }
            for part in sorted(parts, key=lambda part: part.code)
        },
        groups=_groups(parts),
        unmapped=unmapped,
    )


def _areas(units: Sequence[Unit], place: Mapping[str, int]) -> Floats:
    """Harvested ha of each unit over all crops, 0 where there is no figure, shape (n, crops)."""
    areas = np.zeros((len(units), len(place)))
    for i, unit in enumerate(units):
        for crop, ha in unit.areas.items():
            areas[i, place[crop]] += ha
    return areas


def _reason(unit: Unit, rows: NDArray[np.int64], listed: NDArray[np.bool_]) -> str:
    if listed.sum() < LEAST_CROPS:
        return "the table lists a single crop of the country"
    if sum(unit.areas.values()) <= 0:
        return "no harvested area"
    return "no basket there" if len(rows) else "no region found"


def _reasons(unmapped: Sequence[Mapping[str, str]]) -> str:
    counts: dict[str, int] = {}
    for entry in unmapped:
        counts[entry["reason"]] = counts.get(entry["reason"], 0) + 1
    return "; ".join(f"{reason} ({count})" for reason, count in counts.items())


@dataclass(frozen=True, slots=True)
class _Fit:
    """Units that can be judged: their places in the table, the true areas and the guesses, shape (n, crops)."""

    units: list[int]
    true: Floats
    guesses: dict[str, Floats]


@dataclass(frozen=True, slots=True)
class _Judged:
    """One country: its units over the crops that its table lists."""

    code: str
    listed: NDArray[np.bool_]
    fit: _Fit

    def figures(self, only: NDArray[np.bool_] | None = None) -> dict[str, dict[str, Floats]]:
        """Each metric of each judged thing a unit, over the listed crops or some of them."""
        columns = self.listed if only is None else self.listed & only
        true = self.fit.true[:, columns]
        some = np.flatnonzero(true.sum(axis=1) > 0)
        true = normalised(true[some])
        found = {}
        for name, guess in self.fit.guesses.items():
            own = normalised(guess[some][:, columns])
            found[name] = {
                "overlap": overlap(true, own),
                "top1": same_leader(true, own).astype(float),
                "top5": leaders_found(true, own),
            }
        return found


def _fit_units(
    atlas: Atlas,
    units: Sequence[Unit],
    rows: Sequence[NDArray[np.int64]],
    listed: NDArray[np.bool_],
    place: Mapping[str, int],
) -> _Fit:
    mapped = [i for i, unit in enumerate(units) if len(rows[i]) and sum(unit.areas.values()) > 0]
    if not mapped or listed.sum() < LEAST_CROPS:
        empty = np.zeros((0, len(place)))
        return _Fit([], empty, dict.fromkeys(JUDGED, empty))
    all_rows = np.unique(np.concatenate([rows[i] for i in mapped]))
    where = {row: i for i, row in enumerate(all_rows.tolist())}
    nation = national_mix(str(atlas.countries[all_rows[0]]))
    basket, grid, weight = _baskets(atlas, all_rows, nation)
    kept, model, by_grid = [], [], []
    for i in mapped:
        own = np.array([where[row] for row in rows[i].tolist()])
        known = own[np.isfinite(basket[own]).all(axis=1)]
        if not len(known):
            continue
        kept.append(i)
        model.append(np.average(basket[known], axis=0, weights=weight[known]))
        by_grid.append(_with_grid(nation, grid[own], weight[own]))
    if not kept:
        return _Fit([], np.zeros((0, len(place))), {})
    guesses = {
        "model": np.stack(model),
        "national_mix": np.tile(nation, (len(kept), 1)),
        "grid_alone": np.stack(by_grid),
    }
    return _Fit(kept, _areas([units[i] for i in kept], place), guesses)


def _with_grid(nation: Floats, grid: Floats, weight: Floats) -> Floats:
    """The national mix with the crops of the grid, taken together, parted as the grid parts them."""
    known = np.isfinite(grid).all(axis=1)
    if not known.any():
        return nation
    columns = np.array([bool(crop.grid) for crop in crops()])
    mean = np.average(grid[known], axis=0, weights=weight[known])
    result = nation.copy()
    result[columns] = normalised(mean[None])[0] * nation[columns].sum()
    return result


def _baskets(atlas: Atlas, rows: NDArray[np.int64], nation: Floats) -> tuple[Floats, Floats, Floats]:
    """Cross-fitted basket (n, crops), shares of the grid (n, crops of the grid), fields in km2 (n,)."""
    table = atlas.read([*_FEATURES, "area_km2"], rows)
    names = [crop.name for crop in crops()]
    shown = _shares(table["crops"].to_pylist(), names)
    # where figures were observed, what the model says without them stands in a column of its own
    modelled = _shares(table["crop_basket"].to_pylist(), names)
    own = np.asarray(np.isfinite(modelled).all(axis=1))
    grid = _shares(table["crop_mix"].to_pylist(), [crop.grid for crop in crops() if crop.grid])
    fields = [
        np.array([value or 0.0 for value in table[name].to_pylist()]) for name in ("cropland", "crop_mosaic")
    ]
    area = np.array(table["area_km2"].to_pylist(), dtype=np.float64)
    return (
        _with_traces(np.where(own[:, None], modelled, shown), nation),
        grid,
        (fields[0] + _MOSAIC_FIELDS * fields[1] + 1e-3) * area,
    )


def _with_traces(baskets: Floats, nation: Floats) -> Floats:
    """Baskets with the crops that they leave out as too small: half the least share, or the country's if less."""
    traces: Floats = np.where(np.isnan(baskets), np.nan, np.minimum(nation, TRACE))
    return np.where(baskets > 0, baskets, traces)


def _shares(values: Sequence[Any], names: Sequence[str]) -> Floats:
    place = {name: i for i, name in enumerate(names)}
    result = np.full((len(values), len(names)), np.nan)
    for row, value in enumerate(values):
        if value is not None:
            result[row] = 0.0
            for name, share in dict(value).items():
                if name in place:
                    result[row, place[name]] = share
    return result


def _means(parts: Sequence[Mapping[str, Mapping[str, Floats]]]) -> dict[str, dict[str, float]]:
    return {
        name: {
            metric: float(np.mean(np.concatenate([part[name][metric] for part in parts])))
            for metric in METRICS
        }
        for name in JUDGED
    }


def _groups(parts: Sequence[_Judged]) -> dict[str, dict[str, Any]]:
    """Figures within each group of crops, over the countries that list at least two of it."""
    result: dict[str, dict[str, Any]] = {}
    for group in dict.fromkeys(crop.group for crop in crops()):
        only = np.array([crop.group == group for crop in crops()])
        figures = [part.figures(only) for part in parts if (part.listed & only).sum() >= LEAST_CROPS]
        count = sum(len(each["model"]["overlap"]) for each in figures)
        if count:
            result[group] = {"n_mapped": count, **_means(figures)}
    return result
