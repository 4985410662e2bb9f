from __future__ import annotations

import pandas as pd
import pytest

from matcher.build.features.religion import CLASSES, class_of, fallback, mixture


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("Roman Catholic", "christian"),
        ("other Christians and traditions related to Christ", "christian"),
        ("Sunni Muslim", "muslim"),
        ("Shintoism", "folk"),
        ("non-believer/agnostic", "none"),
        ("non-Christian", "other"),
        ("none or unspecified", "none"),
        ("believer", "christian"),
        ("refused to answer", None),
        ("Rastafarian", "other"),
    ],
)
def test_classes(name, group):
    assert class_of(name) == group


def test_people_who_gave_no_answer_are_left_out():
    found = mixture(
        "Roman Catholic 58.2%, atheist 16.2%, agnostic 10.8%, other 2.7%, unspecified 12.1% (2021 est.)"
    )
    assert found is not None
    assert sum(found.values()) == pytest.approx(1.0)
    assert found["christian"] == pytest.approx(0.582 / 0.879)
    assert found["none"] == pytest.approx(0.27 / 0.879)


def test_brackets_do_not_count_twice():
    found = mixture("Protestant 46.4% (Revival Church 37%, other 9.4%), Roman Catholic 29.8%, Muslim 23.8%")
    assert found is not None
    assert found["christian"] == pytest.approx(0.762)


def test_several_answers_scale_to_one():
    found = mixture("Shintoism 70.5%, Buddhism 67.2%, Christianity 1.5%, other 5.9% (2018 est.)")
    assert found is not None
    assert found["folk"] == pytest.approx(0.705 / 1.451)


@pytest.mark.parametrize(
    "text", ["", "Sunni Muslim, small Christian minority", "Russian Orthodox 15-20%, Muslim 10%"]
)
def test_too_little_stated_is_unknown(text):
    assert mixture(text) is None


def test_the_older_table_fills_in():
    table = pd.DataFrame({"year": ["2005", "2010"], "name": ["RUS", "RUS"]})
    columns = [
        "total christians", "total muslims", "total hindus", "total buddhists", "total animists", "total shinto",
        "total taoists", "total confucists", "total syncretics", "total jews", "total sikhs",
        "total zoroastrains/parsis", "total baha'i", "total jains", "other religions", "non religious",
    ]  # fmt: skip
    table[columns] = "0"
    table.loc[1, ["total christians", "non religious"]] = ["3,000", "1,000"]
    found = fallback(table, {"RUS": "RU"})
    assert found["RU"]["christian"] == 0.75
    assert set(found["RU"]) == set(CLASSES)
