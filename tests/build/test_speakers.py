from __future__ import annotations

import pandas as pd
import pytest

from matcher.build.speakers import _country, _gaps, fit_to_room
from matcher.build.tongues import parse_macrolanguages


def series(**values: float) -> pd.Series:
    return pd.Series(values, dtype=float).sort_values(ascending=False)


def listed(*codes: str, **share: float) -> pd.Series:
    return pd.Series({code: code in codes for code in share})


def test_foreign_languages_go_first():
    share = {"hin": 0.9, "eng": 0.4, "tam": 0.1}
    out = fit_to_room(series(**share), listed("hin", "tam", **share), 1.0)
    assert out.to_dict() == pytest.approx({"hin": 0.9, "eng": 0.0, "tam": 0.1})


def test_of_a_second_language_stays_what_the_others_leave():
    share = {"ind": 0.64, "jav": 0.34, "sun": 0.5}
    out = fit_to_room(series(**share), listed(*share, **share), 1.0)
    assert out.to_dict() == pytest.approx({"ind": 0.16, "jav": 0.34, "sun": 0.5})


def test_a_rest_above_every_mother_tongue_is_none_of_the_second_language():
    share = {"swa": 0.9, "kik": 0.15, "luo": 0.15, "kam": 0.12, "luy": 0.14, "guz": 0.14, "mer": 0.1}
    out = fit_to_room(series(**share), listed(*share, **share), 1.0)
    assert out["swa"] == 0.0
    assert out["kik"] == pytest.approx(0.15)


def test_kin_that_a_census_counts_with_its_largest_language_make_room_first():
    share = series(bho=0.05, awa=0.03, lus=0.01, kha=0.01)
    kin = pd.Series({"bho": True, "awa": True, "lus": False, "kha": False})
    out = fit_to_room(share, listed(*share.index, **share), 0.05, kin=kin)
    assert out.sum() == pytest.approx(0.05)
    assert out[["lus", "kha"]].to_dict() == pytest.approx({"lus": 0.01, "kha": 0.01})
    assert out["bho"] == pytest.approx(0.03 * 5 / 8)


def test_a_majority_keeps_what_is_left():
    share = {"tha": 0.8, "tts": 0.25, "nod": 0.1}
    out = fit_to_room(series(**share), listed(*share, **share), 1.0)
    assert out["tha"] == pytest.approx(0.65)


def test_the_only_language_is_kept_however_large_its_count():
    share = {"acf": 3.9, "eng": 0.8}
    out = fit_to_room(series(**share), listed("acf", **share), 1.0)
    assert out.to_dict() == pytest.approx({"acf": 1.0, "eng": 0.0})


def test_a_settler_language_is_kept():
    share = {"eng": 0.96, "abc": 0.05}
    out = fit_to_room(series(**share), listed("abc", **share), 1.0)
    assert out["eng"] > 0.9


def rows(**people: float) -> pd.DataFrame:
    return pd.DataFrame(
        {"code": list(people), "name": [name.title() for name in people], "people": list(people.values())}
    ).assign(listed=True, family="", status="")


def test_a_second_language_of_the_country_is_marked_as_common():
    out = _country(rows(ind=64, jav=34, sun=50), {}, {}, 100).set_index("code")
    assert out["common"].to_dict() == {"ind": True, "jav": False, "sun": False}


def test_the_only_language_of_a_country_is_not_a_common_second_one():
    out = _country(rows(acf=390), {}, {}, 100)
    assert out["common"].tolist() == [False]


def test_people_who_can_speak_a_language_from_elsewhere_do_not_speak_it_at_home():
    table = rows(mlg=24, fra=6)
    table["listed"] = [True, False]
    out = _country(table, {}, {"mlg": 0.99, "fra": 0.24}, 24).set_index("code")
    assert out["people"]["fra"] == pytest.approx(0.01)


def test_what_a_census_of_one_answer_states_of_a_language_from_elsewhere_is_kept():
    table = rows(por=20, umb=6)
    table["listed"] = [False, True]
    out = _country(table, {}, {"por": 0.7, "umb": 0.3}, 30).set_index("code")
    assert out["people"]["por"] == pytest.approx(0.7)


def test_an_office_language_from_elsewhere_is_not_of_homes():
    table = rows(din=40, eng=30)
    table["listed"], table["status"] = [True, False], ["", "official"]
    assert _country(table, {}, {}, 100)["code"].tolist() == ["din"]


def test_an_immigrant_language_is_kept():
    table = rows(deu=70, tur=2)
    table["listed"], table["status"] = [True, False], ["official", ""]
    assert "tur" in _country(table, {}, {}, 80)["code"].tolist()


def test_kin_that_are_official_in_a_part_are_counted_by_their_own_name():
    table = rows(hin=60, bho=10, kas=1)
    table["status"] = ["official", "", "official_regional"]
    out = _country(table, {}, {"hin": 0.96}, 100).set_index("code")["people"]
    assert out["kas"] == pytest.approx(0.01)
    assert out["bho"] == pytest.approx(0.03)


def gaps(status: dict[str, str]) -> list[str]:
    table = rows(mlq=70, ewe=10).assign(country=["TG", "GH"], countries=["TG", "GH;TG"])
    out = _gaps(table, {"TG": {"ewe": 0.2}}, {"TG": status}, {"TG": {"population": 100}}, set())
    return out["code"].tolist()


def test_a_language_at_home_that_was_not_counted_is_taken_from_cldr():
    assert gaps({}) == ["ewe"]


def test_an_official_one_is_not_where_the_others_cover_the_people():
    assert gaps({"ewe": "official"}) == []


def test_members_stand_for_their_macrolanguage():
    out = _country(rows(ara=98, arz=78, aec=25), {"arz": "ara", "aec": "ara"}, {}, 100)
    assert sorted(out["code"]) == ["aec", "arz"]
    assert out["people"].sum() == pytest.approx(1.0)


def test_a_macrolanguage_stands_for_scarce_members():
    out = _country(rows(msa=24, kxn=1), {"kxn": "msa"}, {}, 30)
    assert out["code"].tolist() == ["msa"]


def test_a_census_share_of_a_macrolanguage_goes_to_its_members():
    out = _country(
        rows(spa=23, que=5, quz=3, quy=1), {"quz": "que", "quy": "que"}, {"spa": 0.8, "que": 0.2}, 30
    )
    assert out.set_index("code")["people"].to_dict() == pytest.approx({"spa": 0.8, "quz": 0.15, "quy": 0.05})


def test_macrolanguages_of_the_registry():
    text = "Type: language\nSubtag: arz\nMacrolanguage: ar\n%%\nType: language\nSubtag: ar\nScope: macrolanguage\n%%\n"
    assert parse_macrolanguages(text, {"ar": "ara"}) == {"arz": "ara"}
