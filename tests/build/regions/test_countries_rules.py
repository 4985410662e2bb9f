"""Rules of single countries: Korea, Indonesia, China."""

import pytest

from matcher.build.regions import china, indonesia, korea


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("11010", "11010"),  # Jongno-gu, Seoul: a gu of a metropolis stands alone
        ("21310", "21310"),  # Gijang-gun, Busan
        ("29010", "29010"),  # Sejong
        ("31011", "31010"),  # Jangan-gu belongs to Suwon
        ("33044", "33040"),  # Cheongju
        ("36330", "36330"),  # Gurye
    ],
)
def test_gu_of_ordinary_cities_are_merged(code, key):
    assert korea.merge_key(code) == key


@pytest.mark.parametrize(
    ("full", "short"),
    [("Gurye-gun", "Gurye"), ("Jung-gu", "Jung-gu"), ("Haeundae-gu", "Haeundae"), ("Sejong", "Sejong")],
)
def test_korean_names_keep_their_type_where_one_syllable_is_left(full, short):
    assert korea.short_name(full) == short


def test_seventeen_korean_provinces_of_which_eight_are_cities():
    assert len(korea.PROVINCES) == 17
    assert set(korea.PROVINCES) >= korea.METROPOLITAN
    assert len({facts[2] for facts in korea.PROVINCES.values()}) == 17


def test_indonesian_renames_and_keys():
    assert indonesia.today("Toba Samosir") == "Toba"
    assert indonesia.today("Purwakarta") == "Purwakarta"
    assert indonesia.plain("Kabupaten Toli-Toli") == indonesia.plain("Toli Toli")
    assert indonesia.plain("Kota Bima") != indonesia.plain("Kabupaten Bima")
    assert indonesia.plain("Kota Administrasi Jakarta Pusat") == indonesia.plain("Kota Jakarta Pusat")


def test_thirty_eight_indonesian_provinces():
    assert len(indonesia.PROVINCES) == 38
    assert len({facts[1] for facts in indonesia.PROVINCES.values()}) == 38


@pytest.mark.parametrize(
    ("code", "city"),
    [("CN.30.4401", True), ("CN.32.5134", False), ("CN.14.5402", True), ("CN.31.1791778", False)],
)
def test_chinese_prefectures_are_cities_by_their_code(code, city):
    assert china.is_city(code) is city


def test_chinese_names_lose_type_and_peoples():
    assert china.short_name("Guangzhou Shi") == "Guangzhou"
    assert china.short_name("Liangshan Yizu Zizhizhou") == "Liangshan"
    assert china.short_name("Rikaze Diqu") == "Shigatse"
