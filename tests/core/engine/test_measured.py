"""A measured year stands for any year, by day of the week and season; a month does not."""

from datetime import datetime

import numpy as np

from app.core.engine.clock import Clock
from app.core.engine.measured import Measured, measured_days
from app.core.engine.weeks import year_clock

ZONE = "Europe/Amsterdam"


def series(year: int, *, rows: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray, Clock]:
    """A year whose load is the local day's number and its quarter-hour."""
    clock = year_clock(year, ZONE)
    seconds = int(clock.start.timestamp()) + 900 * np.arange(clock.steps)
    load_kw = (clock.day - clock.day[0]) + clock.minute / 1440
    row = np.repeat(np.arange(rows), clock.steps)
    return np.tile(seconds, rows), row, np.tile(load_kw, rows), clock


def read(year: int, **more: object) -> Measured:
    seconds, row, load_kw, _ = series(year)
    found, left_out = measured_days(
        seconds, row, load_kw, np.array([5]), ZONE, least_days=350, **more
    )
    assert not left_out.size
    return found


def test_a_measured_day_stands_for_itself_also_when_clocks_change() -> None:
    _, _, load_kw, clock = series(2024)
    found = read(2024).lay(clock)
    autumn = clock.day == datetime(2024, 10, 27).toordinal() - 719163  # noqa: DTZ001
    np.testing.assert_allclose(found[0][~autumn], load_kw[~autumn], atol=1e-4)
    assert found.shape == (1, clock.steps)
    assert not np.isnan(found).any()


def test_another_year_gets_the_nearest_day_of_the_same_weekday() -> None:
    # 1 July 2030 is a Monday; in 2024 so was 1 July, day 182 counted from 0 in a leap year.
    # Nearest to day 181 of 2030: day 182 itself.
    week = Clock.days(datetime(2030, 7, 1), 7, ZONE)  # noqa: DTZ001  # a local day
    found = read(2024).lay(week)[0]
    assert np.floor(found).astype(int)[::96].tolist() == list(range(182, 189))
    np.testing.assert_allclose(found % 1, week.minute / 1440, atol=1e-4)


def test_a_week_and_the_year_agree() -> None:
    data, year = read(2024), year_clock(2030, ZONE)
    week = Clock.days(datetime(2030, 3, 28), 9, ZONE)  # noqa: DTZ001  # a local day
    shift = round((week.start.timestamp() - year.start.timestamp()) / 900)
    whole = data.lay(year)
    np.testing.assert_array_equal(data.lay(week), whole[:, shift : shift + week.steps])


def test_a_month_does_not_stand_for_a_year_and_holes_are_not_filled() -> None:
    seconds, row, load_kw, _ = series(2024, rows=2)
    kept = (row == 0) | (np.arange(row.size) % 35_136 < 96 * 31)  # the second: January only
    hole = (row == 0) & (load_kw > 100.25) & (load_kw < 100.5)  # six hours of day 100
    keep = kept & ~hole
    found, left_out = measured_days(
        seconds[keep], row[keep], load_kw[keep], np.array([3, 8]), ZONE, least_days=350
    )
    assert left_out.tolist() == [1]
    assert found.row.tolist() == [3]
    assert np.isnan(found.load_kw[0, 100]).all(), "a day with a hole is not used"
    assert not np.isnan(found.lay(year_clock(2024, ZONE))).any()


def test_rows_are_numbered_anew() -> None:
    found = read(2024)
    assert found.only(np.array([2, 5, 7])).row.tolist() == [1]
    assert found.only(np.array([2])).row.size == 0
    assert found.peak_kw[0] > 365
