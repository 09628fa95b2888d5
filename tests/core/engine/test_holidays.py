"""Holidays count as Sundays of a contract."""

from datetime import date, datetime

import numpy as np
import pytest

from app.core.engine.clock import SUNDAY, Clock
from app.core.engine.holidays import easter, holiday, wall_day_type
from app.core.errors import InputError


@pytest.mark.parametrize("day", ["2024-03-31", "2025-04-20", "2027-03-28", "2038-04-25"])
def test_easter_is_on_its_day(day: str) -> None:
    wanted = date.fromisoformat(day)
    assert easter(wanted.year) == wanted


@pytest.mark.parametrize(
    ("rule", "year", "day"),
    [
        ("12-25", 2030, "2030-12-25"),
        ("04-27<", 2031, "2031-04-26"),  # the 27th is a Sunday: King's Day moves
        ("04-27<", 2030, "2030-04-27"),
        ("easter+39", 2025, "2025-05-29"),
        ("easter-2", 2025, "2025-04-18"),
        ("mon05-25", 2026, "2026-05-25"),
        ("sat06-20", 2026, "2026-06-20"),
        ("sat10-31", 2026, "2026-10-31"),
    ],
)
def test_a_rule_finds_its_day(rule: str, year: int, day: str) -> None:
    assert holiday(rule, year).isoformat() == day


@pytest.mark.parametrize("rule", ["christmas", "13-01", "02-30", "xyz05-01", ""])
def test_a_rule_that_names_no_day_is_refused(rule: str) -> None:
    with pytest.raises(InputError, match="holiday"):
        holiday(rule, 2030)


def test_a_holiday_is_a_sunday_and_other_days_stay() -> None:
    clock = Clock.days(datetime(2030, 12, 23), 5, "Europe/Amsterdam")  # noqa: DTZ001  # a local day
    found = wall_day_type(clock, ("12-25", "12-26"))
    assert (found[2 * 96 : 4 * 96] == SUNDAY).all()
    assert np.array_equal(found[: 2 * 96], clock.day_type[: 2 * 96])
    assert wall_day_type(clock, ()) is clock.day_type
