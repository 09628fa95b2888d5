"""No car charges below the lowest current it accepts, nor breaks off without need."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.core.engine.arrays import THROTTLE
from app.core.engine.result import Options
from app.core.engine.run import run
from tests.core.engine.cases import make_sessions, random_case, spread

SEEDS = some.integers(0, 10**6)
EVERY = settings(max_examples=200, deadline=None, derandomize=True)


@pytest.mark.parametrize("strategy", ["throttle", "pause"])
@EVERY
@given(seed=SEEDS)
def test_power_is_nothing_or_at_least_the_floor(strategy: str, seed: int) -> None:
    case = random_case(seed)
    each = case.sessions
    ingredients = (each, case.base_kw, case.limit_kw, case.clock)
    told = run(strategy, *ingredients, Options(share_can_resume=0.5, sweeps=3), profiles=True)
    floor = np.minimum(each.phases * 6 * 0.23, each.power_kw)
    car, step = spread(each)
    power = told.profile_kw.astype(float)
    thin = (power > 1e-6) & (power < floor[car] - 1e-4)
    # One step may stay below: a car that wants less than one, or has no way to keep the floor.
    assert (np.bincount(car[thin], minlength=len(each)) <= 1).all()
    for who in np.flatnonzero(told.session_class == THROTTLE):
        used = step[(car == who) & (power > 0)]
        assert used.size == 0 or used[0] == each.arrival[who], "it starts on arrival"
        assert (np.diff(used) == 1).all(), "it never stops and goes on"


def small(energy_kwh: float, *, power_kw: float = 11.04) -> np.ndarray:
    """Plan one three-phase car over four steps of load 9, 1, 5 and 1 kW."""
    from tests.core.engine.cases import clock_of  # noqa: PLC0415

    clock = clock_of(1)
    base_kw = np.zeros((1, clock.steps))
    base_kw[0, :4] = [9, 1, 5, 1]
    car = make_sessions(1, arrival=[0], departure=[4], energy_kwh=energy_kwh, power_kw=power_kw)
    options = Options(share_can_resume=1.0)
    told = run("pause", car, base_kw, np.array([np.nan]), clock, options, profiles=True)
    return told.profile_kw


def test_a_pause_by_hand() -> None:
    # 3 kWh are 12 kW-steps. Flat would be a level of (12 + 1 + 1 + 5) / 3 = 6.33: 5.33, 1.33,
    # 5.33 kW. The second is below 4.14 kW, so two steps of 6 kW (sum of squares 7 ** 2 * 2 = 98)
    # compete with three at the floor or above (3.93 short of the floor: 12 < 3 x 4.14). Two it is.
    np.testing.assert_allclose(small(3.0), [0, 6, 0, 6], atol=1e-6)


def test_equal_steps_are_used_earliest_first() -> None:
    # 1 kWh is less than the floor in any step: all of it goes to the first of the lowest steps.
    np.testing.assert_allclose(small(1.0), [0, 4, 0, 0], atol=1e-6)


def test_three_steps_by_hand() -> None:
    # 5 kWh are 20 kW-steps: the level 8 asks for 0, 7.6.. : (20 + 1 + 5 + 1) / 3 = 9: 8, 4, 8.
    # 4 kW is below 4.14 kW, so it is raised there, and 7.93 kW flow in the other two.
    np.testing.assert_allclose(small(5.0), [0, 7.93, 4.14, 7.93], atol=1e-5)
