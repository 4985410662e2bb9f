"""Texts that are the same in every report: how it is done, and what it cannot tell."""

from __future__ import annotations

METHOD: tuple[str, ...] = (
    (
        "Each region is described by measured features of its geography, landscape, agriculture and culture, taken over its "
        "own outline wherever the source allows."
    ),
    (
        "For every feature the two regions get a likeness from 0 to 1: numbers by how far apart they stand in the ranking of "
        "the world's regions, shares by how much they overlap, classes by whether they are the same."
    ),
    (
        "The score is the sum of likeness times weight over all features, from 0 to 100; the table shows every term, and the "
        "terms add up to the score exactly."
    ),
    (
        "Where a figure is missing on either side, the feature counts as for an average pair of regions, and the coverage "
        "falls."
    ),
    "The percentile sets the score against random pairs of regions from different countries under the same weights.",
)

LIMITS: tuple[str, ...] = (
    (
        "Likeness is no forecast that a partnership will work: people, budgets, law and language decide that, and are not "
        "in the score."
    ),
    (
        "Figures from coarse grids (50 km and more) are the same for neighbours, and figures of a whole country say nothing "
        "about a region inside it; each row of the table says what it rests on."
    ),
    "Figures are from different years; crop areas are from about 2000 and may have changed.",
    (
        "Mean heights are taken from 9 km cells, which cut off peaks; climate comes from cells of 25 km and may miss a valley "
        "or a summit."
    ),
    (
        "Home languages are estimated from where languages are spoken and by how many, not from a census; religions are "
        "figures of the country and say nothing about persons."
    ),
    "The weights are a choice. Other weights give other scores: see the weights in the table.",
)

OUTLINE_NOTE = (
    "Both outlines are at the same scale, simplified. Each is drawn in a local projection: kilometres north, and east "
    "after scaling by the cosine of the latitude of its centre, which keeps areas true to about a per cent."
)
MAP_NOTE = (
    "Equal Earth projection; the dashed line is the shortest way over the globe. Land: Natural Earth, simplified to about "
    "20 km; borders are drawn for orientation only."
)
CLIMATE_NOTE = (
    "Both diagrams have the same axes. South of the equator the year begins in July, so that summer stands under summer; "
    "the months are named below each diagram."
)
