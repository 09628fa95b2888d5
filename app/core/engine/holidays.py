"""Public holidays, which a capacity contract counts as Sundays.

A rule is ``MM-DD``; ``MM-DD<`` for a day kept the day before when it falls on a Sunday;
``easter+N`` or ``easter-N``; or ``mon05-25``, the first such weekday on or after a date.
"""

import re
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from app.core.engine.arrays import Bytes
from app.core.engine.clock import SUNDAY, Clock
from app.core.errors import InputError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
RULE = re.compile(
    r"easter(?P<off>[+-]\d{1,3})?|(?P<week>[a-z]{3})?(?P<m>\d\d)-(?P<d>\d\d)(?P<eve><)?"
)
SUNDAY_OF_WEEK = 6


def check_rules(rules: tuple[str, ...]) -> None:
    """Refuse a rule that names no day."""
    for rule in rules:
        holiday(rule, 2024)  # a leap year has every day


def holiday(rule: str, year: int) -> date:
    """Find the day of a rule in a year."""
    found = RULE.fullmatch(rule)
    if found is None or (found["week"] or "mon") not in WEEKDAYS:
        raise InputError(f"holiday {rule!r}: wanted MM-DD, easter+N or mon05-25")
    if found["m"] is None:
        return easter(year) + timedelta(days=int(found["off"] or 0))
    try:
        day = date(year, int(found["m"]), int(found["d"]))
    except ValueError as error:
        raise InputError(f"holiday {rule!r}: there is no such day") from error
    if found["week"]:
        return day + timedelta(days=(WEEKDAYS.index(found["week"]) - day.weekday()) % 7)
    return day - timedelta(days=int(bool(found["eve"]) and day.weekday() == SUNDAY_OF_WEEK))


def easter(year: int) -> date:
    """Find Easter Sunday (Gregorian calendar; the anonymous rule, as printed by Meeus 1991)."""
    golden, century, rest = year % 19, year // 100, year % 100
    moved = century - (century + 8) // 25 + 1
    epact = (19 * golden + century - century // 4 - moved // 3 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * week) // 451
    month, day = divmod(epact + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=64)
def _days(rules: tuple[str, ...], first: int, last: int) -> frozenset[int]:
    epoch = date(1970, 1, 1)
    years = range(first, last + 1)
    return frozenset((holiday(rule, year) - epoch).days for rule in rules for year in years)


def wall_day_type(clock: Clock, rules: tuple[str, ...]) -> Bytes:
    """Return the day type of every step, with holidays as Sundays."""
    if not rules:
        return clock.day_type
    ends = (clock.day[[0, -1]] / 365.2425 + 1970).astype(int)
    days = _days(rules, int(ends[0]) - 1, int(ends[1]) + 1)
    return np.where(np.isin(clock.day, list(days)), SUNDAY, clock.day_type).astype(np.int8)
