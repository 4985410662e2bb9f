"""``matcher show``: everything the atlas knows of one region."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matcher.cli import options
from matcher.cli.choosing import one_region
from matcher.cli.output import decimal, one_line, table, whole, write, write_csv, write_json
from matcher.cli.own import own_columns
from matcher.countries import country_name
from matcher.language import language
from matcher.licences import told_of

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
        facts = {each.feature.name: each.to_dict() for each in features}
        told = [point.to_dict() for point in matcher.evidence(shown, folders)]
        write_json(shown.to_dict() | {"features": facts, "evidence": told})
    elif form == "csv":
        names = ["feature", "label", "group", "value", "unit", "evidence", "resolution", "vintage", "source"]
        records = [
            {"feature": each.feature.name, "label": each.feature.label} | each.to_dict() for each in features
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


@dataclass(frozen=True, slots=True)
class Known:
    """What the atlas says of a feature of one region; where it knows no value, it names no source of one."""

    feature: Feature
    value: Any
    evidence: str
    vintage: str
    source: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the value with all that is needed to judge it."""
        return {
            "value": self.value,
            "unit": self.feature.unit,
            "group": self.feature.group,
            "evidence": self.evidence,
            "resolution": self.feature.resolution,
            "vintage": self.vintage,
            "source": " ".join(self.source),
        }


def values(matcher: Matcher, region: Region) -> list[Known]:
    """Return what is known of every feature of the region."""
    import numpy as np

    atlas, features = matcher.atlas, matcher.catalogue.features
    row = np.array([atlas.row(region.region_id)])
    found = atlas.values(list(features), row)
    known = []
    for name, feature in features.items():
        value = found[name][0]
        if value is None:
            known.append(Known(feature, None, "", "", ()))
            continue
        source = told_of(feature.source, atlas.licences, {region.country})
        known.append(Known(feature, value, atlas.evidence(feature, row)[0], feature.vintage, source))
    return known


def card(region: Region, features: list[Known]) -> str:
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
    say = language()
    width = max(map(len, facts))
    lines = "\n".join(f"{label:<{width}}  {fact}" for label, fact in facts.items() if fact)
    rows = [
        [
            each.feature.label,
            each.feature.group,
            say.value(each.feature.name, each.value, each.feature.unit),
            each.evidence,
            each.vintage,
            ", ".join(each.source),
        ]
        for each in features
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
