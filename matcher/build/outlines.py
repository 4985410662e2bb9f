"""Outlines as shipped: on a grid of about 14 m, by the licence of the layer they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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


def outline_tables(identity: pa.Table, shapes: NDArray[Any]) -> dict[str, pa.Table]:
    """Tables of outlines by file name: `region_id`, `layer`, `licence`, `geometry` (WKB, lon lat), in row order."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import shapely

    wkb = pa.array(shapely.to_wkb(on_grid(shapes), byte_order=1, include_srid=False), pa.binary())
    table = pa.table(
        {
            "region_id": identity["region_id"],
            "layer": identity["layer"],
            "licence": identity["layer_licence"],
            "geometry": wkb,
        }
    )
    return {name: table.filter(pc.equal(identity["licence_class"], kind)) for kind, name in FILES.items()}
