"""Work by hand on the sites page: nothing is lost, and what breaks a rule is refused there."""

from collections.abc import Callable

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from app.core.by_hand import Added
from app.core.scenario import Scenario
from app.core.siting import edits
from app.services import share
from app.services.by_hand import in_degrees
from app.services.plan import plan_project
from app.services.projects import load_project
from app.ui.state import SCENARIO

VISIT = Callable[..., AppTest]
GO = Callable[[AppTest, str], AppTest]
CITY = "sampletown"


@pytest.fixture
def page(visit: VISIT) -> AppTest:
    return visit("sites", city=CITY)


def asked(app: AppTest) -> Scenario:
    found: Scenario = app.session_state[SCENARIO]
    return found


def table(app: AppTest, column: str) -> pd.DataFrame:
    """Find a table by one of its columns."""
    return next(each.value for each in app.dataframe if column in each.value)


def chosen(app: AppTest) -> set[str]:
    """Name the places of the plan."""
    return set(table(app, "Lost if closed [kWh a day]")["Id"])


def spot() -> tuple[float, float, str]:
    project = load_project(CITY)
    first = plan_project(project, Scenario()).firm.iloc[0]
    x, y = float(first["x"]) + 20, float(first["y"])
    lat, lon = in_degrees(project, x, y)
    return x, y, f"{lat:.6f}, {lon:.6f}"


def add(app: AppTest, where: str, reason: str) -> AppTest:
    """Fill the form and press its button."""
    app.segmented_control(key="hand_look").set_value("add").run()
    app.text_input(key="hand_add_typed").set_value(where)
    app.text_input(key="hand_add_name").set_value("School gate")
    app.text_input(key="hand_add_reason").set_value(reason)
    return app.button(key="hand_add").click().run()


def test_a_place_is_added_told_undone_and_done_again(page: AppTest, go: GO) -> None:
    x, y, where = spot()
    app = add(page, where, "asked for by the school")
    assert not app.exception
    assert not app.error
    place = asked(app).added[0]
    assert (place.name, place.points) == ("School gate", 4)
    assert (place.x, place.y) == pytest.approx((x, y), abs=0.2)
    assert asked(app).locked == (place.key,)
    assert table(app, "Change")["Reason"].tolist() == ["asked for by the school"] * 2
    assert place.key in chosen(app)
    app = app.button(key="undo_change").click().run()
    assert asked(app) == Scenario()
    assert place.key not in chosen(app)
    app = app.button(key="redo_change").click().run()
    app = go(go(app, "overview"), "sites")
    assert asked(app).added == (place,)
    app = app.selectbox(key="hand_change").set_value(f"added|{place.key}").run()
    app = app.button(key="hand_take_back").click().run()
    assert asked(app) == Scenario()
    assert not app.exception


@pytest.mark.parametrize(
    ("where", "reason", "said"),
    [
        ("nowhere", "why not", "is not a place"),
        ("0, 0", "why not", "outside every district"),
        ("", "", "is not a place"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    page: AppTest, where: str, reason: str, said: str
) -> None:
    app = add(page, where, reason)
    assert not app.exception
    assert said in app.error[0].value
    assert asked(app) == Scenario()
    assert app.button(key="undo_change").disabled
    assert not app.run().error


def test_a_place_without_a_reason_is_refused(page: AppTest) -> None:
    app = add(page, spot()[2], "")
    assert "say why" in app.error[0].value
    assert asked(app) == Scenario()
    assert app.text_input(key="hand_add_name").value == "School gate"


def test_a_lock_that_breaks_a_limit_is_refused_where_it_was_asked_for(visit: VISIT) -> None:
    poor = str(share.to_query(Scenario(budget_eur=0)))
    app = visit("sites", city=CITY, q=poor)
    full = app.selectbox(key="refused_site").value
    app = app.button(key="ask_for_site").click().run()
    assert not app.exception
    assert "over the budget" in app.error[0].value
    assert asked(app).locked == ()
    assert app.selectbox(key="refused_site").value == full


def test_a_lock_carries_its_reason(page: AppTest) -> None:
    key = page.selectbox(key="site").value
    page.text_input(key="hand_reason").set_value("promised").run()
    app = page.button(key="exclude_site").click().run()
    assert asked(app).excluded == (key,)
    assert asked(app).reasons == ((key, "promised"),)
    assert app.text_input(key="hand_reason").value == ""
    assert key not in chosen(app)


def test_a_move_keeps_the_id(page: AppTest) -> None:
    app = page.segmented_control(key="hand_look").set_value("move").run()
    key = app.selectbox(key="hand_move_place").value
    x, y, where = spot()
    app.text_input(key="hand_move_typed").set_value(where)
    app.text_input(key="hand_move_reason").set_value("a root")
    app = app.button(key="hand_move").click().run()
    assert not app.error, [each.value for each in app.error]
    moved = asked(app).moved[0]
    assert moved.id == key
    assert (moved.x, moved.y) == pytest.approx((x, y), abs=0.2)
    assert key in chosen(app)


def test_places_that_forbid_every_plan_can_be_taken_back(visit: VISIT) -> None:
    sea = edits.add(Scenario(), Added("Sea", 0.0, 0.0, 2), "a joke")
    app = visit("sites", city=CITY, q=str(share.to_query(sea)))
    assert not app.exception
    assert "outside every district" in app.error[0].value
    app = app.selectbox(key="hand_change").set_value(f"added|{sea.added[0].key}").run()
    app = app.button(key="hand_take_back").click().run()
    assert not app.error
    assert asked(app) == Scenario()


def test_a_street_is_found_by_its_name(page: AppTest) -> None:
    app = page.segmented_control(key="hand_look").set_value("add").run()
    app = app.segmented_control(key="hand_add_by").set_value("words").run()
    name = str(load_project(CITY).layers["grid"].frame["asset_id"].iloc[0])
    app = app.text_input(key="hand_add_words").set_value(name).run()
    assert name in app.selectbox(key="hand_add_found").value
    app = app.text_input(key="hand_add_words").set_value("no such street").run()
    assert any("Nothing on the parking" in each.value for each in app.caption)
