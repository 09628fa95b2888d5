"""What a transformer carries before any public charging: homes and services, and what is added.

``B = homes and services x (1 + growth) + heat pumps - solar panels + depots``. What a map
says is today's load, heat pumps and panels of today included; the other terms come on top of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np

from app.core.engine.arrays import Floats, Ints, Keys, Longs
from app.core.engine.clock import STEP_MIN, Clock
from app.core.engine.kernels_base import noisy_base
from app.core.engine.weather import day_of_year, heating, sunshine
from app.core.parameters import Parameter

HOUR_MIN = 60
DAY_MIN = 1440
YEAR_D = 365
YEAR_H = 8760
STEP_S = STEP_MIN * 60
HOMES, HEAT_PUMPS, PANELS, DEPOTS = "homes", "heat_pumps", "panels", "depots"


@dataclass(frozen=True, slots=True, eq=False)
class OnTop:
    """What a scenario adds to today's load.

    Attributes
    ----------
    growth
        How much more homes and services use, as a share of today; negative where less.
    heat_pump_kw, panels_kwp : (row,)
        Further heat pumps [kW each times their number] and panels [kWp].
    depot_kw : (row, quarter-hour of the day)
        What vehicles of depots charge [kW]; no columns where there are none.
    latitude, longitude
        Of the city [degrees]: one sun for all its rows.
    """

    growth: float
    heat_pump_kw: Floats
    panels_kwp: Floats
    depot_kw: Floats
    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    def only(self, rows: Longs | slice) -> "OnTop":
        """Return this for some rows."""
        names = ("heat_pump_kw", "panels_kwp", "depot_kw")
        return replace(self, **{name: getattr(self, name)[rows] for name in names})


def base_parts(
    today_kw: Floats, on_top: OnTop, clock: Clock, numbers: Mapping[str, Parameter]
) -> dict[str, Floats]:
    """Split the base load of each row, which is the sum of the parts. O(row x step).

    Returns
    -------
    ``homes, heat_pumps, panels`` [kW], each (row, step); panels are negative. ``depots`` as well
    where there are any.
    """
    where = {"latitude": on_top.latitude, "longitude": on_top.longitude}
    found = {
        HOMES: today_kw * (1.0 + on_top.growth),
        HEAT_PUMPS: np.outer(on_top.heat_pump_kw, heating(clock, numbers)),
        PANELS: -np.outer(on_top.panels_kwp, sunshine(clock, numbers, **where)),
    }
    if on_top.depot_kw.size:
        found[DEPOTS] = on_top.depot_kw[:, clock.minute // STEP_MIN]
    return found


def depot_shape(kwh_day: Floats, most_kw: Floats, numbers: Mapping[str, Parameter]) -> Floats:
    """Lay the energy of depots over a day [kW], from the evening on.

    At ``most_kw`` where it is told (NaN where not), else evenly over the night; a depot whose
    energy does not fit into a day at that power charges all day, at what it takes.

    Returns
    -------
    (depot, quarter-hour of the day)
    """
    steps = DAY_MIN // STEP_MIN
    night = kwh_day / numbers["depot_hours"].value
    power = np.where(most_kw > 0, most_kw, night)
    power = np.maximum(power, kwh_day * HOUR_MIN / DAY_MIN)
    lasting = kwh_day / power * HOUR_MIN / STEP_MIN  # in quarter-hours
    first = int(numbers["depot_start_h"].value * HOUR_MIN / STEP_MIN)
    since = (np.arange(steps) - first) % steps
    return np.asarray(power[:, None] * np.clip(lasting[:, None] - since, 0, 1))


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
    season = 1 + numbers["base_season"].value * np.cos(2 * np.pi * day_of_year(clock.day) / YEAR_D)
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


def noon_share(numbers: Mapping[str, Parameter]) -> float:
    """Return what homes use at noon in midsummer, as a share of their peak."""
    noon = np.array([DAY_MIN // 2], dtype=np.int32)
    return float(_hours(noon, numbers)[0]) * (1 - numbers["base_season"].value) / _highest(numbers)


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
