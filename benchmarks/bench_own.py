"""How long the whole command takes on a large file: 300,000 sessions on 100 transformers."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from app.commands.simulate_sessions import simulate_sessions
from app.services.warm import warm_up

SESSIONS, TRANSFORMERS, DAYS = 300_000, 100, 28
START = pd.Timestamp("2026-01-05", tz="Europe/Amsterdam")


def iso(times: pd.DatetimeIndex) -> pd.Index:
    """Write times as a file has them."""
    text = times.strftime("%Y-%m-%dT%H:%M:%S%z")
    return text.str.slice(0, -2) + ":" + text.str.slice(-2)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write sessions with batteries, a base load by the quarter hour, and limits that bind."""
    warm_up()
    draw = np.random.default_rng(1)
    names = np.array([f"T{n:03}" for n in range(TRANSFORMERS)])
    arrival = START + pd.to_timedelta(draw.integers(0, DAYS * 96 - 1, SESSIONS) * 15, "min")
    stay_h = np.clip(draw.gamma(2, 3.0, SESSIONS), 0.5, 30)
    power = draw.choice([3.7, 7.4, 11.0], SESSIONS)
    battery = draw.choice([50.0, 60.0, 77.0], SESSIONS)
    sessions = pd.DataFrame(
        {
            "session_id": [f"s{n:06}" for n in range(SESSIONS)],
            "transformer_id": draw.choice(names, SESSIONS),
            "arrival": iso(arrival),
            "departure": iso(arrival + pd.to_timedelta((stay_h * 60).round(), "min")),
            "energy_kwh": np.minimum(draw.gamma(2, 6, SESSIONS), 0.95 * power * stay_h).round(3),
            "max_power_kw": power,
            "soc_kwh": (draw.uniform(0.2, 0.6, SESSIONS) * battery).round(2),
            "battery_kwh": battery,
            "v2g": draw.integers(0, 2, SESSIONS),
        }
    )
    times = pd.date_range(START, periods=(DAYS + 2) * 96, freq="15min")
    hour = np.asarray(times.hour + times.minute / 60)
    evening = 80 + 60 * np.exp(-(((hour - 19) / 2.5) ** 2))
    load = evening + draw.normal(0, 5, (TRANSFORMERS, times.size))
    base = pd.DataFrame(
        {
            "time": np.tile(iso(times), TRANSFORMERS),
            "transformer_id": np.repeat(names, times.size),
            "load_kw": load.ravel().round(3),
        }
    )
    limits = pd.DataFrame({"transformer_id": names, "limit_kw": 160.0})
    folder = tmp_path_factory.mktemp("own")
    found = {"sessions": sessions, "base": base, "limits": limits}
    for name, frame in found.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return {name: folder / f"{name}.csv" for name in found}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("strategy", ["uncontrolled", "throttle", "pause", "v2g"])
def test_the_whole_command(
    benchmark: Any,  # noqa: ANN401
    files: dict[str, Path],
    tmp_path: Path,
    strategy: str,
) -> None:
    """Read, check, simulate, sum up and write."""
    run = {**files, "strategy": strategy, "out": tmp_path}
    benchmark.pedantic(simulate_sessions, kwargs=run, rounds=3)
    kpis = json.loads((tmp_path / "kpis.json").read_text("utf-8"))
    assert kpis["sessions"] == SESSIONS
    wanted = kpis["energy_requested_kwh"] - kpis["infeasible_kwh"]
    assert kpis["energy_delivered_kwh"] == pytest.approx(wanted, rel=2e-3)
    benchmark.extra_info |= {key: kpis[key] for key in kpis if key.endswith("_seconds")}
