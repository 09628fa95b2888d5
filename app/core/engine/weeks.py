"""Four weeks that stand for a year, so that a slider need not wait for 35,040 steps."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from app.core.engine.arrays import STEP_H, Floats
from app.core.engine.clock import Clock
from app.core.errors import InputError

WEEK_D = 7
MARGIN_D = 1  # a day to fill up before what counts, and one for cars that leave after it
SUMMER = range(4, 10)  # April to September
SHORTEST_D = 350  # of a year
MONDAY = 3  # 1970-01-01 was a Thursday
PEAK, LOWEST, WINTER_WEEK, SUMMER_WEEK = "base_peak", "lowest_load", "winter", "summer"


@dataclass(frozen=True, slots=True, eq=False)
class Week:
    """Seven days of a year, as a rule from Monday, between a warm-up day and a cool-down day.

    Attributes
    ----------
    key
        Why it was chosen: ``base_peak``, ``lowest_load``, ``winter`` or ``summer``.
    counted : (step,) bool
        Steps of the seven days; load of the two others is not counted.
    day_weight
        Days of the year that each counted day stands for; over all weeks they add up to the
        year's days.
    """

    key: str
    clock: Clock
    counted: npt.NDArray[np.bool_]
    day_weight: float

    def __post_init__(self) -> None:
        """Freeze the mask."""
        self.counted.setflags(write=False)


def year_clock(year: int, zone: str) -> Clock:
    """Cover a calendar year of the local wall clock."""
    days = (datetime(year + 1, 1, 1, tzinfo=UTC) - datetime(year, 1, 1, tzinfo=UTC)).days
    return Clock.days(datetime(year, 1, 1, tzinfo=UTC), days, zone)


def design_weeks(total_kw: Floats, clock: Clock) -> tuple[Week, ...]:
    """Choose the weeks of base peak, lowest load, median winter and median summer. O(step).

    The first two stand for themselves, the medians for the rest of their half-year; then weight
    moves between weeks just so far that the year's energy is met.

    Parameters
    ----------
    total_kw : (step,)
        Base load of all transformers together, over the whole year [kW].
    clock
        That year, see ``year_clock``.
    """
    weeks = _Weeks.of(total_kw, clock)
    peak = int(weeks.place[np.argmax(total_kw)])
    lowest = weeks.lowest(total_kw, besides={peak})
    winter = weeks.median(summer=False, besides={peak, lowest})
    summer = weeks.median(summer=True, besides={peak, lowest, winter})
    chosen = {PEAK: peak, LOWEST: lowest, WINTER_WEEK: winter, SUMMER_WEEK: summer}
    weights = _weights(weeks, chosen, total_kw, clock)
    days = {key: int(weeks.first_day[place]) for key, place in chosen.items()}
    return tuple(_week(day, key, weights[key], clock.zone) for key, day in days.items())


@dataclass(frozen=True, slots=True, eq=False)
class _Weeks:
    """Every week of a year; those at its ends are shifted so that all seven days lie inside."""

    place: npt.NDArray[np.int64]  # of each step in the arrays below
    first_day: npt.NDArray[np.int64]
    kwh_day: Floats
    summer: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, total_kw: Floats, clock: Clock) -> "_Weeks":
        day = clock.day.astype(np.int64)
        if day[-1] - day[0] < SHORTEST_D:
            raise InputError("design weeks need a year of base load")
        number, place = np.unique((day + MONDAY) // WEEK_D, return_inverse=True)
        first_day = np.clip(number * WEEK_D - MONDAY, day[0], day[-1] - WEEK_D + 1)
        upto = np.concatenate(([0.0], np.cumsum(total_kw)))
        begin, end = np.searchsorted(day, first_day), np.searchsorted(day, first_day + WEEK_D)
        summer = np.isin(clock.month[(begin + end) // 2], SUMMER)
        return cls(place, first_day, (upto[end] - upto[begin]) * STEP_H / WEEK_D, summer)

    def lowest(self, total_kw: Floats, besides: set[int]) -> int:
        left = ~np.isin(self.place, list(besides))
        return int(self.place[left][np.argmin(total_kw[left])])

    def median(self, *, summer: bool, besides: set[int]) -> int:
        """Find the week whose energy is nearest to its half-year's median."""
        usable = self.summer == summer
        away = np.abs(self.kwh_day - np.median(self.kwh_day[usable]))
        usable[list(besides)] = False
        return int(np.argmin(np.where(usable, away, np.inf)))


def _weights(
    weeks: _Weeks, chosen: dict[str, int], total_kw: Floats, clock: Clock
) -> dict[str, float]:
    """Share the year's days out over the chosen weeks so that its energy is met."""
    keys = list(chosen)
    days = float(clock.day[-1] - clock.day[0] + 1)
    summer = float(np.isin(clock.month, SUMMER).mean())
    share = {WINTER_WEEK: 1 - summer, SUMMER_WEEK: summer}
    for key in (PEAK, LOWEST):  # taken out of the half-year they lie in
        share[SUMMER_WEEK if weeks.summer[chosen[key]] else WINTER_WEEK] -= WEEK_D / days
        share[key] = WEEK_D / days
    kwh_day = np.array([weeks.kwh_day[chosen[key]] for key in keys])
    first = np.array([share[key] for key in keys])
    met = _meeting(first, kwh_day, float(total_kw.sum()) * STEP_H / days, keys)
    return dict(zip(keys, (met * days / WEEK_D).tolist(), strict=True))


def _meeting(share: Floats, kwh_day: Floats, wanted_kwh: float, keys: list[str]) -> Floats:
    """Move shares to one week, medians first, until their mean day uses what the year's does."""
    now_kwh = float(share @ kwh_day)
    for usable in ((WINTER_WEEK, SUMMER_WEEK), keys):
        for key in usable:
            away_kwh = kwh_day[keys.index(key)] - now_kwh
            moved = (wanted_kwh - now_kwh) / away_kwh if away_kwh else np.inf
            if 0 <= moved <= 1:
                onto = np.array([each == key for each in keys], dtype=np.float64)
                return np.asarray(share * (1 - moved) + onto * moved)
    return share  # the year lies outside all four: nothing closer can be said


def _week(first_day: int, key: str, day_weight: float, zone: str) -> Week:
    begin = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=first_day - MARGIN_D)
    clock = Clock.days(begin, WEEK_D + 2 * MARGIN_D, zone)
    day = clock.day - clock.day[0]
    return Week(key, clock, (day >= MARGIN_D) & (day < MARGIN_D + WEEK_D), day_weight)
