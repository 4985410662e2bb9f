"""The embedded atlas and model: what a planner relies on, checked against facts known from outside."""

from __future__ import annotations

import collections
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from matcher import Matcher
from matcher.catalogue import Catalogue

if TYPE_CHECKING:
    from matcher.atlas import Region
    from matcher.explanation import Explanation


@pytest.fixture(scope="module")
def m() -> Matcher:
    return Matcher.load()


@pytest.fixture(scope="module")
def purwakarta(m: Matcher) -> Region:
    return m.region("Purwakarta, ID")


@pytest.fixture(scope="module")
def founding(m: Matcher, purwakarta: Region) -> Explanation:
    return m.explain(purwakarta, "Gurye")


def units(m: Matcher, country: str) -> int:
    return int((m.atlas.where("country", [country]) & m.atlas.where("level", ["regency"])).sum())


def test_the_world_is_whole(m: Matcher) -> None:
    rows = m.atlas.partner_rows()
    assert len(rows) >= 100_000
    assert len(set(m.atlas.countries[rows])) >= 190


def test_no_id_and_no_row_comes_twice(m: Matcher) -> None:
    ids = m.atlas.region_ids
    assert len(set(ids)) == len(ids)


# Official numbers of the units that sign, as of the year of the layer in use. Tunisia has 264 and Madagascar 119: the
# layers hold 236 and 114 of them, and the test pins that none of these is lost.
@pytest.mark.parametrize(
    ("country", "official"),
    [
        ("SE", 290), ("PT", 308), ("EE", 79), ("MY", 160), ("UA", 1763), ("KE", 47), ("TZ", 170), ("KH", 199),
        ("TN", 236), ("BI", 119), ("MG", 114), ("DE", 11084), ("FR", 35357), ("BE", 581), ("GB", 361),
    ],
)  # fmt: skip
def test_the_replaced_countries_have_the_official_number_of_units(
    m: Matcher, country: str, official: int
) -> None:
    assert units(m, country) == pytest.approx(official, rel=0.03)


def test_every_kabupaten_and_kota_of_indonesia_once(m: Matcher) -> None:
    rows = np.flatnonzero(m.atlas.where("country", ["ID"]) & m.atlas.where("level", ["regency"]))
    codes = collections.Counter(m.atlas.column("national_code", rows))
    assert len(rows) == 514
    assert len(codes) == 514


def test_indonesian_areas_are_the_official_ones(m: Matcher) -> None:
    rows = np.flatnonzero(m.atlas.where("country", ["ID"]) & m.atlas.where("level", ["regency"]))
    official = m.atlas.column("area_basis", rows) == "official"
    assert official.mean() >= 0.95


def test_every_si_gun_gu_of_korea_once(m: Matcher) -> None:
    rows = np.flatnonzero(m.atlas.where("country", ["KR"]) & m.atlas.where("level", ["regency"]))
    assert len(rows) == len(set(m.atlas.region_ids[rows])) == 229


@pytest.mark.parametrize(
    "name", ["Seoul", "Busan", "Jakarta", "Tokyo", "Beijing", "Bangkok", "Istanbul", "London"]
)
def test_a_metropolis_is_found_before_its_wards(m: Matcher, name: str) -> None:
    assert m.find(name)[0].level == "metropolis"


@pytest.mark.parametrize(
    ("lat", "lon", "name"),
    [
        (35.1796, 129.0756, "Busan"),
        (37.5665, 126.978, "Seoul"),
        (-6.55, 107.45, "Purwakarta"),
        (35.20, 127.46, "Gurye"),
    ],
)
def test_a_point_belongs_to_the_unit_that_signs(m: Matcher, lat: float, lon: float, name: str) -> None:
    region = m.atlas.locate(lat, lon)
    assert region is not None
    assert region.name == name


def test_a_point_at_sea_belongs_to_none(m: Matcher) -> None:
    assert m.atlas.locate(0.0, -30.0) is None


def value(m: Matcher, region: Region, feature: str) -> object:
    return m.atlas.values([feature], np.array([m.atlas.row(region.region_id)]))[feature][0]


def test_purwakarta_is_as_its_people_know_it(m: Matcher, purwakarta: Region) -> None:
    """Jatiluhur reservoir, hills in the south, rice; 993 km2 and about a million people by official count."""
    assert value(m, purwakarta, "lake_share") > 0.03
    assert 200 < value(m, purwakarta, "relief") < 320
    assert 0.81 <= value(m, purwakarta, "crop_mix")["rice"] <= 0.87
    assert purwakarta.area_km2 == pytest.approx(993.1, rel=0.05)
    assert purwakarta.population == pytest.approx(1_063_932, rel=0.01)
    assert purwakarta.population_basis == "official"
    assert next(iter(value(m, purwakarta, "languages"))) == "Sundanese"


def test_gurye_is_as_its_people_know_it(m: Matcher) -> None:
    gurye = m.region("Gurye")
    assert 0.8 <= value(m, gurye, "crop_mix")["rice"] <= 0.9
    assert gurye.population == pytest.approx(23_190, rel=0.01)
    assert gurye.parent_name
    assert "Jeolla" in gurye.parent_name
    assert next(iter(value(m, gurye, "languages").values())) > 0.95


def test_the_seasons_of_both_hemispheres_are_in_line(m: Matcher, purwakarta: Region) -> None:
    """Purwakarta's rain peaks in January and Gurye's in July: a calendar would call them opposites."""
    pair = [np.array(value(m, region, "rain_months")) for region in (purwakarta, m.region("Gurye"))]
    assert np.corrcoef(*pair)[0, 1] > 0.8


def test_ten_thousand_random_pairs_are_exact_sums_symmetric_and_in_bounds(m: Matcher) -> None:
    rng = np.random.default_rng(0)
    ids = m.atlas.region_ids[m.atlas.partner_rows()]
    a, b = rng.choice(ids, (2, 10_000))
    scores = m.score(a, b)
    assert np.array_equal(scores, m.score(b, a))
    assert scores.min() >= 0
    assert scores.max() <= 100 + 1e-9
    for one, two, score in zip(a[:100], b[:100], scores[:100], strict=True):
        explanation = m.explain(m.atlas.get(one), m.atlas.get(two))
        assert abs(sum(part.points for part in explanation.points) - score) < 1e-9


def test_a_region_is_exactly_like_itself_where_all_is_known(m: Matcher) -> None:
    ids = m.atlas.region_ids[m.atlas.partner_rows()[::500]]
    names = [name for name, _ in m.weights().key]
    codes = m.model.encode(m.atlas.columns(names, m.atlas.rows(list(ids))), names)
    full = codes.known.all(axis=1)
    assert full.mean() > 0.5
    assert np.abs(m.score(ids, ids)[full] - 100.0).max() < 1e-9


def test_scores_spread_enough_to_be_read(m: Matcher) -> None:
    """If every pair of regions got 80 to 90, the number would say nothing."""
    shares = m.weights().vector([feature.name for feature in m.model.features_])
    scores = 100 * m.model.calibration_.astype(float) @ shares
    low, high = np.quantile(scores, [0.05, 0.95])
    assert high - low > 15


def test_the_founding_pair_is_reported_as_found(m: Matcher, founding: Explanation) -> None:
    """A record, not a bar: a rebuilt atlas that moves it must change these numbers knowingly."""
    ranking = m.rank(founding.a, country="KR", n=300)
    place = next(match for match in ranking if match.region == founding.b)
    record = tomllib.loads((Path(__file__).parent / "golden" / "founding.toml").read_text())
    assert place.rank == record["rank_in_korea"]
    assert len(ranking) == record["candidates_in_korea"]
    assert founding.score == pytest.approx(record["score"], abs=1e-6)
    assert {g: round(s.score, 4) for g, s in founding.by_group().items()} == record["groups"]
    assert [part.feature for part in founding.reasons_for(5)] == record["reasons_for"]
    assert [part.feature for part in founding.reasons_against(5)] == record["reasons_against"]


def test_every_feature_of_the_catalogue_is_in_the_atlas(m: Matcher) -> None:
    table = m.atlas.read(list(Catalogue.open().features), m.atlas.partner_rows()[::50])
    empty = [name for name in table.column_names if table[name].null_count == len(table)]
    assert empty == []
