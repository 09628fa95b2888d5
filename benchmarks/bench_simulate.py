"""How long a planner waits for Utrecht: a lever, every strategy, the whole year."""

from typing import Any

import pytest

from app.core.project import Project
from app.core.scenario import Scenario
from app.services.estimate import estimate
from app.services.open_project import open_project
from app.services.plan import plan
from app.services.recommend import prepare as find_places
from app.services.recommend import solve
from app.services.room import room
from app.services.setting import peak_week, prepare
from app.services.simulate import REFERENCE, headline, simulate_all
from app.services.warm import warm_up


@pytest.fixture(scope="module")
def utrecht() -> Project:
    """Open the bundled city, with everything compiled."""
    warm_up()
    return open_project("utrecht")


def test_headline_cold(benchmark: Any, utrecht: Project) -> None:  # noqa: ANN401
    """Demand, sessions and base load of the peak week, then V2G against charging at once."""
    seeds = iter(range(1, 1000))

    def answer() -> int:
        scenario = Scenario(seed=next(seeds))
        setting = prepare(utrecht, estimate(utrecht, scenario), scenario)
        days = peak_week(setting)
        chosen = headline(setting, days, scenario.strategy, scenario)
        return chosen.count("over") - headline(setting, days, REFERENCE, scenario).count("over")

    assert benchmark.pedantic(answer, rounds=5) < 0


@pytest.mark.parametrize("horizon", ["design_weeks", "year"])
def test_all_strategies(benchmark: Any, utrecht: Project, horizon: str) -> None:  # noqa: ANN401
    """Every strategy on every transformer."""
    found = benchmark.pedantic(simulate_all, args=(utrecht, Scenario(), horizon), rounds=1)
    assert found["v2g"].count("over") <= found["uncontrolled"].count("over")


def test_plan_when_the_budget_moves(benchmark: Any, utrecht: Project) -> None:  # noqa: ANN401
    """Choose places again, and simulate what was chosen."""
    scenario = Scenario()
    demand = estimate(utrecht, scenario)
    setting = prepare(utrecht, demand, scenario)
    answer = headline(setting, peak_week(setting), scenario.strategy, scenario)
    places = find_places(utrecht, demand, radius_m=scenario.radius_m)
    solve(places, scenario, room(answer))
    budgets = iter(range(1_000_000, 50_000_000, 250_000))

    def choose() -> float:
        return plan(places, scenario.but(budget_eur=next(budgets)), setting, answer).value

    assert benchmark.pedantic(choose, rounds=5) > 0
