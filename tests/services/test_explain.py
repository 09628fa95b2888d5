"""Own numbers over ours, and the chain as data and as a file."""

from math import isfinite

import pytest

from app.core.demand.chain import STAGES
from app.core.errors import InputError
from app.core.parameters import limits
from app.core.scenario import Scenario
from app.exports import EXPORTS
from app.services import explain
from app.services.parameters import assumptions
from app.services.projects import load_project

USUAL = Scenario(strategy="uncontrolled")


def test_a_number_is_set_replaced_and_taken_back() -> None:
    one = explain.with_number(USUAL, "kwh_km", 0.25)
    two = explain.with_number(one, "hours_session", 5)
    assert two.assumptions == (("hours_session", 5.0), ("kwh_km", 0.25))
    assert explain.with_number(two, "kwh_km", None).assumptions == (("hours_session", 5.0),)
    assert explain.with_number(one, "kwh_km", 0.2) == USUAL, "ours is no own number"
    assert explain.as_usual(two) == USUAL


def test_words_of_the_command_line_are_checked_before_anything_is_computed() -> None:
    found = explain.with_words(USUAL, ["kwh_km=0.25", "kwh_km=0.3"])
    assert found.assumptions == (("kwh_km", 0.3),)
    with pytest.raises(InputError, match="outside 0 to 1"):
        explain.with_words(USUAL, ["pub_own=1.5"])


def test_a_district_is_explained_in_data_and_in_a_file() -> None:
    project = load_project("sampletown")
    own = explain.with_number(USUAL, "hours_session", 10.0)
    found = explain.explain(project, own, "ST07")
    document = explain.document(project, own, found)
    assert {each["stage"] for each in document["steps"]} == set(STAGES)
    assert {each["name"] for each in document["parameters"]} <= set(assumptions())
    assert document["points_plan"]["district"] > document["points_plan"]["district_usual"]
    moved = {each["key"] for each in document["steps"] if each["usual"] != each["value"]}
    assert moved == set(found.before)
    assert "sessions_day" not in moved, "longer sessions are no more sessions"
    result = explain.result(project, own, found, "2027-01-15")
    assert len(result.tables["steps"]) == len(document["steps"])
    assert "Set by the planner" in result.meta["sources"]
    for key in ("csv", "xlsx"):
        assert EXPORTS[key].write(result)


def test_nothing_is_said_to_change_where_nothing_was_set() -> None:
    project = load_project("sampletown")
    found = explain.explain(project, USUAL, "ST07")
    assert found.before == {}
    assert found.usual is found.answer
    assert "instead of" not in "\n".join(explain.lines(found, project.name))


@pytest.mark.parametrize("end", [0, 1])
def test_every_number_a_planner_may_set_has_an_answer(end: int) -> None:
    project = load_project("sampletown")
    for name, number in assumptions().items():
        own = explain.with_number(USUAL, name, limits(number)[end])
        found = explain.explain(project, own, "ST07")
        assert all(isfinite(step.value) for step in found.chain.steps), name
        assert found.answer.city["points"].p90 < 1e6, name


def test_fleets_that_start_and_arrive_in_one_year_have_an_answer() -> None:
    own = explain.with_words(USUAL, ["ramp_start_year=2030", "ramp_end_year=2030"])
    found = explain.explain(load_project("sampletown"), own, "ST07")
    assert found.chain["kwh_shared"].value == 0
