"""The two yardsticks: the best without giving back, and batteries that never rest."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.core.engine.result import Options
from app.core.engine.run import run
from tests.core.engine.cases import random_case


@settings(max_examples=200, deadline=None, derandomize=True)
@given(seed=some.integers(0, 10**6))
def test_valley_filling_is_pausing_by_everybody_at_any_current(seed: int) -> None:
    case = random_case(seed)
    ingredients = (case.sessions, case.base_kw, case.limit_kw, case.clock)
    best = run("valley_fill", *ingredients, Options(sweeps=20))
    free = Options(share_can_resume=1.0, min_current_a=0.0, sweeps=20)
    same = run("pause", *ingredients, free)
    np.testing.assert_array_equal(best.ev_kw, same.ev_kw)
    usual = run("uncontrolled", *ingredients, Options())
    assert (best.load_kw.max(axis=1) <= usual.load_kw.max(axis=1) + 1e-6).all()


@settings(max_examples=200, deadline=None, derandomize=True)
@given(seed=some.integers(0, 10**6))
def test_flattening_never_ends_above_the_plan_with_pauses(seed: int) -> None:
    case = random_case(seed)
    ingredients = (case.sessions, np.abs(case.base_kw), case.limit_kw, case.clock)
    options = Options(sweeps=6)
    plan = run("pause", *ingredients, options)
    flat = run("v2g_flatten", *ingredients, options)
    assert (flat.load_kw.max(axis=1) <= plan.load_kw.max(axis=1) + 1e-6).all()
    squares = [(told.load_kw**2).sum(axis=1) for told in (plan, flat)]
    assert (squares[1] <= squares[0] * (1 + 1e-6)).all()
    assert flat.served_kwh.sum() == pytest.approx(plan.served_kwh.sum(), rel=1e-5)


def test_flattening_cycles_more_than_relieving() -> None:
    case = random_case(5, cars=40)
    ingredients = (case.sessions, np.abs(case.base_kw), case.limit_kw, case.clock)
    discharged = [
        run(strategy, *ingredients, Options()).discharged_kwh.sum()
        for strategy in ("v2g", "v2g_flatten")
    ]
    assert discharged[1] > discharged[0]
