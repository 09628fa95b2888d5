"""From energy to sessions, connected time and the load that points must carry."""

from collections.abc import Mapping

import numpy as np

from app.core.demand.uncertainty import Values
from app.core.engine.arrays import Floats
from app.core.parameters import Parameter

DAYS = 365
HOURS = 24
MONTHS = 12


def sessions_day(kwh_year: Floats, values: Values) -> Floats:
    """Sessions on a mean day."""
    return kwh_year / (DAYS * values["kwh_session"])


def connected_hours_day(sessions: Floats, values: Values) -> Floats:
    """Hours a day that points are taken: connected, not charging, time fills a point."""
    return sessions * values["hours_session"] * values["calibration_hours"]


def offered_load(hours_day: Floats, values: Values) -> Floats:
    """Cars that would be connected at once in the busiest hours [erlang]."""
    return hours_day / HOURS * values["peak_factor"]


def clusters(households: Floats, values: Values) -> Floats:
    """Count the groups of homes that reach the same points ``(district, draw)``; at least one."""
    found: Floats = np.maximum(1, np.round(households[:, None] / values["homes_per_cluster"]))
    return found


def season(numbers: Mapping[str, Parameter]) -> Floats:
    """Energy of each month over the mean month ``(month,)``; whatever is set, they sum to 12."""
    told = np.array([numbers[f"season_{month:02d}"].value for month in range(1, MONTHS + 1)])
    total = float(told.sum())
    return told * (MONTHS / total) if total > 0 else np.ones(MONTHS)
