"""`data/world.json`: simplified land outlines by country, for locator maps.

The provinces of Natural Earth (public domain) are joined by country and simplified together, so that
neighbours keep one common border. Nothing but maps reads the result: at a fifth of a degree (20 km)
it is a picture of the world, not a measure of it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matcher.files import write_atomically

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from matcher.build.sources import Sources

SOURCES: tuple[str, ...] = ("ne1",)
TOLERANCE_KM = 20.0
"""Detail that is dropped: triangles smaller than the square of this length."""
SMALLEST_KM2 = 300.0
"""Islands and holes under this size are left out, unless they are all that a country has."""
DECIMALS = 2

Ring = list[list[float]]


def outlines(features: list[dict[str, Any]]) -> dict[str, list[Ring]]:
    """Outer rings of every country, simplified.

    Parameters
    ----------
    features
        GeoJSON features of provinces with the property ``iso_a2``.

    Returns
    -------
    dict
        ISO 3166-1 alpha-2 code to rings of [lon, lat] in degrees, largest ring first, codes sorted.
    """
    import shapely

    parts: dict[str, list[Any]] = defaultdict(list)
    for feature in features:
        if feature.get("geometry"):
            parts[feature["properties"]["iso_a2"]].append(shapely.geometry.shape(feature["geometry"]))
    codes = sorted(parts)
    whole = [shapely.union_all(shapely.make_valid(parts[code]), grid_size=1e-5) for code in codes]
    # A tolerance in degrees: 111 km to the degree of latitude.
    simple = shapely.coverage_simplify(whole, TOLERANCE_KM / 111.0)
    return {code: _rings(geometry) for code, geometry in zip(codes, simple, strict=True)}


def _rings(geometry: BaseGeometry) -> list[Ring]:
    """Outer rings of the polygons that are large enough to be seen, largest first."""
    import numpy as np
    import shapely

    polygons = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    size = [part.area * 111.0**2 * float(np.cos(np.radians(part.centroid.y))) for part in polygons]
    order = sorted(range(len(polygons)), key=lambda index: -size[index])
    kept = [index for place, index in enumerate(order) if place == 0 or size[index] >= SMALLEST_KM2]
    return [np.round(shapely.get_coordinates(polygons[i].exterior), DECIMALS).tolist() for i in kept]


def write_world(source: Path, target: Path) -> Path:
    """Read ``admin1.json`` and write ``world.json`` in one step.

    Parameters
    ----------
    source
        Natural Earth provinces as GeoJSON.
    target
        File to write; the old one stays until the new one is whole.

    Returns
    -------
    Path
        `target`.
    """
    features = json.loads(Path(source).read_text(encoding="utf-8"))["features"]
    world = {
        "what": "Land outlines by country, simplified for maps of the whole world",
        "source": "Natural Earth, admin-1 provinces 1:10m, joined by country",
        "licence": "public domain",
        "unit": "degrees, [longitude, latitude]; outer rings only",
        "countries": outlines(features),
    }
    write_atomically(Path(target), (json.dumps(world, separators=(",", ":")) + "\n").encode())
    return Path(target)


def build_world(sources: Sources, data_dir: Path) -> Path:
    """Write ``world.json`` into `data_dir` from the registered source."""
    return write_world(sources.path("ne1", "package/data/states/admin1.json"), Path(data_dir) / "world.json")
