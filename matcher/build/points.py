"""Points in outlines, quickly: each outline is prepared once for all its points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import shapely
    from numpy.typing import NDArray


def points_in(
    tree: shapely.STRtree, points: NDArray[Any], *, edges: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return points and the outlines that hold them, pair by pair, as a query of the tree with a predicate orders them.

    The tree's own predicates prepare the point, which gains nothing, and walk all corners of the outline every time.

    Parameters
    ----------
    tree
        Of the outlines.
    points
        Shape (n,).
    edges
        Whether a point on the edge is inside: the predicate ``intersects``, else ``within``.
    """
    import shapely

    point, shape = tree.query(points)
    shapely.prepare(tree.geometries)
    holds = shapely.intersects if edges else shapely.contains
    hit = holds(tree.geometries[shape], points[point])
    return point[hit], shape[hit]
