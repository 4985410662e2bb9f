"""Outlines as shipped: on a grid of about 14 m, by the licence of the layer they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matcher.build.writing import write_table

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

# A power of two near four decimals: half of the bytes of such a coordinate are zero, which packs a third smaller.
GRID = 2.0**-13
# File of each licence class; a `local` outline is in none.
FILES = {"open": "geometry-open.parquet", "sharealike": "geometry-sharealike.parquet"}


def on_grid(shapes: NDArray[Any]) -> NDArray[Any]:
    """Outlines with coordinates on a grid of 1/8192 degree (14 m), valid where they were.

    A part that is smaller than the grid goes; a region that would vanish keeps its outline as it is.
    """
    import shapely

    snapped = shapely.set_precision(shapes, GRID, mode="valid_output")
    gone = shapely.is_empty(snapped) & ~shapely.is_empty(shapes)
    snapped[gone] = shapes[gone]
    result: NDArray[Any] = shapely.normalize(snapped)
    return result


def write_outlines(shapes: NDArray[Any], target: Path) -> None:
    """Write `shapes` as they are shipped to a Parquet file of one column, `geometry` (WKB, lon lat)."""
    import pyarrow as pa
    import shapely

    wkb = shapely.to_wkb(on_grid(shapes), byte_order=1, include_srid=False)
    write_table(target, pa.table({"geometry": pa.array(wkb, pa.binary())}))


def outline_tables(identity: pa.Table, outlines: Path) -> dict[str, pa.Table]:
    """Tables of outlines by file name: `region_id`, `layer`, `licence`, `geometry`, in row order.

    `outlines` is what `write_outlines` wrote.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    table = pa.table(
        {
            "region_id": identity["region_id"],
            "layer": identity["layer"],
            "licence": identity["layer_licence"],
            "geometry": pq.read_table(outlines)["geometry"],
        }
    )
    return {name: table.filter(pc.equal(identity["licence_class"], kind)) for kind, name in FILES.items()}
