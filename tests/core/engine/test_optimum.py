"""How far plans are from the exact optimum of small cases."""

from dataclasses import replace

import numpy as np
import pytest

from app.core.engine.result import EngineResult, Options
from app.core.engine.run import run
from tests.core.engine.cases import Case, random_case
from tests.core.engine.oracle import lowest_peak_kw
from tests.core.engine.oracle_milp import lowest_peak_slowed_kw, lowest_peak_with_stops_kw

SEEDS = range(24)
ALL = Options(share_can_resume=1.0, sweeps=20)


def case_of(seed: int) -> Case:
    """One transformer whose cars matter without dwarfing its base load."""
    cars = int(np.random.default_rng(seed).integers(3, 30))
    case = random_case(seed + 1000, rows=1, cars=cars)
    return replace(case, base_kw=case.base_kw + case.base_kw.max())


def ask(
    strategy: str, case: Case, options: Options, start: EngineResult | None = None
) -> EngineResult:
    return run(
        strategy,
        case.sessions,
        case.base_kw,
        case.limit_kw,
        case.clock,
        options,
        profiles=True,
        start_from=start,
    )


def test_pauses_without_a_lowest_current_reach_the_optimum() -> None:
    for seed in SEEDS:
        case = case_of(seed)
        told = ask("pause", case, replace(ALL, min_current_a=0.0)).load_kw.max()
        best = lowest_peak_kw(case.sessions, case.base_kw[0], v2g=False)
        assert best * (1 - 1e-6) <= told <= best * 1.001, seed


def test_pauses_with_a_lowest_current_come_near_the_exact_optimum() -> None:
    gaps = []
    for seed in SEEDS[:16]:  # HiGHS takes a second for some
        cars = int(np.random.default_rng(seed).integers(3, 12))
        case = random_case(seed + 1000, rows=1, cars=cars)
        case = replace(case, base_kw=case.base_kw + case.base_kw.max())
        told = ask("pause", case, ALL).load_kw.max()
        gaps.append(told / lowest_peak_with_stops_kw(case.sessions, case.base_kw[0]) - 1)
    assert min(gaps) >= -1e-5
    assert np.mean(gaps) <= 0.002
    assert max(gaps) <= 0.025


def test_slowing_down_reaches_the_optimum() -> None:
    for seed in SEEDS:
        case = case_of(seed)
        told = ask("throttle", case, ALL).load_kw.max()
        best = lowest_peak_slowed_kw(case.sessions, case.base_kw[0])
        assert told <= best * 1.005, seed
        at_once = ask("uncontrolled", case, ALL).load_kw.max()
        assert told >= best * (1 - 1e-6) or told == pytest.approx(at_once), seed


def test_pauses_with_a_lowest_current_come_near_the_bound() -> None:
    gaps = []
    for seed in SEEDS:
        case = case_of(seed)
        told = ask("pause", case, ALL).load_kw.max()
        gaps.append(told / lowest_peak_kw(case.sessions, case.base_kw[0], v2g=False) - 1)
    assert min(gaps) >= -1e-6
    assert np.mean(gaps) <= 0.005
    assert max(gaps) <= 0.03


def test_v2g_comes_within_half_a_percent_of_the_optimum() -> None:
    gaps = []
    for seed in SEEDS:
        case = case_of(seed)
        told = ask("v2g", case, replace(ALL, theta_kw="auto")).load_kw.max()
        gaps.append(told / lowest_peak_kw(case.sessions, case.base_kw[0], v2g=True) - 1)
    assert min(gaps) >= -1e-6
    assert np.mean(gaps) <= 0.001
    assert max(gaps) <= 0.005


@pytest.mark.parametrize("floor_a", [0.0, 6.0])
def test_a_stronger_strategy_never_has_the_higher_peak(floor_a: float) -> None:
    options = replace(ALL, min_current_a=floor_a, theta_kw="auto")
    slack = 1.005 if floor_a else 1 + 1e-6
    for seed in SEEDS:
        case = case_of(seed)
        plain = ask("uncontrolled", case, options)
        throttle = ask("throttle", case, options, plain)
        pause = ask("pause", case, options, throttle)
        v2g = ask("v2g", case, options, pause)
        assert throttle.load_kw.max() <= plain.load_kw.max() * slack, seed
        assert pause.load_kw.max() <= throttle.load_kw.max() * slack, seed
        assert v2g.load_kw.max() <= pause.load_kw.max() + 1e-3, seed


def test_v2g_gives_the_same_from_a_plan_already_made() -> None:
    case = random_case(8, rows=3, cars=30)
    pause = ask("pause", case, Options(v2g_share=0.5))
    told = ask("v2g", case, Options(v2g_share=0.5), pause)
    np.testing.assert_array_equal(told.load_kw, ask("v2g", case, Options(v2g_share=0.5)).load_kw)


def test_squares_never_rise_from_sweep_to_sweep() -> None:
    for seed in SEEDS:
        case = case_of(seed)
        told = ask("pause", case, replace(ALL, sweeps=1))
        for _ in range(5):
            before = (told.load_kw**2).sum()
            told = ask("pause", case, replace(ALL, sweeps=1), told)
            assert (told.load_kw**2).sum() <= before * (1 + 1e-7)  # float32 profiles


def test_overload_never_rises_when_cars_may_give_back() -> None:
    for seed in SEEDS:
        case = case_of(seed)
        over = [
            np.maximum(ask(strategy, case, ALL).load_kw - case.limit_kw[:, None], 0)
            for strategy in ("pause", "v2g")
        ]
        assert (over[1] ** 2).sum() <= (over[0] ** 2).sum() + 1e-6
