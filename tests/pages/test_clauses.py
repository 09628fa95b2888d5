"""Clauses as a procurement officer meets them: set, confirmed, signed, dropped, and taken back."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from app.core.scenario import Scenario

Visit = Callable[..., AppTest]


def _scenario(app: AppTest) -> Scenario:
    found: Scenario = app.session_state["scenario"]
    return found


def _against(app: AppTest) -> int:
    return int(next(each.value for each in app.metric if each.label == "Against a final edition"))


def _widget(found: object, start: str) -> AppTest:
    return next(each for each in found if (each.key or "").startswith(start))  # type: ignore[attr-defined]


def _keep(app: AppTest) -> AppTest:
    return next(each for each in app.button if each.label == "Keep text and values").click().run()


@pytest.fixture
def page(visit: Visit) -> AppTest:
    app = visit("tender", city="sampletown")
    assert not app.exception
    app = app.segmented_control(key="tender_part").set_value("clauses").run()
    return app.selectbox(key="clause_chosen").set_value("SMC-05").run()


def test_a_value_is_set_confirmed_signed_and_taken_back(page: AppTest) -> None:
    before = _against(page)
    _widget(page.number_input, "clause_surcharge_eur_kwh_").set_value(0.08)
    page = _keep(page)
    assert _scenario(page).clauses == (("SMC-05", "surcharge_eur_kwh", "0.08"),)
    assert _against(page) == before, "set is not confirmed"
    _widget(page.checkbox, "clause_surcharge_eur_kwh_").check()
    page = _keep(page)
    assert _against(page) == before - 1
    assert not page.exception
    page = page.button(key="undo_change").click().run()
    assert _against(page) == before
    page = page.button(key="clause_back").click().run()
    assert _scenario(page) == Scenario()


def test_a_value_out_of_range_is_refused_in_a_sentence_and_not_kept(page: AppTest) -> None:
    _widget(page.number_input, "clause_surcharge_eur_kwh_").set_value(-500.0)
    page = _keep(page)
    assert any("from 0 to 2 EUR" in each.value for each in page.error)
    assert _scenario(page) == Scenario()


def test_dropping_a_binding_clause_is_shown_in_red_with_its_reason(page: AppTest) -> None:
    _widget(page.text_input, "clause_reason_").set_value("stands in KPI-01").run()
    page = page.button(key="clause_dropped").click().run()
    assert any("SMC-05 is binding and was dropped" in each.value for each in page.error)
    assert any("stands in KPI" in each.value for each in page.error)
    page = page.button(key="clause_undrop").click().run()
    assert not any("was dropped" in each.value for each in page.error)


def test_a_name_without_a_day_is_no_signature(page: AppTest) -> None:
    _widget(page.text_input, "clause_by_").set_value("Ann").run()
    page = page.button(key="clause_signed").click().run()
    assert page.error
    assert _scenario(page) == Scenario()


def test_a_strategy_that_the_planner_forbids_is_shown_and_cannot_be_taken(page: AppTest) -> None:
    page = page.selectbox(key="clause_chosen").set_value("V2G-14").run()
    _widget(page.selectbox, "clause_allow_v2g_grid_").set_value("no")
    page = _keep(page)
    assert any("V2G with pauses" in each.value for each in page.error), "in use, so said aloud"
    page = page.selectbox(key="lever_strategy").set_value("pause").run()
    page = page.selectbox(key="lever_strategy").set_value("v2g_flatten").run()
    assert _scenario(page).strategy == "pause"
    assert page.selectbox(key="lever_strategy").value == "pause"
    assert any("V2G all day" in each.value for each in page.sidebar.caption)
    assert not page.exception


def _compliance() -> None:
    """Draw compliance alone."""
    from app.ui import cached, state, tender_compliance  # noqa: PLC0415  # runs by itself

    project = cached.project("sampletown")
    scenario = state.scenario()
    tender_compliance.show(project, scenario, cached.tender(project, scenario))


def test_compliance_says_what_is_met_and_counts_unknown_apart() -> None:
    app = AppTest.from_function(_compliance, default_timeout=60).run()
    assert not app.exception
    assert "cannot be made yet" in app.markdown[0].value
    summary = app.dataframe[0].value
    assert list(summary.columns) == ["Check", "✓ met", "✕ gap", "? unknown", "– no duty here"]
    app = app.selectbox(key="compliance_shown").set_value("epbd").run()
    assert any("Sources disagree" in each.value for each in app.caption)
    assert set(app.dataframe[1].value["Result"]) <= {"✓ met", "? unknown", "– no duty here"}
