"""The crop basket: what is harvested in each region, observed where an office says so, else modelled.

The modelled basket is the country's own mix of harvested areas (FAOSTAT), reshaped within the country by the crop
grid (`matcher.build.features.crops`) and by the response of each crop to climate, soil, relief and land use
(`matcher.build.intensity`), and raked, so that the regions of a country add up to its harvested area. Regional
statistics decide only how much the two are trusted: two numbers, chosen for each country on all the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.build.harvest import FILE, harvested_areas
from matcher.build.intensity import Cells, Response, basis, fit_response, rake
from matcher.build.trust import Trust, choose_trust
from matcher.build.yearbooks import OFFICES, Yearbook, read_yearbooks
from matcher.crops.basket import crops
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

SUITED = 0.25
"""Least suitability of a crop that is listed: a quarter of its area in the world grows in places that suit it less."""
MOST_SUITED = 12
LEAST_GROWERS = 15
"""Crops of fewer countries are not listed: what they need cannot be told from where those countries lie."""
CHUNK = 10_000  # regions at once, which bounds the memory
OTHER = "other_"  # no single plant

_LOG = ("rain_year", "elevation", "relief", "coast_km")
_PLAIN = (
    "t_mean", "t_cold", "t_warm", "t_range", "rain_cv", "dry_months", "growing_degree_days", "water_surplus",
    "sunshine", "humidity", "forest_share", "greenness", "green_season", "cropland", "crop_mosaic", "pasture",
    "irrigated", "season_months", "soil_ph",
)  # fmt: skip
CLIP = 3.0  # standard deviations


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
    modelled = np.full((len(regions), len(crops())), np.nan, dtype=np.float32)
    for country, rows in ground.rows.items():
        modelled[rows] = ground.blend(country, rows, response[rows], grid[rows], trust.of(country))
    del response, grid
    modelled[ground.fields < LEAST_FIELDS] = np.nan
    observed, basis = _observed(modelled, books)
    with_office = basis != ""
    basket = np.where(with_office[:, None], modelled, np.nan)
    labels = np.where(with_office, basis, np.where(np.isfinite(modelled).all(axis=1), MODELLED, ""))
    return pd.DataFrame(
        {
            "crops": _mixtures(np.where(with_office[:, None], observed, modelled)),
            "crops_basis": labels,
            "crop_basket": _mixtures(basket),
            "suited_crops": ground.suited(fitted, modelled),
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
        self.base = (regions["level"] == "regency").to_numpy()
        self.features = self._standard(regions, known)
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

    def _standard(self, regions: GeoDataFrame, known: pd.DataFrame) -> Floats:
        values = [np.log1p(np.maximum(known[name].to_numpy(dtype=float), 0.0)) for name in _LOG]
        values += [known[name].to_numpy(dtype=float) for name in _PLAIN]
        people = regions["population"].to_numpy(dtype=float)
        values += [np.log1p(people / self.area), np.abs(regions["lat"].to_numpy(dtype=float))]
        table = np.stack(values, axis=1)
        counted = self.base & np.isfinite(table[:, 0])
        weight = np.sqrt(self.weight * counted)[:, None] * np.isfinite(table)
        filled = np.nan_to_num(table)
        mean = (filled * weight).sum(axis=0) / weight.sum(axis=0)
        spread = np.sqrt(((filled - mean) ** 2 * weight).sum(axis=0) / weight.sum(axis=0))
        # an unknown value is the mean: it says nothing
        standard: Floats = np.clip(np.nan_to_num((table - mean) / spread), -CLIP, CLIP)
        return standard

    def fit(self) -> Response:
        """Learn the responses from all countries that have figures."""
        return fit_response(self._cells(list(self.rows)), self.grid_columns.tolist())

    def respond(self, fitted: Response) -> Floats:
        """Raked share of each crop in each region by the responses alone, shape (n, crops); NaN without a country."""
        result = np.full((len(self.area), len(crops())), np.nan, dtype=np.float32)
        for place, (code, rows) in enumerate(self.rows.items()):
            logits = fitted.logits(self.features[rows], place)
            result[rows] = rake(logits, self.weight[rows] * self.base[rows], self.mixes[code])
        return result

    def suited(self, fitted: Response, modelled: Floats) -> list[list[str] | None]:
        """Crops that each place suits by its nature, best first, whatever its country grows.

        A crop's suitability at a place is the part of the crop's area in the world that grows where the response is
        weaker than there, 0..1; `SUITED` and more is in the list.
        """
        counted = np.flatnonzero(self.base & np.isfinite(modelled).all(axis=1))
        area = np.zeros(modelled.shape, dtype=np.float32)
        for code, rows in self.rows.items():
            own = rows[self.base[rows]]
            area[own] = (
                modelled[own] * (self.weight[own] / self.weight[own].sum())[:, None] * self.hectares[code]
            )
        values = np.zeros(modelled.shape, dtype=np.float32)
        z = np.zeros(modelled.shape, dtype=np.float32)
        for first in range(0, len(z), CHUNK):
            logits = basis(self.features[first : first + CHUNK]) @ fitted.theta.T
            logits -= logits.max(axis=1, keepdims=True)
            z[first : first + CHUNK] = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        for column, crop in enumerate(crops()):
            if crop.name.startswith(OTHER) or self.growers(column) < LEAST_GROWERS:
                continue
            order = counted[np.argsort(z[counted, column], kind="stable")]
            below = np.cumsum(area[order, column], dtype=np.float64)
            values[:, column] = np.interp(z[:, column], z[order, column], below / max(below[-1], 1e-9))
        names = [crop.name for crop in crops()]
        result: list[list[str] | None] = []
        for row, known in zip(values, self.fields >= LEAST_FIELDS, strict=True):
            order = np.argsort(-row, kind="stable")[:MOST_SUITED]
            result.append([names[i] for i in order if row[i] >= SUITED] if known else None)
        return result

    def growers(self, column: int) -> int:
        """Number of countries in which a crop takes a thousandth of the harvested area or more."""
        return sum(bool(mix[column] >= 0.001) for mix in self.mixes.values())

    def _cells(self, codes: list[str]) -> Cells:
        from sklearn.cluster import MiniBatchKMeans

        features, country, weight, grid = [], [], [], []
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
        return Cells(
            np.array(features),
            np.array(country, dtype=np.intp),
            np.array(weight),
            np.array(grid),
            np.stack([self.mixes[code] for code in codes]),
            np.array([self.hectares[code] for code in codes]),
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

    def blend(
        self, code: str, rows: NDArray[np.intp], response: Floats, grid: Floats, trust: Trust
    ) -> Floats:
        """Shares of some regions of a country: its mix times response and grid, each to a power, raked."""
        mix = np.log(self.mixes[code] + 1e-9)
        logits = mix + trust.response * (np.log(response + 1e-9) - mix) + trust.grid * grid
        return rake(logits, self.weight[rows] * self.base[rows], self.mixes[code])


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
