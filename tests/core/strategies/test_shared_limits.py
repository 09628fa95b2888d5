"""One limit for a station or a transformer, and a light that follows the load."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.core.engine.arrays import STEP_H, THROTTLE, UNCONTROLLED
from app.core.engine.contract import Contract, Window
from app.core.engine.result import EngineResult, Options
from app.core.engine.run import run
from app.core.errors import InputError
from tests.core.engine.cases import Case, clock_of, make_sessions, random_case, spread

EVERY = settings(max_examples=200, deadline=None, derandomize=True)
DAY = Window(0, 1440, "amber", limit_kw=8.28)
SHARED = Contract("shared", "", (DAY,), "", "C", override_share=0.0, unit="per_transformer")


def light(case: Case, contract: Contract, **options: object) -> EngineResult:
    chosen = replace(Options(share_can_resume=1.0), **options)
    ingredients = (case.sessions, case.base_kw, case.limit_kw, case.clock)
    return run("traffic_light", *ingredients, chosen, contract=contract, profiles=True)


def cars(count: int, **columns: object) -> Case:
    clock = clock_of(1)
    usual: dict[str, object] = {"arrival": np.zeros(count, int), "departure": 12, "energy_kwh": 9.0}
    each = make_sessions(1, **{**usual, **columns})
    return Case(each, np.zeros((1, clock.steps)), np.array([10.0]), clock)


def test_two_cars_share_and_a_third_waits_its_turn() -> None:
    # 8.28 kW are twice 6 A on three phases: two of three cars run, the least served first. So in
    # three steps each runs twice: 1 and 2, then 3 and 1, then 2 and 3.
    told = light(cars(3), SHARED)
    power = told.profile_kw.reshape(3, 12)[:, :3]
    np.testing.assert_allclose(power.sum(axis=0), 8.28, atol=1e-6)
    np.testing.assert_allclose((power > 0).sum(axis=1), 2)
    np.testing.assert_allclose(power[power > 0], 4.14, atol=1e-6)


def test_what_a_small_car_cannot_use_goes_to_the_others() -> None:
    # 20.7 kW for a car of 3.68 kW and one of 22.08 kW: 10.35 each, but the first takes 3.68;
    # the other gets 17.02 kW, in whole amps 24 x 0.69 = 16.56.
    day = replace(DAY, limit_kw=20.7)
    told = light(cars(2, power_kw=[3.68, 22.08]), replace(SHARED, windows=(day,)))
    np.testing.assert_allclose(told.profile_kw.reshape(2, 12)[:, 0], [3.68, 16.56], atol=1e-5)


def test_each_station_has_its_own_limit() -> None:
    case = cars(4, station=[0, 0, 1, 1])
    told = light(case, replace(SHARED, unit="per_station", windows=(replace(DAY, limit_kw=4.14),)))
    power = told.profile_kw.reshape(4, 12)
    np.testing.assert_allclose(power[:2, 0].sum(), 4.14, atol=1e-6)
    np.testing.assert_allclose(power[2:, 0].sum(), 4.14, atol=1e-6)
    with pytest.raises(InputError, match="which station"):
        light(cars(4), replace(SHARED, unit="per_station"))
    share = Window(0, 1440, "amber", limit_share=0.5)
    with pytest.raises(InputError, match="in kW"):
        light(case, replace(SHARED, windows=(share,)))


@EVERY
@given(seed=some.integers(0, 10**6), kw=some.floats(0, 60), pauses=some.booleans())
def test_a_shared_limit_holds_but_for_what_is_counted(seed: int, kw: float, pauses: bool) -> None:  # noqa: FBT001
    case = random_case(seed)
    contract = replace(SHARED, windows=(replace(DAY, limit_kw=kw),), pause_allowed=pauses)
    told = light(case, contract, share_can_resume=0.5, opt_out=0.2)
    car, step = spread(case.sessions)
    kept = told.session_class[car] >= THROTTLE
    drawn = np.zeros_like(case.base_kw)
    np.add.at(drawn, (case.sessions.row[car[kept]], step[kept]), told.profile_kw[kept])
    above = np.maximum(drawn - kw, 0).sum(axis=1) * STEP_H
    np.testing.assert_allclose(above, told.per_row["limit_excess_kwh"], rtol=1e-4, atol=1e-4)
    if (told.session_class[told.session_class != UNCONTROLLED] > THROTTLE).all() and pauses:
        assert told.per_row["limit_excess_kwh"].max() <= 1e-4, "who can wait, waits"


def test_points_under_a_light_on_the_clock_are_as_before() -> None:
    # A light on the load that never turns is no light; and one limit per point, forward in time,
    # is the answer the clock gives.
    case = random_case(4, cars=30)
    evening = Window(960, 1200, "amber", limit_kw=4.14)
    clock = Contract("c", "", (evening,), "", "C", override_share=0.0)
    far = replace(case, limit_kw=np.full(2, 1e9))
    told = light(far, replace(clock, trigger="load"))
    usual = run(
        "uncontrolled", far.sessions, far.base_kw, far.limit_kw, far.clock, Options(), profiles=True
    )
    np.testing.assert_allclose(told.profile_kw, usual.profile_kw, atol=1e-5)
    unknown = replace(case, limit_kw=np.full(2, np.nan))
    told = light(unknown, replace(clock, trigger="load"))
    np.testing.assert_allclose(told.profile_kw, usual.profile_kw, atol=1e-5)


def test_a_light_on_the_load_turns_and_turns_back_by_hand() -> None:
    # Limit 10 kW: amber from 8, back below 7.5. The base stands at 0, then 8.2 in steps 2 to 4,
    # then 7.6 and 7.0. The light of a step follows the step before: a car of 11.04 kW that never
    # gets full charges freely in steps 0 and 1 - but its own 11.04 kW already turn it red.
    red = (Window(0, 720, "amber", limit_kw=8.28), Window(720, 1440, "red", limit_kw=4.14))
    contract = replace(SHARED, unit="per_point", trigger="load", windows=red)
    case = cars(1, energy_kwh=99.0)
    told = light(case, contract)
    # 11.04 >= 9.5: red, 4.14; then 4.14 < 7.5: green again, 11.04, and so on.
    np.testing.assert_allclose(told.profile_kw[:4], [11.04, 4.14, 11.04, 4.14], atol=1e-5)
    slow = light(case, replace(contract, notice_min=30))
    np.testing.assert_allclose(
        slow.profile_kw[:6], [11.04, 11.04, 4.14, 4.14, 11.04, 11.04], atol=1e-5
    )


def test_a_promise_of_a_full_car_is_kept_and_counted() -> None:
    told = light(cars(3), replace(SHARED, guarantee=True, windows=(replace(DAY, limit_kw=4.14),)))
    np.testing.assert_allclose(told.served_kwh, 9.0, rtol=1e-5)
    assert told.per_row["guarantee_kwh"].sum() > 0
    missed = light(cars(3), replace(SHARED, windows=(replace(DAY, limit_kw=4.14),)))
    assert missed.served_kwh.sum() < 27


def test_a_staggered_return_needs_the_clock() -> None:
    case = cars(2)
    with pytest.raises(InputError, match="follows the clock"):
        run(
            "staggered", case.sessions, case.base_kw, case.limit_kw, case.clock, Options(),
            contract=SHARED,
        )  # fmt: skip
