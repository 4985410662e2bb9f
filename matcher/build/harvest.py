"""Harvested areas of countries (FAOSTAT), and the table of them that ships with the package."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from matcher.countries import country_code
from matcher.crops.basket import crops
from matcher.errors import UnknownNameError

if TYPE_CHECKING:
    from pathlib import Path

YEARS = ("2017", "2018", "2019")
FILE = "FAO_ag_HA_ha_PRODSTAT.csv.gz"
_TOTALS = 1700  # item codes from here on are groups of crops
# As FAOSTAT writes them without apostrophes and with forms of government; states of the past have no code.
_NAMES = {
    "China, mainland": "CN",
    "China, Taiwan Province of": "TW",
    "China, Hong Kong SAR": "HK",
    "China, Macao SAR": "MO",
    "Bolivia (Plurinational State of)": "BO",
    "Cote dIvoire": "CI",
    "Cabo Verde": "CV",
    "Democratic Peoples Republic of Korea": "KP",
    "Iran (Islamic Republic of)": "IR",
    "Lao Peoples Democratic Republic": "LA",
    "Micronesia (Federated States of)": "FM",
    "The former Yugoslav Republic of Macedonia": "MK",
    "Venezuela (Bolivarian Republic of)": "VE",
}


def code_of(name: str) -> str | None:
    """Two-letter code of a country as FAOSTAT writes it; None for a state of the past."""
    if name in _NAMES:
        return _NAMES[name]
    try:
        return country_code(name)
    except UnknownNameError:
        return None


def harvested_areas(path: Path) -> dict[str, dict[str, float]]:
    """Country code to crop to hectares, the mean of the years of `YEARS` that are there; crops without area left out.

    Parameters
    ----------
    path
        FAOSTAT's table of harvested areas, Latin-1, gzipped.
    """
    import gzip

    known = {crop.item: crop.name for crop in crops()}
    areas: dict[str, dict[str, float]] = {}
    with gzip.open(path, "rt", encoding="latin1", newline="") as lines:
        for row in csv.DictReader(line for line in lines if not line.startswith("#")):
            crop, code = known.get(row["item"]), code_of(row["countries"])
            if crop is None or code is None or int(row["item codes"]) >= _TOTALS:
                continue
            values = [float(row[year]) for year in YEARS if row[year] not in ("", "NA")]
            if values and (mean := sum(values) / len(values)) > 0:
                own = areas.setdefault(code, {})
                own[crop] = own.get(crop, 0.0) + mean
    return areas


def national_table(areas: dict[str, dict[str, float]]) -> bytes:
    """The table that `matcher.crops.basket.national_areas` reads: country, crop, ha."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["country", "crop", "ha"])
    for code in sorted(areas):
        writer.writerows([code, crop, round(ha)] for crop, ha in sorted(areas[code].items()) if ha >= 0.5)
    return out.getvalue().encode()
