"""Crop statistics of regions from the yearbooks of statistical offices, laid onto the regions of a build."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matcher.countries import country_code
from matcher.crops.basket import crops, national_hectares, published
from matcher.crops.mapping import ground_of, map_units
from matcher.crops.statistics import by_country, read_statistics

if TYPE_CHECKING:
    from typing import Any

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

    Floats = NDArray[np.float64]

# File -> who observed, the year as the source states it, and the most regions that a unit may consist of for its
# figures to be theirs (a district of sub-districts still is one, a NUTS region is not).
OFFICES: dict[str, tuple[str, str, int]] = {
    "brazil_2023.csv.gz": ("IBGE", "2023", 1),
    "turkey_2024.csv.gz": ("TUIK", "2024", 1),
    "canada_2006.csv.gz": ("Statistics Canada", "2006", 1),
    "india_2009_14.csv.gz": ("data.gov.in, district", "2009-2014", 60),
    "europe_nuts2.csv.gz": ("Eurostat", "2011-2017", 0),
}
NAMES = ("name", "name_local", "name_en", "seat_name")


@dataclass(frozen=True, slots=True)
class Yearbook:
    """The figures of one country.

    Attributes
    ----------
    country
        Two-letter code.
    label
        Who observed, and when.
    finest
        The most regions a unit may have for its figures to be taken as theirs; 0 for none.
    areas
        Harvested ha, NaN unknown, shape (units, crops).
    rows
        Regions of each unit.
    listed
        Crops that the office publishes in the country; any other is unknown, not 0.
    """

    country: str
    label: str
    finest: int
    areas: Floats
    rows: list[NDArray[np.int64]]
    listed: NDArray[np.bool_]


def read_yearbooks(sources: Sources, regions: GeoDataFrame) -> list[Yearbook]:
    """All yearbooks whose units have harvested areas of several crops."""
    frame = regions.reset_index()

    def column(name: str) -> Any:
        return frame[name] if name in frame.columns else [""] * len(frame)

    ground = ground_of(column, NAMES)
    items = {crop.item: crop.name for crop in crops()}
    place = {crop.name: i for i, crop in enumerate(crops())}
    books = []
    for file, (office, year, finest) in OFFICES.items():
        for country, units in by_country(read_statistics(sources.path("regcrops", file), items)).items():
            code = country_code(country)
            rows = map_units(units, ground, code)
            areas = np.full((len(units), len(place)), np.nan)
            for i, unit in enumerate(units):
                for crop, ha in unit.areas.items():
                    areas[i, place[crop]] = ha
            listed = published(areas, national_hectares(code))
            books.append(Yearbook(code, f"observed, {office} {year}", finest, areas, rows, listed))
    return books
