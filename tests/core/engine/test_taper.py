"""Batteries that fill slowly: never above the curve, near the optimum, and nobody starved by it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.core.engine.arrays import STEP_H, Floats
from app.core.engine.result import EngineResult, Options
from app.core.engine.run import run
from app.core.engine.taper import NO_TAPER, Taper
from app.core.errors import InputError
from app.core.strategies import STRATEGIES
from app.services.tapers import load_tapers
from tests.core.engine.cases import Case, clock_of, make_sessions, random_case, spread
from tests.core.engine.oracle import lowest_peak_kw
from tests.core.engine.test_optimum import case_of
from tests.core.strategies.test_every_strategy import EVENING

AC, DC = (load_tapers()[key] for key in ("ac", "dc"))
GUARANTEE = replace(EVENING, guarantee=True)


def ask(strategy: str, case: Case, options: Options) -> EngineResult:
    return run(
        strategy,
        case.sessions,
        case.base_kw,
        case.limit_kw,
        case.clock,
        options,
        contract=EVENING,
        price_eur_per_mwh=50 + 40 * np.sin(np.arange(case.clock.steps) / 9),
        profiles=True,
    )


def stored_kwh(case: Case, told: EngineResult, options: Options) -> Floats:
    """Energy in the battery at the end of every session-step."""
    each = case.sessions
    car, _ = spread(each)
    power, eta = told.profile_kw.astype(float), np.sqrt(options.round_trip)
    gain = STEP_H * (eta * power.clip(0) - (-power).clip(0) / eta)
    total, stay = np.cumsum(gain), (each.departure - each.arrival).astype(int)
    first = np.cumsum(stay) - stay
    return each.soc0_kwh[car] + total - (total[first] - gain[first])[car]


def roomy(case: Case) -> Case:
    """Give every car a battery that holds what it came for: beyond it the curve says nothing."""
    each = case.sessions
    holds = np.maximum(each.battery_kwh, each.soc0_kwh + each.energy_kwh)
    return replace(case, sessions=replace(each, battery_kwh=holds.astype(np.float32)))


@pytest.mark.parametrize("taper", [AC, DC], ids=str)
@pytest.mark.parametrize("key", STRATEGIES)
@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    seed=some.integers(0, 10**6),
    floor_a=some.sampled_from([0.0, 6.0]),
    theta_kw=some.sampled_from([None, "auto"]),
)
def test_no_car_draws_more_than_its_battery_takes(
    taper: Taper, key: str, seed: int, floor_a: float, theta_kw: str | None
) -> None:
    case = random_case(seed)
    options = Options(taper=taper, min_current_a=floor_a, theta_kw=theta_kw, sweeps=3)
    told = ask(key, case, options)
    car, _ = spread(case.sessions)
    charge = stored_kwh(case, told, options) / case.sessions.battery_kwh[car]
    share = np.interp(charge, *zip(*taper.knots, strict=True))
    assert (told.profile_kw <= share * case.sessions.power_kw[car] + 2e-4).all()
    if "contract" not in STRATEGIES[key].needs:
        np.testing.assert_allclose(told.served_kwh, told.possible_kwh, rtol=1e-5, atol=2e-3)


def test_a_battery_fills_as_worked_by_hand() -> None:
    # 10 kWh battery at 8 kWh, 10 kW, losses none, share falls from 1 at 80 % to 0 .. 0.1 at 100 %:
    # c(s) = 1 - 4.5 (s - 0.8). Step 1: x = 10 (1 - 4.5 (8 + x/4 - 8) / 10) = 10 - 1.125 x,
    # so x = 10 / 2.125 = 4.705882; then 8 + 1.176471 kWh are in it: x = (10 - 4.5 * 1.176471) /
    # 2.125 = 2.214533, then 1.042133 kW: 1.990637 of the 2 kWh it came for in three quarters.
    curve = Taper("steep", ((0.0, 1.0), (0.8, 1.0), (1.0, 0.1)))
    car = make_sessions(
        1, departure=np.array([3]), arrival=np.array([0]), energy_kwh=2.0, power_kw=10.0,
        soc0_kwh=8.0, battery_kwh=10.0,
    )  # fmt: skip
    clock = clock_of(1)
    case = Case(car, np.zeros((1, clock.steps)), np.array([np.nan]), clock)
    told = ask("uncontrolled", case, Options(taper=curve, round_trip=1.0))
    np.testing.assert_allclose(told.profile_kw[:2], [4.705882, 2.214533], atol=1e-5)
    assert told.possible_kwh[0] == pytest.approx(1.990637, abs=1e-5), "the rest is not withheld"
    assert told.served_kwh[0] == pytest.approx(told.possible_kwh[0], abs=1e-5)


def test_pauses_without_a_lowest_current_reach_the_optimum_under_the_curve() -> None:
    for taper in (AC, DC):
        for seed in range(12):
            case = roomy(case_of(seed))
            options = Options(share_can_resume=1.0, min_current_a=0.0, sweeps=20, taper=taper)
            told = ask("pause", case, options)
            wanted = told.possible_kwh * (1 - 1e-6)  # float32
            best = lowest_peak_kw(
                case.sessions, case.base_kw[0], v2g=False, taper=taper, wanted_kwh=wanted
            )
            assert best * (1 - 1e-5) <= told.load_kw.max() <= best * 1.001, (taper.key, seed)


def test_v2g_comes_near_the_optimum_under_the_curve() -> None:
    gaps = []
    for seed in range(16):
        case = roomy(case_of(seed))
        options = Options(share_can_resume=1.0, sweeps=20, taper=AC, theta_kw="auto")
        told = ask("v2g", case, options)
        wanted = told.possible_kwh * (1 - 1e-6)  # float32
        best = lowest_peak_kw(case.sessions, case.base_kw[0], v2g=True, taper=AC, wanted_kwh=wanted)
        gaps.append(told.load_kw.max() / best - 1)
        assert told.load_kw.max() <= ask("pause", case, options).load_kw.max() + 1e-3
    assert min(gaps) >= -1e-5
    assert np.mean(gaps) <= 0.005
    assert max(gaps) <= 0.03


@pytest.mark.parametrize("key", STRATEGIES)
def test_a_flat_curve_changes_no_bit(key: str) -> None:
    case = random_case(5, cars=20)
    flat = Taper("flat", ((0.0, 1.0), (0.5, 1.0), (1.0, 1.0)))
    usual = ask(key, case, Options())
    np.testing.assert_array_equal(ask(key, case, Options(taper=flat)).profile_kw, usual.profile_kw)


def test_a_promise_of_a_full_car_holds_for_slow_batteries() -> None:
    for seed in range(10):
        case = random_case(seed)
        told = run(
            "traffic_light", case.sessions, case.base_kw, case.limit_kw, case.clock,
            Options(taper=DC), contract=GUARANTEE,
        )  # fmt: skip
        np.testing.assert_allclose(told.served_kwh, told.possible_kwh, rtol=1e-5, atol=2e-3)


def test_curves_nobody_could_follow_are_refused() -> None:
    for knots in (
        ((0.0, 1.0), (0.9, 1.0)),
        ((0.0, 0.9), (1.0, 0.5)),
        ((0.0, 1.0), (0.5, 0.4), (1.0, 0.5)),
        ((0.0, 1.0), (1.0, 0.01)),
    ):
        with pytest.raises(InputError, match="taper"):
            Taper("bad", knots)
    assert NO_TAPER.knee == 1
