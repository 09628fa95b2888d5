"""What a run does with odd input, other orders and other days."""

from dataclasses import fields, replace
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.core.engine.arrays import Sessions
from app.core.engine.clock import Clock
from app.core.engine.result import Options
from app.core.engine.run import run, warm_up
from app.core.errors import InputError
from app.services.parameters import load_parameters
from tests.core.engine.cases import Case, clock_of, make_sessions, random_case

PLANS = ["uncontrolled", "throttle", "pause", "v2g"]


def load_of(strategy: str, case: Case) -> np.ndarray:
    ingredients = (case.sessions, case.base_kw, case.limit_kw, case.clock)
    return run(strategy, *ingredients, Options()).load_kw


@pytest.mark.parametrize("strategy", PLANS)
@settings(max_examples=20, deadline=None, derandomize=True)
@given(seed=some.integers(0, 10**6))
def test_the_order_of_the_file_does_not_matter(strategy: str, seed: int) -> None:
    case = random_case(seed)
    shuffled = np.random.default_rng(seed).permutation(len(case.sessions))
    columns = {
        each.name: getattr(case.sessions, each.name)[shuffled] for each in fields(Sessions)[:-1]
    }
    again = make_sessions(case.sessions.rows, **columns)
    np.testing.assert_array_equal(
        load_of(strategy, case), load_of(strategy, replace(case, sessions=again))
    )


@pytest.mark.parametrize("strategy", PLANS)
def test_a_week_later_is_the_same_week(strategy: str) -> None:
    case = random_case(3, days=7)
    week = 7 * 96
    later = replace(
        case.sessions,
        arrival=case.sessions.arrival + np.int32(week),
        departure=case.sessions.departure + np.int32(week),
    )
    two = np.concatenate([case.base_kw, case.base_kw], axis=1)
    shifted = load_of(strategy, Case(later, two, case.limit_kw, clock_of(14)))
    np.testing.assert_allclose(shifted[:, week:], load_of(strategy, case), rtol=1e-12)
    np.testing.assert_array_equal(shifted[:, :week], case.base_kw)


def test_another_seed_draws_other_classes_of_the_same_share() -> None:
    case = random_case(1, cars=500)
    ingredients = (case.sessions, case.base_kw, case.limit_kw, case.clock)
    one, two = (run("pause", *ingredients, Options(seed=seed)).session_class for seed in (0, 1))
    assert (one != two).any()
    assert (one == 2).mean() == pytest.approx((two == 2).mean(), abs=0.06)


def test_what_the_file_says_goes_before_the_draw() -> None:
    case = random_case(1)
    said = replace(case.sessions, can_resume=np.zeros(len(case.sessions), np.int8))
    ingredients = (said, case.base_kw, case.limit_kw, case.clock)
    told = run("pause", *ingredients, Options(share_can_resume=1.0))
    assert not (told.session_class == 2).any()


@pytest.mark.parametrize("strategy", PLANS)
def test_more_energy_than_the_stay_allows_is_clipped(strategy: str) -> None:
    clock = clock_of(1)
    car = make_sessions(1, arrival=[10], departure=[14], energy_kwh=50.0)
    base_kw, limit_kw = np.zeros((1, clock.steps)), np.array([np.nan])
    told = run(strategy, car, base_kw, limit_kw, clock, Options())
    assert told.served_kwh[0] == pytest.approx(11.04, rel=1e-6)
    assert told.load_kw[0, 10:14] == pytest.approx(11.04)
    assert not told.load_kw[0, 14:].any()


@pytest.mark.parametrize("month", [3, 10])
def test_days_of_92_and_100_steps_run(month: int) -> None:
    clock = Clock.days(datetime(2030, month, 31 if month == 3 else 27), 1, "Europe/Amsterdam")  # noqa: DTZ001
    assert clock.steps == (92 if month == 3 else 100)
    car = make_sessions(1, arrival=[0], departure=[clock.steps], energy_kwh=20.0)
    base_kw = np.zeros((1, clock.steps))
    told = run("v2g", car, base_kw, np.array([5.0]), clock, Options())
    assert told.served_kwh[0] == pytest.approx(20.0, rel=1e-5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"arrival": [-1]}, "horizon"),
        ({"departure": [97]}, "horizon"),
        ({"departure": [10]}, "before it arrives"),
        ({"energy_kwh": [np.nan]}, "energy"),
        ({"energy_kwh": [-1.0]}, "energy"),
        ({"power_kw": [0.0]}, "power"),
    ],
)
def test_what_the_kernels_could_stumble_over_is_refused(
    change: dict[str, list[float]], words: str
) -> None:
    columns = {"arrival": [10], "departure": [20], "energy_kwh": [5.0], "power_kw": [11.0]}
    car = make_sessions(1, **{**columns, **change})
    clock = clock_of(1)
    with pytest.raises(InputError, match=words):
        run("pause", car, np.zeros((1, 96)), np.array([np.nan]), clock, Options())


def test_a_base_of_another_shape_or_with_a_hole_is_refused() -> None:
    case = random_case(1)
    with pytest.raises(InputError, match="do not fit"):
        load_of("pause", replace(case, base_kw=case.base_kw[:, 1:]))
    hole = case.base_kw.copy()
    hole[0, 3] = np.nan
    with pytest.raises(InputError, match="hole"):
        load_of("pause", replace(case, base_kw=hole))


def test_sweeps_and_convergence_are_told() -> None:
    case = random_case(4, rows=3, cars=20)
    ingredients = (case.sessions, case.base_kw, case.limit_kw, case.clock)
    short = run("pause", *ingredients, Options(sweeps=1)).per_row
    long = run("pause", *ingredients, Options(sweeps=100)).per_row
    assert (short["sweeps_used"] == 1).all()
    assert long["converged"].all()
    assert (long["sweeps_used"] <= 100).all()


def test_the_defaults_of_a_run_are_the_sourced_ones() -> None:
    numbers, usual = load_parameters(), Options()
    for name in ("min_current_a", "share_can_resume", "soc_floor", "round_trip", "sweeps"):
        assert getattr(usual, name) == numbers[name].value


def test_everything_compiles_on_three_cars() -> None:
    warm_up()
