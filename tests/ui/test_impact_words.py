"""What the page on grid impact says: who pays, what starves cars, how near the weeks were."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from app.core.impact import Impact
from app.core.scenario import Scenario
from app.services.projects import load_project
from app.services.simulate import simulate_all
from app.ui import drivers_view, impact_view
from app.ui.impact_runs import against_weeks

Answers = Mapping[str, Impact]


@pytest.fixture(scope="module")
def weeks() -> Answers:
    strategies = ("uncontrolled", "traffic_light", "pause")
    return simulate_all(
        load_project("sampletown"), Scenario(), "design_weeks", strategies=strategies
    )


def test_the_best_strategy_is_one_that_delivers_and_others_are_named(weeks: Answers) -> None:
    words = impact_view.strategies_sentence(weeks)
    assert "Pauses does least harm" in words
    assert "Not compared, because cars leave short: Traffic light (capacity contract)." in words
    names = impact_view.named(weeks)
    assert [name.endswith("(leaves cars short)") for name in names] == [False, True, False]


def test_every_group_that_charges_has_its_row(weeks: Answers) -> None:
    table = drivers_view.table(weeks["traffic_light"].groups)
    assert table["Drivers"].iloc[0] == "All"
    assert len(table) == 8
    assert table["Sessions"].iloc[0] == pytest.approx(table["Sessions"].iloc[1:].sum(), abs=5)
    told = weeks["traffic_light"].groups["all"]
    assert "less energy" in drivers_view.sentence(told)
    usual = drivers_view.table(weeks["uncontrolled"].groups)
    assert (usual["Full later, one in ten [min]"] == 0).all(), "charging at once delays nobody"
    assert (usual["Worse off [%]"] == 0).all()


def test_feeders_are_spoken_of_where_some_bind_and_nowhere_else(weeks: Answers) -> None:
    pause, usual = weeks["pause"], weeks["uncontrolled"]
    assert impact_view.feeders_sentence(pause, usual) == "", "areas bind nobody"
    fed = [
        replace(each, city={**each.city, "parent_kwh_over": over})
        for each, over in ((pause, 12.0), (usual, 4500.0))
    ]
    words = impact_view.feeders_sentence(*fed)
    assert "carry 12 kWh above" in words
    assert "4,500 kWh if cars charged at once" in words


def test_money_is_called_illustrative(weeks: Answers) -> None:
    words = drivers_view.bill_sentence(weeks["pause"], weeks["uncontrolled"])
    assert words.count("illustrative") == 2


def test_differences_to_charging_at_once_have_names_and_units(weeks: Answers) -> None:
    titles = {key: impact_view.title(key) for key in weeks}
    table = drivers_view.differences(weeks, titles).set_index("Indicator")
    assert (table["Uncontrolled"].dropna() == 0).all()
    assert table.loc["City peak", "Pauses"] < 0
    assert table.loc["City peak", "Unit"] == "kW"
    raw = [name for name in table.index if "_" in name]
    assert not raw, "no raw names on a page"


def test_the_year_says_how_near_the_weeks_were(weeks: Answers) -> None:
    usual = {"uncontrolled": weeks["uncontrolled"]}
    words = against_weeks(usual, weeks)
    assert "100%" in words
    assert "replaces the design weeks" in words
