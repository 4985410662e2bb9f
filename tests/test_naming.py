"""Naming: a source's name where there is one, never a guess."""

from __future__ import annotations

import pytest

from matcher.atlas import Atlas, Region
from matcher.errors import UnknownNameError
from matcher.naming import Name, country_of, language_of, name_of

GURYE = Region(
    region_id="kr:36330",
    name="Gurye",
    country="KR",
    level="regency",
    lat=35.2,
    lon=127.5,
    name_local="구례군",
)


def test_a_name_that_a_source_has_comes_with_the_original_beside_it() -> None:
    seoul = Region(
        region_id="kr:11",
        name="Seoul",
        country="KR",
        level="province",
        lat=0,
        lon=0,
        name_id="Seoul",
        name_local="서울",
    )
    assert name_of(seoul, "id") == Name("Seoul", "서울", "source")


@pytest.mark.parametrize(
    ("locale", "name"), [("ko", Name("구례군", "", "native")), ("id", Name("Gurye", "구례군", "latin"))]
)
def test_a_name_that_no_source_has_is_not_translated(locale: str, name: Name) -> None:
    assert name_of(GURYE, locale) == name


def test_countries_and_languages_have_names() -> None:
    folder = Atlas.open().data_dir
    assert [country_of("KR", locale).text for locale in ("en", "id", "ko")] == [
        "South Korea",
        "Korea Selatan",
        "대한민국",
    ]
    assert country_of("QQ") == Name("QQ", "", "latin")
    assert language_of(folder, "sun", "ko").text == "순다어"
    assert language_of(folder, "aae", "ko") == Name("Arbëreshë Albanian", "", "latin")


def test_an_unknown_language_of_the_reader_is_named() -> None:
    with pytest.raises(UnknownNameError, match="'xx'"):
        name_of(GURYE, "xx")
