"""Write docs/accuracy.md and docs/accuracy.json: how near the atlas is to figures that its build does not read.

    python docs/accuracy.py [--population] [--crops FILE...]

The sources come from MATCHER_SOURCES, MATCHER_ARCHIVES or the network, as for a build. `--population` leaves each
country with official figures out of the model of people in turn (some minutes); `--crops` judges the crop basket by
tables as `matcher evaluate --crops` takes them. What is not asked for keeps the figures of accuracy.json.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from references import References

from matcher.atlas import Atlas
from matcher.build.season import align, season_shift
from matcher.build.sources import Sources
from matcher.crops.judge import judge_crops
from matcher.files import write_atomically
from matcher.folding import fold_bare
from matcher.places import Outlines, Places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PAGE = Path(__file__).with_suffix(".md")
FIGURES = PAGE.with_suffix(".json")
WORST = 5
FLAT_M = 40.0
"""Relief up to which a runway stands for its region."""
LEAST_KM2 = 500.0
"""Smaller countries are left out where shares of land are compared: a cell of the grids is wider than they are."""
COLUMNS = (
    "region_id", "name", "country", "level", "parent_id", "area_km2", "area_basis", "population",
    "population_basis", "elevation", "relief", "rain_year", "forest_share", "cropland", "pasture", "lake_share",
    "water_share", "largest_lake_km2", "poultry", "livestock",
)  # fmt: skip


@dataclass
class Check:
    """One comparison.

    Attributes
    ----------
    error
        Median of what `unit` says: the absolute difference, or for "factor" how many times too large or small.
    ninth
        The same that nine in ten stay within.
    worst
        Name, the atlas's value, the reference's.
    """

    feature: str
    what: str
    reference: str
    n: int
    unit: str
    error: float
    ninth: float
    spearman: float | None
    bias: float | None = None
    worst: list[tuple[str, float, float]] = field(default_factory=list)
    note: str = ""


def compare(
    feature: str, what: str, reference: str, ours: Any, theirs: Any, names: Any, unit: str, note: str = ""
) -> Check:
    """Compare pairs of values; those that either side lacks are left out.

    Parameters
    ----------
    ours, theirs
        Shape (n,).
    unit
        "factor" for a ratio (values of 0 or less are left out), else the unit of the difference.
    """
    a, b = np.asarray(ours, float), np.asarray(theirs, float)
    known = np.isfinite(a) & np.isfinite(b)
    if unit == "factor":
        known &= (a > 0) & (b > 0)
    a, b, labels = a[known], b[known], np.asarray(names, object)[known]
    gap = np.log(a / b) if unit == "factor" else a - b
    order = np.argsort(-np.abs(gap), kind="stable")[:WORST]
    scale = np.exp if unit == "factor" else float
    return Check(
        feature, what, reference, len(a), unit,
        float(scale(np.median(np.abs(gap)))), float(scale(np.quantile(np.abs(gap), 0.9))),
        float(pd.Series(a).corr(pd.Series(b), method="spearman")), float(scale(np.median(gap))),
        [(str(labels[i]), float(a[i]), float(b[i])) for i in order], note,
    )  # fmt: skip


def accepted(code: str, languages: str) -> bool:
    """Whether a code is one of those parted by ``|``; ``*`` stands for any ending."""
    return any(
        code == each or (each.endswith("*") and code.startswith(each[:-1])) for each in languages.split("|")
    )


class Page:
    """The atlas beside its references."""

    def __init__(self, atlas: Atlas, references: References) -> None:
        self.atlas, self.references = atlas, references
        self.table = atlas.read(list(COLUMNS)).to_pandas()
        for name in ("country", "level"):
            self.table[name] = self.table[name].astype(str)
        base = self.table[self.table["level"] == "regency"]
        # a province that stands in for units too fine to sign would be counted beside them
        self.base = base[~base["region_id"].isin(base["parent_id"])]

    def checks(self) -> list[Check]:
        """Every check but those of people and of crops."""
        return [*self.areas(), *self.elevations(), *self.climate(), *self.countries(), *self.lakes(),
                *self.livestock(), self.languages(), self.first_languages()]  # fmt: skip

    def areas(self) -> list[Check]:
        """Measured on the outline, against lists of offices."""
        from matcher.build.regions.figures import turkish_figures

        base = self.base.set_index("region_id")
        provinces = self.table.set_index("region_id")["name"]
        turkish = base[base["country"] == "TR"]
        rows = [{**row, "population": row["area"]} for row in self.references.districts()]
        listed = turkish_figures(rows, turkish["name"], turkish["parent_id"].map(provinces))
        kenyan = base[base["country"] == "KE"]
        by_name = {fold_bare(name): area for name, area in self.references.counties().items()}
        ours = [by_name.get(fold_bare(name), np.nan) for name in kenyan["name"]]
        return [
            compare("area", "districts of Turkey", "Turkish office of mapping 2023 (open, through turkiye-api)",
                    turkish["area_km2"], listed, turkish["name"], "factor"),
            compare("area", "counties of Kenya", "KNBS, Census 2019 (through kenya-data, MIT)",
                    kenyan["area_km2"], ours, kenyan["name"], "factor",
                    "Turkana: the outline lacks the Ilemi strip; Marsabit: it holds all of Lake Turkana."),
        ]  # fmt: skip

    def elevations(self) -> list[Check]:
        """Mean elevation of flat regions against runways, of countries against the factbook."""
        ports = self.references.airports()
        row = self._regions_at(ports, "name")
        ports = ports.assign(row=row)[row >= 0]
        runway = ports.groupby("row")["elevation"].median()
        flat = self.table.loc[runway.index]
        flat = flat[flat["relief"] <= FLAT_M]
        stated = self.references.countries()["elevation"]
        means = self._by_country("elevation")
        return [
            compare("mean elevation", f"regions of relief up to {FLAT_M:.0f} m that have an airport",
                    "elevation of runways (airportsdata 2026, MIT), median of a region's",
                    flat["elevation"], runway[flat.index], self._names(flat), "m",
                    "Where the list says 3.3 times as much, it seems to have taken feet for metres."),
            compare("mean elevation", "means of countries", "CIA World Factbook 2026 (public domain)",
                    means, stated.reindex(means.index), means.index, "m",
                    "India: no map agrees with the factbook's 160 m."),
        ]  # fmt: skip

    def climate(self) -> list[Check]:
        """Regions that hold a city, against the city's climate."""
        warm = self.references.temperatures()
        row = self._regions_at(warm, "city")
        warm = warm[row >= 0]
        months = np.array(
            [
                np.full(12, np.nan) if each is None else each
                for each in self.atlas.column("temperature_months", row[row >= 0])
            ]
        )
        # the atlas's year begins in the same season everywhere
        lat = self.atlas.column("lat", row[row >= 0]).astype(float)
        stated = align(warm[list(range(12))].to_numpy(float), season_shift(lat))
        names = [
            f"{city}, month {month} of the aligned year" for city in warm["city"] for month in range(1, 13)
        ]
        wet = self.references.rains()
        place = self._regions_at(wet, "city")
        wet = wet[place >= 0]
        rain = self.table["rain_year"].to_numpy(float)[place[place >= 0]]
        return [
            compare("monthly temperature", f"{len(warm)} cities, twelve months each, in the region that holds them",
                    "CHELSA v2.1, 1981-2010 (world-temperature-data, CC BY 4.0)",
                    months.ravel(), stated.ravel(), names, "C",
                    "A mean of a region beside a city in it: mountains within the region are part of the gap. CHELSA"
                    " goes back to the reanalysis before ERA5, so the two are no strangers."),
            compare("annual rain", f"{len(wet)} cities", "CHELSA v2.1 corrected by GHCN-M stations, 1981-2010"
                    " (world-rainfall-data, CC BY 4.0)", rain, wet["rain"], wet["city"], "factor"),
        ]  # fmt: skip

    def countries(self) -> list[Check]:
        """Shares of land of countries against the factbook's."""
        stated = self.references.countries()
        size = self.base.groupby("country")["area_km2"].sum()
        large = size.index[size >= LEAST_KM2]
        pairs = (
            ("land cover: forest", "forest_share", "forest", "MODIS sees closed forest; offices count land use as well, and 0 of Taiwan or Hong Kong is no count."),
            ("land cover: cropland", "cropland", "arable", "Cropland is of 2000-2005, the figures of 2023."),
            ("land cover: pasture", "pasture", "pasture", "Pasture means different things to different offices."),
            ("lakes: inland water", "lake_share", "water", "Rivers and lagoons count in the factbook, not in the atlas."),
        )  # fmt: skip
        found = []
        for feature, column, name, note in pairs:
            means = self._by_country(column).reindex(large)
            found.append(
                compare(feature, f"shares of countries of {LEAST_KM2:.0f} km2 or more",
                        "CIA World Factbook (2023 figures of FAO; public domain)",
                        means, stated[name].reindex(large), large, "share", note)
            )  # fmt: skip
        return found

    def lakes(self) -> list[Check]:
        """The largest lake that touches a country's regions against the largest that the factbook lists."""
        listed = self.references.lakes().sort_values("km2", ascending=False).drop_duplicates("country")
        largest = self.base.groupby("country")["largest_lake_km2"].max().reindex(listed["country"])
        names = [f"{name} ({code})" for name, code in zip(listed["name"], listed["country"], strict=True)]
        return [
            compare("lakes: largest", "largest lake of a country", "CIA World Factbook (public domain)",
                    largest, listed["km2"], names, "factor", "Lagoons and the Caspian are lists apart."),
        ]  # fmt: skip

    def livestock(self) -> list[Check]:
        """Heads of countries against the meat they make: no list of heads at hand that the build does not read."""
        made = self.references.meat()
        found = []
        for feature, column, name in (
            ("livestock: poultry", "poultry", "poultry"),
            ("livestock: mammals", "livestock", "mammals"),
        ):
            heads = (self.base[column] * self.base["area_km2"]).groupby(self.base["country"]).sum()
            heads, meat = heads.align(made[name], join="inner")
            meat = meat.where(meat > 1)
            scale = float(np.nanmedian(heads / meat))
            found.append(
                compare(feature, "countries, heads beside 1,000 t of meat (scaled to one median)",
                        "FAOSTAT food balances 2020 (agrifoodpy-data, CC BY-NC-SA; read, not shipped)",
                        heads / scale, meat, heads.index, "factor",
                        "The nearest check there is: weights and ages at slaughter differ by country.")
            )  # fmt: skip
        return found

    def languages(self) -> Check:
        """The most spoken home language of states and provinces, summed up from their base units by people."""
        stated = self.references.languages()
        wanted = set(stated["region_id"])
        base = self.base[self.base["parent_id"].isin(wanted)]
        values = self.atlas.read(["languages"], base.index.to_numpy(np.int64))["languages"].to_pylist()
        sums: dict[str, Counter[str]] = {region: Counter() for region in wanted}
        for parent, people, mix in zip(base["parent_id"], base["population"].fillna(0), values, strict=True):
            for code, share in mix or ():
                sums[parent][code] += share * people
        names = self.table.set_index("region_id")["name"]
        wrong, right = [], 0
        for row in stated.itertuples():
            if not sums[row.region_id]:
                continue
            grouped: Counter[str] = Counter()
            for code, people in sums[row.region_id].items():
                grouped[str(row.language) if accepted(code, str(row.language)) else code] += people
            first = grouped.most_common(1)[0][0]
            if first == row.language:
                right += 1
            else:
                share = grouped[row.language] / sum(grouped.values())
                wrong.append((f"{names[row.region_id]} ({row.region_id}): {first}", round(share, 3), 1.0))
        count = right + len(wrong)
        return Check(
            "languages", "most spoken home language of states and provinces",
            f"censuses of {stated['census'].str.partition(',')[0].nunique()} countries (docs/truth/languages.csv)",
            count, "share right", right / max(count, 1), right / max(count, 1), None, None, wrong[: 3 * WORST],
            "Beside each wrong one: what the atlas puts first, and its share of the right one.",
        )  # fmt: skip

    def first_languages(self) -> Check:
        """The most spoken home language of cities and counties, in the half that no rule was developed on."""
        stated = self.references.first_languages()
        stated = stated[stated["half"] == "judge"].reset_index(drop=True)
        rows = pd.Index(self.table["region_id"]).get_indexer(stated["region_id"])
        stated, rows = stated[rows >= 0], rows[rows >= 0]
        mixes = self.atlas.read(["languages"], rows.astype(np.int64))["languages"].to_pylist()
        wrong = []
        for row, mix in zip(stated.itertuples(), mixes, strict=True):
            grouped: Counter[str] = Counter()
            for code, share in mix or ():
                grouped[str(row.language) if accepted(code, str(row.language)) else code] += share
            first = max(grouped, key=grouped.__getitem__, default="none")
            if first != row.language:
                wrong.append(
                    (f"{row.place} ({row.region_id}): {first}", round(grouped[row.language], 3), 1.0)
                )
        right = (len(stated) - len(wrong)) / max(len(stated), 1)
        return Check(
            "languages", "most spoken home language of cities and counties",
            f"{len(stated)} facts of {stated['country'].nunique()} countries, general knowledge, held out"
            " (docs/truth/first_languages.csv)",
            len(stated), "share right", right, right, None, None, wrong[: 3 * WORST],
            "Beside each wrong one: what the atlas puts first, and its share of the right one.",
        )  # fmt: skip

    # ------------------------------------------------------------------ helpers

    def _names(self, rows: pd.DataFrame) -> list[str]:
        return [f"{name} ({country})" for name, country in zip(rows["name"], rows["country"], strict=True)]

    def _by_country(self, column: str) -> pd.Series:
        """Mean over base units by area; they tile a country."""
        known = self.base[self.base[column].notna()]
        sums = (known[column] * known["area_km2"]).groupby(known["country"]).sum()
        return sums / known.groupby("country")["area_km2"].sum()

    @cached_property
    def _outlines(self) -> Outlines:
        return Outlines(self.atlas, self.atlas.partner_rows())

    def _regions_at(self, table: pd.DataFrame, name: str) -> NDArray[np.int64]:
        """Row of the partner-level region around each point of a table (name, country, lat, lon), -1 for none."""
        columns = (table[column].to_numpy() for column in (name, "country", "lat", "lon"))
        return self._outlines.find(Places(*columns, np.full(len(table), "", object)), "inside")


def main() -> None:
    """Compare and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--population", action="store_true")
    parser.add_argument("--crops", nargs="*", type=Path, default=[])
    asked = parser.parse_args()
    atlas, sources = Atlas.open(), Sources()
    figures = json.loads(FIGURES.read_text("utf-8")) if FIGURES.is_file() else {}
    figures["atlas"] = atlas.version
    figures["checks"] = [asdict(check) for check in Page(atlas, References(sources)).checks()]
    if asked.population:
        from people import left_out

        figures["people"] = left_out(atlas, sources)
    if asked.crops:
        found = [judge_crops(atlas, path) for path in asked.crops]
        figures["crops"] = {code: dict(part) for each in found for code, part in each.countries.items()}
    from accuracy_page import page

    write_atomically(FIGURES, (json.dumps(figures, ensure_ascii=False, indent=1) + "\n").encode())
    write_atomically(PAGE, page(figures).encode())


if __name__ == "__main__":
    main()
