"""Checks of an atlas, and how much of it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.countries import countries
from matcher.errors import MatcherError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.atlas import Atlas
    from matcher.catalogue import Feature

EXAMPLES = 3


def faults(atlas: Atlas) -> list[str]:
    """Return everything that is wrong with an atlas, one line each rule that is broken."""
    changed: list[str] = []
    for name in atlas.manifest["files"]:
        try:
            atlas.checked(name)
        except MatcherError as error:
            changed.append(str(error))
    # What a changed file holds is not worth telling.
    return changed or _broken_rules(atlas)


def _broken_rules(atlas: Atlas) -> list[str]:
    """Check every value by the rules of the build."""
    from matcher.build.checks import check_regions

    try:
        table = atlas.read(atlas.column_names)
        found = check_regions(table, atlas.catalogue)
    except (MatcherError, KeyError, ValueError, TypeError, AttributeError) as error:
        return [f"the table of regions cannot be read as the catalogue says: {type(error).__name__}: {error}"]
    rules: dict[tuple[str, str], list[str]] = {}
    for fault in found:
        rules.setdefault((fault.column, fault.rule), []).append(f"{fault.row} ({fault.value})")
    strange = set(atlas.countries) - set(countries())
    if strange:
        rules["country", "must be a country"] = sorted(map(str, strange))
    return [
        f"{column} {rule}: {len(rows):,} times, such as {', '.join(rows[:EXAMPLES])}"
        for (column, rule), rows in rules.items()
    ]


def known_mask(atlas: Atlas, feature: Feature) -> NDArray[np.bool_]:
    """Mark the regions for which a feature is known."""
    if feature.kind in {"number", "months"}:
        return np.asarray(~np.isnan(atlas.numbers(feature)).any(axis=1))
    if feature.kind == "tags":
        # No tag at all is knowledge too.
        return np.asarray(atlas.read([feature.name])[feature.name].is_valid())
    shares = atlas.shares(feature)
    return np.bincount(shares.row, minlength=shares.n) > 0


def coverage(atlas: Atlas) -> list[dict[str, Any]]:
    """Return for each country, and for all, the number of partner-level regions and the known share of each group.

    A group's share is the mean over its features of the share of regions for which the feature is known.
    """
    rows = atlas.partner_rows()
    names, country = np.unique(atlas.countries[rows].astype(str), return_inverse=True)
    counts = np.bincount(country, minlength=len(names))
    groups: dict[str, NDArray[np.float64]] = {}
    for group in atlas.catalogue.groups:
        shares = [
            np.bincount(country, known_mask(atlas, feature)[rows], minlength=len(names)) / counts
            for feature in atlas.catalogue.in_group(group)
        ]
        if shares:
            groups[group] = np.mean(shares, axis=0)
    overall = (
        {group: float(np.average(share, weights=counts)) for group, share in groups.items()}
        if len(rows)
        else {}
    )
    records: list[dict[str, Any]] = [{"country": "all", "regions": int(counts.sum())} | overall]
    for index, name in enumerate(names):
        shares_here = {group: float(share[index]) for group, share in groups.items()}
        records.append({"country": str(name), "regions": int(counts[index])} | shares_here)
    return records
