"""Checks of the crop model for docs/crops.md: what could be reached, what more countries bring, and suitability."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.build.company import Company, fit_company, learn_company
from matcher.build.features.basket import INPUTS
from matcher.build.intensity import Response, fit_response, rake
from matcher.build.responses import lands_of
from matcher.build.suitability import all_strengths, graded
from matcher.build.trust import Trust
from matcher.build.yearbooks import Yearbook
from matcher.countries import country_code
from matcher.crops.basket import crops, national_hectares, normalised, overlap, published
from matcher.crops.mapping import ground_of, map_units
from matcher.crops.statistics import by_country, read_statistics

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from matcher.atlas import Atlas
    from matcher.build.features.basket import Lands

    Floats = NDArray[Any]

NAMES = ("name", "name_local", "name_en", "seat_name")
GROWN = 0.01
"""Least share of a unit's listed crops for a crop to be grown there."""
LEAST = 10  # units with and without a crop for an area under the curve, and units for folds by province
SIZES = (10, 25, 50, 100)
TEACHERS = (0, 1, 2, 4, 8)
DRAWS = 3
MOST_UNITS = 800
TREES = 100


@dataclass(frozen=True, slots=True)
class Seen:
    """The judged units of one country: true shares over all crops, and the regions of each."""

    code: str
    listed: NDArray[np.bool_]
    true: Floats
    rows: list[NDArray[np.int64]]
    province: list[str]

    def part(self, units: NDArray[np.intp]) -> Seen:
        """Some of the units."""
        return replace(
            self,
            true=self.true[units],
            rows=[self.rows[i] for i in units],
            province=[self.province[i] for i in units],
        )


def read_seen(atlas: Atlas, paths: Sequence[Path]) -> list[Seen]:
    """Units of all tables that lie on regions."""
    table = atlas.read(
        [*NAMES, "region_id", "country", "level", "parent_id", "national_code", "lat", "lon", "area_km2"]
    )
    ground = ground_of(lambda name: table[name].to_pylist(), NAMES)
    place = {crop.name: i for i, crop in enumerate(crops())}
    found = []
    for path in paths:
        for country, units in by_country(read_statistics(path, {c.item: c.name for c in crops()})).items():
            code = country_code(country.partition(",")[0])
            rows = map_units(units, ground, code)
            areas = np.zeros((len(units), len(place)))
            for i, unit in enumerate(units):
                for crop, ha in unit.areas.items():
                    areas[i, place[crop]] = ha
            kept = [i for i in range(len(units)) if len(rows[i]) and areas[i].sum() > 0]
            listed = published(areas, national_hectares(code))
            if listed.sum() > 1 and kept:
                provinces = [units[i].admin1 for i in kept]
                found.append(Seen(code, listed, normalised(areas[kept]), [rows[i] for i in kept], provinces))
    return found


class Checks:
    """All checks share the regions, the units, and the responses without the judged countries."""

    def __init__(self, atlas: Atlas, paths: Sequence[Path]) -> None:
        self.lands: Lands = lands_of(atlas)
        self.seen = [each for each in read_seen(atlas, paths) if each.code in self.lands.rows]
        self.grid = self.lands.grid_ratios()
        judged = {each.code for each in self.seen}
        self.others = [code for code in self.lands.rows if code not in judged]
        self.without = self._fit(self.others)
        self.response = self.lands.respond(self.lands.fit())

    @property
    def n_graded(self) -> int:
        """Number of crops whose suitability can be told."""
        return len(graded(self.lands))

    def _fit(self, codes: Sequence[str]) -> Response:
        return fit_response(self.lands.cells(list(codes)), self.lands.grid_columns.tolist())

    def _mean(self, values: Floats, seen: Seen) -> Floats:
        weight = self.lands.weight
        return np.stack([np.average(values[rows], axis=0, weights=weight[rows]) for rows in seen.rows])

    def _baskets(self, fitted: Response, seen: Seen, trust: Trust) -> Floats:
        """Modelled shares of the units of a country that the responses were not learned from."""
        lands, rows = self.lands, self.lands.rows[seen.code]
        weight, mix = lands.weight[rows] * lands.base[rows], lands.mixes[seen.code]
        grown = np.flatnonzero(mix > 0)
        logits = (fitted.nature(lands.features[rows]) + lands.limits(rows))[:, grown]
        alone = np.zeros((len(rows), len(mix)))
        alone[:, grown] = rake(logits, weight, mix[grown])
        whole = np.full((len(lands.area), len(mix)), np.nan)
        whole[rows] = lands.blend(seen.code, rows, alone, self.grid[rows], trust)
        return self._mean(whole, seen)

    def ceiling(self, seen: Seen) -> dict[str, float]:
        """Overlap of the national mix, and of two models trained inside the country on other provinces or units.

        `same` is the company of crops (`matcher.build.company`) learned from the country's own statistics, `trees` are
        free to learn anything from the same features. What they miss is beyond these features.
        """
        from sklearn.ensemble import ExtraTreesRegressor

        ids, fold = self._folds(seen)
        columns = np.flatnonzero(seen.listed & (self.lands.mixes[seen.code] > 0))
        true = normalised(seen.true[:, columns])[ids]
        nation = np.tile(self.lands.mixes[seen.code][columns], (len(ids), 1))
        base = normalised(self._baskets(self.without, seen, Trust())[:, columns])[ids]
        nature = self._mean(self.lands.features, seen)[ids]
        guess, same = base.copy(), base.copy()
        for each in np.unique(fold):
            train = fold != each
            if train.sum() < 3:
                continue
            trees = ExtraTreesRegressor(TREES, min_samples_leaf=2, max_features=0.4, random_state=0)
            x = np.hstack([nature, np.log(base + 1e-4)])
            guess[~train] = base[~train] + trees.fit(x[train], (true - base)[train]).predict(x[~train])
            taught = self._company([seen.part(ids[train])])
            company = fit_company(taught.lessons, [1.0], taught.free)
            same[~train] = self._with_company(seen, company)[ids[~train]][:, columns]
        return {
            "units": len(ids),
            "national": float(overlap(true, nation).mean()),
            "same": float(overlap(true, same).mean()),
            "trees": float(overlap(true, np.maximum(guess, 0.0)).mean()),
        }

    def _folds(self, seen: Seen) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Some units of a country, and the fold of each: by province where there are many units."""
        rng = np.random.default_rng(0)
        ids = np.arange(len(seen.rows))
        if len(ids) > MOST_UNITS:
            ids = np.sort(rng.choice(ids, MOST_UNITS, replace=False))
        provinces = [seen.province[i] for i in ids]
        names = sorted(set(provinces)) if len(ids) >= 4 * LEAST else []
        order = {name: i % 5 for i, name in enumerate(rng.permutation(names).tolist())}
        return ids, np.array([order[p] for p in provinces]) if names else np.arange(len(ids)) % LEAST

    def _company(self, seen: Sequence[Seen]) -> Company:
        """What some countries teach of the company of crops."""
        books = [Yearbook(each.code, "", 0, each.true, each.rows, each.listed) for each in seen]
        return learn_company(self.lands, self.response, self.grid, books)

    def _with_company(self, seen: Seen, company: Floats | None) -> Floats:
        """Modelled shares of the units of a country as the build makes them, but for the powers."""
        rows = self.lands.rows[seen.code]
        whole = np.full(self.response.shape, np.nan)
        whole[rows] = self.lands.blend(
            seen.code, rows, self.response[rows], self.grid[rows], Trust(), company
        )
        return self._mean(whole, seen)

    def company_curve(self) -> list[tuple[int, dict[str, float]]]:
        """Countries whose regions taught the company of crops, and the gain of each country that is none of them.

        Means over `DRAWS` draws; no statistics of the country that is judged.
        """
        rng = np.random.default_rng(0)
        taught = self._company(self.seen)
        several = [each for each in self.seen if len(each.rows) > 3]
        most = len(taught.lessons) - 1
        result = []
        for n in [*(size for size in TEACHERS if size < most), most]:
            gains = {}
            for seen in several:
                others = [each for each in taught.lessons if each.country != seen.code]
                draws = [
                    rng.choice(len(others), n, replace=False) for _ in range(DRAWS if 0 < n < most else 1)
                ]
                sets = [[others[i] for i in sorted(draw)] for draw in draws]
                learned = [Company(each, taught.mixes, taught.free).of(seen.code) for each in sets]
                gains[seen.code] = float(
                    np.mean([self._gain(self._with_company(seen, each), seen) for each in learned])
                )
            result.append((n, gains))
        return result

    def learning_curve(self) -> list[tuple[int, float]]:
        """Countries learned from, and the mean gain over the national mix in countries that are none of them."""
        rng = np.random.default_rng(0)
        several = [each for each in self.seen if LEAST < len(each.rows) < 1000]
        sets = [rng.choice(self.others, n, replace=False).tolist() for n in SIZES for _ in range(DRAWS)]
        gains: dict[int, list[float]] = {}
        alone = Trust(response=0.6, grid=0.0, trees=0.6)
        for codes, fitted in [*((s, None) for s in sets), (self.others, self.without)]:
            learned = fitted or self._fit(sorted(codes))
            found = [self._gain(self._baskets(learned, each, alone), each) for each in several]
            gains.setdefault(len(codes), []).append(float(np.mean(found)))
        return [(n, float(np.mean(values))) for n, values in sorted(gains.items())]

    def _gain(self, baskets: Floats, seen: Seen) -> float:
        columns = seen.listed & (self.lands.mixes[seen.code] > 0)
        true = seen.true[:, columns]
        nation = np.tile(self.lands.mixes[seen.code][columns], (len(true), 1))
        return float((overlap(true, baskets[:, columns]) - overlap(true, nation)).mean())

    def suitability(self, limits: Path | None) -> list[tuple[str, int, float, float]]:
        """Crop, number of countries, mean area under the curve within them, and that of published limits (or NaN)."""
        strength = all_strengths(self.lands, self.without)
        published = _published(limits) if limits else {}
        found: dict[str, list[tuple[float, float]]] = {}
        for seen in self.seen:
            ours = self._mean(strength, seen)
            climate = self._mean(self._climate(), seen)
            for column in graded(self.lands):
                name = crops()[column].name
                grown = seen.true[:, column] >= GROWN
                if seen.listed[column] and LEAST <= grown.sum() <= len(grown) - LEAST:
                    theirs = _within(climate, published[name]) if name in published else None
                    pair = (_auc(grown, ours[:, column]), np.nan if theirs is None else _auc(grown, theirs))
                    found.setdefault(name, []).append(pair)
        return sorted((n, len(v), *np.mean(v, axis=0).tolist()) for n, v in found.items())

    def _climate(self) -> Floats:
        """Yearly mean temperature in C and rain in mm."""
        names = [name for name, _ in INPUTS]
        at = [names.index("t_mean"), names.index("rain_year")]
        raw = self.lands.features[:, at] * self.lands.spread[at] + self.lands.mean[at]
        return np.stack([raw[:, 0], np.expm1(raw[:, 1])], axis=1)


def _auc(grown: NDArray[np.bool_], score: Floats) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(grown, score))


def _published(path: Path) -> dict[str, tuple[list[float], list[float]]]:
    """Crop to absolute and best limits of temperature (C) and yearly rain (mm), as EcoCrop states them."""
    with path.open(encoding="latin1", newline="") as lines:
        rows = {row["ScientificName"].strip(): row for row in csv.DictReader(lines)}
    columns = (("TMIN", "TOPMN", "TOPMX", "TMAX"), ("RMIN", "ROPMN", "ROPMX", "RMAX"))
    found = {}
    for crop in crops():
        row = rows.get(crop.plant)
        if row is not None and all(row[name] not in {"", "NA"} for group in columns for name in group):
            found[crop.name] = (
                [float(row[name]) for name in columns[0]],
                [float(row[name]) for name in columns[1]],
            )
    return found


def _within(climate: Floats, limits: tuple[list[float], list[float]]) -> Floats:
    """The smaller of two trapezoids, 0..1: 1 between the best limits, 0 beyond the absolute ones."""
    parts = [np.interp(climate[:, i], limits[i], [0.0, 1.0, 1.0, 0.0]) for i in (0, 1)]
    result: Floats = np.minimum(*parts)
    return result
