"""Statuses on the sites page: the plan keeps to the list, and the list comes back whole."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from app.core.scenario import Scenario
from app.services import site_list
from app.services.plan import plan_project
from app.services.projects import load_project
from app.ui.state import SCENARIO

VISIT = Callable[..., AppTest]
GO = Callable[[AppTest, str], AppTest]
CITY = "sampletown"
HEAD = "candidate_id,status,date,who,reason,objections\n"


@pytest.fixture
def page(visit: VISIT) -> AppTest:
    return visit("sites", city=CITY)


@pytest.fixture(scope="module")
def ids() -> list[str]:
    firm: list[str] = plan_project(load_project(CITY), Scenario()).firm["candidate_id"].tolist()
    return firm


def bring(app: AppTest, content: str) -> AppTest:
    """Drop a list on the page."""
    loader = next(each for each in app.file_uploader if str(each.key).startswith("site_list"))
    loader.upload("list.csv", content.encode())
    return app.run()


def said(app: AppTest) -> str:
    return "\n".join(each.value for each in app.markdown)


def test_a_list_begins_with_the_plan_and_outlives_the_page(page: AppTest, go: GO) -> None:
    assert "no objections" not in said(page)
    app = page.button(key="site_list_begin").click().run()
    assert not app.exception
    assert "suggested; no objections" in said(app)
    app = go(go(app, "overview"), "sites")
    assert "suggested; no objections" in said(app)
    assert app.session_state[SCENARIO] == Scenario()


def test_a_list_that_comes_back_is_kept_to(page: AppTest, ids: list[str]) -> None:
    rows = f"{ids[-1]},decided,2027-01-15,council,,2\n{ids[0]},dropped,2027-01-15,AB,a root,9\n"
    app = bring(page, HEAD + rows)
    assert "1 decided, 1 dropped; 11 objections to 2 of them" in said(app)
    assert app.session_state[SCENARIO] == Scenario()
    app = app.button(key="site_list_use").click().run()
    assert not app.exception
    assert not app.error
    asked = app.session_state[SCENARIO]
    assert asked.locked == (ids[-1],)
    assert asked.excluded == (ids[0],)
    plan = next(each.value for each in app.dataframe if "Served [kWh a day]" in each.value)
    assert ids[0] not in set(plan["Id"])
    assert ids[-1] in set(plan["Id"])
    changes = next(each.value for each in app.dataframe if "Change" in each.value)
    assert changes["Reason"].tolist() == [
        "decided 2027-01-15 council",
        "dropped 2027-01-15 AB a root",
    ]
    app = app.button(key="undo_change").click().run()
    assert app.session_state[SCENARIO] == Scenario()


def test_bad_rows_are_told_and_nothing_is_taken_over(page: AppTest, ids: list[str]) -> None:
    app = bring(page, f"{HEAD}{ids[0]},decided,2027-01-15,,,\n{ids[1]},built,2027-01-15,,,\n")
    assert not app.exception
    assert "row 2" in app.error[0].value
    assert "status" in app.error[0].value
    assert not [each for each in app.button if each.key == "site_list_use"]
    assert app.session_state[SCENARIO] == Scenario()


def test_a_list_no_plan_can_keep_to_is_refused_with_its_reason(page: AppTest) -> None:
    app = bring(page, f"{HEAD}lost,decided,2027-01-15,,,\n")
    app = app.button(key="site_list_use").click().run()
    assert "no such candidate on the maps" in app.error[0].value
    assert app.session_state[SCENARIO] == Scenario()
    assert "1 decided; no objections" in said(app)  # of the file that still lies there
    assert app.button(key="site_list_begin").label == "Begin a list with this plan"


@pytest.mark.parametrize(("look", "words"), [("release", "This quarter"), ("norm", "squares of")])
def test_release_and_norm_say_a_sentence(page: AppTest, look: str, words: str) -> None:
    app = page.segmented_control(key="practice_look").set_value(look).run()
    assert not app.exception
    assert words in said(app)


def test_the_example_is_a_list_that_can_be_read() -> None:
    project, asked = load_project(CITY), Scenario()
    sites = site_list.begin(asked, plan_project(project, asked), "2027-01-15")
    content = site_list.write_list(project, sites)
    assert site_list.read_list(project, content, "example.csv") == sites
