"""Frost in January, sun at noon, the stated yield, and the same value in a week and in the year."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pytest

from app.core.engine.baseload import OnTop, base_parts
from app.core.engine.clock import Clock
from app.core.engine.weather import heating, sunshine, temperature
from app.core.engine.weeks import year_clock
from app.core.parameters import Parameter

ZONE = "Europe/Amsterdam"
UTRECHT = {"latitude": 52.09, "longitude": 5.12}
Numbers = Mapping[str, Parameter]


def test_the_temperature_by_hand(numbers: Numbers) -> None:
    clock = year_clock(2030, ZONE)
    found = temperature(clock, numbers)
    # day 20 (21 January), in the spell, at 14:30: 10.5 - 7.5 + 3 - 6 = 0 degrees
    middle = (clock.day == clock.day[0] + 20) & (clock.minute == 14 * 60 + 30)
    assert found[middle] == pytest.approx([0.0])
    assert found.min() == pytest.approx(-6.0)  # at 02:30 that night: 3 - 3 - 6
    assert np.flatnonzero(found == found.min())[0] == np.flatnonzero(middle)[0] - 12 * 4
    assert found[clock.month == 7].min() > 12


def test_heat_pumps_rest_in_summer_and_pass_their_kw_in_frost(numbers: Numbers) -> None:
    clock = year_clock(2030, ZONE)
    found = heating(clock, numbers)
    assert found.max() == pytest.approx((15.5 + 6) / 18)
    assert found[clock.month == 7].max() == pytest.approx(0, abs=0.06)
    assert (found >= 0).all()


@pytest.mark.parametrize("year", [2029, 2030, 2032])
@pytest.mark.parametrize("place", [UTRECHT, {"latitude": -33.9, "longitude": 18.4}])
def test_panels_give_the_stated_yield_of_every_year(
    numbers: Numbers, year: int, place: dict[str, float]
) -> None:
    zone = ZONE if place is UTRECHT else "Africa/Johannesburg"
    clock = year_clock(year, zone)
    found = sunshine(clock, numbers, **place)
    assert found.sum() / 4 == pytest.approx(950)
    assert 0.6 < found.max() < 1.0, "a kWp is never exceeded"
    by_slot = [found[clock.minute == minute].mean() for minute in range(0, 1440, 15)]
    assert 11.5 <= np.argmax(by_slot) / 4 <= 14
    assert (found[clock.minute < 120] == 0).all(), "no sun at night"


def test_little_sun_in_winter_and_none_of_it_at_once(numbers: Numbers) -> None:
    clock = year_clock(2030, ZONE)
    found = sunshine(clock, numbers, **UTRECHT)
    kwh = [found[clock.month == month].sum() / 4 for month in range(1, 13)]
    assert kwh[0] + kwh[11] < 0.1 * sum(kwh)
    assert sum(kwh[3:9]) > 0.65 * sum(kwh)
    assert np.abs(np.diff(found)).max() < 0.12, "no jump at sunrise"


def test_the_sun_stands_highest_by_the_sun_and_not_by_the_wall(numbers: Numbers) -> None:
    day = Clock.days(datetime(2030, 6, 21), 1, ZONE)  # noqa: DTZ001  # a local day
    found = sunshine(day, numbers, **UTRECHT)
    # noon of the sun at 5.12 E in summer time: 12:00 UTC - 20 min + 2 min, 13:41 by the wall
    assert 13.25 <= day.minute[np.argmax(found)] / 60 <= 14.0


@pytest.mark.parametrize("first", [(2030, 1, 15), (2030, 3, 28), (2030, 7, 1), (2029, 12, 29)])
def test_a_step_has_the_same_value_in_a_week_and_in_the_year(
    numbers: Numbers, first: tuple[int, int, int]
) -> None:
    week = Clock.days(datetime(*first), 9, ZONE)  # noqa: DTZ001  # a local day
    for year in (first[0], first[0] + 1):
        whole = year_clock(year, ZONE)
        shift = round((whole.start.timestamp() - week.start.timestamp()) / 900)
        inside = slice(max(shift, 0), min(week.steps, shift + whole.steps))
        there = slice(max(-shift, 0), max(-shift, 0) + inside.stop - inside.start)
        if inside.stop <= inside.start:
            continue
        for find in (
            lambda clock: heating(clock, numbers),
            lambda clock: sunshine(clock, numbers, **UTRECHT),
        ):
            np.testing.assert_array_equal(find(week)[inside], find(whole)[there])


def test_the_parts_add_up_and_panels_push_the_load_below_zero(numbers: Numbers) -> None:
    week = Clock.days(datetime(2030, 6, 17), 7, ZONE)  # noqa: DTZ001  # a local day
    today = np.full((2, week.steps), 40.0)
    on_top = OnTop(0.1, np.array([0.0, 30.0]), np.array([0.0, 200.0]), np.zeros((2, 0)), **UTRECHT)
    parts = base_parts(today, on_top, week, numbers)
    assert list(parts) == ["homes", "heat_pumps", "panels"]
    total = sum(parts.values())
    np.testing.assert_allclose(total[0], 44.0)  # nothing was added to the first row but growth
    assert total[1].min() < 0
    assert (parts["panels"] <= 0).all()
    np.testing.assert_array_equal(
        sum(base_parts(today[1:], on_top.only(np.array([1])), week, numbers).values())[0], total[1]
    )
