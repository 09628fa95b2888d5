"""What could be shed and taken: by hand, and never more than can be made up for."""

from dataclasses import replace

import numpy as np
import pytest

from app.core.engine.arrays import PAUSE, THROTTLE, UNCONTROLLED, V2G, Sessions
from app.core.engine.flexibility import flexibility
from app.core.engine.result import EngineResult, Options
from app.core.errors import InputError
from tests.core.engine.test_figures import two_cars

OPTIONS = Options(round_trip=0.81, soc_floor=0.2)
STEPS = 16


def one_car() -> Sessions:
    both = two_cars()
    each = {name: getattr(both, name)[:1] for name in Sessions.__slots__ if name != "index"}
    return Sessions(**each, index=np.array([0, 1]))


def charging(profile: list[list[float]], kinds: list[int]) -> tuple[Sessions, EngineResult]:
    """Let cars of 11 kW and three phases, 20 of 50 kWh full, follow a profile."""
    cars = two_cars() if len(profile) > 1 else one_car()
    power = np.zeros((len(profile), STEPS), np.float32)
    for car, steps in enumerate(profile):
        power[car, : len(steps)] = steps
    kept = np.zeros(len(profile), np.float32)
    ev_kw = power.sum(axis=0, keepdims=True).astype(float)
    return cars, EngineResult(
        load_kw=ev_kw, ev_kw=ev_kw, served_kwh=kept,
        possible_kwh=kept, discharged_kwh=kept,
        session_class=np.array(kinds, np.int8), late_kwh=kept,
        finished=np.zeros(len(profile), np.int32), profile_kw=power.ravel(),
    )  # fmt: skip


def test_one_car_by_hand() -> None:
    # 11 kW in steps 0 to 3 of 16. A car that can pause sheds all of it; one that cannot falls to
    # 3 phases x 6 A x 0.23 = 4.14 kW. In step 0 it takes nothing more: it is at its most.
    cars, told = charging([[11, 11, 11, 11]], [PAUSE])
    found = flexibility(cars, told, OPTIONS)
    assert found.down_kw[0].tolist() == [11, 11, 11, 11] + [0] * 12
    assert not found.up_kw.any(), "what is charged already cannot be charged again"
    slow = flexibility(cars, replace(told, session_class=np.array([THROTTLE], np.int8)), OPTIONS)
    np.testing.assert_allclose(slow.down_kw[0, :4], 11 - 4.14)


def test_a_late_charger_can_take_now_what_it_planned_for_later() -> None:
    cars, told = charging([[0] * 12 + [5.5] * 4], [PAUSE])
    found = flexibility(cars, told, OPTIONS)
    assert found.up_kw[0, :8].tolist() == [11] * 8  # 22 kW-steps are still to come
    assert found.up_kw[0, 12:].tolist() == [5.5, 5.5, 5.5, 0], "the last step has nothing to come"
    assert found.down_kw[0, 12:].tolist() == [5.5, 5.5, 5.5, 0], "nor anything to make up with"


def test_what_is_shed_for_an_hour_must_fit_into_the_rest_of_the_stay() -> None:
    # Full power for 10 of 16 steps: 66 kW-steps are free after step 9, and 8 windows of an hour
    # ask for 44 each. In the third hour 22 kW-steps are drawn and 44 are free afterwards.
    cars, told = charging([[11] * 10], [PAUSE])
    hour = flexibility(cars, told, OPTIONS, hold=4).down_kw[0]
    assert hour[:4].tolist() == [11] * 4
    assert hour[8:10].tolist() == [11, 11]
    late, told = charging([[11] * 14], [PAUSE])  # 2 steps, 22 kW-steps free at the end
    hour = flexibility(late, told, OPTIONS, hold=4).down_kw[0]
    assert hour[4:8] == pytest.approx([5.5] * 4), "half of 44 is all that can be made up for"


def test_a_battery_gives_back_down_to_what_its_driver_keeps() -> None:
    # 20 of 50 kWh on arrival, 10 stay: 10 kWh x 0.9 in a quarter of an hour is 36 kW, more than
    # the 11 kW of discharge. Round trip 0.81: room after step 0 is 15 x 11 kW-steps. Plenty.
    cars, told = charging([[0] * 16], [V2G])
    assert flexibility(cars, told, OPTIONS).down_kw[0, 0] == pytest.approx(11)
    empty = replace(cars, soc0_kwh=np.array([10], np.float32))
    assert not flexibility(empty, told, OPTIONS).down_kw.any(), "never below the floor"
    assert flexibility(cars, told, OPTIONS).down_kw[0, 15] == 0, "no time to charge it again"


def test_who_opted_out_gives_nothing_and_against_charging_at_once_all_others_could() -> None:
    cars, told = charging([[11, 11], [11, 11]], [PAUSE, UNCONTROLLED])
    assert flexibility(cars, told, OPTIONS).down_kw[0, 0] == 11
    usual = replace(told, session_class=np.zeros(2, np.int8))
    assert flexibility(cars, usual, OPTIONS).down_kw[0, 0] == 22


def test_without_profiles_it_is_refused() -> None:
    cars, told = charging([[11]], [PAUSE])
    with pytest.raises(InputError, match="power of every session"):
        flexibility(cars, replace(told, profile_kw=None), OPTIONS)
