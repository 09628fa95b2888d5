"""A story on the wall: the steps follow each other, reset is exact, and the link begins it."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from app.services.scenario_files import presets
from app.ui import presenter
from app.ui.state import SCENARIO

VISIT = Callable[..., AppTest]


def said(app: AppTest) -> str:
    return " ".join(each.value for each in app.markdown)


def test_a_link_begins_a_story_and_its_steps_follow(visit: VISIT) -> None:
    app = visit(city="sampletown", present="v2g-half")
    story = presets()["v2g-half"]
    assert app.session_state[SCENARIO] == story.scenario
    assert story.steps[0].question in said(app)
    app.button(key="present_next").click().run()
    assert not app.exception
    assert story.steps[1].question in said(app)
    app.button(key="present_hide").click().run()
    assert "visibility: hidden" in " ".join(each.body for each in app.get("html"))
    app.slider(key="lever_year").set_value(2040).run()
    assert app.session_state[SCENARIO] != story.scenario
    app.button(key="present_reset").click().run()
    assert app.session_state[SCENARIO] == story.scenario
    app.button(key="present_end").click().run()
    assert "presenter_bar" not in str(app.main)
    assert story.steps[1].question not in said(app)


def test_a_story_nobody_knows_is_no_story(visit: VISIT) -> None:
    app = visit(city="sampletown", present="<b>nothing</b>")
    assert not app.exception
    assert not app.error
    with pytest.raises(KeyError):
        app.button(key="present_end")


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (900, "16 minutes"),
        (299, "5 minutes left: come"),
        (59, "Less than a minute"),
        (-1, "Time is up"),
    ],
)
def test_the_clock_speaks_in_words(left: float, words: str) -> None:
    assert words in presenter.told(left)
