"""Maps, outlines and diagrams stand where they should."""

from __future__ import annotations

import re

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from matcher.language import language
from matcher.report.charts import climate_charts, month_names, stack_chart
from matcher.report.labels import MAP_WIDTH, PHONE_LETTERS, PHONE_MARK
from matcher.report.outlines import nice_length, outline_pair
from matcher.report.projection import equal_earth, great_circle
from matcher.report.worldmap import World, locator_map, places_map, read_world
from tests.report.pair import COLD, DAMP, DATA, WARM, WET

EN = language()
LAT, LON = st.floats(-89, 89), st.floats(-180, 180)


def points(path):
    """Read path data back: absolute points of every subpath."""
    result = []
    for part in re.findall(r"M([^M]+)", path):
        numbers = [float(x) for x in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", part)]
        result.append(np.cumsum(np.array(numbers).reshape(-1, 2), axis=0))
    return result


@given(LAT, LON, LAT, LON)
def test_the_way_over_the_globe_joins_its_ends_on_the_map(lat_a, lon_a, lat_b, lon_b):
    line = great_circle((lat_a, lon_a), (lat_b, lon_b))
    assert np.isfinite(line).all()
    assert np.allclose(line[0, 1], lat_a, atol=1e-4)
    assert np.allclose(line[-1, 1], lat_b, atol=1e-4)
    drawn = locator_map(World({}), ("A", "ID", lat_a, lon_a), ("B", "KR", lat_b, lon_b))
    for place in (drawn.a, drawn.b):
        assert 0 <= place.x <= MAP_WIDTH
        assert 0 <= place.y <= drawn.height + 0.1
        assert 0 < place.label_y < drawn.height
    for part in points(drawn.line):
        assert (np.abs(np.diff(part[:, 0])) < MAP_WIDTH / 2).all()


def test_a_way_by_the_pole_leaves_the_map_instead_of_running_along_its_edge():
    drawn = locator_map(World({}), ("Hobart", "AU", -42.9, 147.3), ("Punta Arenas", "CL", -53.6, -72.0))
    ways = points(drawn.line)
    assert len(ways) == 2
    assert all((np.diff(part[:, 1]) != 0).all() for part in ways)


def test_equal_earth_keeps_areas():
    cells = [(0, 0), (60, 50), (-120, -35), (150, 70)]
    ratios = []
    for lon, lat in cells:
        box = shapely.segmentize(shapely.box(lon, lat, lon + 2, lat + 2), 0.1)
        flat = shapely.Polygon(equal_earth(shapely.get_coordinates(box)))
        ratios.append(flat.area / (np.sin(np.radians(lat + 2)) - np.sin(np.radians(lat))))
    assert np.ptp(ratios) / ratios[0] < 1e-3


def test_the_world_is_drawn_with_both_countries_and_stays_inside():
    world = read_world(DATA / "world.json")
    drawn = locator_map(world, ("Purwakarta", "ID", -6.59, 107.43), ("Gurye", "KR", 35.23, 127.5))
    assert drawn.country_a
    assert drawn.country_b
    for part in points(drawn.land):
        assert part[:, 0].min() >= -0.5
        assert part[:, 0].max() <= MAP_WIDTH + 0.5

    # Land covers about as much of the map as of the globe between these latitudes.
    def area(path):
        return sum(shapely.Polygon(part).buffer(0).area for part in points(path) if len(part) > 3)

    share = (area(drawn.land) + area(drawn.country_a) + area(drawn.country_b)) / (MAP_WIDTH * drawn.height)
    assert 0.2 < share < 0.4


def test_names_stay_on_the_map_and_apart():
    drawn = locator_map(
        World({}), ("A long name indeed", "NZ", -45.0, 170.0), ("Another one", "NZ", -45.1, 170.1)
    )
    assert drawn.a.anchor != drawn.b.anchor or abs(drawn.a.label_y - drawn.b.label_y) > 10


def test_outlines_have_one_scale_and_true_areas():
    big = shapely.box(10.0, 60.0, 11.0, 60.5)
    small = shapely.box(20.0, 0.0, 20.1, 0.1)
    pair = outline_pair(("big", big), ("small", small))
    per_km = pair.bar_px / pair.bar_km
    (one,), (two,) = points(pair.path_a), points(pair.path_b)
    assert shapely.Polygon(one).area / per_km**2 == pytest.approx(
        111.195**2 * 0.5 * np.cos(np.radians(60.25)), rel=0.02
    )
    assert shapely.Polygon(two).area / per_km**2 == pytest.approx(111.195**2 * 0.01, rel=0.05)
    assert one.min() >= 0
    assert one.max() <= pair.size
    assert pair.tiny == ()


def test_a_region_on_both_sides_of_the_date_line_is_one_piece():
    split = shapely.MultiPolygon(
        [shapely.box(179.0, -17.0, 180.0, -16.0), shapely.box(-180.0, -17.0, -179.0, -16.0)]
    )
    whole = outline_pair(("x", split), ("y", None))
    spread = np.concatenate(points(whole.path_a))
    assert np.ptp(spread[:, 0]) == pytest.approx(whole.size * 13 / 15, abs=1)
    assert whole.path_b == ""


def test_no_outline_no_picture_and_a_speck_is_named():
    assert outline_pair(("a", None), ("b", None)) is None
    pair = outline_pair(("a", shapely.box(0, 0, 9, 9)), ("b", shapely.box(0, 0, 0.01, 0.01)))
    assert pair.tiny == ("b",)
    assert pair.path_b


@given(st.floats(1e-3, 1e5))
def test_the_scale_bar_is_round_and_fits(most):
    assert most / 2.6 < nice_length(most) <= most * (1 + 1e-9)


def test_months_of_the_south_begin_in_july():
    assert month_names(-6.6, EN)[0] == "July"
    assert month_names(35.2, EN)[0] == "January"
    one, two = climate_charts([("P", -6.6, WARM, WET), ("G", 35.2, COLD, DAMP)], EN)
    assert one.temperature_ticks == two.temperature_ticks
    assert one.rain_ticks == two.rain_ticks
    assert "381 mm in February" in one.summary
    assert "−0.6 °C in January" in two.summary
    # Rain stands on the axis, temperature is read on the left scale.
    assert all(bar.y + bar.height == pytest.approx(one.bottom, abs=0.11) for bar in one.rain)
    zero = next(tick.at for tick in two.temperature_ticks if tick.label == "0")
    assert two.dots[0][1] > zero > two.dots[1][1]


@given(
    st.dictionaries(st.text("abcdefghij", min_size=1, max_size=2), st.floats(0, 1), max_size=12),
    st.dictionaries(
        st.text("abcdefghij", min_size=1, max_size=2), st.floats(0.01, 1), min_size=1, max_size=12
    ),
)
def test_stacks_fill_the_bar_and_lose_nothing(a, b):
    a = {key: value / sum(a.values()) for key, value in a.items()} if sum(a.values()) > 0.01 else None
    b = {key: value / sum(b.values()) for key, value in b.items()}
    chart = stack_chart("x", "X", "", a, b, EN)
    for bar, values in ((chart.bar_a, a), (chart.bar_b, b)):
        assert sum(s.width for s in bar) == pytest.approx(chart.width if values else 0, abs=1)
        assert all(s.letter in {"", *(row.letter for row in chart.legend)} for s in bar)
    assert len(chart.legend) <= 7
    assert stack_chart("x", "X", "", None, {}, EN) is None


@given(st.lists(st.tuples(st.floats(33, 38), st.floats(126, 129)), min_size=1, max_size=12))
def test_the_numbers_of_candidates_do_not_lie_on_each_other(spots):
    drawn = places_map(World({}), ("Purwakarta", -6.6, 107.4), spots)
    at = np.array([(p.label_x, p.label_y) for p in drawn.places])
    gaps = np.hypot(*(at[:, None, :] - at[None, :, :]).transpose(2, 0, 1)) + 99 * np.eye(len(at))
    # Marks are twice as large on a phone, and do not touch even there.
    assert gaps.min() > 2 * PHONE_MARK - 2
    assert (at >= PHONE_MARK).all()
    assert (at[:, 0] <= MAP_WIDTH).all()


def test_names_side_by_side_do_not_run_into_each_other():
    drawn = locator_map(
        World({}), ("Avannaata", "GL", 75.7, -54.8), ("Fairbanks North Star", "US", 64.8, -146.6)
    )
    assert abs(drawn.a.label_y - drawn.b.label_y) >= PHONE_LETTERS - 0.2
