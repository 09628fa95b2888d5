"""The same budget with and without a floor."""

import pytest

from app.core.scenario import Scenario
from app.services import floor
from app.services.equity import lens
from app.services.estimate import estimate
from app.services.plan import plan_project
from app.services.projects import load_project


def test_a_floor_moves_points_and_never_invents_any() -> None:
    """The plan without a floor is the one of the Sites page; no energy is gained by a floor."""
    town, asked = load_project("sampletown"), Scenario(budget_eur=100_000)
    told: list[float] = []
    found = lens(town, asked, estimate(town, asked))
    answer = floor.effect(town, asked, found, report=lambda done, _doing="": told.append(done))
    plan = plan_project(town, asked)
    assert answer.floor_share == floor.USUAL
    assert answer.points["without"].sum() + answer.unplaced[0] == plan.firm["points"].sum()
    assert answer.served_kwh_day[0] == pytest.approx(plan.served_kwh_day)
    assert answer.points["quintile"].tolist() == found.quintiles["quintile"].tolist()
    assert told == sorted(told)


def test_the_floor_of_the_scenario_is_the_one_that_is_shown() -> None:
    town = load_project("sampletown")
    asked = Scenario(budget_eur=50_000, floor_share=0.3)
    found = lens(town, asked, estimate(town, asked))
    assert floor.effect(town, asked, found).floor_share == 0.3
