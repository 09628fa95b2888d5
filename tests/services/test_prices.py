"""The illustrative week of prices lies on the local wall, also when clocks change."""

from datetime import datetime

import numpy as np

from app.core.engine.clock import Clock
from app.services.prices import typical_prices


def _days(first: datetime, count: int) -> np.ndarray:
    return typical_prices(Clock.days(first, count, "Europe/Amsterdam"))


def test_noon_is_cheaper_than_the_evening_and_sunday_than_monday() -> None:
    week = _days(datetime(2030, 6, 3), 7).reshape(7, 96)  # noqa: DTZ001  # from a Monday
    assert (week[:, 13 * 4] < week[:, 19 * 4]).all()
    assert week[6].mean() < week[0].mean()
    assert week[0, 19 * 4] == week[4, 19 * 4]


def test_the_wall_decides_on_days_of_23_and_25_hours() -> None:
    for day, steps in ((datetime(2030, 3, 31), 92), (datetime(2030, 10, 27), 100)):  # noqa: DTZ001
        prices = _days(day, 1)
        sunday = _days(datetime(2030, 6, 9), 1)  # noqa: DTZ001
        assert prices.size == steps
        assert (prices[-20:] == sunday[-20:]).all()
