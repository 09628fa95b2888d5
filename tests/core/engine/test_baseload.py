"""Homes peak on a winter evening, and never above the stated peak."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pytest

from app.core.engine.baseload import base_load, peak_of_homes
from app.core.engine.clock import Clock
from app.core.engine.keys import text_keys
from app.core.engine.weeks import year_clock
from app.core.parameters import Parameter

ZONE = "Europe/Amsterdam"
PEAK_KW = np.array([100.0, 400.0])
KEYS = text_keys(("a", "b"))


def test_the_highest_load_of_the_year_is_the_stated_peak(
    numbers: Mapping[str, Parameter],
) -> None:
    found = base_load(PEAK_KW, KEYS, year_clock(2030, ZONE), numbers)
    np.testing.assert_allclose(found.max(axis=1), PEAK_KW, rtol=1e-3)
    assert (found <= PEAK_KW[:, None]).all()
    assert (found > 0).all()


def test_homes_use_most_on_winter_evenings(numbers: Mapping[str, Parameter]) -> None:
    clock = year_clock(2030, ZONE)
    load = base_load(PEAK_KW, KEYS, clock, numbers).sum(axis=0)
    by_hour = [load[clock.minute == hour * 60].mean() for hour in range(24)]
    assert int(np.argmax(by_hour)) == 19
    assert load[clock.month == 1].mean() > 1.5 * load[clock.month == 7].mean()


@pytest.mark.parametrize("month", [1, 3, 7, 10])
def test_a_step_has_the_same_value_in_a_week_and_in_the_year(
    numbers: Mapping[str, Parameter], month: int
) -> None:
    year = year_clock(2030, ZONE)
    week = Clock.days(datetime(2030, month, 25), 9, ZONE)  # noqa: DTZ001  # a local day
    shift = round((week.start.timestamp() - year.start.timestamp()) / 900)
    whole = base_load(PEAK_KW, KEYS, year, numbers)
    part = base_load(PEAK_KW[::-1], KEYS[::-1], week, numbers)[::-1]
    np.testing.assert_array_equal(part, whole[:, shift : shift + week.steps])


def test_two_transformers_do_not_scatter_alike(numbers: Mapping[str, Parameter]) -> None:
    found = base_load(np.ones(2), KEYS, year_clock(2030, ZONE), numbers)
    noise = found[0] / found[1]
    # two independent scatters of 8 %: their ratio spreads by 8 % x sqrt 2 = 11 %
    assert np.std(noise) == pytest.approx(0.113, rel=0.1)


def test_yearly_use_gives_a_peak_and_the_peak_gives_it_back(
    numbers: Mapping[str, Parameter],
) -> None:
    # 1,000 homes of 2,500 kWh: a mean of 285 kW; the shape's mean is 0.363 of its highest value
    peak_kw = peak_of_homes(1000, 2500, numbers)
    assert peak_kw == pytest.approx(285.4 / 0.363, rel=0.01)
    load = base_load(np.array([float(peak_kw)]), KEYS[:1], year_clock(2030, ZONE), numbers)
    assert load.sum() / 4 == pytest.approx(2_500_000, rel=0.005)
