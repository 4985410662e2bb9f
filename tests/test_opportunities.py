"""Rules hold where all their facts do, and never on what is unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.complements import complements, growing, peaks
from matcher.criteria import Facts, check
from matcher.errors import DataError
from matcher.feasibility import hours_apart, hurdles, pair_facts
from matcher.opportunities import Rule, default_rules, opportunities, overlap, read_rules
from matcher.procedures import procedure, read_procedure
from tests.report.pair import VALUES, explanation, with_crops

PAIR = {"hours": 2.0, "population_ratio": 46.0, "same_level": 1.0}


def rule(*when, basis="shared"):
    return (Rule("r", "agriculture", basis, when),)


def found(values, *when, basis="shared", pair=PAIR):
    return opportunities(explanation(values), pair, rule(*when, basis=basis))


@given(st.floats(0, 1000), st.floats(0, 1000), st.floats(0, 1000))
def test_both_least_asks_both(x, y, bound):
    held = found({"elevation": (x, y, 0.5)}, {"feature": "elevation", "both_least": bound})
    assert bool(held) == (min(x, y) >= bound)


@given(st.floats(0, 1000), st.floats(0, 1000))
def test_a_complementary_rule_holds_either_way_round_and_names_the_strong_side(x, y):
    when = {"feature": "elevation", "strong_least": 600.0, "weak_most": 400.0}
    held = found({"elevation": (x, y, 0.5)}, when, basis="complementary")
    assert bool(held) == (max(x, y) >= 600 and min(x, y) <= 400)
    if held:
        assert held[0].strong == ("a" if x > y else "b")


def test_the_strong_side_is_the_same_in_all_conditions():
    values = {"elevation": (900.0, 100.0, 0.5), "relief": (10.0, 500.0, 0.5)}
    whens = ({"feature": "elevation", "strong_least": 600.0}, {"feature": "relief", "strong_least": 300.0})
    assert found(values, *whens, basis="complementary") == ()


def test_what_is_unknown_makes_no_rule_hold():
    assert found({"elevation": (None, 900.0, 0.5)}, {"feature": "elevation", "both_most": 1e9}) == ()
    assert found({"elevation": (900.0, 900.0, 0.5)}, {"feature": "no_such", "both_most": 1e9}) == ()
    assert found(VALUES, {"pair": "hours", "most": 24.0}, pair={"hours": None}) == ()


def test_classes_tags_and_labels():
    assert found(VALUES, {"feature": "crop_mix", "class": "rice", "both_least": 0.8})
    assert found(VALUES, {"feature": "crop_mix", "class": ["rice", "maize"], "both_least": 0.86})
    assert not found(VALUES, {"feature": "crop_mix", "class": "maize", "both_least": 0.1})
    assert found(VALUES, {"feature": "landscape_tags", "both_have": "hill"})
    assert not found(VALUES, {"feature": "landscape_tags", "both_have": "lake"})
    held = found(
        VALUES,
        {"feature": "protected_band", "strong_in": [">20 %"], "weak_in": ["<5 %"]},
        basis="complementary",
    )
    assert held[0].strong == "b"
    lake = {"feature": "landscape_tags", "strong_has": "lake", "weak_lacks": "lake"}
    assert found(VALUES, lake, basis="complementary")[0].strong == "a"


SHARES = st.dictionaries(st.sampled_from(["rice", "tea", "maize", "coffee"]), st.floats(0, 1))


@given(SHARES, SHARES)
def test_an_overlap_is_the_same_both_ways_and_at_most_either_side(one, two):
    common = overlap(one, two)
    assert common == pytest.approx(overlap(two, one))
    assert 0 <= common <= min(sum(one.values()), sum(two.values())) + 1e-9
    assert overlap(one, two, ["tea"]) == min(one.get("tea", 0.0), two.get("tea", 0.0))


def test_an_overlap_of_what_is_no_mixture_is_none():
    assert overlap(None, {"tea": 1.0}) == overlap(3.0, 4.0) == 0.0


def test_of_several_features_the_first_that_is_known_is_looked_at():
    when = {"feature": ["crops", "crop_mix"], "class": "rice", "both_least": 0.3}
    assert [p.feature for p in found(VALUES, when)[0].evidence] == ["crop_mix"]
    what = with_crops({"rice": 0.4, "tea": 0.6}, {"rice": 0.5, "tea": 0.5})
    held = opportunities(what, PAIR, rule(when))
    assert [p.feature for p in held[0].evidence] == ["crops"]
    assert held[0].rule.when[0]["feature"] == "crops"


def test_plantation_crops_are_shared_only_where_they_are_the_same():
    shared = with_crops({"tea": 0.1, "rice": 0.9}, {"tea": 0.05, "rice": 0.95})
    apart = with_crops({"tea": 0.1, "rice": 0.9}, {"cocoa": 0.1, "rice": 0.9})
    assert "perennials_shared" in {o.rule.id for o in opportunities(shared, PAIR)}
    assert "perennials_shared" not in {o.rule.id for o in opportunities(apart, PAIR)}


def test_fruit_of_two_climates_asks_for_both_climates():
    what = with_crops({"mango": 0.1, "rice": 0.9}, {"persimmon": 0.1, "rice": 0.9})
    [held] = [o for o in opportunities(what, PAIR) if o.rule.id == "fruit_of_two_climates"]
    assert held.strong == "a"


def test_the_rules_that_ship_are_sound():
    rules = default_rules()
    assert len({r.id for r in rules}) == len(rules) >= 20
    assert {r.sector for r in rules} >= {
        "agriculture",
        "plantations",
        "industry",
        "tourism",
        "disaster",
        "labour",
    }


@pytest.mark.parametrize(
    "text",
    [
        '[[rule]]\nid = "x"\nsector = "magic"\nbasis = "shared"\nwhen = []',
        '[[rule]]\nid = "x"\nsector = "tourism"\nbasis = "shared"\nwhen = [{ feature = "a", about = 1 }]',
    ],
)
def test_a_wrong_rule_is_named(tmp_path, text):
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="rule 'x'"):
        read_rules(path)


def test_what_one_has_and_the_other_lacks():
    sides = {(c.side, c.name) for c in complements(explanation()) if c.part.feature == "crop_mix"}
    assert sides == {("a", "maize"), ("b", "barley")}
    assert complements(explanation(dict(VALUES) | {"crop_mix": (None, {"rice": 1.0}, 0.5)}))
    assert all(c.part.known for c in complements(explanation()))


def test_months_are_those_of_the_calendar():
    warm = next(p for p in peaks(explanation()) if p.part.feature == "temperature_months")
    # The warmest of Purwakarta's months is the eleventh from July; Gurye's is August.
    assert (warm.month_a, warm.month_b, warm.apart) == (4, 7, 3)


def test_crops_grow_where_it_is_warm_and_wet_enough():
    months = growing(explanation())
    # Purwakarta: July first in the aligned year, every month has more than twice its warmth in rain.
    assert months.a == tuple(range(12))
    # Gurye: from March on means are above 5 C; December is cold, and so are January and February.
    assert months.b == tuple(range(2, 11))


def test_no_growing_month_is_told_where_a_course_is_unknown():
    assert growing(explanation(dict(VALUES) | {"rain_months": (None, VALUES["rain_months"][1], 0.5)})) is None


@pytest.mark.parametrize(
    ("one", "two", "hours"),
    [
        ("Asia/Jakarta", "Asia/Seoul", (2.0, 2.0)),
        ("Europe/Berlin", "Asia/Seoul", (8.0, 7.0)),
        ("Pacific/Auckland", "Pacific/Honolulu", (1.0, 2.0)),
        ("Asia/Jakarta", "Nowhere/At all", None),
        (None, "Asia/Seoul", None),
    ],
)
def test_hours_apart(one, two, hours):
    assert hours_apart(one, two) == hours


def test_hurdles_and_criteria_of_the_founding_pair():
    what = explanation()
    bridged = hurdles(what)
    grades = {h.key: h.grade for h in bridged}
    assert grades["population"] == "hard"
    assert grades["level"] == "easy"
    assert grades["language"] == "hard"
    fields = opportunities(what, pair_facts(bridged))
    forms = check(
        Facts(explanation=what, hurdles=bridged, opportunities=fields, complements=complements(what))
    )
    indonesia = {a.id: a.status for a in forms[0].answers}
    assert indonesia["size"] == "not_met"
    assert indonesia["status"] == "met"
    assert len(indonesia) == 6
    assert {a.status for form in forms for a in form.answers if a.test == "unknown"} == {"unknown"}


def test_forms_of_the_two_countries_come_first():
    what = explanation()
    abroad = replace(what, a=replace(what.a, country="US"))
    forms = check(Facts(explanation=abroad, hurdles=hurdles(abroad), opportunities=(), complements=()))
    assert [form.country for form in forms] == ["US", "US", "ID", "JP"]


def test_a_country_without_a_file_gets_the_generic_steps():
    assert procedure("FR").name == "generic"
    assert procedure("../id").name == "generic"
    assert [step.id for step in procedure("ID").steps][:4] == ["initiative", "exploration", "intent", "plan"]
    assert all(step.legal for step in procedure("KR").steps)


def test_a_step_that_lacks_a_field_is_named(tmp_path):
    path = tmp_path / "x.toml"
    path.write_text('verify = "id"\n[[step]]\nid = "x"\n', encoding="utf-8")
    with pytest.raises(DataError, match="a step lacks"):
        read_procedure(path, "x")


def test_a_city_is_offered_no_field_of_farming():
    farming = [rule for rule in default_rules() if any(c.get("class") == "urban" for c in rule.when)]
    assert {"rice_water", "same_crops", "seasonal_work"} <= {rule.id for rule in farming}
    what = explanation()
    assert {o.rule.id for o in opportunities(what, {})} & {rule.id for rule in farming}
    towns = tuple(
        replace(part, value_b={"urban": 0.9, "forest": 0.1}) if part.feature == "cover" else part
        for part in what.points
    )
    built = opportunities(replace(what, points=towns), {})
    assert not {o.rule.id for o in built} & {rule.id for rule in farming}


def technology_and_economies(what):
    bridged = hurdles(what)
    found = opportunities(what, pair_facts(bridged))
    forms = check(
        Facts(explanation=what, hurdles=bridged, opportunities=found, complements=complements(what))
    )
    return {a.id: a for a in forms[0].answers if a.id in {"technology", "economies"}}


def test_selling_is_no_transfer_of_know_how_and_a_lake_is_no_good():
    answers = technology_and_economies(explanation())
    know_how = {rule.id for rule in default_rules() if rule.know_how}
    assert set(answers["technology"].values["rules"]) <= know_how
    grown = [c for c in complements(explanation()) if c.part.feature in {"crops", "crop_mix"}]
    assert answers["economies"].values["n"] == len(grown) < len(complements(explanation()))


def test_economies_are_unknown_where_no_crop_is_known():
    what = explanation()
    points = tuple(p for p in what.points if p.feature not in {"crops", "crop_mix"})
    assert technology_and_economies(replace(what, points=points))["economies"].status == "unknown"
