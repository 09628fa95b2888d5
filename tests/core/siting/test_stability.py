"""How firmly places stand: weights and figures drawn around the planner's."""

import numpy as np
import pandas as pd
import pytest

from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.allocate import allocate, losses
from app.core.siting.greedy import greedy
from app.core.siting.instance import build_instance
from app.core.siting.question import Question, ask, grid_of
from app.core.siting.stability import (
    FACTORS,
    TOP,
    Draws,
    draw,
    figures_only,
    first,
    first_of,
    label,
    robust_share,
    stability,
    table,
    weights_only,
)
from app.services.estimate import estimate
from app.services.parameters import load_parameters
from app.services.projects import load_project
from app.services.recommend import Prepared, point_types, prepare
from app.services.room import room
from app.services.setting import peak_week
from app.services.setting import prepare as onto_grid
from app.services.simulate import headline

SCENARIO = Scenario(budget_eur=500_000)
SHARE = np.array([0.5, 0.3, 0.2, 0.0])


def drawn(draws: int = 400, seed: int = 0) -> Draws:
    return draw(SHARE, load_parameters(), districts=3, draws=draws, seed=seed)


def test_weights_vary_by_a_quarter_around_the_planners() -> None:
    found = drawn(20_000).share
    assert found.sum(axis=1) == pytest.approx(1.0)
    assert found.mean(axis=0) == pytest.approx(SHARE, abs=0.005)
    assert (found[:, 3] == 0).all()
    variation = found[:, :3].std(axis=0) / SHARE[:3]
    assert (SHARE[:3] @ variation**2) ** 0.5 == pytest.approx(0.25, abs=0.01)


def test_figures_are_drawn_around_one_and_repeat_with_the_seed() -> None:
    found = drawn(4_000)
    for name in FACTORS:
        assert np.median(found.factor[name]) == pytest.approx(1.0, abs=0.02)
        assert found.factor[name].min() > 0
    again, other = drawn(4_000), drawn(4_000, seed=1)
    assert np.array_equal(found.share, again.share)
    assert not np.array_equal(found.share, other.share)


def test_a_single_weight_has_nothing_to_vary() -> None:
    found = draw(np.array([0.0, 1.0]), load_parameters(), districts=1, draws=5, seed=0)
    assert found.share.tolist() == [[0.0, 1.0]] * 5


@pytest.fixture(scope="module")
def asked() -> tuple[Question, Prepared]:
    town: Project = load_project("sampletown")
    demand = estimate(town, SCENARIO)
    setting = onto_grid(town, demand, SCENARIO)
    rooms = room(headline(setting, peak_week(setting), SCENARIO.strategy, SCENARIO))
    places = prepare(town, demand, radius_m=SCENARIO.radius_m)
    return ask(places, SCENARIO, grid_of(places, rooms), point_types()), places


def still(question: Question, draws: int) -> Draws:
    """Draws in which nothing varies."""
    share = np.tile(question.score.share, (draws, 1))
    ones = np.ones(draws)
    return Draws(share, dict.fromkeys(FACTORS, ones), np.ones((draws, 999)))


def test_where_nothing_varies_the_plan_is_certain(asked: tuple[Question, Prepared]) -> None:
    question, places = asked
    near = (places.near_start, places.near)
    found = stability(question, places.reach, near, still(question, 3), SCENARIO.score_pull)
    assert found.draws == 3
    assert set(found.chosen) == {0, 3}
    assert set(found.top) == {0, 3}
    assert np.count_nonzero(found.top) == min(TOP, np.count_nonzero(found.chosen))


def test_the_first_of_a_draw_are_the_first_of_its_plan(asked: tuple[Question, Prepared]) -> None:
    """Nothing varies, so the three that rank first are the plan's own by value lost per euro."""
    question, places = asked
    near = (places.near_start, places.near)
    found = stability(question, places.reach, near, still(question, 1), SCENARIO.score_pull, top=3)
    instance = build_instance(question.problem, places.reach, near)
    points = greedy(instance).points
    chosen = np.flatnonzero(points)
    cost = (instance.fixed_eur + instance.point_eur * points)[chosen]
    lost = losses(instance, allocate(instance, points), chosen) / cost
    assert set(np.flatnonzero(found.top)) == set(chosen[np.argsort(-lost)[:3]])
    for top in (1, 5, 20, 1_000):
        best = chosen[np.argsort(-lost, kind="stable")[:top]]
        assert first_of(instance, points, top).tolist() == best.tolist()
    assert found.top_share.max() == 1.0


def test_weights_and_figures_are_drawn_apart() -> None:
    all_of_it = drawn(50)
    weights, figures = weights_only(all_of_it), figures_only(all_of_it, SHARE)
    assert np.array_equal(weights.share, all_of_it.share)
    assert all((values == 1).all() for values in weights.factor.values())
    assert (weights.district == 1).all()
    assert (figures.share == SHARE).all()
    assert figures.factor is all_of_it.factor
    few = first(all_of_it, 7)
    assert len(few.share) == len(few.district) == len(few.factor["vary_cost"]) == 7


def test_places_are_named_by_how_often_they_are_chosen(asked: tuple[Question, Prepared]) -> None:
    question, places = asked
    near = (places.near_start, places.near)
    numbers = load_parameters()
    count = len(places.districts)
    draws = draw(question.score.share, numbers, districts=count, draws=60, seed=1)
    told: list[float] = []
    found = stability(question, places.reach, near, draws, SCENARIO.score_pull, tell=told.append)
    assert told[-1] == 1.0
    ids = question.problem.sites.id
    planned = np.zeros(len(ids))
    planned[0] = 2
    frame = table(found, ids, planned)
    assert (frame["low"] <= frame["chosen_share"] + 1e-12).all()
    assert (frame["chosen_share"] <= frame["high"] + 1e-12).all()
    assert frame["chosen_share"].is_monotonic_decreasing
    assert ids[0] in set(frame["candidate_id"])
    assert 0 < frame["chosen_share"].max() <= 1
    barred = question.problem.sites.barred
    assert found.chosen[barred].sum() == 0


def test_time_that_is_up_leaves_what_was_drawn(asked: tuple[Question, Prepared]) -> None:
    question, places = asked
    near = (places.near_start, places.near)
    calls = iter([False, False, True])
    found = stability(
        question, places.reach, near, still(question, 9), 0.2, expired=lambda: next(calls)
    )
    assert found.draws == 2


def test_labels_and_the_share_of_money_that_stands_firm() -> None:
    assert [label(each) for each in (0.95, 0.9, 0.7, 0.3, 0.1)] == [
        "robust", "robust", "likely", "depends", "weak",
    ]  # fmt: skip
    frame = pd.DataFrame({"candidate_id": ["a", "b", "c"], "label": ["robust", "weak", "robust"]})
    assert robust_share(frame, {"a": 30.0, "b": 10.0}) == 0.75
    assert robust_share(frame, {}) == 0.0
