"""Where strategies must meet: the ends of every option."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.core.engine.contract import Contract, Window
from app.core.engine.result import EngineResult, Options
from app.core.engine.run import run
from app.core.strategies import STRATEGIES
from tests.core.engine.cases import Case, make_sessions, random_case

EVERY = settings(max_examples=200, deadline=None, derandomize=True)
SEEDS = some.integers(0, 10**6)
GREEN = Contract("green", "Green only", (Window(0, 1440, "green"),), "", "C", override_share=0.0)


def ask(strategy: str, case: Case, **options: object) -> EngineResult:
    chosen = Options(share_can_resume=1.0, sweeps=4)
    return run(
        strategy,
        case.sessions,
        case.base_kw,
        case.limit_kw,
        case.clock,
        replace(chosen, **options),
        contract=GREEN,
        price_eur_per_mwh=np.arange(case.clock.steps) % 7.0,
        profiles=True,
    )


@EVERY
@given(SEEDS)
def test_nobody_who_resumes_makes_pause_a_throttle(seed: int) -> None:
    case = random_case(seed)
    pause = ask("pause", case, share_can_resume=0.0)
    np.testing.assert_array_equal(pause.profile_kw, ask("throttle", case).profile_kw)


@EVERY
@given(SEEDS)
def test_a_green_calendar_is_uncontrolled_to_the_bit(seed: int) -> None:
    case = random_case(seed)
    light = ask("traffic_light", case)
    plain = ask("uncontrolled", case)
    np.testing.assert_array_equal(light.load_kw, plain.load_kw)
    np.testing.assert_array_equal(light.served_kwh, plain.served_kwh)


@EVERY
@given(SEEDS)
def test_a_ceiling_above_every_car_is_uncontrolled_to_the_bit(seed: int) -> None:
    case = random_case(seed)
    high = Contract("high", "", (Window(0, 1440, "amber", limit_kw=22.2),), "", "C")
    light = run(
        "traffic_light", case.sessions, case.base_kw, case.limit_kw, case.clock, Options(),
        contract=high,
    )  # fmt: skip
    np.testing.assert_array_equal(light.load_kw, ask("uncontrolled", case).load_kw)


@EVERY
@given(SEEDS)
def test_without_overload_nothing_is_discharged_and_v2g_is_pause(seed: int) -> None:
    case = random_case(seed)
    v2g = ask("v2g", case, theta_kw=1e6)
    assert not v2g.discharged_kwh.any()
    np.testing.assert_array_equal(v2g.load_kw, ask("pause", case).load_kw)


def test_an_unknown_limit_is_never_acted_upon() -> None:
    case = random_case(3)
    blind = replace(case, limit_kw=np.full_like(case.limit_kw, np.nan))
    v2g = ask("v2g", blind)
    assert not v2g.discharged_kwh.any()
    assert np.isnan(v2g.per_row["theta_kw"]).all()


@EVERY
@given(SEEDS)
def test_v2g_that_cannot_give_is_smart_charging(seed: int) -> None:
    case = random_case(seed)
    idle = replace(case.sessions, discharge_kw=np.zeros(len(case.sessions), np.float32))
    v2g = ask("v2g", replace(case, sessions=idle), theta_kw="auto", min_current_a=0.0, sweeps=20)
    pause = ask("pause", case, min_current_a=0.0, sweeps=20)
    assert not v2g.discharged_kwh.any()
    assert v2g.load_kw.max() <= pause.load_kw.max() + 1e-6
    assert v2g.load_kw.max() >= 0.99 * pause.load_kw.max(), "it cannot beat the best plan by much"


@EVERY
@given(SEEDS, some.sampled_from(sorted(STRATEGIES)))
def test_a_car_without_slack_leaves_no_choice(seed: int, strategy: str) -> None:
    rng = np.random.default_rng(seed)
    arrival = rng.integers(0, 150, 20)
    stay = rng.integers(1, 30, 20)
    power = rng.choice([3.68, 11.04], 20)
    full = make_sessions(
        2, arrival=arrival, departure=arrival + stay, power_kw=power, energy_kwh=power * stay / 4
    )
    case = replace(random_case(0), sessions=full)
    told = ask(strategy, case, theta_kw=1e6)
    np.testing.assert_allclose(told.load_kw, ask("uncontrolled", case).load_kw, atol=1e-4)


@EVERY
@given(SEEDS)
def test_more_v2g_only_adds_cars(seed: int) -> None:
    case = random_case(seed, cars=40)
    few, many = (ask("v2g", case, v2g_share=share).session_class for share in (0.3, 0.6))
    assert ((few == 3) <= (many == 3)).all()


@pytest.mark.parametrize("strategy", ["throttle", "pause", "v2g"])
def test_who_opts_out_charges_at_once(strategy: str) -> None:
    case = random_case(5)
    told = ask(strategy, case, opt_out=1.0)
    np.testing.assert_array_equal(told.load_kw, ask("uncontrolled", case).load_kw)
    assert (told.session_class == 0).all()
