"""Measurements on a page: an example first, then a file, its factors taken over and back."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from app.core.scenario import Scenario
from app.services.observed_example import example_sessions
from app.services.projects import load_project

Visit = Callable[..., AppTest]


@pytest.fixture
def page(visit: Visit, go: Callable[[AppTest, str], AppTest]) -> AppTest:
    return go(visit(city="sampletown"), "calibration")


def words(app: AppTest) -> str:
    return " ".join(str(each.value) for each in (*app.markdown, *app.error, *app.caption))


def test_it_opens_with_an_example_that_cannot_be_used(page: AppTest) -> None:
    assert not page.exception
    assert "made-up example" in words(page)
    assert page.button(key="use_calibration").disabled


def test_a_file_of_ones_own_sets_the_factors_and_takes_them_back(page: AppTest) -> None:
    content = example_sessions(load_project("sampletown"), Scenario())
    page.file_uploader(key="calibration_file_sessions").upload("mine.csv", content)
    app = page.run()
    assert not app.exception
    assert "made-up" not in words(app)
    app = app.button(key="use_calibration").click().run()
    kept = dict(app.session_state["scenario"].assumptions)
    assert set(kept) == {"calibration_kwh", "calibration_hours"}
    app = app.button(key="drop_calibration").click().run()
    assert app.session_state["scenario"].assumptions == ()


def test_a_file_that_says_nothing_is_told_and_changes_nothing(page: AppTest) -> None:
    head = b"district_id,arrival,departure,energy_kwh\n"
    page.file_uploader(key="calibration_file_sessions").upload(
        "bad.csv", head + b"x,2026-01-01T10:00,2026-01-01T12:00,5\n"
    )
    app = page.run()
    assert not app.exception
    assert "no row lies in" in words(app)
    assert app.session_state["scenario"].assumptions == ()
