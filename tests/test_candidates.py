"""Candidates: each filter by itself, the counts of what it leaves out, and what happens when nothing is left."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from matcher.atlas import Atlas, Region
from matcher.candidates import Filters, choose, distances_km
from matcher.errors import EmptyCandidatesError, RegionNotFoundError, UnknownNameError
from tests.toy import write_atlas


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    return Atlas.open(write_atlas(tmp_path_factory.mktemp("toy")))


@pytest.fixture(scope="module")
def query(atlas: Atlas) -> Region:
    return atlas.get("toy:0001")


def chosen(atlas: Atlas, query: Region, **filters: Any) -> list[Region]:
    return atlas.regions(choose(atlas, query, Filters(**filters)).rows)


def test_by_default_partners_abroad_of_like_size(atlas: Atlas, query: Region) -> None:
    for region in chosen(atlas, query):
        assert region.country != query.country
        assert region.level in {"regency", "metropolis"}
        assert query.population / 50 <= region.population <= query.population * 50


def test_the_counts_of_the_left_out_and_the_kept_add_up(atlas: Atlas, query: Region) -> None:
    result = choose(atlas, query, Filters())
    assert len(result.rows) + sum(result.left_out.values()) == len(atlas.partner_rows()) - 1


def test_a_province_is_matched_with_provinces_and_metropolises(atlas: Atlas) -> None:
    province = atlas.get("toy:0000")
    assert {r.level for r in chosen(atlas, province, any_size=True)} == {"province", "metropolis"}


def test_level_narrows_to_one(atlas: Atlas, query: Region) -> None:
    assert {r.level for r in chosen(atlas, query, level="province", any_size=True)} == {"province"}


def test_countries_narrow_and_naming_the_own_country_takes_it_in(atlas: Atlas, query: Region) -> None:
    assert {r.country for r in chosen(atlas, query, countries=("CC",))} == {"CC"}
    assert {r.country for r in chosen(atlas, query, countries=(query.country,))} == {query.country}


def test_the_own_country_comes_in_when_asked_but_never_the_region_itself(atlas: Atlas, query: Region) -> None:
    regions = chosen(atlas, query, include_own_country=True, any_size=True)
    assert query.country in {r.country for r in regions}
    assert query not in regions


def test_ranges_are_inclusive_and_may_be_open(atlas: Atlas, query: Region) -> None:
    assert max(r.area_km2 for r in chosen(atlas, query, area_km2=(None, 100.0))) <= 100
    assert min(r.population for r in chosen(atlas, query, population=(50_000, None))) >= 50_000


def test_minimum_distance(atlas: Atlas, query: Region) -> None:
    rows = choose(atlas, query, Filters(min_distance_km=8_000)).rows
    assert distances_km(atlas, query, rows).min() >= 8_000


def test_a_list_of_candidates_is_ranked_whole_whatever_the_defaults_say(atlas: Atlas, query: Region) -> None:
    ids = ("toy:0000", "toy:0005", "toy:0009", "toy:0001")
    assert [r.region_id for r in chosen(atlas, query, candidates=ids)] == ["toy:0000", "toy:0005", "toy:0009"]


@pytest.mark.parametrize(
    ("filters", "hint"),
    [
        ({"population": (1e12, None)}, "widen it"),
        ({"area_km2": (None, 0.001)}, "widen it"),
        ({"min_distance_km": 30_000}, "lower the minimum distance"),
        ({"countries": ("ZZ",)}, "ZZ"),
    ],
)
def test_nothing_left_says_which_rule_took_it(
    atlas: Atlas, query: Region, filters: dict[str, Any], hint: str
) -> None:
    with pytest.raises(EmptyCandidatesError, match=hint):
        choose(atlas, query, Filters(**filters))


def test_unknown_level_and_unknown_candidate_are_named(atlas: Atlas, query: Region) -> None:
    with pytest.raises(UnknownNameError, match="hamlet"):
        Filters(level="hamlet")
    with pytest.raises(RegionNotFoundError, match="toy:9999"):
        choose(atlas, query, Filters(candidates=("toy:9999",)))


def test_distance_of_a_quarter_of_the_globe(atlas: Atlas) -> None:
    pole = Region(region_id="x", name="x", country="XX", level="regency", lat=90.0, lon=0.0)
    rows = np.arange(len(atlas))
    expected = np.radians(90 - atlas.column("lat")) * 6371.0088
    assert np.allclose(distances_km(atlas, pole, rows), expected)
