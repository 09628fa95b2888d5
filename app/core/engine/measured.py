"""Measured load in place of a shape: a year of days, laid over any other year."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from app.core.engine.arrays import Floats, Halves, Ints, Longs
from app.core.engine.clock import STEP_MIN, Clock
from app.core.engine.series import bridge, to_grid
from app.core.engine.weather import day_of_year

SLOTS, WEEK_D, YEAR_D, MONDAY = 96, 7, 365, 3


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Complete measured days of some rows.

    Attributes
    ----------
    row : (series,)
        The engine's row each series belongs to.
    day : (day,)
        Local days, counted from 1970-01-01.
    load_kw : (series, day, quarter-hour of the wall)
        NaN all through a day that is not complete.
    """

    row: Longs
    day: Ints
    load_kw: Halves

    def only(self, rows: Longs) -> "Measured":
        """Return this for some rows, numbered anew in their order."""
        place = {int(row): nth for nth, row in enumerate(rows)}
        kept = np.array([int(row) in place for row in self.row], dtype=bool)
        new = np.array([place[int(row)] for row in self.row[kept]], np.int64)
        return replace(self, row=new, load_kw=self.load_kw[kept])

    def lay(self, clock: Clock) -> Floats:
        """Lay the measured days over a horizon. O(series x step).

        A day that was measured stands for itself; any other is the nearest day of the year with
        the same day of the week, the earlier one of two.

        Returns
        -------
        (series, step) [kW].
        """
        days, place = np.unique(clock.day, return_inverse=True)
        slot = clock.minute // STEP_MIN
        found = np.empty((self.row.size, clock.steps))
        for nth, load in enumerate(self.load_kw):
            usable = np.flatnonzero(~np.isnan(load[:, 0]))
            best = usable[_nearest(days, self.day[usable])]
            found[nth] = load[best[place], slot]
        return found

    @property
    def peak_kw(self) -> Floats:
        """Highest measured load of each series [kW]."""
        return np.asarray(np.nanmax(self.load_kw, axis=(1, 2)), np.float64)


def measured_days(  # noqa: PLR0913  # columns of one table, and whose they are
    seconds: Longs, series: Longs, load_kw: Floats, rows: Longs, zone: str, *, least_days: int
) -> tuple[Measured, Longs]:
    """Cut measured series into complete local days. O(n log n).

    Parameters
    ----------
    seconds, series, load_kw : (n,)
        Start of each value since 1970 in UTC, the series it belongs to, and the load [kW].
    rows : (series,)
        The engine's row of each series.
    least_days
        Series with fewer complete days do not stand for a year and are left out.

    Returns
    -------
    The usable series, and the numbers of those left out.
    """
    grid, _ = bridge(to_grid(seconds, series, load_kw, rows.size))
    clock = Clock(datetime.fromtimestamp(grid.first, UTC), grid.values.shape[1], zone)
    days, place = np.unique(clock.day, return_inverse=True)
    table = np.full((rows.size, days.size, SLOTS), np.nan, np.float32)
    table[:, place, clock.minute // STEP_MIN] = grid.values
    _bridge_spring(table, place, clock)
    table[np.isnan(table).any(axis=2)] = np.nan
    enough = (~np.isnan(table[:, :, 0])).sum(axis=1) >= least_days
    table.setflags(write=False)
    left_out = np.flatnonzero(~enough)
    return Measured(rows[enough], days.astype(np.int32), table[enough]), left_out


def _bridge_spring(table: Halves, place: npt.NDArray[np.int64], clock: Clock) -> None:
    """Fill the hour that the wall skips in spring with what came before it."""
    first = np.flatnonzero(np.diff(clock.minute) > STEP_MIN)
    for step in first[place[first] == place[first + 1]]:
        slots = slice(clock.minute[step] // STEP_MIN + 1, clock.minute[step + 1] // STEP_MIN)
        before = table[:, place[step], clock.minute[step] // STEP_MIN]
        table[:, place[step], slots] = before[:, None]


def _nearest(wanted: Ints, known: Ints) -> Longs:
    """Find for each day the known day nearest in the year with its day of the week."""
    apart = np.abs(day_of_year(wanted)[:, None] - day_of_year(known)[None, :])
    apart = np.minimum(apart, YEAR_D - apart).astype(np.float64)
    weekday = (wanted[:, None] + MONDAY) % WEEK_D == (known[None, :] + MONDAY) % WEEK_D
    apart[~weekday] = np.inf
    apart[wanted[:, None] == known[None, :]] = -1.0
    return np.asarray(apart.argmin(axis=1), np.int64)
