"""The learning page: what is asked for, a verdict with its numbers, and no verdict on bad files."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from app.core.demand.learn import Rules
from app.services.learn_examples import example
from app.services.projects import load_project
from app.ui.learn_runs import FILE
from app.ui.uploads import dropped

Visit = Callable[..., AppTest]
Read = Callable[[AppTest], str]


@pytest.fixture(autouse=True)
def _one_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut the city one way instead of five: it takes a third of the time."""
    usual = Rules.of
    monkeypatch.setattr(Rules, "of", staticmethod(lambda told: replace(usual(told), cuts=1)))


def settled(app: AppTest) -> AppTest:
    """Run until no answer is on its way."""
    for _ in range(400):
        assert not app.exception, [each.message for each in app.exception]
        if not any(button.key == "learn_cancel" for button in app.button):
            return app
        time.sleep(0.1)
        app.run()
    raise TimeoutError


def test_an_empty_page_says_how_many_places_it_takes(visit: Visit, headline: Read) -> None:
    app = visit("learning", city="sampletown")
    assert "100 places" in headline(app)
    assert {"learn_signal", "learn_noise"} <= {button.key for button in app.button}
    assert not app.error


@pytest.mark.parametrize(("kind", "accepted"), [("signal", True), ("noise", False)])
def test_an_example_gets_its_verdict_and_is_called_synthetic(
    visit: Visit, headline: Read, kind: str, *, accepted: bool
) -> None:
    # sixty fits take seconds
    app = visit("learning", city="sampletown")
    app = settled(app.button(key=f"learn_{kind}").click().run())
    assert headline(app).startswith("The data say more" if accepted else "Refused")
    assert any("Synthetic" in each.value for each in app.warning)
    tables = [list(each.value) for each in app.dataframe]
    assert any("Explained, random folds" in columns for columns in tables)
    assert any("Factor on demand" in columns for columns in tables) == accepted
    assert any("factor 1" in each.value for each in app.info) != accepted
    assert not app.error


def test_places_of_another_city_are_refused_without_a_verdict(visit: Visit) -> None:
    app = visit("learning", city="sampletown")
    app.session_state[FILE] = dropped("other.csv", example(load_project("utrecht"), "noise"))
    app = settled(app.run())
    assert any("Nothing was learned" in each.value for each in app.error)
    assert any("Sampletown" in each.value for each in app.text)
    assert not app.dataframe
