"""What only cars that give energy back promise."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as some

from app.core.engine.arrays import STEP_H, V2G
from app.core.engine.result import EngineResult, Options
from app.core.engine.run import run
from tests.core.engine.cases import Case, clock_of, make_sessions, possible_kwh, random_case, spread

EVERY = settings(max_examples=200, deadline=None, derandomize=True)
SEEDS = some.integers(0, 10**6)


def ask(case: Case, options: Options, strategy: str = "v2g") -> EngineResult:
    ingredients = (case.sessions, case.base_kw, case.limit_kw, case.clock)
    return run(strategy, *ingredients, options, profiles=True)


@EVERY
@given(SEEDS, some.floats(0, 1), some.floats(0.5, 1), some.sampled_from([None, 5.0, "auto"]))
def test_batteries_stay_in_their_tube_and_end_full(
    seed: int, soc_floor: float, round_trip: float, theta_kw: float | str | None
) -> None:
    case = random_case(seed)
    options = Options(soc_floor=soc_floor, round_trip=round_trip, theta_kw=theta_kw)
    told = ask(case, options)
    each, power, eta = case.sessions, told.profile_kw.astype(float), np.sqrt(round_trip)
    car, _ = spread(each)
    stored = STEP_H * (eta * power.clip(0) - (-power).clip(0) / eta)
    total = np.cumsum(stored)
    before = np.concatenate([[0.0], total])[np.searchsorted(car, np.arange(len(each)))]
    soc = each.soc0_kwh[car] + total - before[car]
    target = each.soc0_kwh + eta * possible_kwh(each)
    low = np.minimum(soc_floor * each.battery_kwh, each.soc0_kwh)
    high = np.maximum(each.battery_kwh, target)
    assert (soc >= low[car] - 1e-4).all(), "it never gives the driver's own share away"
    assert (soc <= high[car] + 1e-4).all(), "no battery is overfull"
    last = np.flatnonzero(np.diff(car, append=-1))
    np.testing.assert_allclose(soc[last], target, atol=1e-4)
    assert not power[(told.session_class != V2G)[car]].clip(max=0).any()


@EVERY
@given(SEEDS)
def test_it_discharges_only_against_an_overload(seed: int) -> None:
    case = random_case(seed, cars=30)
    told = ask(case, Options(sweeps=50))
    car, step = spread(case.sessions)
    back = told.profile_kw < -1e-4
    load = told.load_kw[case.sessions.row[car], step]
    # Where a battery gives, the load was above the limit, and it is not pushed below it.
    assert (load[back] >= case.limit_kw[case.sessions.row[car]][back] - 0.05).all()


@EVERY
@given(SEEDS, some.integers(1, 5))
def test_no_peak_is_higher_than_with_pauses(seed: int, sweeps: int) -> None:
    case = random_case(seed, cars=30)
    options = Options(sweeps=sweeps)
    v2g, pause = (ask(case, options, key).load_kw.max(axis=1) for key in ("v2g", "pause"))
    assert (v2g <= pause + 1e-5).all()


def test_a_full_street_by_hand() -> None:
    # Load 10, 30, 10, 10 kW against 20 kW. A full car with a perfect battery wants 1 kWh. It
    # gives 10 kW in the second step and takes 14 kW-steps in the other three, levelled at 14.67.
    clock = clock_of(1)
    base_kw = np.full((1, clock.steps), 10.0)
    base_kw[0, 1] = 30.0
    car = make_sessions(1, arrival=[0], departure=[4], energy_kwh=1.0, soc0_kwh=40.0)
    case = Case(car, base_kw, np.array([20.0]), clock)
    told = ask(case, Options(round_trip=1.0, share_can_resume=1.0))
    np.testing.assert_allclose(told.profile_kw, [14 / 3, -10, 14 / 3, 14 / 3], atol=1e-5)
    assert told.discharged_kwh[0] == np.float32(2.5)
    np.testing.assert_allclose(told.served_kwh, 1.0, rtol=1e-6)


def test_losses_are_bought_back() -> None:
    # As above with 81 % there and back: 10 kW-steps given cost 10 / 0.81 = 12.35 taken.
    clock = clock_of(1)
    base_kw = np.full((1, clock.steps), 10.0)
    base_kw[0, 1] = 30.0
    car = make_sessions(1, arrival=[0], departure=[4], energy_kwh=1.0, soc0_kwh=40.0)
    case = Case(car, base_kw, np.array([20.0]), clock)
    told = ask(case, Options(round_trip=0.81, share_can_resume=1.0))
    taken = (4 + 10 / 0.81) / 3
    np.testing.assert_allclose(told.profile_kw, [taken, -10, taken, taken], atol=1e-5)


def test_a_car_near_empty_keeps_what_it_has() -> None:
    clock = clock_of(1)
    base_kw = np.full((1, clock.steps), 10.0)
    base_kw[0, 0] = 30.0
    car = make_sessions(1, arrival=[0], departure=[8], energy_kwh=5.0, soc0_kwh=6.0)
    case = Case(car, base_kw, np.array([20.0]), clock)
    told = ask(case, Options(share_can_resume=1.0))
    assert not told.discharged_kwh.any(), "it arrived below the floor and may not go lower"
    above = ask(
        replace(case, sessions=replace(car, soc0_kwh=np.array([30.0], np.float32))), Options()
    )
    assert above.discharged_kwh[0] > 0


def test_a_battery_nobody_knows_is_left_alone() -> None:
    case = random_case(9, cars=20)
    nothing = np.full(len(case.sessions), np.nan, np.float32)
    blind = replace(case.sessions, battery_kwh=nothing, soc0_kwh=nothing)
    told = ask(replace(case, sessions=blind), Options(theta_kw=1.0))
    assert not told.discharged_kwh.any()
    assert not (told.session_class == V2G).any()


def test_more_v2g_discharges_more_against_the_same_limit() -> None:
    given = []
    for share in (0.0, 0.2, 0.5, 1.0):
        case = random_case(12, rows=8, cars=30)
        given.append(ask(case, Options(v2g_share=share)).discharged_kwh.sum())
    assert given[0] == 0
    assert given == sorted(given)
