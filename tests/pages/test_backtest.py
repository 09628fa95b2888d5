"""The page of earlier forecasts, with a visitor's own rows."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from app.services.forecast_files import template
from app.ui.own_forecasts import Desk

FILE, KEPT = "own_forecasts_sampletown_file", "own_forecasts_sampletown"


def give(app: AppTest, content: bytes) -> AppTest:
    app.file_uploader(key=FILE).set_value(("mine.csv", content, "text/csv"))
    return app.run()


def kept(app: AppTest) -> Desk:
    found: Desk = app.session_state[KEPT]
    return found


def test_own_rows_are_used_outlive_the_page_and_stay_in_their_city(
    visit: Callable[..., AppTest],
    go: Callable[[AppTest, str], AppTest],
    headline: Callable[[AppTest], str],
) -> None:
    app = visit("backtest", city="sampletown")
    assert "No earlier forecast of Sampletown" in headline(app)
    app = give(app, template())
    assert not app.exception
    assert "The 1 later count" in headline(app)
    assert len(kept(app).good) == 4
    app = go(go(app, "assumptions"), "backtest")
    assert "The 1 later count" in headline(app)
    assert len(kept(app).good) == 4
    app.button(key="forecasts_drop").click()
    assert "No earlier forecast of Sampletown" in headline(app.run())
    assert kept(app).good == ()


def test_a_file_with_a_fault_is_told_and_nothing_of_it_is_kept(
    visit: Callable[..., AppTest], headline: Callable[[AppTest], str]
) -> None:
    app = visit("backtest", city="sampletown")
    app = give(app, template().replace(b"0.25", b"25"))
    (said,) = [each.value.replace("\\", "") for each in app.error]
    assert "row 1, value: found 25, wanted a share" in said
    assert len(said.splitlines()) == 1
    assert kept(app).table == ()
    assert "No earlier forecast of Sampletown" in headline(app)
