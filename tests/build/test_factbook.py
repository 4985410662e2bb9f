from __future__ import annotations

import json

import pytest

from matcher.build.factbook import field, pages, percent, shares
from matcher.build.features.country import farm_share


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("1.6% (2023 est.)", 0.016),
        ("95-98%", 0.965),
        ("84.7 - 89.7%", 0.872),
        (".3%", 0.003),
        ("NA", None),
        ("", None),
    ],
)
def test_percent(text, share):
    assert percent(text) == (share if share is None else pytest.approx(share))


def test_shares_of_a_sentence():
    text = "Sunni 40.5% (official), Shia 9/5%, other <1%; less than 1%: none 0.5% (2020 est.)"
    assert shares(text) == [("Sunni", pytest.approx(0.405)), ("Shia", pytest.approx(0.095))]


def test_only_the_first_estimate_counts():
    assert shares("Catholic 60% (2023 est.) Catholic 42%") == [("Catholic", 0.6)]


def test_a_name_that_swallowed_a_number_is_left_out():
    assert shares("Christian 89.5, other 8.8%") == []


def test_text_of_a_field():
    page = {"A": {"B": {"text": "Spirtism (Esp&iacute;rita)&nbsp;2%<br><br>old 3%"}}}
    assert field(page, "A", "B") == "Spirtism (Espírita) 2%; ; old 3%"
    assert field(page, "A", "C") == ""


def test_pages_by_code(tmp_path):
    (tmp_path / "asia").mkdir()
    for name in ("ks", "we", "zz"):
        (tmp_path / "asia" / f"{name}.json").write_text(json.dumps({"is": name}))
    found = pages(tmp_path, {"KR": {"fips": "KS"}, "AX": {"fips": ""}})
    assert found == {"KR": {"is": "ks"}, "PS": {"is": "we"}}


def test_farming():
    page = {
        "Economy": {"GDP - composition, by sector of origin": {"agriculture": {"text": "12.6% (2023 est.)"}}}
    }
    assert farm_share(page, "farm_gdp") == pytest.approx(0.126)
    assert farm_share(page, "farm_labour") is None
