"""Festivals: what is held in a region, by the names that its offices give; talked of in reports, never compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.report.document import Cell, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from matcher.atlas import Region
    from matcher.language import Language
    from matcher.matcher import Matcher

FEATURE, SOURCE = "festivals", "krfest"
TONGUE = "ko"
"""Language of the names: the one table of festivals is Korea's."""


def festivals_of(matcher: Matcher, regions: Sequence[Region]) -> dict[str, tuple[str, ...]]:
    """Return the festivals of those regions that have some, by region id."""
    atlas = matcher.atlas
    if FEATURE not in atlas.catalogue.features:
        return {}
    rows = np.array([atlas.row(region.region_id, region.country) for region in regions])
    found = atlas.values([FEATURE], rows)[FEATURE]
    return {region.region_id: tuple(names) for region, names in zip(regions, found, strict=True) if names}


def festival_rows(festivals: Mapping[str, Iterable[str]], region: Region, say: Language) -> tuple[Row, ...]:
    """Return the row of a region's card, none where no festival is known; the names stay in their language."""
    names = say("list.comma").join(festivals.get(region.region_id, ()))
    value = Cell(names, lang="" if say.code == TONGUE else TONGUE)
    return (Row((Cell(say("r.card.festivals", source=SOURCE)), value)),) if names else ()
