"""Holidays, festivals and history from the raw sources."""

from __future__ import annotations

import json
import os

import pytest

from matcher.build.features import festivals, holidays
from matcher.build.history import history_table
from matcher.build.sources import Sources
from matcher.history import FILE, read_history
from tests.build.features.shapes import boxes

pytestmark = [pytest.mark.sources, pytest.mark.slow]


@pytest.fixture(scope="module")
def sources():
    if not os.environ.get("MATCHER_SOURCES"):
        pytest.skip("MATCHER_SOURCES is not set")
    return Sources()


def test_indonesia_and_korea_share_what_their_calendars_state(sources):
    regions = boxes(a=(0, 0, 1, 1), b=(1, 0, 2, 1)).assign(country=["ID", "KR"])
    one, two = (set(tags) for tags in holidays.compute(regions, sources)["holidays"])
    assert {"eid_al_fitr_day", "islamic_feasts", "hindu_feasts"} <= one - two
    assert "mid_autumn_festival" in two - one
    assert {"lunar_new_year", "buddhas_birthday", "christmas_day", "labor_day"} <= one & two


def test_gurye_has_its_own_festivals(sources):
    regions = boxes(**{"kr:36330": (127.3, 35.1, 127.6, 35.4)}).assign(
        country="KR", name="Gurye", name_local="구례군"
    )
    (names,) = festivals.compute(regions, sources)["festivals"]
    assert names[0] == "구례산수유꽃축제 (2025-03)"  # the one that is listed in two years
    assert "구례300리벚꽃축제 (2024-03)" in names


def test_the_table_of_history_is_small_and_known(sources, tmp_path):
    text = history_table(sources)
    (tmp_path / FILE).write_bytes(text)
    assert len(text) < 50_000
    assert read_history(tmp_path, "ID", "MY").facts == ("contiguous",)
    assert read_history(tmp_path, "SG", "MY").facts == ("contiguous", "official_language", "common_coloniser")
    assert len(json.loads(text)["countries"].split()) > 200
