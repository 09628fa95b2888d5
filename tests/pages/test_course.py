"""The course: right, wrong, another unit; a certificate of what was solved; and a way to try it."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from app.services.scenario_files import presets
from app.ui.course_view import UNIT
from app.ui.state import SCENARIO

VISIT = Callable[..., AppTest]


@pytest.fixture
def page(visit: VISIT) -> AppTest:
    return visit("course").selectbox(key=UNIT).set_value("policy").run()


def answer(app: AppTest, words: str) -> AppTest:
    return app.text_input(key="answer_afir_gap").set_value(words).run()


def test_the_engine_judges(page: AppTest) -> None:
    app = answer(page, "3,000")
    assert "Right: 3,000 kW" in app.success[0].value
    assert "You have solved" in " ".join(each.value for each in app.markdown)
    app = answer(app, "3")
    assert "another unit" in app.warning[0].value
    app = answer(app, "17000")
    assert "the engine finds 3,000 kW" in app.error[0].value
    app = answer(app, "many")
    assert "no number" in app.warning[0].value
    assert not app.exception


def test_try_it_opens_the_page_in_that_scenario(visit: VISIT) -> None:
    app = visit("course")
    app = app.button(key="try_strategy_least_peak").click().run()
    assert not app.exception
    assert app.session_state[SCENARIO] == presets()["start"].scenario
    assert "What does the other scenario change?" in app.title[0].value
