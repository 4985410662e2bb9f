"""``matcher find``: the regions that a text may mean."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

import click

from matcher.cli import options
from matcher.cli.output import table, whole, write, write_json, write_records
from matcher.countries import country_name
from matcher.errors import RegionNotFoundError

if TYPE_CHECKING:
    from matcher.atlas import Region

EPILOG = options.examples(
    "matcher find Purwakarta",
    "matcher find 구례",
    "matcher find Springfield --country US --limit 20",
    "matcher find 'San Martin' --country AR,PE --format csv > list.csv",
)
FIELDS = (
    "region_id",
    "name",
    "name_local",
    "unit_type",
    "level",
    "parent_name",
    "country",
    "population",
    "area_km2",
    "lat",
    "lon",
)


@click.command(epilog=EPILOG)
@click.argument("text", metavar="TEXT")
@options.country_option("Only regions of these countries: code or name.")
@click.option(
    "--limit", "-n", type=click.IntRange(min=1), default=10, show_default=True, help="How many at most."
)
@options.formats("table", "csv", "json")
def find(text: str, country: list[str], limit: int, form: str) -> None:
    """Find regions by name, best first: in any script, with or without type words, slips of the pen forgiven."""
    matcher = options.load_matcher()
    wanted: list[str | None] = [*country] or [None]
    hits = [matcher.find(text, country=code, limit=limit) for code in wanted]
    # Several countries: the best of each, then the second of each, and so on.
    regions = [region for tier in zip_longest(*hits) for region in tier if region is not None][:limit]
    if not regions:
        where = f" in {', '.join(country_name(code) for code in country)}" if country else ""
        raise RegionNotFoundError(
            f"no region{where} is called {text!r}; try its name in another spelling or script."
        )
    if form == "json":
        write_json([{name: getattr(region, name) for name in FIELDS} for region in regions])
    elif form == "csv":
        write_records([{name: getattr(region, name) for name in FIELDS} for region in regions], FIELDS)
    else:
        write(region_table(regions))


def region_table(regions: list[Region]) -> str:
    """Return regions as a table."""
    headers = ["region", "local name", "unit", "in", "country", "people", "km²", "region_id"]
    rows = [
        [
            region.name,
            region.name_local,
            region.unit_type or region.level,
            region.parent_name,
            country_name(region.country),
            whole(region.population),
            whole(region.area_km2),
            region.region_id,
        ]
        for region in regions
    ]
    return table(headers, rows, right={5, 6})
