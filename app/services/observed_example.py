"""Sessions made up for a project, so that a planner sees what calibration does before any file."""

import numpy as np
import pandas as pd

from app.core.demand.sessions import DAYS
from app.core.project import Project
from app.core.scenario import Scenario
from app.services.estimate import estimate

YEAR, ENOUGH, LONGEST = 2026, 300, 60  # sessions in a usual district; days at most
KWH, HOURS = 0.8, 1.15  # what the made-up city differs by from the model
SPREAD = 0.2  # log scale, from district to district
LEAST = 1e-9


def example_sessions(project: Project, scenario: Scenario) -> bytes:
    """Make up some days of sessions per district around the model; CSV, the same every time.

    They are illustrative: energy lies a fifth below the model and stays a seventh above it, and
    districts scatter around that, so that a fit has something to find and something to leave.
    """
    demand = estimate(project, scenario.but(year=YEAR)).districts
    rng = np.random.default_rng(2026)
    start = np.datetime64("2026-06-01T00:00")
    parts = []
    usual = float(demand["sessions_day_mean"].median())
    days = int(np.clip(np.ceil(ENOUGH / max(usual, LEAST)), 3, LONGEST))
    for name, sessions, kwh_year, hours_day in _figures(demand):
        count = round(sessions * days)
        own = np.exp(rng.normal(0, SPREAD, 2))
        kwh = KWH * own[0] * kwh_year / DAYS / max(sessions, LEAST)
        hours = HOURS * own[1] * hours_day / max(sessions, LEAST)
        each_h = rng.gamma(2.0, hours / 2.0, count) + 0.1
        at = start + (rng.uniform(0, 24 * 60 * days, count)).astype("timedelta64[m]")
        parts.append(
            pd.DataFrame(
                {
                    "session_id": [f"{name}-{nth:04d}" for nth in range(count)],
                    "district_id": name,
                    "arrival": at,
                    "departure": at + (each_h * 60).astype("timedelta64[m]"),
                    "energy_kwh": np.round(rng.gamma(2.0, kwh / 2.0, count) + 0.05, 2),
                }
            )
        )
    columns = ["session_id", "district_id", "arrival", "departure", "energy_kwh"]
    frame = pd.concat(parts) if parts else pd.DataFrame(columns=columns)
    return frame.to_csv(index=False, date_format="%Y-%m-%dT%H:%M").encode()


def _figures(demand: pd.DataFrame) -> list[tuple[str, float, float, float]]:
    """Sessions a day, kWh a year and connected hours a day of each district, by its code."""
    frame = demand.sort_values("district_id")
    names = ("sessions_day_mean", "kwh_year_mean", "connected_hours_day_mean")
    columns = [frame[name].to_numpy(float).tolist() for name in names]
    return list(zip(frame["district_id"].astype(str), *columns, strict=True))
