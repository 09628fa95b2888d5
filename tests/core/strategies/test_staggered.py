"""An orderly return after a window: a lower rebound for the same energy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.core.engine.arrays import STEP_H
from app.core.engine.contract import Contract, Window
from app.core.engine.direct import held_steps
from app.core.engine.figures import after_windows
from app.core.engine.result import EngineResult, Options
from app.core.engine.run import run
from app.core.errors import InputError
from tests.core.engine.cases import Case, clock_of, make_sessions, random_case

RED = Contract("red", "", (Window(960, 1200, "red", limit_kw=0.0),), "", "C", override=False)
END = 80  # 20:00


def _street(cars: int = 40) -> Case:
    """Cars that come home between 16:00 and 18:00 and stay until seven."""
    clock = clock_of(2)
    arrival = 64 + np.arange(cars) % 8
    sessions = make_sessions(
        1, arrival=arrival, departure=np.full(cars, 124), energy_kwh=10 + np.arange(cars) % 5
    )
    return Case(sessions, np.full((1, clock.steps), 20.0), np.array([np.nan]), clock)


def _ask(case: Case, strategy: str, contract: Contract = RED, **said: object) -> EngineResult:
    options = Options(share_can_resume=1, **said)
    ingredients = (case.sessions, case.base_kw, case.limit_kw, case.clock)
    return run(strategy, *ingredients, options, contract=contract, profiles=True)


def test_the_rebound_falls_by_a_third_at_least_with_equal_energy() -> None:
    case = _street()
    late = after_windows(held_steps(RED, case.clock))
    together, in_turn = _ask(case, "traffic_light"), _ask(case, "staggered")
    before, after = together.ev_kw[0, late].max(), in_turn.ev_kw[0, late].max()
    assert after < 0.7 * before
    assert in_turn.served_kwh.sum() == pytest.approx(together.served_kwh.sum(), rel=1e-6)
    assert in_turn.per_row["shortfall_kwh"][0] == 0
    assert in_turn.ev_kw[0, :64].max() == in_turn.ev_kw[0, 64:END].max() == 0


def test_the_car_in_the_greatest_hurry_starts_first() -> None:
    # three cars wait at 20:00; the one that leaves first starts first, then every 40 minutes
    clock = clock_of(2)
    cars = make_sessions(1, arrival=[64, 64, 64], departure=[130, 110, 150], energy_kwh=[11.04] * 3)
    case = Case(cars, np.zeros((1, clock.steps)), np.array([np.nan]), clock)
    told = _ask(case, "staggered", release_min=120)
    begins = [
        64 + int(np.flatnonzero(power)[0])
        for power in np.split(told.profile_kw, np.cumsum(cars.departure - cars.arrival)[:-1])
    ]
    assert dict(zip(cars.departure.tolist(), begins, strict=True)) == {
        110: END,
        130: END + 3,  # 8 steps x 1/3 = 2.67
        150: END + 5,  # 8 steps x 2/3 = 5.33
    }
    assert told.per_row["release_min"].tolist() == [120]


def test_without_a_spread_it_is_the_traffic_light() -> None:
    case = _street()
    light, none = _ask(case, "traffic_light"), _ask(case, "staggered", release_min=0)
    np.testing.assert_allclose(none.ev_kw, light.ev_kw, atol=1e-5)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(seed=some.integers(0, 10**6), guarantee=some.booleans(), red=some.booleans())
def test_nobody_gets_less_than_under_the_traffic_light(
    seed: int, *, guarantee: bool, red: bool
) -> None:
    case = random_case(seed)
    window = Window(960, 1200, "x", limit_kw=0.0) if red else Window(960, 1200, "x", limit_kw=4.2)
    contract = Contract("c", "", (window,), "", "C", guarantee=guarantee, override_share=0.1)
    light = _ask(case, "traffic_light", contract)
    told = _ask(case, "staggered", contract)
    np.testing.assert_allclose(told.served_kwh, light.served_kwh, rtol=1e-5, atol=1e-3)
    assert (told.load_kw.max(axis=1) <= light.load_kw.max(axis=1) + 1e-6).all()
    short = case.sessions.energy_kwh.sum() - told.served_kwh.sum()
    assert told.per_row["shortfall_kwh"].sum() <= short + 1e-3
    assert told.ev_kw.sum() * STEP_H == pytest.approx(told.served_kwh.sum(), rel=1e-5, abs=1e-3)


def test_a_word_that_is_no_time_is_refused() -> None:
    with pytest.raises(InputError, match="release_min: 'soon'"):
        _ask(_street(3), "staggered", release_min="soon")
