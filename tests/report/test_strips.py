"""Strips stand on one scale for both regions."""

from __future__ import annotations

import re

from matcher.language import language
from matcher.report import strips

EN = language()


def boxes(picture):
    return [
        [float(n) for n in found]
        for found in re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="18', picture)
    ]


def test_a_month_is_filled_where_crops_grow():
    picture, _ = strips.calendar(("One", "Two"), ((0, 1, 11), ()), EN)
    assert picture.count(f'fill="{strips.A}"') == 3
    assert picture.count("hatch-calendar)") == 0
    assert picture.count('height="20.0"') == 24


def test_heights_share_a_scale_and_no_bar_ends_below_the_sea():
    picture, _ = strips.heights(("One", "Two"), ((100.0, 200.0), (300.0, 100.0)), EN)
    (first, _, low), (second, _, high) = boxes(picture)
    assert first == strips.LEFT
    assert low / high == 300 / 200
    assert abs(second - first - high) < 0.1


def test_an_unknown_height_is_said_to_be_unknown():
    picture, _ = strips.heights(("One", "Two"), (None, (300.0, 100.0)), EN)
    assert EN("unknown") in picture
    assert len(boxes(picture)) == 1
