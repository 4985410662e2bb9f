"""A made-up pair with the figures of Purwakarta and Gurye, for tests of sentences and reports."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from matcher.atlas import Region
from matcher.catalogue import Catalogue
from matcher.explanation import Contribution, Explanation

if TYPE_CHECKING:
    from collections.abc import Mapping

DATA = Path(__file__).resolve().parents[2] / "data"
CATALOGUE = Catalogue.open(DATA / "features.toml")

A = Region(
    region_id="gb:1",
    name="Purwakarta",
    country="ID",
    level="regency",
    lat=-6.59,
    lon=107.43,
    area_km2=993.1,
    population=1_051_433.0,
    population_basis="official",
    population_year=2025,
    parent_name="Jawa Barat",
    unit_type="kabupaten",
    seat_name="Purwakarta",
    time_zone="Asia/Jakarta",
    layer_licence="CC BY 4.0",
)
B = Region(
    region_id="kr:36330",
    name="Gurye",
    country="KR",
    level="regency",
    lat=35.23,
    lon=127.5,
    area_km2=443.1,
    population=22_874.0,
    population_basis="official",
    population_year=2020,
    parent_name="Jeollanam-do",
    name_local="구례군",
    unit_type="gun",
    time_zone="Asia/Seoul",
)

WARM = [26.0, 26.1, 26.0, 25.8, 25.3, 25.0, 25.2, 25.4, 25.8, 26.1, 26.2, 26.1]
COLD = [-0.6, 1.4, 6.3, 12.3, 17.4, 21.3, 24.8, 25.2, 20.6, 14.5, 8.2, 1.5]
WET = [95.0, 70, 60, 80, 150, 240, 330, 381, 300, 290, 235, 166]
DAMP = [31.0, 43, 72, 110, 104, 178, 305, 290, 160, 56, 54, 27]

# feature: value of A, value of B, likeness
VALUES: dict[str, tuple[Any, Any, float]] = {
    "elevation": (299.0, 423.0, 0.93),
    "relief": (256.0, 259.0, 0.999),
    "coast_km": (0.0, 17.4, 0.6),
    "koppen": ({"Af": 0.63, "Am": 0.37}, {"Cwa": 0.76, "Dwb": 0.19, "Dwa": 0.05}, 0.0),
    "temperature_months": (WARM, COLD, 0.44),
    "rain_months": (WET, DAMP, 0.86),
    "t_cold": (25.0, -0.6, 0.3),
    "frost_months": (0.0, 0.0, 1.0),
    "cover": ({"mosaic": 0.6, "savanna": 0.3, "water": 0.1}, {"forest": 0.8, "crop": 0.2}, 0.0),
    "lake_share": (0.078, 0.0, 0.4),
    "protected_band": ("<5 %", ">20 %", 0.0),
    "landscape_tags": (["hill", "lake"], ["hill", "forest"], 0.5),
    "crop_mix": (
        {"rice": 0.84, "maize": 0.11, "soybean": 0.05},
        {"rice": 0.86, "soybean": 0.07, "barley": 0.07},
        0.94,
    ),
    "agro_zone": ("tropical humid", "tropical humid", 1.0),
    "soil_ph": (4.84, None, 0.7),
    "farm_gdp": (0.126, 0.016, 0.5),
    "languages": ({"Sundanese": 0.86, "Javanese": 0.14}, {"Korean": 1.0}, 0.0),
    "population": (1_051_433.0, 22_874.0, 0.3),
}


def contribution(name: str, value_a: Any, value_b: Any, likeness: float, **changes: Any) -> Contribution:
    """Return what one feature adds, at weight 0.05 unless changed."""
    feature = CATALOGUE[name]
    weight = changes.pop("weight", 0.05)
    fields = {
        "feature": name,
        "label": feature.label,
        "group": feature.group,
        "kind": feature.kind,
        "value_a": value_a,
        "value_b": value_b,
        "unit": feature.unit,
        "likeness": likeness,
        "weight": weight,
        "points": 100 * weight * likeness,
        "known": value_a is not None and value_b is not None,
        "average": 0.7,
        "source": feature.source,
        "evidence": feature.evidence,
        "evidence_a": feature.evidence,
        "evidence_b": feature.evidence,
        "resolution": feature.resolution,
        "vintage": feature.vintage,
    }
    return Contribution(**(fields | changes))


def explanation(values: Mapping[str, tuple[Any, Any, float]] | None = None, **changes: Any) -> Explanation:
    """Return the pair; every feature outside scale weighs the same."""
    values = values or VALUES
    scored = [name for name in values if CATALOGUE[name].group != "scale"]
    points = tuple(
        contribution(name, *value, weight=1 / len(scored) if name in scored else 0.0)
        for name, value in values.items()
    )
    fields: dict[str, Any] = {
        "a": A,
        "b": B,
        "score": math.fsum(part.points for part in points),
        "points": points,
        "coverage": math.fsum(part.weight for part in points if part.known),
        "percentile": 71.3,
        "distance_km": 5098.0,
        "population_ratio": 22_874 / 1_051_433,
        "profile": "balanced",
        "atlas_version": "1",
    }
    return Explanation(**(fields | changes))


def with_crops(
    one: Mapping[str, float],
    two: Mapping[str, float],
    evidence: tuple[str, str] = ("modelled", "modelled"),
    what: Explanation | None = None,
) -> Explanation:
    """Return the pair with a crop basket of either side, and who says what is grown there."""
    basket = replace(
        contribution("crop_mix", one, two, 0.5),
        feature="crops",
        label="Crop basket",
        source=("fao", "regcrops"),
        evidence="modelled",
        evidence_a=evidence[0],
        evidence_b=evidence[1],
        resolution="",
        vintage="2017-2019; observed 2006-2024",
    )
    found = what or explanation()
    return replace(found, points=(*found.points, basket))


def named(what: Explanation, name_a: str, name_b: str, **fields: Any) -> Explanation:
    """Return the same pair under other names."""
    return replace(what, a=replace(what.a, name=name_a, **fields), b=replace(what.b, name=name_b, **fields))


def door(shapes: Mapping[str, Any] | None = None, data_dir: Path = DATA) -> Any:
    """Return what stands for a Matcher: outlines, catalogue, data folder."""
    return SimpleNamespace(
        atlas=SimpleNamespace(outline=(shapes or {}).get, data_dir=data_dir, parents=lambda _: {}),
        catalogue=CATALOGUE,
        model=SimpleNamespace(atlas_version_="1"),
    )
