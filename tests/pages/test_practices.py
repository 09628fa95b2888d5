"""The page of cases: every case is served, typed numbers move it, refusals stay in place."""

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from app.core.cases import CASES

Read = Callable[[AppTest], str]


@pytest.mark.parametrize("city", sorted({case.city for case in CASES.values()}))
def test_every_case_opens_with_its_number_and_every_source(
    visit: Callable[..., AppTest], headline: Read, city: str
) -> None:
    app = visit("practices", city="sampletown")
    for case in (each for each in CASES.values() if each.city == city):
        app.selectbox(key="case_chosen").set_value(case.key).run()
        assert not app.exception, case.key
        assert not app.error, case.key
        assert re.search(r"\d", headline(app)), case.key
        assert "{" not in headline(app), case.key
        captions = [each.value for each in app.caption]
        with_default = [each for each in case.inputs if each.value]
        assert sum("confidence" in each for each in captions) >= len(with_default), case.key
        line = f"kerbwatt case {case.key} --json"
        assert line in [each.value for each in app.code], case.key


def test_a_typed_number_moves_the_answer_and_the_line_for_the_terminal(
    visit: Callable[..., AppTest], headline: Read
) -> None:
    app = visit("practices")
    app.selectbox(key="case_chosen").set_value("wedge").run()
    before = headline(app)
    app.number_input(key="case_wedge_gap_mw").set_value(157.7).run()
    assert headline(app) != before
    assert "0 MW to spare" in headline(app)
    assert app.code[-1].value == "kerbwatt case wedge --gap-mw 157.7 --json"
    app.text_input(key="case_wedge_measure").set_value("pause; DROP").run()
    assert "pause" in app.error[0].value
    assert not app.exception
    assert "first" in headline(app)


def test_a_city_shows_its_own_cases_only(visit: Callable[..., AppTest], headline: Read) -> None:
    app = visit("practices")
    app.selectbox(key="case_city").set_value("Helsinki").run()
    shown = set(app.selectbox(key="case_chosen").options)
    assert shown == {case.title for case in CASES.values() if case.city == "Helsinki"}
    app.selectbox(key="case_setting").set_value("home").run()
    assert "no bundled data" in headline(app)
    assert not app.exception


@pytest.mark.parametrize("setting", ["home", "public", "business", "depot"])
def test_every_setting_has_a_case(setting: str) -> None:
    assert any(case.setting == setting for case in CASES.values())


def test_a_depot_goes_on_the_map_and_off_again(visit: Callable[..., AppTest]) -> None:
    app = visit("practices", city="sampletown")
    app.selectbox(key="case_chosen").set_value("budget").run()
    assert "case_put" not in [each.key for each in app.button], "a budget takes no power"
    app.selectbox(key="case_chosen").set_value("depot").run()
    app.button(key="case_put").click().run()
    assert not app.exception
    assert "On the map of Sampletown: Bus and lorry depots" in app.success[0].value
    app.button(key="case_off").click().run()
    assert not app.success
    assert not app.exception


def test_the_map_of_the_city_stands_for_a_file(
    visit: Callable[..., AppTest], go: Callable[[AppTest, str], AppTest], headline: Read
) -> None:
    app = visit("practices", city="sampletown")
    app.selectbox(key="case_chosen").set_value("afir").run()
    app.checkbox(key="case_afir_chargers_map").check().run()
    assert not app.exception
    assert "990 kW" in headline(app)
    assert app.code[-1].value == "kerbwatt case afir --project sampletown --json"
    assert go(app, "data").title[0].value, "another page still opens"
