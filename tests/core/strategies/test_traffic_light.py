"""What only the traffic light promises."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.core.engine.arrays import PAUSE, STEP_H, THROTTLE, UNCONTROLLED
from app.core.engine.clock import Clock
from app.core.engine.contract import Contract, Window
from app.core.engine.result import EngineResult, Options
from app.core.engine.run import run
from tests.core.engine.cases import Case, clock_of, make_sessions, possible_kwh, random_case, spread

EVERY = settings(max_examples=200, deadline=None, derandomize=True)
SEEDS = some.integers(0, 10**6)
FOUR, FIVE = 16 * 60, 17 * 60


def light(case: Case, contract: Contract, **options: object) -> EngineResult:
    chosen = replace(Options(share_can_resume=1.0), **options)
    ingredients = (case.sessions, case.base_kw, case.limit_kw, case.clock)
    return run("traffic_light", *ingredients, chosen, contract=contract, profiles=True)


def calendar(**what: object) -> Contract:
    window = {key: what.pop(key) for key in ("limit_kw", "limit_share") if key in what}
    evening = Window(FOUR, FIVE, "amber", **window)
    usual = {"override_share": 0.0, **what}
    return Contract("evening", "", (evening,), "", "C", **usual)


def one_car(energy_kwh: float, *, arrival: int = 60, departure: int = 80, power_kw=11.04) -> Case:  # noqa: ANN001
    clock = clock_of(1)
    car = make_sessions(
        1, arrival=[arrival], departure=[departure], energy_kwh=energy_kwh, power_kw=power_kw
    )
    return Case(car, np.zeros((1, clock.steps)), np.array([np.nan]), clock)


def test_an_evening_by_hand() -> None:
    # 15:00 to 20:00, 11.04 kW. Four steps at full power bring 11.04 kWh; then amber at 5.52 kW
    # for four steps, 5.52 kWh; of 20 kWh 3.44 are left for green: 11.04 kW and 2.72 kW.
    told = light(one_car(20.0), calendar(limit_share=0.5))
    want = [11.04] * 4 + [5.52] * 4 + [11.04, 2.72] + [0] * 10
    np.testing.assert_allclose(told.profile_kw, want, atol=1e-4)
    # Late is what an uncontrolled car would have had half an hour before the end of the step
    # that brings it: 2.76 kWh in the second amber hour's last step, and all after it.
    assert 0 < told.late_kwh[0] < 8.96


def test_the_lowest_current_of_three_phases_is_no_pause() -> None:
    # 4.14 kW is 6 A on three phases to the last bit, and 5 A without care.
    told = light(one_car(20.0), calendar(limit_kw=4.14))
    np.testing.assert_allclose(told.profile_kw[4:8], 4.14, atol=1e-6)


def test_two_kilowatts_stop_a_three_phase_car_and_none_that_cannot_resume() -> None:
    pausing = light(one_car(20.0), calendar(limit_kw=2.0))
    assert not pausing.profile_kw[4:8].any()
    held = light(one_car(20.0), calendar(limit_kw=2.0), share_can_resume=0.0)
    np.testing.assert_allclose(held.profile_kw[4:8], 4.14, atol=1e-6)
    excess = held.per_row["limit_excess_kwh"][0]
    assert excess == pytest.approx((4.14 - 2.0) * 1.0, abs=1e-5)
    forbidden = light(one_car(20.0), calendar(limit_kw=2.0, pause_allowed=False))
    np.testing.assert_allclose(forbidden.profile_kw[4:8], 4.14, atol=1e-6)


def test_a_one_phase_car_follows_whole_amps() -> None:
    # 2 kW on one phase are 8.69 A, so 8 A: 1.84 kW.
    told = light(one_car(10.0, power_kw=3.68), calendar(limit_kw=2.0))
    np.testing.assert_allclose(told.profile_kw[4:8], 1.84, atol=1e-6)


def test_a_promise_of_a_full_car_breaks_the_colour_as_late_as_it_can() -> None:
    # 15:30 to 17:00: two green steps bring 5.52 kWh, four red ones nothing. 10 kWh are promised:
    # 4.48 kWh at 11.04 kW take 1.62 steps, so red holds for two steps and 0.38 of the third.
    case = one_car(10.0, arrival=62, departure=68)
    told = light(case, calendar(limit_kw=0.0, guarantee=True))
    part = (10 - 5.52 - 2.76) / STEP_H
    np.testing.assert_allclose(told.profile_kw, [11.04, 11.04, 0, 0, part, 11.04], atol=1e-4)
    assert told.per_row["guarantee_kwh"][0] == pytest.approx(4.48, abs=1e-4)
    broken = light(case, calendar(limit_kw=0.0))
    assert broken.served_kwh[0] == pytest.approx(5.52, abs=1e-4)


@EVERY
@given(SEEDS, some.sampled_from([0.0, 2.0, 4.14, 6.0]), some.booleans())
def test_nobody_is_above_the_ceiling_and_nobody_waits_below_it(
    seed: int,
    limit_kw: float,
    guarantee: bool,  # noqa: FBT001
) -> None:
    case = random_case(seed)
    told = light(case, calendar(limit_kw=limit_kw, guarantee=guarantee), share_can_resume=0.5)
    each = case.sessions
    car, step = spread(each)
    power = told.profile_kw.astype(float)
    amber = (case.clock.minute[step] >= FOUR) & (case.clock.minute[step] < FIVE)
    floor = np.minimum(each.phases * 1.38, each.power_kw)
    may = np.where(told.session_class == PAUSE, limit_kw, np.maximum(limit_kw, floor))
    if guarantee:
        np.testing.assert_allclose(told.served_kwh, possible_kwh(each), rtol=1e-5, atol=1e-4)
    else:
        assert (power <= np.where(amber, may[car], each.power_kw[car]) + 1e-5).all()
    # As soon as possible: in green a car takes all it can until it is full.
    left = possible_kwh(each)[car] - _before(car, power) * STEP_H
    if not guarantee:
        green = ~amber
        want = np.minimum(each.power_kw[car], np.maximum(left / STEP_H, 0))
        np.testing.assert_allclose(power[green], want[green], atol=1e-3)


def _before(car: np.ndarray, power: np.ndarray) -> np.ndarray:
    total = np.cumsum(power) - power
    first = np.searchsorted(car, car)
    return total - total[first]


def test_drivers_who_override_charge_at_once() -> None:
    case = random_case(6, cars=200)
    told = light(case, calendar(limit_kw=0.0, override_share=0.2))
    plain = told.session_class == UNCONTROLLED
    assert 0.1 < plain.mean() < 0.3
    np.testing.assert_allclose(
        told.served_kwh[plain], possible_kwh(case.sessions)[plain], rtol=1e-5
    )
    assert not told.late_kwh[plain].any()
    strict = light(case, calendar(limit_kw=0.0, override_share=0.2, override=False))
    assert not (strict.session_class == UNCONTROLLED).any()


def test_windows_follow_the_wall_on_the_day_summer_time_ends() -> None:
    from datetime import datetime  # noqa: PLC0415

    clock = Clock.days(datetime(2030, 10, 27), 1, "Europe/Amsterdam")  # noqa: DTZ001
    assert clock.steps == 100
    car = make_sessions(1, arrival=[0], departure=[100], energy_kwh=200.0)
    case = Case(car, np.zeros((1, 100)), np.array([np.nan]), clock)
    told = light(case, calendar(limit_kw=0.0))
    stopped = np.flatnonzero((told.profile_kw == 0) & (clock.minute < 18 * 60))
    np.testing.assert_array_equal(stopped, np.arange(68, 72))  # 16:00 is step 64 + 4 that day


def test_the_first_window_that_claims_a_step_holds() -> None:
    windows = (
        Window(FOUR, FIVE, "green", day_types=("saturday",)),
        Window(FOUR, FIVE, "red", limit_kw=0.0),
    )
    contract = Contract("two", "", windows, "", "C", override_share=0.0)
    clock = clock_of(7)
    week = make_sessions(
        1, arrival=np.arange(7) * 96 + 64, departure=np.arange(7) * 96 + 68, energy_kwh=11.04
    )
    told = light(Case(week, np.zeros((1, clock.steps)), np.array([np.nan]), clock), contract)
    np.testing.assert_allclose(told.served_kwh, [0, 0, 0, 0, 0, 11.04, 0], atol=1e-4)
    assert (told.session_class >= THROTTLE).all()
