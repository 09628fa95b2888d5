"""How long the kernels take, per million sessions and for the size of a city's peak week.

The load is made up and seeded. `million`: 100 transformers over a year; `city`: 1,000
transformers over nine days, 12,400 sessions a day. Times are wall clock of `run`, class draws
included; the required seconds hold for two idle cores.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pytest

from app.core.engine.arrays import Floats, Sessions
from app.core.engine.clock import Clock
from app.core.engine.contract import Contract, Window
from app.core.engine.result import Options
from app.core.engine.run import run, warm_up

THREADS = 2
DAY = 96
EVENING = Contract("evening", "", (Window(960, 1200, "amber", limit_share=0.5),), "", "C")


@dataclass(frozen=True)
class Street:
    """Everything a run needs."""

    sessions: Sessions
    base_kw: Floats
    limit_kw: Floats
    clock: Clock


def _street(count: int, rows: int, days: int) -> Street:
    """Draw half the sessions overnight, half by day; limits halfway to the uncontrolled peak."""
    rng = np.random.default_rng(1)
    clock = Clock.days(datetime(2030, 1, 7), days, "Etc/UTC")  # noqa: DTZ001  # a local day
    night = rng.random(count) < 0.5
    hour = np.where(night, rng.normal(18, 2.5, count), rng.normal(12, 3.5, count))
    stay_h = np.where(night, rng.lognormal(2.1, 0.5, count), rng.lognormal(0.95, 0.7, count))
    start = rng.integers(0, days, count) * DAY + np.round(hour * 4)
    arrival = np.clip(start, 0, clock.steps - 2).astype(np.int32)
    stay = np.clip(np.round(stay_h * 4), 1, 3 * DAY).astype(np.int32)
    departure = np.minimum(arrival + stay, clock.steps).astype(np.int32)
    row = rng.integers(0, rows, count).astype(np.int32)
    order = np.lexsort((departure, arrival, row))
    row, arrival, departure = row[order], arrival[order], departure[order]
    power = rng.choice([3.68, 7.36, 11.04], count, p=[0.2, 0.2, 0.6]).astype(np.float32)
    energy = np.minimum(rng.gamma(2.2, 7, count), 0.98 * power * (departure - arrival) / 4)
    battery = rng.choice([45.0, 60.0, 77.0], count).astype(np.float32)
    soc0 = np.maximum(0.05 * battery, battery * rng.uniform(0.8, 1, count) - 0.93 * energy)
    unsaid = np.full(count, -1, np.int8)
    sessions = Sessions(
        row=row,
        arrival=arrival,
        departure=departure,
        energy_kwh=energy.astype(np.float32),
        power_kw=power,
        phases=np.where(power > 8, 3, 1).astype(np.int8),
        key=rng.integers(0, 2**63, count).astype(np.uint64),
        soc0_kwh=soc0.astype(np.float32),
        battery_kwh=battery,
        discharge_kw=power.copy(),
        group=np.zeros(count, np.int8),
        can_resume=unsaid,
        can_v2g=unsaid.copy(),
        opted_out=unsaid.copy(),
        station=np.full(count, -1, np.int32),
        index=np.searchsorted(row, np.arange(rows + 1)).astype(np.int64),
    )
    clock_h = np.arange(clock.steps) / 4 % 24
    shape = 0.35 + 0.75 * np.exp(-(((clock_h - 19) / 2.2) ** 2))
    size = rng.uniform(0.7, 2.2, (rows, 1)) * max(100.0, count / rows / days)
    base_kw = size * shape * (1 + 0.08 * rng.standard_normal((rows, clock.steps)))
    unknown = np.full(rows, np.nan)
    usual = run("uncontrolled", sessions, base_kw, unknown, clock, Options())
    limit_kw = 0.5 * (base_kw.max(axis=1) + usual.load_kw.max(axis=1))
    return Street(sessions, base_kw, limit_kw, clock)


@pytest.fixture(scope="module", params=["city", "million"])
def street(request: pytest.FixtureRequest) -> Street:
    warm_up()
    return _street(111_600, 1_000, 9) if request.param == "city" else _street(10**6, 100, 365)


@pytest.mark.parametrize(
    ("strategy", "options"),
    [
        ("uncontrolled", Options()),
        ("traffic_light", Options()),
        ("throttle", Options()),
        ("pause", Options()),
        ("pause", Options(min_current_a=0.0)),
        ("v2g", Options(v2g_share=0.175)),
        ("v2g", Options(theta_kw=1e9)),
    ],
    ids=["uncontrolled", "traffic_light", "throttle", "pause", "pause_any_current", "v2g", "idle"],
)
def test_strategy(
    benchmark: Any,  # noqa: ANN401
    street: Street,
    strategy: str,
    options: Options,
) -> None:
    ingredients = (street.sessions, street.base_kw, street.limit_kw, street.clock, options)
    told = benchmark.pedantic(
        run, (strategy, *ingredients), {"contract": EVENING, "threads": THREADS}, rounds=5
    )
    assert told.served_kwh.sum() <= street.sessions.energy_kwh.sum() * (1 + 1e-5)
