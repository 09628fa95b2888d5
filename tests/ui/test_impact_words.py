"""What the page on grid impact says: who pays, what starves cars, how near the weeks were."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from app.core.impact import Impact
from app.core.scenario import Scenario
from app.services.projects import load_project
from app.services.simulate import simulate_all
from app.ui import drivers_view, impact_view, strategies_view, window_view
from app.ui.impact_runs import against_weeks
from app.ui.text import power

Answers = Mapping[str, Impact]


@pytest.fixture(scope="module")
def weeks() -> Answers:
    strategies = ("uncontrolled", "traffic_light", "pause")
    return simulate_all(
        load_project("sampletown"), Scenario(), "design_weeks", strategies=strategies
    )


def test_the_best_strategy_is_one_that_delivers_and_others_are_named(weeks: Answers) -> None:
    words = strategies_view.strategies_sentence(weeks)
    assert "Pauses does least harm" in words
    assert "Not compared, because cars leave short: Traffic light (capacity contract)." in words
    names = strategies_view.named(weeks)
    assert ["leaves cars short" in name for name in names] == [False, True, False]
    assert all("%" in name for name in names), "the energy served stands beside every figure"


def test_a_yardstick_nobody_can_order_is_never_called_the_best(weeks: Answers) -> None:
    ideal = replace(weeks["pause"], strategy="valley_fill")
    words = strategies_view.strategies_sentence({**weeks, "valley_fill": ideal})
    assert "Pauses does least harm" in words
    assert "Valley filling (best possible) does" not in words
    assert "The best that plans" in words


def test_the_hours_of_the_contract_show_their_peak_and_the_return_after(weeks: Answers) -> None:
    names = {key: strategies_view.title(key) for key in weeks}
    words = window_view.sentence(weeks, Scenario(), names)
    light = weeks["traffic_light"].city
    after, inside = light["rebound_after_kw"], light["rebound_in_kw"]
    assert after is not None
    assert inside is not None
    assert after > inside, "held cars return together"
    assert f"{power(inside)} in them and {power(after)} in the four hours after" in words
    assert words.count("of the energy served") == len(weeks)


def test_strategies_that_peak_alike_are_said_once(weeks: Answers) -> None:
    same = dict.fromkeys(weeks, weeks["pause"])
    words = impact_view.load_sentence(same)
    assert words.startswith("Every strategy here peaks at")
    assert impact_view.load_sentence(weeks).count("peak ") > 1
    assert "Every" not in impact_view.load_sentence({"pause": weeks["pause"]})


def test_a_strategy_that_starves_is_no_success_in_the_headline(weeks: Answers) -> None:
    light = impact_view.sentence(weeks["traffic_light"], weeks["uncontrolled"])
    assert "But cars leave short" in light
    assert "cars leave short" not in impact_view.sentence(weeks["pause"], weeks["uncontrolled"])


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
