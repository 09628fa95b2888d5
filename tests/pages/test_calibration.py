"""The page that holds the model against what was measured."""

from collections.abc import Callable

import pandas as pd
from streamlit.testing.v1 import AppTest

from app.core.scenario import Scenario
from app.services.calibrate import FACTORS
from app.services.calibrate_examples import example
from app.services.projects import load_project

UPLOAD, USE, UNDO = "calibrate_upload_sessions", "calibrate_use", "calibrate_undo"
Visit = Callable[..., AppTest]
Read = Callable[[AppTest], str]


def give(app: AppTest, content: bytes) -> AppTest:
    app.file_uploader(key=UPLOAD).set_value(("mine.csv", content, "text/csv"))
    return app.run()


def keys(app: AppTest) -> set[str | None]:
    return {each.key for each in app.button}


def assumed(app: AppTest) -> dict[str, float]:
    scenario: Scenario = app.session_state["scenario"]
    return dict(scenario.assumptions)


def test_the_worked_example_is_labelled_and_its_factors_are_not_for_use(
    visit: Visit, headline: Read
) -> None:
    app = visit("calibration", city="sampletown")
    assert "than was measured in" in headline(app)
    assert any("invented by Kerbwatt" in each.value for each in app.warning)
    assert USE not in keys(app)


def test_own_factors_are_used_travel_in_the_link_and_come_off(
    visit: Visit, go: Callable[[AppTest, str], AppTest], headline: Read
) -> None:
    app = visit("calibration", city="sampletown")
    app = give(app, example(load_project("sampletown"), "sessions"))
    assert not app.exception
    assert not any("invented by Kerbwatt" in each.value for each in app.warning)
    said = headline(app)
    app = app.button(key=USE).click().run()
    assert assumed(app).keys() == set(FACTORS)
    assert "q" in app.query_params
    assert headline(app) == said  # not fitted upon itself
    assert app.button(key=USE).disabled
    app = go(go(app, "demand"), "calibration")
    assert headline(app) == said
    app = app.button(key=UNDO).click().run()
    assert assumed(app) == {}


def test_a_bad_file_is_refused_and_changes_nothing(visit: Visit) -> None:
    app = visit("calibration", city="sampletown")
    app = give(app, b"arrival,departure\n2026-01-01,2026-01-02\n")
    assert not app.exception
    assert any("Nothing was fitted" in each.value for each in app.error)
    assert any("column energy_kwh" in each.value for each in app.text)
    assert USE not in keys(app)


def test_a_file_of_another_city_gets_the_reason_and_no_button(visit: Visit, headline: Read) -> None:
    begin = pd.date_range("2026-02-02", periods=300, freq="1h")
    table = pd.DataFrame(
        {"arrival": begin, "departure": begin + pd.Timedelta(hours=5), "energy_kwh": 9.0}
    )
    app = give(visit("calibration", city="sampletown"), table.to_csv(index=False).encode())
    assert not app.exception
    assert headline(app).replace("\\", "").startswith("No factor: nothing in mine.csv")
    assert USE not in keys(app)
    assert assumed(app) == {}
