"""How cold it is and how the sun stands: what heat pumps draw and panels give.

Our own typical year, the same for every city of a latitude and every scenario: no record of a
year, so nothing here says what a cold winter would do beyond the spell in January.

References
----------
Declination after Cooper (1969), equation of time after Spencer (1971), both as given in Duffie
and Beckman, "Solar Engineering of Thermal Processes"; what a clear sky lets through after Meinel
and Meinel, "Applied Solar Energy" (1976). Their constants are part of the formulas.
"""

from collections.abc import Mapping
from datetime import UTC
from functools import lru_cache

import numpy as np
import pandas as pd

from app.core.engine.arrays import STEP_H, Floats, Ints
from app.core.engine.clock import STEP_MIN, Clock
from app.core.engine.keys import shares
from app.core.engine.weeks import year_clock
from app.core.parameters import Parameter

HOUR_MIN, DAY_H, YEAR_D = 60, 24, 365
TURN_DEG_H = 15.0  # the earth turns so far in an hour
AXIS_DEG = 23.45


def temperature(clock: Clock, numbers: Mapping[str, Parameter]) -> Floats:
    """Say how warm it is outside at every step [degrees C]. O(step)."""
    day, hour = day_of_year(clock.day), clock.minute / HOUR_MIN
    season = np.cos(2 * np.pi * (day - numbers["weather_coldest_d"].value) / YEAR_D)
    swing = np.cos(2 * np.pi * (hour - numbers["weather_warmest_h"].value) / DAY_H)
    first = numbers["weather_spell_first_d"].value
    spell = (day >= first) & (day < first + numbers["weather_spell_d"].value)
    return np.asarray(
        numbers["weather_mean_c"].value
        - numbers["weather_season_k"].value * season
        + numbers["weather_day_k"].value * swing
        - numbers["weather_spell_k"].value * spell
    )


def heating(clock: Clock, numbers: Mapping[str, Parameter]) -> Floats:
    """Say what a heat pump draws at every step, as a share of its kW; above 1 in hard frost."""
    below = numbers["heat_pump_limit_c"].value - temperature(clock, numbers)
    return np.maximum(below, 0.0) / numbers["heat_pump_span_k"].value


def sunshine(
    clock: Clock, numbers: Mapping[str, Parameter], *, latitude: float, longitude: float
) -> Floats:
    """Say what panels give at every step [kW per kWp]. O(step), and once more per calendar year.

    The height of the sun over panels facing the equator, through more air where it stands low,
    times a clearness drawn per day; scaled so that each calendar year gives the stated yield. A
    step has the same value in a week and in the year.
    """
    tilt, dull = numbers["pv_tilt_deg"].value, numbers["pv_clearness_low"].value
    found = _bright(clock, latitude, longitude, tilt, dull)
    years = clock.day.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    for year in np.unique(years):
        full_h = _full_hours(int(year), clock.zone, latitude, longitude, tilt, dull)
        found[years == year] *= numbers["pv_kwh_per_kwp"].value / full_h
    return found


def day_of_year(day: Ints) -> Ints:
    """Count the days of each year from 0; days are given since 1970-01-01."""
    dates = day.astype("datetime64[D]")
    return np.asarray((dates - dates.astype("datetime64[Y]")).astype(np.int32))


@lru_cache(maxsize=64)
def _full_hours(  # noqa: PLR0913, PLR0917  # the name of a year of sun
    year: int, zone: str, latitude: float, longitude: float, tilt: float, dull: float
) -> float:
    """Add up a year of unscaled sunshine [h]."""
    return float(_bright(year_clock(year, zone), latitude, longitude, tilt, dull).sum() * STEP_H)


def _bright(clock: Clock, latitude: float, longitude: float, tilt: float, dull: float) -> Floats:
    """Return the sun on the panels before scaling: its height over them times the clearness."""
    days, place = np.unique(clock.day, return_inverse=True)
    drawn = shares(days.astype(np.uint64), "clearness", 0)  # one weather for all scenarios
    clearness = dull + (1 - dull) * drawn
    return _height(clock, latitude, longitude, tilt) * clearness[place]


def _height(clock: Clock, latitude: float, longitude: float, tilt: float) -> Floats:
    """Return what a clear sky sends onto the panels, the sun as in the middle of each step."""
    moment = pd.date_range(
        clock.start.astimezone(UTC), periods=clock.steps, freq=f"{STEP_MIN}min"
    ) + pd.Timedelta(minutes=STEP_MIN / 2)
    day = moment.day_of_year.to_numpy(np.float64)
    hour = (moment.hour + moment.minute / HOUR_MIN + moment.second / 3600).to_numpy(np.float64)
    turn = 2 * np.pi * (day - 81) / 364
    ahead_min = 9.87 * np.sin(2 * turn) - 7.53 * np.cos(turn) - 1.5 * np.sin(turn)
    angle = np.radians(TURN_DEG_H * (hour + ahead_min / HOUR_MIN - 12) + longitude)
    declination = np.radians(AXIS_DEG) * np.sin(2 * np.pi * (284 + day) / YEAR_D)
    place = np.radians(latitude)
    leaning = place - np.copysign(np.radians(tilt), place)
    over_panels, over_ground = (
        np.sin(declination) * np.sin(at) + np.cos(declination) * np.cos(at) * np.cos(angle)
        for at in (leaning, place)
    )
    up = over_ground > 0
    air = np.where(up, over_ground, 1.0) ** -1.0
    return np.where(up, np.maximum(over_panels, 0.0) * 0.7 ** (air**0.678), 0.0)
