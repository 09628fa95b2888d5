"""What every strategy must keep, including those from plugins."""

import subprocess
import sys
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.core.engine.arrays import STEP_H, UNCONTROLLED, V2G
from app.core.engine.contract import Contract, Window
from app.core.engine.result import EngineResult, Options
from app.core.engine.run import run
from app.core.errors import InputError
from app.core.strategies import STRATEGIES, Strategy
from app.services.parameters import load_sources
from tests.core.engine.cases import Case, possible_kwh, random_case, spread

EVENING = Contract(
    "evening", "", (Window(960, 1200, "amber", limit_share=0.5),), "", "C", override_share=0.1
)
every_strategy = pytest.mark.parametrize("strategy", STRATEGIES.values(), ids=lambda s: s.key)
AUTO = some.sampled_from([None, "auto"])


def ask(strategy: Strategy, case: Case, options: Options, **more: object) -> EngineResult:
    usual: Mapping[str, object] = {
        "contract": EVENING,
        "price_eur_per_mwh": 50 + 40 * np.sin(np.arange(case.clock.steps) / 9),
        "profiles": True,
    }
    ingredients = (case.sessions, case.base_kw, case.limit_kw, case.clock)
    return run(strategy.key, *ingredients, options, **{**usual, **more})


@every_strategy
@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    seed=some.integers(0, 10**6),
    resume=some.sampled_from([0.0, 0.667, 1.0]),
    floor_a=some.sampled_from([0.0, 6.0]),
    theta_kw=AUTO,
)
def test_keeps_the_contract(
    strategy: Strategy, seed: int, resume: float, floor_a: float, theta_kw: str | None
) -> None:
    case = random_case(seed)
    options = Options(
        share_can_resume=resume, min_current_a=floor_a, opt_out=0.1, theta_kw=theta_kw, sweeps=3
    )
    told = ask(strategy, case, options)
    each, power = case.sessions, told.profile_kw.astype(float)
    car, step = spread(each)
    given_kwh = np.bincount(car, power.clip(0), len(each)) * STEP_H
    back_kwh = np.bincount(car, (-power).clip(0), len(each)) * STEP_H
    possible = possible_kwh(each)
    give = np.where(told.session_class == V2G, each.discharge_kw, 0.0)

    assert (power <= each.power_kw[car]).all(), "no car draws more than it can"
    assert (power >= -give[car] - 1e-6).all(), "only V2G discharges"
    kept = given_kwh - back_kwh / options.round_trip
    np.testing.assert_allclose(told.served_kwh, kept, rtol=1e-6, atol=1e-4)
    np.testing.assert_allclose(told.discharged_kwh, back_kwh, rtol=1e-6, atol=1e-5)
    assert (kept <= possible * (1 + 1e-6) + 1e-4).all(), "no car keeps more than it asked for"
    if "contract" not in strategy.needs:
        np.testing.assert_allclose(kept, possible, rtol=1e-6, atol=1e-4)
    where = (each.row[car], step)
    total = np.zeros_like(case.base_kw)
    np.add.at(total, where, power)
    np.testing.assert_allclose(told.ev_kw, total, atol=1e-6)
    np.testing.assert_array_equal(told.load_kw, case.base_kw + told.ev_kw)
    assert (told.late_kwh >= 0).all()
    assert (told.late_kwh <= given_kwh + 1e-4).all()
    assert ((told.finished >= each.arrival) & (told.finished <= each.departure)).all()
    again = ask(strategy, case, options)
    np.testing.assert_array_equal(told.profile_kw, again.profile_kw, "it repeats itself")


@every_strategy
def test_threads_and_slices_give_the_same_bytes(strategy: Strategy) -> None:
    case = random_case(11, rows=17, cars=9)
    whole = ask(strategy, case, Options(), threads=1)
    threaded = ask(strategy, case, Options(), threads=3)
    lean = ask(strategy, case, Options(), threads=2, profiles=False)
    np.testing.assert_array_equal(whole.profile_kw, threaded.profile_kw)
    for other in (threaded, lean):
        np.testing.assert_array_equal(whole.load_kw, other.load_kw)
        np.testing.assert_array_equal(whole.served_kwh, other.served_kwh)
    assert lean.profile_kw is None
    for row in (0, 8, 16):
        part = Case(
            case.sessions.slice(row, row + 1),
            case.base_kw[row : row + 1],
            case.limit_kw[row : row + 1],
            case.clock,
        )
        alone = ask(strategy, part, Options())
        np.testing.assert_array_equal(alone.load_kw[0], whole.load_kw[row])


@every_strategy
@pytest.mark.parametrize("cars", [0, 1])
def test_nobody_and_one_car_are_fine(strategy: Strategy, cars: int) -> None:
    case = random_case(1, rows=1, cars=cars)
    told = ask(strategy, case, Options())
    assert told.served_kwh.size == cars
    np.testing.assert_allclose(told.ev_kw.sum() * STEP_H, told.served_kwh.sum(), atol=1e-4)


@every_strategy
def test_an_option_it_does_not_declare_changes_nothing(strategy: Strategy) -> None:
    case = random_case(7, cars=30)
    usual = ask(strategy, case, Options())
    other: dict[str, object] = {
        "min_current_a": 0.0, "share_can_resume": 0.1, "v2g_share": 0.2, "soc_floor": 0.9,
        "round_trip": 0.7, "theta_kw": 1.0, "opt_out": 0.5, "sweeps": 1, "seed": 9,
    }  # fmt: skip
    for name in set(other) - set(strategy.options):
        changed = ask(strategy, case, Options(**{name: other[name]}))
        np.testing.assert_array_equal(changed.load_kw, usual.load_kw, name)


@every_strategy
def test_says_what_it_is(strategy: Strategy) -> None:
    assert strategy.title
    assert strategy.short
    assert strategy.help.endswith(".")
    assert strategy.source in load_sources()
    assert set(strategy.options) <= set(Options.__dataclass_fields__)
    assert set(strategy.needs) <= {"contract", "prices", "limits"}


@every_strategy
def test_refuses_to_guess_what_it_needs(strategy: Strategy) -> None:
    case = random_case(2)
    missing = {"contract": "contract", "prices": "price_eur_per_mwh"}
    for need in set(strategy.needs) & set(missing):
        with pytest.raises(InputError, match="needs"):
            ask(strategy, case, Options(), **{missing[need]: None})


@every_strategy
def test_opted_out_cars_charge_at_once(strategy: Strategy) -> None:
    case = random_case(4, cars=40)
    told = ask(strategy, case, Options(opt_out=0.3))
    out = told.session_class == UNCONTROLLED
    assert not told.late_kwh[out].any()


def test_the_menu_does_not_wait_for_the_compiler() -> None:
    code = "import sys, app.core.strategies; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    case = random_case(2)
    with pytest.raises(InputError, match="uncontrolled"):
        run("magic", case.sessions, case.base_kw, case.limit_kw, case.clock, Options())
