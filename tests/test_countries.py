from __future__ import annotations

import pytest

from matcher.countries import countries, country_code, country_name
from matcher.errors import UnknownNameError


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("KR", "KR"), ("kr", "KR"), ("KOR", "KR"), ("South Korea", "KR"), ("korea", "KR"), ("Korea, South", "KR"),
        ("Korea Selatan", "KR"), ("대한민국", "KR"), ("한국", "KR"), ("north korea", "KP"), ("Indonesia", "ID"),
        ("Türkiye", "TR"), ("Turkey", "TR"), ("turkiye", "TR"), ("Côte d’Ivoire", "CI"), ("cote d'ivoire", "CI"),
        ("The Netherlands", "NL"), ("netherlands", "NL"), ("UK", "GB"), ("United States of America", "US"),
        ("Bosnia & Herzegovina", "BA"), ("st. lucia", "LC"), ("Kosovo", "XK"), ("Georgia", "GE"),
    ],
)  # fmt: skip
def test_a_country_by_any_of_its_names(text, code):
    assert country_code(text) == code


@pytest.mark.parametrize(
    ("text", "offer"), [("Indonesa", "Indonesia (ID)"), ("QQ", "KR or KOR"), ("", "KR or KOR")]
)
def test_an_unknown_country_is_told_with_a_way_out(text, offer):
    with pytest.raises(UnknownNameError, match="no country is called") as caught:
        country_code(text)
    assert offer in str(caught.value)


def test_every_code_and_name_leads_back():
    assert len(countries()) == 250
    for code, country in countries().items():
        assert country_code(code) == code
        assert country_code(country.alpha3) == code
        for name in (country.name, country.name_id, country.name_ko, *country.other):
            assert country_code(name) == code, name


def test_names_in_three_languages():
    assert [country_name("KR", locale) for locale in ("en", "id", "ko")] == [
        "South Korea",
        "Korea Selatan",
        "대한민국",
    ]
    assert country_name("QQ") == "QQ"
