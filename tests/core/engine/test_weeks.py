"""Four weeks stand for a year: its peak, its lowest load, its energy."""

from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.engine.clock import Clock
from app.core.engine.weeks import design_weeks, year_clock
from app.core.errors import InputError

ZONE = "Europe/Amsterdam"


def load_of(clock: Clock, seed: int, season: float = 0.3) -> np.ndarray:
    scatter = np.random.default_rng(seed).uniform(0.5, 1.5, clock.steps)
    return scatter * (1 + season * np.cos(2 * np.pi * np.arange(clock.steps) / clock.steps))


@pytest.mark.parametrize("year", range(2022, 2051))
def test_every_year_has_four_whole_weeks_between_two_days(year: int) -> None:
    clock = year_clock(year, ZONE)
    weeks = design_weeks(load_of(clock, year), clock)
    assert [week.key for week in weeks] == ["base_peak", "lowest_load", "winter", "summer"]
    for week in weeks:
        assert np.unique(week.clock.day).size == 9
        counted = week.clock.day[week.counted]
        assert np.unique(counted).size == 7
        assert not week.counted[[0, -1]].any()
        assert week.clock.steps in {860, 864, 868}
        assert clock.day[0] <= counted[0] <= counted[-1] <= clock.day[-1]
    assert sum(week.day_weight * 7 for week in weeks) == pytest.approx(np.unique(clock.day).size)
    assert len({week.clock.start for week in weeks}) == 4


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(2022, 2050), st.integers(0, 99), st.floats(-0.6, 0.6))
def test_the_weeks_hold_the_peak_the_lowest_and_the_energy_of_the_year(
    year: int, seed: int, season: float
) -> None:
    clock = year_clock(year, ZONE)
    load_kw = load_of(clock, seed, season)
    weeks = design_weeks(load_kw, clock)
    found, kwh = [], 0.0
    for week in weeks:
        shift = round((week.clock.start.timestamp() - clock.start.timestamp()) / 900)
        part = load_kw[shift + np.flatnonzero(week.counted)]
        found.append(part)
        kwh += week.day_weight * part.sum() / 4
        assert week.day_weight >= 0
    assert max(part.max() for part in found) == load_kw.max()
    assert kwh == pytest.approx(load_kw.sum() / 4)
    if load_kw.argmin() // 672 != load_kw.argmax() // 672:
        assert min(part.min() for part in found) <= np.quantile(load_kw, 0.01)


def test_winter_is_winter_and_summer_summer() -> None:
    clock = year_clock(2030, ZONE)
    weeks = {week.key: week for week in design_weeks(load_of(clock, 0), clock)}
    assert set(weeks["summer"].clock.month) <= set(range(4, 11))
    assert not set(weeks["winter"].clock.month) & {5, 6, 7, 8}
    assert weeks["winter"].day_weight + weeks["summer"].day_weight > 48


def test_a_month_is_no_year() -> None:
    clock = Clock.days(datetime(2030, 1, 1), 31, ZONE)  # noqa: DTZ001  # a local day
    with pytest.raises(InputError, match="need a year"):
        design_weeks(load_of(clock, 0), clock)
