"""Levers, the way back, links and saved scenarios, as a visitor meets them."""

from collections.abc import Callable

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from app.core.scenario import Scenario
from app.services import share
from app.services.scenario_files import presets

Visit = Callable[..., AppTest]
Go = Callable[[AppTest, str], AppTest]
Read = Callable[[AppTest], str]
CITY = "sampletown"
LOST = "Lost if closed [kWh a day]"  # a column of the chosen places alone


def button(app: AppTest, key: str) -> AppTest:
    """Press a button and run."""
    return app.button(key=key).click().run()


def scenario(app: AppTest) -> Scenario:
    """Read what the visitor is asking."""
    found: Scenario = app.session_state["scenario"]
    return found


@pytest.mark.parametrize(
    ("lever", "value"),
    [("v2g_share", 0.6), ("year", 2040), ("uptake", "high"), ("strategy", "pause")],
)
def test_a_lever_changes_the_answer_and_undo_brings_it_back(
    visit: Visit, headline: Read, lever: str, value: object
) -> None:
    app = visit("impact", city=CITY)
    before = headline(app)
    widget = app.selectbox if isinstance(value, str) else app.slider
    widget(key=f"lever_{lever}").set_value(value).run()
    after = headline(app)
    assert after != before
    assert getattr(scenario(app), lever) == value
    assert headline(button(app, "undo_change")) == before
    assert app.button(key="undo_change").disabled
    assert headline(button(app, "redo_change")) == after
    assert headline(button(app, "reset_all")) == before
    assert scenario(app) == Scenario()


def test_a_lever_of_the_charging_leaves_the_demand_alone(visit: Visit, headline: Read) -> None:
    app = visit("demand", city=CITY)
    before = headline(app)
    app.slider(key="lever_v2g_share").set_value(0.8).run()
    assert headline(app) == before


def test_the_question_survives_every_page(visit: Visit, go: Go) -> None:
    app = visit("overview", city=CITY)
    app.slider(key="lever_year").set_value(2035).run()
    for name in ("demand", "sites", "tender", "compare", "data", "overview"):
        go(app, name)
        assert app.slider(key="lever_year").value == 2035, name
        assert scenario(app) == Scenario(year=2035)
        assert app.selectbox(key="city_menu").value == CITY


def test_a_choice_on_a_page_survives_other_pages(visit: Visit, go: Go) -> None:
    app = visit("demand", city=CITY)
    app.selectbox(key="district").set_value("ST07").run()
    assert "Quay" in "".join(each.value for each in app.markdown)
    go(app, "sites")
    go(app, "demand")
    assert app.selectbox(key="district").value == "ST07"


def test_a_link_opens_what_it_says(visit: Visit, headline: Read) -> None:
    wanted = Scenario(strategy="pause", year=2035)
    app = visit("impact", city=CITY, q=share.to_query(wanted))
    assert scenario(app) == wanted
    assert "auses" in headline(app)
    assert not app.warning


@pytest.mark.parametrize(
    "query",
    [
        {"q": "garbage"},
        {"q": "x" * 20_000},
        {"q": "eJxLBAAAYgBi"},
        {"city": "../../etc"},
        {"city": "atlantis"},
        {"s": "unknown"},
        {"s": "' or 1=1 --"},
    ],
)
def test_nonsense_in_a_link_is_told_once_and_not_obeyed(
    visit: Visit, headline: Read, query: dict[str, str]
) -> None:
    app = visit(**query)
    assert not app.exception
    assert scenario(app) == Scenario()
    assert app.selectbox(key="city_menu").value == "utrecht"
    assert [each.value[-1] for each in app.warning] == ["."]
    assert "Utrecht" in app.title[0].value
    assert headline(app)
    assert not app.run().warning


def test_a_scenario_is_saved_changed_renamed_duplicated_and_deleted(visit: Visit) -> None:
    app = visit("assumptions", city=CITY)
    assert bar(app) == "Scenario: start"
    app.slider(key="lever_year").set_value(2036).run()
    assert bar(app) == "Scenario: not saved"
    app.text_input(key="new_name").set_value("Plan *A*").run()
    button(app, "save_new")
    assert bar(app) == "Plan  A"
    app.slider(key="lever_year").set_value(2037).run()
    assert bar(app).endswith("changed")
    button(app, "save_over")
    assert bar(app) == "Plan  A"
    app.text_input(key="new_name").set_value("Plan B").run()
    button(app, "rename")
    assert bar(app) == "Plan B"
    button(app, "duplicate")
    assert bar(app) != "Plan B"
    button(app, "delete")
    assert any("30 days" in each.value for each in app.warning)
    assert scenario(app).year == 2037, "deleting the name keeps what is on the table"
    saved = [each for each in app.button if (each.key or "").startswith("open_")]
    assert [each.label for each in saved] == ["Plan B"]
    button(app, "reset_all")
    button(app, str(saved[0].key))
    assert scenario(app).year == 2037


def bar(app: AppTest) -> str:
    """Read the name of the scenario on the bar."""
    protos = [b.proto for b in blocks(app) if b.proto.DESCRIPTOR.name == "Block"]
    found = [proto.popover.label for proto in protos if proto.WhichOneof("type") == "popover"]
    return str(found[0])


def blocks(app: AppTest) -> list[object]:
    """Every container of the page."""
    found: list[object] = []
    waiting = [app.main]
    while waiting:
        each = waiting.pop(0)
        children = getattr(each, "children", None)
        if children is not None:
            found.append(each)
            waiting.extend(children.values())
    return [each for each in found if getattr(each, "proto", None)]


@pytest.mark.parametrize("key", sorted(presets()))
def test_every_ready_made_scenario_opens_with_one_press(visit: Visit, key: str) -> None:
    app = visit("assumptions", city=CITY)
    button(app, f"preset_{key}")
    assert scenario(app) == presets()[key].scenario


def test_weights_locks_and_bans_change_the_plan(visit: Visit) -> None:
    app = visit("sites", city=CITY)
    scores = table(app, LOST)["Score"].tolist()
    first = str(app.selectbox(key="site").value)
    button(app, "exclude_site")
    assert scenario(app).excluded == (first,)
    assert first not in sites(app)
    assert app.selectbox(key="site").value != first
    other = str(app.selectbox(key="site").value)
    button(app, "lock_site")
    assert scenario(app).locked == (other,)
    assert other in sites(app)
    app.slider(key="weight_equity").set_value(5.0).run()
    assert dict(scenario(app).weights) == {"equity": 5.0}
    assert table(app, LOST)["Score"].tolist() != scores
    assert not app.exception
    for _ in range(3):
        button(app, "undo_change")
    assert first in sites(app)
    assert scenario(app) == Scenario()


def sites(app: AppTest) -> list[str]:
    """Candidate ids in the table of the plan."""
    return [str(key) for key in table(app, LOST)["Id"]]


def table(app: AppTest, column: str) -> pd.DataFrame:
    """Find the table that has this column."""
    return next(each.value for each in app.dataframe if column in each.value)


def test_a_smaller_budget_buys_less(visit: Visit) -> None:
    app = visit("sites", city=CITY)
    before = len(sites(app))
    app.slider(key="lever_budget_eur").set_value(250_000).run()
    assert 0 < len(sites(app)) < before
    app.slider(key="lever_budget_eur").set_value(0).run()
    assert not app.exception


def test_comparing_shows_both_scenarios_and_what_differs(visit: Visit) -> None:
    app = visit("compare", city=CITY)
    columns = list(table(app, "Indicator").columns)
    assert columns[1] == "On the table"
    assert presets()["uncontrolled"].title in columns[2]
    said = " ".join(each.value for each in app.markdown)
    assert "Strategy" in said
    assert "transformers over their limit against" in said


def test_four_scenarios_stand_side_by_side(visit: Visit) -> None:
    app = visit("compare", city=CITY)
    keys = ["preset:uncontrolled", "preset:pause-only", "preset:v2g-half"]
    app.multiselect(key="compare_with").set_value(keys).run()
    app.toggle(key="compare_sites").set_value(True).run()
    assert not app.exception
    assert len(table(app, "Indicator").columns) == 2 + 3 * len(keys)
    assert "fewest transformers" in " ".join(each.value for each in app.markdown)
    common = table(app, "Place")
    assert common["In so many plans"].max() == 1 + len(keys)


def test_a_scenario_is_no_different_from_itself(visit: Visit) -> None:
    app = visit("compare", city=CITY)
    app.multiselect(key="compare_with").set_value(["preset:start"]).run()
    assert "No district differs." in " ".join(each.value for each in app.markdown)
    verdicts = table(app, "Indicator").iloc[:, -1]
    assert set(verdicts) == {"= neutral"}


def test_another_city_is_one_choice_away(visit: Visit, headline: Read) -> None:
    app = visit("demand")
    assert "Utrecht" in headline(app)
    app.selectbox(key="city_menu").set_value(CITY).run()
    assert "Sampletown" in headline(app)
