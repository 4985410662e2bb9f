"""``matcher show``: everything the atlas knows of one region."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matcher.cli import options
from matcher.cli.choosing import one_region
from matcher.cli.output import decimal, one_line, table, whole, write, write_csv, write_json
from matcher.cli.own import own_columns
from matcher.countries import country_name
from matcher.formats import value_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matcher.atlas import Region
    from matcher.catalogue import Feature
    from matcher.evidence import Point
    from matcher.matcher import Matcher

EPILOG = options.examples(
    "matcher show Purwakarta",
    "matcher show 구례 --format json",
    "matcher show -6.55,107.45",
    "matcher show kr:36330 --format geojson > gurye.geojson",
)


@click.command(epilog=EPILOG)
@click.argument("region", metavar="REGION")
@own_columns
@click.option(
    "--evidence",
    "folders",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    help="A folder with cited statements of your own; MATCHER_EVIDENCE names one for good.",
)
@options.formats("table", "csv", "json", "geojson")
def show(region: str, folders: tuple[Path, ...], form: str) -> None:
    """Show one region: names, codes, place, every feature with its unit, evidence and source, and cited statements."""
    matcher = options.load_matcher()
    shown = one_region(matcher, region)
    if form == "geojson":
        write_json(as_geojson(matcher, shown))
        return
    features = values(matcher, shown)
    if form == "json":
        facts = {feature.name: record(feature, v) for feature, v in features}
        told = [point.to_dict() for point in matcher.evidence(shown, folders)]
        write_json(shown.to_dict() | {"features": facts, "evidence": told})
    elif form == "csv":
        names = ["feature", "label", "group", "value", "unit", "evidence", "resolution", "vintage", "source"]
        records = [
            {"feature": feature.name, "label": feature.label} | record(feature, v) for feature, v in features
        ]
        write_csv(names, [[row[name] for name in names] for row in records])
    else:
        points = matcher.evidence(shown, folders)
        write(card(shown, features))
        if points:
            write(f"\nStated by others (no part of any score):\n{statements(points)}")


def statements(points: Sequence[Point]) -> str:
    """Return cited statements, one a line."""
    lines = []
    for point in points:
        text, _ = point.text()
        where = ", ".join(part for part in (point.title, str(point.year), point.url) if part)
        by, doubt = (point.text(of=of)[0] for of in ("stated_by", "doubt"))
        doubt = f" Doubtful: {doubt}" if doubt else ""
        lines.append(one_line(f"- {point.topic}: {text} (stated by {by}; {where}){doubt}"))
    return "\n".join(lines)


def values(matcher: Matcher, region: Region) -> list[tuple[Feature, Any]]:
    """Return every feature with the region's value, None where unknown."""
    import numpy as np

    features = matcher.catalogue.features
    found = matcher.atlas.values(list(features), np.array([matcher.atlas.row(region.region_id)]))
    return [(feature, found[name][0]) for name, feature in features.items()]


def record(feature: Feature, value: object) -> dict[str, Any]:
    """Return a value with all that is needed to judge it."""
    return {
        "value": value,
        "unit": feature.unit,
        "group": feature.group,
        "evidence": feature.evidence,
        "resolution": feature.resolution,
        "vintage": feature.vintage,
        "source": " ".join(feature.source),
    }


def card(region: Region, features: list[tuple[Feature, Any]]) -> str:
    """Return the region as a list of facts and a table of features."""
    facts = {
        "region": f"{region.name}, {country_name(region.country)}",
        "local name": region.name_local,
        "en / id / ko": " / ".join(name or "–" for name in (region.name_en, region.name_id, region.name_ko)),
        "unit": f"{region.unit_type or region.level} (level {region.level})",
        "in": region.parent_name,
        "people": _population(region),
        "area": f"{whole(region.area_km2)} km²",
        "place": f"{decimal(region.lat, 4)}, {decimal(region.lon, 4)}",
        "seat": region.seat_name,
        "time zone": region.time_zone,
        "region_id": region.region_id,
        "GeoNames": region.geonames_id,
        "Wikidata": region.wikidata,
        "national code": region.national_code,
        "boundary": f"{region.layer or 'layer unknown'}, {region.layer_year or 'year unknown'}; {region.layer_licence}",
    }
    width = max(map(len, facts))
    lines = "\n".join(f"{label:<{width}}  {fact}" for label, fact in facts.items() if fact)
    rows = [
        [
            feature.label,
            feature.group,
            value_text(value, feature.unit),
            feature.evidence,
            feature.vintage,
            ", ".join(feature.source),
        ]
        for feature, value in features
    ]
    return f"{lines}\n\n{table(['feature', 'group', 'value', 'evidence', 'vintage', 'source'], rows, widest={2: 60})}"


def _population(region: Region) -> str:
    """Return the number of people with its basis and year."""
    basis = ", ".join(str(part) for part in (region.population_basis, region.population_year) if part)
    return f"{whole(region.population)} ({basis})" if basis else whole(region.population)


def as_geojson(matcher: Matcher, region: Region) -> dict[str, Any]:
    """Return the region as a GeoJSON feature; its point stands in where the outline may not be shipped."""
    outline = matcher.atlas.outline(region.region_id)
    if outline is None:
        geometry: dict[str, Any] = {"type": "Point", "coordinates": [region.lon, region.lat]}
    else:
        from shapely.geometry import mapping

        geometry = mapping(outline)
    return {"type": "Feature", "id": region.region_id, "geometry": geometry, "properties": region.to_dict()}
