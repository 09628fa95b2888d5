"""Lay a measured series over the engine's quarter-hours."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.core.engine.arrays import Floats, Longs
from app.core.engine.clock import STEP_MIN

STEP_S = STEP_MIN * 60
HOLE_STEPS = 4  # up to an hour is bridged


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """A series on a grid of 15 min.

    Attributes
    ----------
    first
        Seconds since 1970 of step 0, in UTC.
    values : (row, step)
        NaN where nothing is known.
    averaged, held, bridged
        Steps made of several values, of a coarser one, and interpolated over a hole.
    """

    first: int
    values: Floats
    averaged: int = 0
    held: int = 0
    bridged: int = 0


def to_grid(seconds: Longs, row: Longs, value: Floats, rows: int) -> Grid:
    """Average what is finer than 15 min, hold what is coarser; holes stay NaN. O(n log n).

    Parameters
    ----------
    seconds : (n,)
        Start of each value, since 1970 in UTC.
    row : (n,)
        Which series it belongs to.
    """
    first = int(seconds.min()) // STEP_S * STEP_S
    wide = _interval(seconds, row)
    steps = -(-(int(seconds.max()) + wide - first) // STEP_S)
    place = row * steps + (seconds - first) // STEP_S
    known = ~np.isnan(value)
    count = np.bincount(place[known], minlength=rows * steps).reshape(rows, steps)
    total = np.bincount(place[known], value[known], rows * steps).reshape(rows, steps)
    values = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    held = 0
    if wide > STEP_S:
        before = np.isnan(values)
        values = _hold(values, wide // STEP_S)
        held = int((before & ~np.isnan(values)).sum())
    return Grid(first, values, averaged=int((count > 1).sum()), held=held)


def bridge(grid: Grid) -> tuple[Grid, tuple[int, int] | None]:
    """Interpolate holes of up to an hour; also return the first longer one as (row, step)."""
    values, bridged = grid.values.copy(), 0
    longer: tuple[int, int] | None = None
    for row in np.flatnonzero(np.isnan(values).any(axis=1)):
        missing = np.isnan(values[row])
        edge = np.diff(np.concatenate(([False], missing, [False])).astype(np.int8))
        for begin, end in zip(np.flatnonzero(edge > 0), np.flatnonzero(edge < 0), strict=True):
            inner = begin > 0 and end < missing.size
            if not inner or end - begin > HOLE_STEPS:
                longer = longer or (int(row), int(begin))
                continue
            ends = values[row, [begin - 1, end]]
            values[row, begin:end] = np.interp(np.arange(begin, end), [begin - 1, end], ends)
            bridged += int(end - begin)
    return Grid(grid.first, values, grid.averaged, grid.held, bridged), longer


def onto(grid: Grid, first: int, steps: int) -> Floats:
    """Move a series of one row to another horizon; NaN outside what is known."""
    found = np.full(steps, np.nan)
    shift = (grid.first - first) // STEP_S
    begin, end = max(shift, 0), min(shift + grid.values.shape[1], steps)
    if end > begin:
        found[begin:end] = grid.values[0, begin - shift : end - shift]
    return found


def _interval(seconds: Longs, row: Longs) -> int:
    """Return the usual distance of two values of one series [s]."""
    order = np.lexsort((seconds, row))
    same = np.diff(row[order]) == 0
    apart = np.diff(seconds[order])[same]
    apart = apart[apart > 0]
    return int(np.median(apart)) if apart.size else STEP_S


def _hold(values: Floats, steps: int) -> Floats:
    """Repeat each value until the next, at most as long as values usually last."""
    at = np.arange(values.shape[1])
    known: npt.NDArray[np.int64] = np.where(np.isnan(values), -1, at)
    last = np.maximum.accumulate(known, axis=1)
    usable = (last >= 0) & (at - last < steps)
    return np.where(usable, np.take_along_axis(values, np.maximum(last, 0), axis=1), np.nan)
