"""Feeders and substations above the transformers, and what a transformer can take back."""

from dataclasses import replace

import numpy as np
import pytest

from app.core.engine.parents import Parents
from app.core.engine.result import EngineResult, Options
from app.core.engine.run import run
from app.core.errors import InputError
from tests.core.engine.cases import Case, random_case, spread

KEYS = ("throttle", "pause", "valley_fill", "v2g", "v2g_flatten")
ALL = Options(share_can_resume=1.0, sweeps=4)


def ask(key: str, case: Case, parents: Parents | None = None, **more: object) -> EngineResult:
    limit_kw = more.pop("limit_kw", case.limit_kw)
    return run(
        key, case.sessions, case.base_kw, limit_kw, case.clock, ALL, profiles=True,
        parents=parents, **more,
    )  # fmt: skip


def feeder(case: Case) -> Parents:
    """One feeder over all rows that carries a factory by night, when their cars like to charge."""
    rows = [f"T{row}" for row in range(case.sessions.rows)]
    total = ask("pause", case).load_kw.sum(axis=0)
    night = (np.arange(case.clock.steps) // 4) % 24 < 6
    limit = {"F": total[~night].max()}
    factory = np.where(night, limit["F"] - 0.5 * (total + case.base_kw.sum(axis=0)), 0.0)
    found = Parents.of(rows, dict.fromkeys(rows, "F"), limit, {"F": factory})
    assert found is not None
    return found


def city(seed: int) -> Case:
    case = random_case(seed, rows=5, cars=15)
    return replace(case, base_kw=case.base_kw + case.base_kw.max(axis=1, keepdims=True))


@pytest.mark.parametrize("key", KEYS)
def test_cars_make_room_for_a_feeder_that_is_full(key: str) -> None:
    moved = 0
    for seed in range(8):
        case = city(seed)
        parents = feeder(case)
        alone, told = ask(key, case), ask(key, case, parents)
        before, after = (parents.kwh_over(each.load_kw) for each in (alone, told))
        assert after <= before + 1e-9, "a parent can only tighten"
        moved += after < 0.5 * before
        np.testing.assert_allclose(told.load_kw, case.base_kw + told.ev_kw, atol=1e-9)
        np.testing.assert_allclose(told.served_kwh, alone.served_kwh, rtol=1e-5, atol=1e-3)
        car, _ = spread(case.sessions)
        assert (told.profile_kw <= case.sessions.power_kw[car] + 1e-6).all()
    if key != "throttle":  # cars that may not stop can hardly move
        assert moved >= 3, "nobody made room"


@pytest.mark.parametrize("key", KEYS)
def test_a_parent_that_is_not_full_or_not_known_changes_no_bit(key: str) -> None:
    case = city(3)
    rows = [f"T{row}" for row in range(5)]
    alone = ask(key, case)
    for limits in ({"F": 1e6}, {}):
        parents = Parents.of(rows, dict.fromkeys(rows, "F"), limits)
        np.testing.assert_array_equal(ask(key, case, parents).profile_kw, alone.profile_kw)


def test_a_forest_by_hand() -> None:
    # S carries F1 (rows a, b) and row c; F1 carries a and b and a depot of 5 kW of its own.
    parent_of = {"a": "F1", "b": "F1", "F1": "S", "c": "S"}
    own = {"F1": np.full(2, 5.0), "S": np.zeros(2)}
    parents = Parents.of(["a", "b", "c", "d"], parent_of, {"F1": 30.0}, own)
    assert parents is not None
    assert parents.names == ("F1", "S")
    load = np.array([[10.0, 20.0], [10.0, 10.0], [1.0, 1.0], [7.0, 7.0]])
    np.testing.assert_allclose(parents.load_kw(load), [[25.0, 35.0], [21.0, 31.0]])
    np.testing.assert_allclose(parents.over_kw(load), [[0.0, 5.0], [0.0, 0.0]])
    assert parents.kwh_over(load) == pytest.approx(1.25), "d hangs below nobody; S is unknown"


def test_a_circle_is_refused_and_named() -> None:
    with pytest.raises(InputError, match=r"a → F → S → F"):
        Parents.of(["a"], {"a": "F", "F": "S", "S": "F"}, {})
    assert Parents.of(["a"], {}, {}) is None


@pytest.mark.parametrize("theta_kw", [None, "auto", -500.0])
def test_nobody_gives_back_more_than_the_transformer_takes(theta_kw: float | str | None) -> None:
    for seed in range(6):
        case = random_case(seed, rows=3, cars=12)
        export_kw = np.array([0.0, 5.0, np.nan])
        told = run(
            "v2g", case.sessions, case.base_kw, np.full(3, 1.0), case.clock,
            replace(ALL, theta_kw=theta_kw), profiles=True, export_kw=export_kw,
        )  # fmt: skip
        allowed = np.minimum(case.base_kw[:2], -export_kw[:2, None])
        assert (told.load_kw[:2] >= allowed - 1e-3).all()
        assert told.discharged_kwh.sum() > 0
