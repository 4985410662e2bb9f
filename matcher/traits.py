"""Traits: what the second opinion looks at in a region, as bins.

A trait is a number of a region: a feature of the atlas, or a sign of how large and how well known it is. Its bins are
steps of rank, so that no unit and no outlier matters: rank among the partner-level regions of the world, or of the
region's own country. An unknown value has a bin of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.pool import optional

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from matcher.atlas import Atlas

BINS = 24
"""Bins of a known value; bin 24 is "unknown"."""

# Signs of size and renown that are no features of the catalogue.
EXTRAS = ("seat_population", "names", "towns", "seat_share")
# Traits of size, whose bins are steps of the logarithm.
IN_LOGS = ("population", "seat_population", "density", "area_km2", "names", "names_abroad", "towns")
_TOP = 2e-5  # the rank from the top, as a share of the country's regions, at which the last bin begins
# Traits that are also ranked inside the region's own country.
AT_HOME = ("population", "seat_population", "names", "names_abroad", "density", "area_km2")


def read_traits(atlas: Atlas, rows: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Return trait to values, shape (n,), NaN unknown.

    - every feature of kind number, but for one that this atlas has no value of (it is older than the catalogue);
    - ``seat_population``: persons in the region's seat;
    - ``names``: different names that the region is known by, in any language;
    - ``towns``: towns inside it that the name index knows;
    - ``seat_share``: its seat's people over those of the largest seat of its province;
    - ``at home:`` before some of these: the value's rank in the region's own country, 0 to 1.
    """
    traits = {
        feature.name: atlas.columns([feature.name], rows).numbers(feature)[:, 0]
        for feature in atlas.catalogue.features.values()
        if feature.kind == "number"
    }
    traits = {name: values for name, values in traits.items() if np.isfinite(values).any()}
    seat = optional(atlas, "seat_population", rows)
    traits |= {"seat_population": seat, **_names(atlas, rows), "seat_share": _share(atlas, rows, seat)}
    _, country = np.unique(atlas.countries[rows].astype(str), return_inverse=True)
    traits |= {f"at home:{name}": rank_inside(traits[name], country) for name in AT_HOME if name in traits}
    return traits


def read_kinds(atlas: Atlas, rows: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return country and type of unit of each region ("DE Stadt"), its level where the type is not known."""
    columns = (atlas.column(name, rows) for name in ("country", "unit_type", "level"))
    return np.array(
        [f"{country} {kind or level}" for country, kind, level in zip(*columns, strict=True)], object
    )


def _names(atlas: Atlas, rows: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Count the names of each region, and the towns in it."""
    blank = np.full(len(rows), np.nan)
    if "names.parquet" not in atlas.manifest["files"]:
        return {"names": blank, "towns": blank.copy()}
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow.parquet import read_table

    table = read_table(atlas.store.checked("names.parquet"), columns=["region_id", "kind"])
    place = pc.index_in(table["region_id"], pa.array(atlas.region_ids)).to_numpy()
    town = pc.equal(table["kind"], "town").to_numpy()
    known = np.isfinite(place)
    counts = [
        np.bincount(place[known & mask].astype(np.int64), minlength=len(atlas))[rows].astype(np.float64)
        for mask in (~town, town)
    ]
    return {"names": counts[0], "towns": counts[1]}


def _share(atlas: Atlas, rows: NDArray[np.int64], seat: NDArray[np.float64]) -> NDArray[np.float64]:
    parents = np.array([parent or "" for parent in atlas.column("parent_id", rows)], object).astype(str)
    _, parent = np.unique(parents, return_inverse=True)
    largest = np.zeros(int(parent.max(initial=0)) + 1)
    np.fmax.at(largest, parent, seat)
    whole = largest[parent]
    known = (whole > 0) & (parents != "")
    share: NDArray[np.float64] = np.divide(seat, whole, out=np.full(len(rows), np.nan), where=known)
    return share


def rank_inside(values: NDArray[np.float64], groups: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the rank of each known value inside its group, from above 0 to below 1; equals share a rank."""
    result = np.full(len(values), np.nan)
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return result
    order = known[np.lexsort((values[known], groups[known]))]
    group, value = groups[order], values[order]
    start = np.searchsorted(group, group, side="left")
    size = np.searchsorted(group, group, side="right") - start
    # Runs of equals: each takes the middle of the places that it fills.
    first = np.flatnonzero(np.concatenate([[True], (np.diff(group) != 0) | (np.diff(value) != 0)]))
    length = np.diff(np.append(first, len(order)))
    middle = np.repeat(first + (length - 1) / 2.0, length)
    result[order] = (middle - start + 0.5) / size
    return result


def edges(
    traits: Mapping[str, NDArray[np.float64]], weights: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Return trait to the 23 values that part its bins: each holds about the same weight, but for traits of size."""
    result = {}
    steps = np.arange(1, BINS) / BINS
    for name, values in traits.items():
        if name.startswith("at home:"):
            # Finer toward the top: the largest places are told apart even in a country of tens of thousands.
            result[name] = 1.0 - np.geomspace(1.0, _TOP, BINS + 1)[1:-1]
            continue
        known = np.isfinite(values)
        if name in IN_LOGS and (values[known] > 0).any():
            # Equal steps of the logarithm: ranks would put all large cities into one bin.
            low, high = np.quantile(values[known][values[known] > 0], [0.01, 0.9999])
            result[name] = np.geomspace(low, max(high, 2.0 * low), BINS - 1)
            continue
        order = np.argsort(values[known], kind="stable")
        mass = np.cumsum(weights[known][order])
        at = np.searchsorted(mass, steps * mass[-1]) if known.any() else np.zeros(BINS - 1, np.int64)
        found = (
            values[known][order][at.clip(0, max(known.sum() - 1, 0))] if known.any() else np.zeros(BINS - 1)
        )
        result[name] = found.astype(np.float64)
    return result


def binned(values: NDArray[np.float64], cuts: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the bin of each value, 0 to 23, and 24 for unknown."""
    bins = np.searchsorted(cuts, values, side="right")
    return np.where(np.isfinite(values), bins, BINS).astype(np.int64)
