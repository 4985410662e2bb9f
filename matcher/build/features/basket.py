"""The crop basket: what is harvested in each region, observed where an office says so, else modelled.

The modelled basket is the country's own mix of harvested areas (FAOSTAT), reshaped within the country by the crop
grid (`matcher.build.features.crops`), by how much of the cropland the crops of the grid fill, and by the response of
each crop to climate, soil, relief and land use (`matcher.build.intensity`) within published limits, and raked, so that the regions of a
country add up to its harvested area. Regional statistics of other countries, never its own, decide how much response
and grid are trusted (`matcher.build.trust`) and which crops keep company with those of the grid (`matcher.build.company`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.build.company import learn_company
from matcher.build.harvest import FILE, harvested_areas
from matcher.build.intensity import Cells, Response, fit_response, rake
from matcher.build.suitability import suited
from matcher.build.trust import Trust, choose_trust
from matcher.build.yearbooks import OFFICES, Yearbook, read_yearbooks
from matcher.crops.basket import crops
from matcher.crops.limits import INPUTS as LIMITED
from matcher.crops.limits import left_by_limits
from matcher.crops.suitability import CLIP, MONTHS, SEASONS, season_rain
from matcher.errors import BuildError

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

    Floats = NDArray[Any]

FEATURES: tuple[str, ...] = ("crops", "crops_basis", "crop_basket", "suited_crops")
SOURCES: tuple[str, ...] = ("fao", "regcrops")
NAMED = True  # yearbooks know regions by their names
SHARED_OUT = True  # a country's harvested area
NEEDS: tuple[str, ...] = (
    "climate", "terrain", "coast", "cover", "greenness", "landuse", "season", "soil", "sun", "crops",
)  # fmt: skip

MODELLED = "modelled"
SHOWN = 20
"""Most crops that a region's basket holds; the rest of them is shared out."""
LEAST_SHARE = 0.004
"""Smaller shares of a basket are left out: they are below what the method can tell."""
LEAST_FIELDS = 0.0005
"""Least share of area under fields for a basket to be known."""
MOSAIC_FIELDS = 0.2
"""Part of a mosaic of small fields and natural vegetation that counts as fields."""
MOST_CELLS = 60
"""Most cells that a country is summed up in to learn the responses."""
GRID_FLOOR = 0.01
"""Added to shares of the grid before their ratio is taken, so that a trace is no evidence."""
FILL_FLOOR = 0.1
"""The same for harvests of the grid's crops and hectare of cropland."""

_TREE_GROUPS = ("fruit", "nuts")
_NO_TREES = ("strawberry", "pineapple")
_TREES = (
    "olive", "oil_palm", "coconut", "tung", "shea", "kapok", "rubber", "cocoa", "coffee", "tea", "mate", "clove", "nutmeg",
    "cinnamon",
)  # fmt: skip
TREES: NDArray[np.bool_] = np.array(
    [c.name in _TREES or (c.group in _TREE_GROUPS and c.name not in _NO_TREES) for c in crops()]
)
"""Trees, shrubs, vines and bananas: orchards and plantations."""
_FIELD_GROUPS = ("cereals", "pulses", "oil crops", "roots", "fibres and rubber")
FIELD_CROPS: NDArray[np.bool_] = ~TREES & np.array(
    [
        c.name in {"sugar_beet", "tobacco"} or (c.group in _FIELD_GROUPS and c.name != "cassava")
        for c in crops()
    ]
)
"""Crops sown in turn with those of the grid, which fill the fields with them; trees, cane and gardens stand apart."""

MOSTLY = 0.9
"""Least part of a province's fields that must be in regions with observed figures for it to count as observed."""

_LOG = ("rain_year", "elevation", "relief", "coast_km")
_PLAIN = (
    "t_mean", "t_cold", "t_warm", "t_range", "rain_cv", "dry_months", "growing_degree_days", "water_surplus",
    "sunshine", "humidity", "forest_share", "greenness", "green_season", "cropland", "crop_mosaic", "pasture",
    "irrigated", "season_months", "soil_ph",
)  # fmt: skip
INPUTS: tuple[tuple[str, bool], ...] = (
    *((name, True) for name in _LOG), *((name, False) for name in _PLAIN), ("density", True), ("abs_latitude", False),
    *((name, True) for name in SEASONS),
)  # fmt: skip
"""Features of the responses as the atlas names them, and whether their logarithm is meant."""


def compute(regions: GeoDataFrame, sources: Sources, known: pd.DataFrame | None = None) -> pd.DataFrame:
    """Columns `crops` and `crop_basket` (mixtures by crop) and `crops_basis` (label).

    Parameters
    ----------
    regions, sources
        As for every topic.
    known
        Columns of the topics in `NEEDS`.

    Returns
    -------
    DataFrame
        `crops`: observed shares where there are, over the crops that the office lists, the modelled share of the
        others beside them. `crop_basket`: the modelled basket of just the regions that have observed figures, fitted
        without them; everywhere else it is `crops` itself.
    """
    import pandas as pd

    if known is None:
        raise BuildError(f"the crop basket is computed from the columns of {', '.join(NEEDS)}")
    known = known.reindex(regions.index)
    nations = harvested_areas(sources.path("fao", FILE))
    ground = Lands(regions, known, nations)
    books = read_yearbooks(sources, regions)
    fitted = ground.fit()
    response = ground.respond(fitted)
    grid = ground.grid_ratios()
    trust = choose_trust(ground, response, grid, books)
    company = learn_company(ground, response, grid, books)
    modelled = np.full((len(regions), len(crops())), np.nan, dtype=np.float32)
    for country, rows in ground.rows.items():
        modelled[rows] = ground.blend(
            country, rows, response[rows], grid[rows], trust.of(country), company.of(country)
        )
    del response, grid
    modelled[~ground.known] = np.nan
    observed, basis = _observed(modelled, books)
    _fill_wholes(observed, basis, regions, ground)
    with_office = basis != ""
    basket = np.where(with_office[:, None], modelled, np.nan)
    labels = np.where(with_office, basis, np.where(np.isfinite(modelled).all(axis=1), MODELLED, ""))
    return pd.DataFrame(
        {
            "crops": _mixtures(np.where(with_office[:, None], observed, modelled)),
            "crops_basis": labels,
            "crop_basket": _mixtures(basket),
            "suited_crops": suited(ground, fitted, modelled),
        },
        index=regions.index,
    )


class Lands:
    """Regions as the model sees them: standardised features, fields, and the mix of their country."""

    def __init__(
        self, regions: GeoDataFrame, known: pd.DataFrame, nations: dict[str, dict[str, float]]
    ) -> None:
        names = [crop.name for crop in crops()]
        self.area = regions["area_km2"].to_numpy(dtype=float)
        share = [np.nan_to_num(known[name].to_numpy(dtype=float)) for name in ("cropland", "crop_mosaic")]
        self.fields = share[0] + MOSAIC_FIELDS * share[1]
        self.weight = (self.fields + 1e-3) * self.area
        self.known = self.fields >= LEAST_FIELDS
        self.base = (regions["level"] == "regency").to_numpy()
        table = self._table(regions, known)
        self.mean, self.spread = self._moments(table)
        # an unknown value is the mean: it says nothing
        self.features: Floats = np.clip(np.nan_to_num((table - self.mean) / self.spread), -CLIP, CLIP)
        self.held = known[list(LIMITED)].to_numpy(dtype=float)
        self.mixes: dict[str, Floats] = {}
        self.hectares: dict[str, float] = {}
        self.rows: dict[str, NDArray[np.intp]] = {}
        country = regions["country"].to_numpy()
        for code in sorted(set(country)):
            values = np.array([nations.get(code, {}).get(name, 0.0) for name in names])
            rows = np.flatnonzero(country == code)
            if values.sum() > 0 and self.base[rows].any():
                self.mixes[code], self.hectares[code] = values / values.sum(), float(values.sum())
                self.rows[code] = rows
        grid_names = [crop.grid for crop in crops() if crop.grid]
        self.grid_columns = np.array([i for i, crop in enumerate(crops()) if crop.grid], dtype=np.intp)
        columns = [f"crop_mix:{name}" for name in grid_names]
        self.grid = known.reindex(columns=columns).to_numpy(dtype=float)
        self.filled = self._filled(known["cropping_intensity"].to_numpy(dtype=float))

    def _filled(self, harvests: Floats) -> Floats:
        """Logarithm of harvests of the grid's crops and hectare of cropland over the country's; 0 where unknown.

        Where it is low, something that is not in the grid fills the fields: orchards, cane, vegetables.
        """
        result = np.zeros(len(harvests))
        known = np.isfinite(harvests)
        for rows in self.rows.values():
            own = rows[known[rows]]
            base = own[self.base[own]]
            if len(base):
                mean = np.average(harvests[base], weights=self.weight[base])
                result[own] = np.log((harvests[own] + FILL_FLOOR) / (mean + FILL_FLOOR))
        return result

    @staticmethod
    def _table(regions: GeoDataFrame, known: pd.DataFrame) -> Floats:
        """The features in the order of `INPUTS`."""
        values = [np.log1p(np.maximum(known[name].to_numpy(dtype=float), 0.0)) for name in _LOG]
        values += [known[name].to_numpy(dtype=float) for name in _PLAIN]
        people = regions["population"].to_numpy(dtype=float)
        values += [np.log1p(people / regions["area_km2"].to_numpy(dtype=float))]
        values += [np.abs(regions["lat"].to_numpy(dtype=float))]
        months = [known[[f"{name}:{month:02d}" for month in range(1, 13)]].to_numpy(float) for name in MONTHS]
        values += [np.log1p(rain) for rain in season_rain(*months)]
        return np.stack(values, axis=1)

    def _moments(self, table: Floats) -> tuple[Floats, Floats]:
        """Mean and standard deviation of each feature over the fields of the world."""
        counted = self.base & np.isfinite(table[:, 0])
        weight = np.sqrt(self.weight * counted)[:, None] * np.isfinite(table)
        filled = np.nan_to_num(table)
        mean = (filled * weight).sum(axis=0) / weight.sum(axis=0)
        return mean, np.sqrt(((filled - mean) ** 2 * weight).sum(axis=0) / weight.sum(axis=0))

    def fit(self) -> Response:
        """Learn the responses from all countries that have figures."""
        return fit_response(self.cells(list(self.rows)), self.grid_columns.tolist())

    def respond(self, fitted: Response) -> Floats:
        """Raked share of each crop in each region by the responses alone, shape (n, crops); NaN without a country."""
        result = np.full((len(self.area), len(crops())), np.nan, dtype=np.float32)
        for place, (code, rows) in enumerate(self.rows.items()):
            logits = fitted.logits(self.features[rows], place) + self.limits(rows)
            result[rows] = rake(logits, self.weight[rows] * self.base[rows], self.mixes[code])
        return result

    def limits(self, rows: NDArray[np.intp]) -> Floats:
        """What published limits leave of each crop in some regions, as a logarithm, shape (n, crops)."""
        return left_by_limits(self.held[rows], [crop.name for crop in crops()])

    def growers(self, column: int) -> int:
        """Number of countries in which a crop takes a thousandth of the harvested area or more."""
        return sum(bool(mix[column] >= 0.001) for mix in self.mixes.values())

    def cells(self, codes: list[str]) -> Cells:
        """Sum countries up in places of like nature, at most `MOST_CELLS` each."""
        from sklearn.cluster import MiniBatchKMeans

        features, country, weight, grid, limits = [], [], [], [], []
        for place, code in enumerate(codes):
            rows = self.rows[code][self.base[self.rows[code]]]
            count = min(MOST_CELLS, max(1, len(rows) // 3))
            labels = np.arange(len(rows))
            if len(rows) > count:
                model = MiniBatchKMeans(count, random_state=0, n_init=1, batch_size=2048, max_iter=30)
                labels = model.fit(self.features[rows], sample_weight=np.sqrt(self.weight[rows])).labels_
            for label in np.unique(labels):
                own = rows[labels == label]
                features.append(np.average(self.features[own], axis=0, weights=self.weight[own]))
                with_grid = own[np.isfinite(self.grid[own]).all(axis=1)]
                grid.append(
                    (self.grid[with_grid] * self.weight[with_grid, None]).sum(axis=0) / self.weight[own].sum()
                )
                country.append(place)
                weight.append(self.weight[own].sum())
                left = np.average(np.exp(self.limits(own)), axis=0, weights=self.weight[own])
                limits.append(np.log(left))
        return Cells(
            np.array(features),
            np.array(country, dtype=np.intp),
            np.array(weight),
            np.array(grid),
            np.stack([self.mixes[code] for code in codes]),
            np.array([self.hectares[code] for code in codes]),
            np.array(limits),
        )

    def grid_ratios(self) -> Floats:
        """Logarithm of a crop's share in the grid over its share in the country's grid; 0 where unknown."""
        result = np.zeros((len(self.area), len(crops())), dtype=np.float32)
        known = np.isfinite(self.grid).all(axis=1)
        for rows in self.rows.values():
            own = rows[known[rows]]
            base = own[self.base[own]]
            if not len(base):
                continue
            mean = np.average(self.grid[base], axis=0, weights=self.weight[base])
            result[np.ix_(own, self.grid_columns)] = np.log(
                (self.grid[own] + GRID_FLOOR) / (mean + GRID_FLOOR)
            )
        return result

    def logits(
        self, code: str, rows: NDArray[np.intp], response: Floats, grid: Floats, trust: Trust
    ) -> Floats:
        """Logarithm of each crop's share before raking, shape (n, crops); far below 0 where the country has none."""
        mix = np.log(np.maximum(self.mixes[code], 1e-12))
        power = np.where(TREES, trust.trees, trust.response)
        logits: Floats = mix + power * (np.log(response + 1e-9) - mix) + trust.grid * grid
        logits[:, FIELD_CROPS] += self.filled[rows, None]
        return logits

    def beside(self, rows: NDArray[np.intp], grid: Floats) -> Floats:
        """What stands beside a crop: the ratios of the grid's crops and how much of the fields they fill."""
        return np.hstack([grid[:, self.grid_columns], self.filled[rows, None]]).astype(np.float64)

    def blend(
        self,
        code: str,
        rows: NDArray[np.intp],
        response: Floats,
        grid: Floats,
        trust: Trust,
        company: Floats | None = None,
    ) -> Floats:
        """Shares of some regions of a country: its mix times response and grid, each to a power, and the rest, raked.

        `company` is what was learned of the crops that keep company with those of the grid, shape (crops, beside).
        """
        grown = np.flatnonzero(self.mixes[code] > 0)
        logits = self.logits(code, rows, response, grid, trust)[:, grown]
        if company is not None:
            logits += self.beside(rows, grid) @ company[grown].T
        share = self.mixes[code][grown]
        shares = np.zeros(response.shape)
        shares[:, grown] = rake(logits, self.weight[rows] * self.base[rows], share)
        return shares


def _observed(modelled: Floats, books: list[Yearbook]) -> tuple[Floats, NDArray[np.object_]]:
    """Shares with the observed figures put in, and who observed them."""
    shares = modelled.copy()
    basis = np.full(len(modelled), "", dtype=object)
    for book in books:
        listed = book.listed
        for unit, rows in zip(book.areas, book.rows, strict=True):
            if not 0 < len(rows) <= book.finest:
                continue
            seen = np.nan_to_num(unit) * listed
            if seen.sum() <= 0:
                continue
            for row in rows:
                other = np.where(listed, 0.0, np.nan_to_num(modelled[row]))
                shares[row] = seen / seen.sum() * (1.0 - other.sum()) + other
                basis[row] = book.label
    return shares, basis


def _fill_wholes(shares: Floats, basis: NDArray[np.object_], regions: GeoDataFrame, ground: Lands) -> None:
    """Provinces whose fields lie (`MOSTLY`) in regions with observed figures are what those add up to; in place."""
    parents = regions["parent_id"].to_numpy()
    place = {region: row for row, region in enumerate(regions.index)}
    parts: dict[int, list[int]] = {}
    for row in np.flatnonzero(ground.base):
        whole = place.get(parents[row])
        if whole is not None and not ground.base[whole]:
            parts.setdefault(whole, []).append(int(row))
    for whole, rows in parts.items():
        seen = [row for row in rows if basis[row]]
        if seen and ground.weight[seen].sum() >= MOSTLY * ground.weight[rows].sum():
            known = [row for row in rows if np.isfinite(shares[row]).all()]
            shares[whole] = np.average(shares[known], axis=0, weights=ground.weight[known])
            basis[whole] = basis[seen[0]]


def _mixtures(shares: Floats) -> list[dict[str, float] | None]:
    """The largest shares of each row as a mixture; None where unknown."""
    names = [crop.name for crop in crops()]
    result: list[dict[str, float] | None] = []
    for row in shares:
        if not np.isfinite(row).all() or row.sum() <= 0:
            result.append(None)
            continue
        order = np.argsort(-row, kind="stable")[:SHOWN]
        kept = [i for i in order if row[i] >= LEAST_SHARE] or [int(order[0])]
        result.append({names[i]: float(row[i]) for i in kept})
    return result


__all__ = ["FEATURES", "NEEDS", "OFFICES", "SOURCES", "Lands", "compute"]
