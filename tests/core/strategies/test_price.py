"""The cheapest hours of each stay, by hand and against every other choice."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.core.engine.arrays import STEP_H
from app.core.engine.result import EngineResult, Options
from app.core.engine.run import run
from app.services.own_files import OwnPaths, read_own
from tests.core.engine.cases import clock_of, make_sessions

FLOOR_KW, FULL_KW = 4.14, 11.04  # three phases at 6 A and 16 A


def _ask(prices: list[float], steps_kw: float, *, resume: float, floor_a: float) -> EngineResult:
    """Charge one car, there from step 0 for as long as there are prices."""
    clock = clock_of(1)
    series = np.full(clock.steps, 1000.0)
    series[: len(prices)] = prices
    car = make_sessions(1, arrival=[0], departure=[len(prices)], energy_kwh=[steps_kw / 4])
    options = Options(share_can_resume=resume, min_current_a=floor_a)
    base_kw, limit_kw = np.zeros((1, clock.steps)), np.array([np.nan])
    return run(
        "price", car, base_kw, limit_kw, clock, options, price_eur_per_mwh=series, profiles=True
    )


def _cost(told: EngineResult, prices: list[float]) -> float:
    return float(np.dot(told.profile_kw, prices))


def test_full_power_in_the_cheapest_steps_the_earliest_of_equals() -> None:
    told = _ask([30, 10, 10, 10, 20], 2 * FULL_KW, resume=1, floor_a=0)
    assert told.profile_kw == pytest.approx([0, FULL_KW, FULL_KW, 0, 0])


def test_a_rest_below_the_lowest_current_is_raised_at_the_dearest_steps_cost() -> None:
    # 2 full steps and a rest of 1 kW: the third takes 4.14, the dearest full one gives 3.14
    told = _ask([10, 20, 30, 40], 2 * FULL_KW + 1, resume=1, floor_a=6)
    assert told.profile_kw == pytest.approx([FULL_KW, FULL_KW - 3.14, FLOOR_KW, 0], abs=1e-5)


def test_a_car_that_cannot_pause_goes_on_at_the_floor_until_it_stops() -> None:
    # 14.14 kW-steps, the third step is cheap: stopping after three takes the floor in the second
    # (4.14), all it can in the cheap third (10), and nothing in the first, which is exempt.
    told = _ask([30, 30, 5, 90], FLOOR_KW + 10, resume=0, floor_a=6)
    assert told.profile_kw == pytest.approx([0, FLOOR_KW, 10, 0], abs=1e-5)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    prices=some.lists(some.integers(-3, 9), min_size=1, max_size=6),
    share=some.floats(0.02, 1),
    floor_a=some.sampled_from([0.0, 6.0]),
)
def test_no_stop_would_have_been_cheaper(prices: list[float], share: float, floor_a: float) -> None:
    total = share * len(prices) * FULL_KW
    told = _ask([float(p) for p in prices], total, resume=0, floor_a=floor_a)
    floor = FLOOR_KW if floor_a else 0.0
    best = min(
        (
            _cheapest(prices[:stop], total, floor)
            for stop in range(1, len(prices) + 1)
            if floor * (stop - 1) <= total * (1 + 1e-9) and total <= FULL_KW * stop * (1 + 1e-9)
        ),
        default=None,
    )
    assert best is not None
    assert _cost(told, prices) == pytest.approx(best, abs=1e-3)
    assert told.profile_kw.sum() == pytest.approx(total, rel=1e-5)


def _cheapest(prices: list[float], total: float, floor: float) -> float:
    """Floors on all but the first step, the rest where it is cheapest: tried in every order."""
    ground = [0.0] + [floor] * (len(prices) - 1)
    left, cost = total - sum(ground), float(np.dot(ground, prices))
    for step in sorted(range(len(prices)), key=lambda nth: prices[nth]):
        taken = min(left, FULL_KW - ground[step])
        cost += taken * prices[step]
        left -= taken
    return cost


@settings(max_examples=200, deadline=None, derandomize=True)
@given(prices=some.lists(some.integers(0, 9), min_size=2, max_size=6), share=some.floats(0.02, 1))
def test_with_pauses_every_step_is_off_or_above_the_floor(
    prices: list[float], share: float
) -> None:
    total = share * len(prices) * FULL_KW
    power = np.asarray(_ask([float(p) for p in prices], total, resume=1, floor_a=6).profile_kw)
    whole = int(total / FULL_KW + 1e-9)
    missing = FLOOR_KW - (total - whole * FULL_KW)
    thin = (power > 1e-6) & (power < FLOOR_KW - 1e-4)
    assert power.sum() == pytest.approx(total, rel=1e-5)
    # the dearest full steps can give what the rest lacks, unless there are too few of them
    assert thin.sum() <= (missing > whole * (FULL_KW - FLOOR_KW) - 1e-6)


def test_the_published_costs_come_out(testdata: Callable[[str], Path]) -> None:
    """EUR/kWh of the Nature Communications study: at once, no pauses, pauses."""
    files = ("sessions", "base_load", "day_ahead_nl")
    sessions, base, prices = (testdata(f"paused_charging/{name}.csv") for name in files)
    case = read_own(OwnPaths(sessions, base=base, prices=prices), zone="Europe/Amsterdam")
    ingredients = (case.file.sessions, case.base_kw, case.limit_kw, case.clock)
    asked = (
        ("uncontrolled", Options(), 0.276),
        ("price", Options(share_can_resume=0), 0.242),
        ("price", Options(share_can_resume=1, min_current_a=0), 0.213),
    )
    for strategy, options, published in asked:
        told = run(strategy, *ingredients, options, price_eur_per_mwh=case.eur_per_mwh)
        paid_eur = np.nansum(told.ev_kw[0] * case.eur_per_mwh) * STEP_H / 1000
        assert paid_eur / told.served_kwh.sum() == pytest.approx(published, abs=0.001), strategy
