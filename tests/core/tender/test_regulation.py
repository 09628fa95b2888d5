"""What a country allows is sourced or unknown; the time line agrees with the library."""

from datetime import date

import pytest

from app.core.errors import InputError
from app.core.scenario import Scenario, choices
from app.core.strategies import STRATEGIES
from app.core.tender.regulation import NEEDS, SWITCHES, of_country, parse_regulation
from app.core.tender.timeline import parse_timeline
from app.services.projects import load_project
from app.services.requirements import (
    changed,
    forbidden_strategy,
    library,
    library_of,
    regulation,
    timeline,
)

HEAD = "country,switch,value,words,source,date,confidence"


def test_every_country_of_the_lever_answers_every_switch_and_unknown_is_said() -> None:
    countries = set(choices()["country"].options()) - {"project"}
    assert set(regulation()) == countries
    for switches in regulation().values():
        assert set(switches) == set(SWITCHES)
        assert all(each.date for each in switches.values() if each.value != "unknown")
    assert {each.value for each in of_country(regulation(), "XX").values()} == {"unknown"}


def test_strategies_that_need_a_rule_exist() -> None:
    assert set(NEEDS) <= set(STRATEGIES)
    assert set(NEEDS.values()) <= set(SWITCHES)


def test_what_is_not_known_stays_open_and_forbids_nothing() -> None:
    project = load_project("sampletown")
    for country in choices()["country"].options():
        asked = Scenario(country=country)
        assert not forbidden_strategy(project, asked, "v2g"), "nothing of ours says no"
    clause = next(each for each in library_of("SE") if each.id == "V2G-14")
    assert all(each.proposed and each.value == "unknown" for each in clause.parameters)


def test_a_no_of_the_planner_forbids_what_feeds_the_grid_and_nothing_else() -> None:
    project = load_project("sampletown")
    asked = changed(Scenario(), "V2G-14", allow_v2g_grid="no")
    assert "not allowed in NL" in forbidden_strategy(project, asked, "v2g")
    assert not forbidden_strategy(project, asked, "pause")
    with pytest.raises(InputError, match="one of yes, no, unknown"):
        changed(Scenario(), "V2G-14", allow_v2g_grid="maybe")


@pytest.mark.parametrize(
    "row", ["NL,allow_v2g,yes,,x,2025,B", "NL,allow_v2b,yes,,x,,B", "NL,allow_v2b,yes,,,2025,B"]
)
def test_a_rule_without_source_or_date_is_refused(row: str) -> None:
    with pytest.raises(InputError, match="line 2"):
        parse_regulation(f"{HEAD}\n{row}")


def test_the_time_line_agrees_with_the_clauses_it_names() -> None:
    days = [fact.day for fact in timeline()]
    assert days == sorted(days)
    by_id = {each.id: each for each in library()}
    for fact in timeline():
        own = by_id[fact.clause].valid_from if fact.clause else None
        assert own in {None, fact.day} or fact.clause == "PAY-01", "its retrofit is later"
    trap = next(fact.note for fact in timeline() if "AFIR" in fact.title)
    assert "1.0 and 0.66" in trap
    assert "1.3 and 0.8" in trap
    fact = next(each for each in timeline() if each.clause == "TEC-04")
    assert fact.when(date(2027, 1, 1), date(2030, 1, 1)) == "in force"
    assert fact.when(date(2026, 1, 1), date(2029, 1, 1)) == "during placement"
    assert fact.when(date(2020, 1, 1), date(2023, 1, 1)) == "later"
    with pytest.raises(InputError, match="line 2"):
        parse_timeline("date,title,clause,source,confidence,note\n2027-01-01,x,TEC-99,s,B,", ())
