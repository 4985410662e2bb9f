from __future__ import annotations

import pandas as pd

from matcher.build.features.tags import NEEDS, tags_of

NAN = float("nan")


def row(**values):
    known = {"relief": 10.0, "coast_km": 500.0, "lake_share": 0.0, "volcano_km": 900.0, "forest_share": 0.1}
    return known | {"cover:urban": 0.0, "largest_lake_km2": 0.0, "landmass_km2": 1e7} | values


def tags(*rows):
    return tags_of(pd.DataFrame(list(rows))).tolist()


def test_each_threshold():
    assert tags(row()) == [["plain"]]
    assert tags(row(relief=255, volcano_km=3, lake_share=0.08)) == [["mountain", "lake", "volcano"]]
    assert tags(row(relief=100, coast_km=2, forest_share=0.7)) == [["hill", "coast", "forest"]]
    assert tags(row(relief=30, **{"cover:urban": 0.5})) == [["plain", "city"]]
    assert tags(row(relief=40)) == [["hill"]]
    assert tags(row(largest_lake_km2=350.0)) == [["plain", "lake"]]


def test_without_built_up_land_anywhere_there_is_no_city():
    assert tags_of(pd.DataFrame([row()]).drop(columns="cover:urban")).tolist() == [["plain"]]


def test_an_island_is_small_land():
    assert tags(row(landmass_km2=1857.0)) == [["plain", "island"]]
    assert tags(row(landmass_km2=218_000.0)) == [["plain"]]


def test_unknown_gives_no_tag_and_all_unknown_no_list():
    assert tags(row(forest_share=NAN)) == [["plain"]]
    assert tags(row(relief=NAN, coast_km=NAN)) == [None]


def test_needs_are_topics():
    import importlib

    for topic in NEEDS:
        assert importlib.import_module(f"matcher.build.features.{topic}").FEATURES
