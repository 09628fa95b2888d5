"""What homes draw from a transformer, before any public charging."""

from collections.abc import Mapping

import numpy as np

from app.core.engine.arrays import Floats, Ints, Keys
from app.core.engine.clock import STEP_MIN, Clock
from app.core.engine.kernels_base import noisy_base
from app.core.parameters import Parameter

HOUR_MIN = 60
DAY_MIN = 1440
YEAR_D = 365
YEAR_H = 8760
STEP_S = STEP_MIN * 60


def base_load(
    peak_kw: Floats, row_keys: Keys, clock: Clock, numbers: Mapping[str, Parameter]
) -> Floats:
    """Estimate the base load of each transformer from its highest load. O(row x step).

    The household shape (hour of the wall clock, season) is scaled so that its highest moment of
    the year is the stated peak, and scattered from step to step; no step exceeds the peak. The
    scatter is a hash of row key and moment: the same step has the same value in a week and in
    the year.

    Parameters
    ----------
    peak_kw : (row,)
        Highest load of the year without public charging [kW].
    row_keys : (row,) uint64
        Name of each transformer, such as ``text_keys(ids)``.

    Returns
    -------
    (row, step) [kW].
    """
    season = 1 + numbers["base_season"].value * np.cos(2 * np.pi * _day_of_year(clock) / YEAR_D)
    shape = _hours(clock.minute, numbers) * season / _highest(numbers)
    base_kw = np.empty((peak_kw.size, clock.steps))
    noisy_base(
        shape,
        np.ascontiguousarray(peak_kw, dtype=np.float64),
        np.ascontiguousarray(row_keys, dtype=np.uint64),
        int(clock.start.timestamp()) // STEP_S,
        numbers["base_noise"].value,
        base_kw,
    )
    return base_kw


def peak_of_homes(
    homes: Floats | float, kwh_per_home: Floats | float, numbers: Mapping[str, Parameter]
) -> Floats:
    """Return the highest load [kW] of homes of which only the yearly use is known.

    ``peak = homes x kWh / (8,760 h x mean of the shape / its highest value)``; with the default
    shape a home of 2,500 kWh peaks at 0.79 kW, many homes together.
    """
    day = np.arange(0, DAY_MIN, STEP_MIN, dtype=np.int32)
    mean = float(_hours(day, numbers).mean()) / _highest(numbers)  # the season cancels out
    return np.asarray(homes, np.float64) * np.asarray(kwh_per_home, np.float64) / (YEAR_H * mean)


def _hours(minute: Ints, numbers: Mapping[str, Parameter]) -> Floats:
    hour = minute / HOUR_MIN
    found = np.full(hour.shape, numbers["base_constant"].value)
    for part in ("morning", "evening"):
        away = hour - numbers[f"base_{part}_h"].value
        width = numbers[f"base_{part}_width_h"].value
        found += numbers[f"base_{part}"].value * np.exp(-((away / width) ** 2))
    return found


def _highest(numbers: Mapping[str, Parameter]) -> float:
    day = np.arange(0, DAY_MIN, STEP_MIN, dtype=np.int32)
    return float(_hours(day, numbers).max()) * (1 + numbers["base_season"].value)


def _day_of_year(clock: Clock) -> Ints:
    dates = clock.day.astype("datetime64[D]")
    return np.asarray((dates - dates.astype("datetime64[Y]")).astype(np.int32))
