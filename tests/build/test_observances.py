import pytest

from matcher.build.features.holidays import tags
from matcher.build.observances import Package

GROUPS = """
class ChristianHolidays:
    def _add_christmas_day(self, name): ...
    def _add_good_friday(self, name): ...
    def _add_christian_calendar_holiday(self, name): ...
"""
BASE = """
from holidays.groups.christian import ChristianHolidays

class ChildEntity: ...

class Land(ChristianHolidays):
    country = "LA"
    dropped = {2020, 2026}

    def _populate_public_holidays(self):
        %s

    def _populate_subdiv_is_public_holidays(self):
        self._add_good_friday("x")
"""
ISLAND = """
from holidays.countries.land import ChildEntity, Land

class Island(ChildEntity, Land):
    country = "IS"
"""


def package(tmp_path, body):
    root = tmp_path / "holidays"
    for name, text in (
        ("groups/christian", GROUPS),
        ("countries/land", BASE % body),
        ("countries/island", ISLAND),
    ):
        path = root / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Package(root)


def found(tmp_path, body, code="LA"):
    each = package(tmp_path, body)
    return sorted(each.observances(each.countries()[code]))


@pytest.mark.parametrize(
    ("body", "days"),
    [
        ("self._add_observed(self._add_christmas_day('x'))", ["christmas_day"]),
        ("for day in self._add_christmas_day('x'): ...", ["christmas_day"]),
        ("self._add_christian_calendar_holiday('x')", []),
        ("self._add_holiday_aug_17('x')", []),
        ("if self._year <= 2025: self._add_christmas_day('x')", []),
        ("if 2000 <= self._year and self._year % 2 == 0: self._add_christmas_day('x')", ["christmas_day"]),
        ("if self._year not in self.dropped: self._add_christmas_day('x')", []),
        ("if self.subdiv == 'IS': self._add_christmas_day('x')", []),
        ("if self._is_sunday(day): self._add_christmas_day('x')", ["christmas_day"]),
        ("if self._year > 1: return\n        self._add_christmas_day('x')", []),
        ("match self.subdiv:\n            case 'IS':\n                self._add_christmas_day('x')", []),
    ],
)  # fmt: skip
def test_a_day_counts_where_the_year_reaches_its_call(tmp_path, body, days):
    assert found(tmp_path, body) == days


def test_a_territory_has_the_days_of_its_sovereign_and_its_own(tmp_path):
    assert found(tmp_path, "self._add_christmas_day('x')", "IS") == ["christmas_day", "good_friday"]


def test_no_code_of_the_package_is_run(tmp_path):
    each = package(tmp_path, "raise SystemExit")
    assert each.observances(each.countries()["LA"]) == {}


def test_a_feast_of_one_country_is_not_shared_but_its_tradition_counts():
    known = {
        "A": {"eid_al_fitr_day": "islamic", "eid_al_fitr_day_two": "islamic", "new_years_day": "international"},
        "B": {"eid_al_fitr_eve": "islamic", "nyepi": "balinese_saka"},
        "C": {"columbus_day": "international"},
    }  # fmt: skip
    assert tags(known) == {
        "A": ["eid_al_fitr_day", "islamic_feasts"],
        "B": ["eid_al_fitr_day", "hindu_feasts", "islamic_feasts"],
    }
