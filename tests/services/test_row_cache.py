"""Answers of single transformers are kept, and nothing else is computed again."""

from dataclasses import fields, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from app.core.engine.result import EngineResult, Options
from app.core.engine.run import run
from app.core.scenario import Scenario
from app.services import row_cache
from app.services.estimate import estimate
from app.services.open_project import open_project
from app.services.row_cache import PER_SESSION, RowCache, run_rows
from app.services.setting import Stretch, peak_week, prepare
from app.services.simulate import load_contracts

EVENING = load_contracts()["utrecht-16-20"]


@lru_cache(maxsize=2)
def _week(busier: int | None = None) -> tuple[Stretch, Any]:
    """Draw the peak week of the small city; one transformer may have more cars."""
    project, scenario = open_project("sampletown"), Scenario()
    setting = prepare(project, estimate(project, scenario), scenario)
    if busier is not None:
        rates = setting.rates.copy()
        rates[busier] *= 2
        setting = replace(setting, rates=rates)
    return peak_week(setting), setting.limit_kw


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the transformers the engine is asked about."""
    counted: list[int] = []

    def counting(strategy: str, sessions: Any, *rest: Any, **more: Any) -> EngineResult:  # noqa: ANN401
        counted.append(sessions.rows)
        return run(strategy, sessions, *rest, **more)

    monkeypatch.setattr(row_cache, "run", counting)
    return counted


def _ask(
    strategy: str, cache: RowCache, options: Options, busier: int | None = None
) -> EngineResult:
    days, limit_kw = _week(busier)
    return run_rows(
        days,
        limit_kw,
        strategy,
        options,
        contract=EVENING,
        price_eur_per_mwh=np.zeros(days.clock.steps),
        cache=cache,
    )


@pytest.mark.parametrize("strategy", ["uncontrolled", "traffic_light", "pause", "v2g"])
def test_a_kept_answer_is_the_answer_to_the_byte(strategy: str) -> None:
    days, limit_kw = _week()
    cache, options = RowCache(10**8), Options()
    direct = run(
        strategy, days.sessions, days.base_kw, limit_kw, days.clock, options, contract=EVENING
    )
    for answer in (_ask(strategy, cache, options), _ask(strategy, cache, options)):
        for name in ("load_kw", "ev_kw", *PER_SESSION):
            assert getattr(answer, name).tobytes() == getattr(direct, name).tobytes(), name
        assert answer.per_row.keys() == direct.per_row.keys()
        for name, values in direct.per_row.items():
            assert np.array_equal(answer.per_row[name], values, equal_nan=values.dtype.kind == "f")


def test_a_busier_transformer_alone_is_computed_again(asked: list[int]) -> None:
    cache = RowCache(10**8)
    _ask("pause", cache, Options())
    answer = _ask("pause", cache, Options(), busier=3)
    assert asked == [_week()[0].sessions.rows, 1]
    days, limit_kw = _week(busier=3)
    direct = run("pause", days.sessions, days.base_kw, limit_kw, days.clock, Options())
    assert answer.ev_kw.tobytes() == direct.ev_kw.tobytes()


def test_an_option_the_strategy_ignores_computes_nothing(asked: list[int]) -> None:
    cache = RowCache(10**8)
    _ask("pause", cache, Options())
    _ask("pause", cache, Options(v2g_share=0.5, soc_floor=0.4))
    assert len(asked) == 1
    _ask("pause", cache, Options(share_can_resume=0.5))
    assert len(asked) == 2


def test_the_answers_used_longest_ago_leave_first(asked: list[int]) -> None:
    rows = _week()[0].sessions.rows
    probe = RowCache(10**9)
    _ask("uncontrolled", probe, Options())
    one = sum(sum(v.nbytes for v in kept.values()) for kept in probe._rows.values())  # noqa: SLF001
    cache = RowCache(int(1.5 * one))
    _ask("uncontrolled", cache, Options())
    _ask("pause", cache, Options())
    _ask("pause", cache, Options())
    assert asked == [rows] * 3  # probe, both first answers; the later one is still there
    assert len(cache._rows) < 2 * rows  # noqa: SLF001


def test_every_column_of_an_answer_is_kept() -> None:
    known = {*PER_SESSION, "load_kw", "ev_kw", "per_row", "profile_kw"}
    assert {each.name for each in fields(EngineResult)} == known
