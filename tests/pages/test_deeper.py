"""Looking deeper on the sites page: what was found out stands on the page and in the tender."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from app.core.scenario import Scenario
from app.services import futures, years
from app.services.jobs import JOBS
from app.services.projects import load_project
from app.ui import cached
from app.ui.state import JOBS as KEPT
from app.ui.state import SCENARIO

VISIT = Callable[..., AppTest]
GO = Callable[[AppTest, str], AppTest]
CITY, STABLE = "sampletown", "Among the first [% of draws]"
STEPS = [(2026, 2_500_000.0), (2030, 2_500_000.0)]


@pytest.fixture(scope="module")
def question() -> str:
    return cached.plan_question(load_project(CITY), Scenario())


def found(app: AppTest, name: str, look: str, asked: str, answer: object) -> AppTest:
    """Let a long run be over, as if the visitor had waited for it."""
    job = JOBS.submit(lambda _: answer, owner=f"test|{name}")
    assert job.wait(10)
    app.session_state[KEPT] = {name: job}
    app.session_state[f"asked_{name}"] = asked
    app.session_state["sites_look"] = look
    return app.run()


def columns(app: AppTest) -> set[str]:
    """Name all columns of all tables of a page."""
    tables: list[pd.DataFrame] = [each.value for each in app.dataframe]
    return {str(name) for table in tables for name in table.columns}


def said(app: AppTest) -> str:
    return "\n".join(each.value for each in [*app.markdown, *app.caption])


def test_stable_ranks_stand_in_the_table_of_their_own_question_only(
    visit: VISIT, question: str
) -> None:
    firm = futures.stability(load_project(CITY), Scenario(), draws=4)
    app = found(visit("sites", city=CITY), "firmness", "proof", question, firm)
    assert not app.exception
    assert STABLE in columns(app)
    assert "Among the first places in" in said(app)
    app.session_state["asked_firmness"] = "another question"
    app = app.run()
    assert STABLE not in columns(app)
    assert "Among the first places in" not in said(app)


def test_a_plan_in_years_is_used_on_the_page_and_in_the_tender(
    visit: VISIT, go: GO, question: str
) -> None:
    plan = years.in_years(load_project(CITY), Scenario(), STEPS)
    asked = f"{question}|{STEPS}"
    app = found(visit("sites", city=CITY), "years", "years", asked, plan)
    assert not app.exception
    assert "Year" not in tables_with(app, "Why")
    app = app.button(key="use_years").click().run()
    assert not app.exception
    assert "Year" in tables_with(app, "Why")
    assert "This plan now stands on this page" in said(app)
    tender: Any = go(app, "tender")
    assert not tender.exception
    app = go(tender, "sites")
    assert "Year" in tables_with(app, "Why")
    app = app.button(key="drop_years").click().run()
    assert "Year" not in tables_with(app, "Why")


def tables_with(app: AppTest, column: str) -> set[str]:
    """Name the columns of the tables that have one of this name."""
    tables: list[pd.DataFrame] = [each.value for each in app.dataframe]
    return {str(name) for table in tables if column in table for name in table.columns}


def test_an_answer_to_another_question_cannot_be_used(visit: VISIT, question: str) -> None:
    plan = years.in_years(load_project(CITY), Scenario(), STEPS)
    app = found(visit("sites", city=CITY), "years", "years", f"x{question}|{STEPS}", plan)
    assert app.button(key="use_years").disabled


def test_lots_are_held_against_each_other_and_one_lot_is_not(visit: VISIT) -> None:
    app = visit("sites", city=CITY)
    assert "Lots" not in [each.value for each in app.header]
    app.session_state[SCENARIO] = Scenario(lots=3, lots_per_dso="on")
    app = app.run()
    assert not app.exception
    assert "3 lots: the largest serves" in said(app)
    assert any("No map says which grid operator" in each.value for each in app.info)
