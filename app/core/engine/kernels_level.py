"""The water level: put energy where the load is lowest, within each step's bounds.

A box with a fixed sum has one least-majorised aggregate, so the level that minimises the sum of
squares also minimises the peak.
"""

from typing import NamedTuple

import numpy as np

from app.core.engine.arrays import Floats
from app.core.engine.compiled import kernel

ROUNDS = 60
EXACT = 1e-9
ROUNDING = 1e-12


class Found(NamedTuple):
    """The load a car finds: what was taken off every step, its extremes and its sum.

    ``guess`` is the level of the car's last answer, NaN where there is none, and ``cost`` what
    that answer adds to the sum of squares.
    """

    shift: float
    least: float
    most: float
    summed: float
    guess: float
    cost: float


@kernel
def clipped_sum(
    rest: Floats, first: int, last: int, level: float, low: float, high: float
) -> tuple[float, int]:
    """Add up what every step takes at a level, and count the steps between their bounds."""
    total = 0.0
    between = 0
    for step in range(first, last):
        power = level - rest[step]
        between += (power > low) & (power < high)
        total += min(max(power, low), high)
    return total, between


@kernel
def find(rest: Floats, first: int, last: int) -> Found:
    """Look over the steps ``first:last``."""
    least, most = np.inf, -np.inf
    summed = 0.0
    for step in range(first, last):
        least = min(least, rest[step])
        most = max(most, rest[step])
        summed += rest[step]
    return Found(0.0, least, most, summed, np.nan, 0.0)


@kernel
def water_level(
    rest: Floats, first: int, last: int, low: float, high: float, total: float, found: Found
) -> float:
    """Find the level at which the steps ``first:last`` take ``total`` [kW-steps].

    Newton's method on a piecewise linear function, by halves where it leaves its bracket.
    """
    count = last - first
    lower, upper = found.least + low, found.most + high
    if total >= count * high * (1 - EXACT):
        return upper
    if total <= count * low:
        return lower
    level = found.guess
    if not lower < level < upper:
        level = (total + found.summed) / count
    for _ in range(ROUNDS):
        taken, between = clipped_sum(rest, first, last, level, low, high)
        missing = total - taken
        if abs(missing) < EXACT * (1 + total):
            break
        if missing > 0:
            lower = level
        else:
            upper = level
        # Without a step between its bounds there is no slope: the guess lands outside, on purpose.
        level += missing / between if between > 0 else upper - lower
        if not lower < level < upper:
            level = 0.5 * (lower + upper)
    return level


@kernel
def fill(
    rest: Floats,
    first: int,
    last: int,
    low: float,
    high: float,
    total: float,
    level: float,
    power: Floats,
) -> None:
    """Write the power of every step at a level that takes ``total`` [kW-steps]."""
    left = total
    for step in range(first, last):
        power[step] = min(max(level - rest[step], low), high)
        left -= power[step]
    if abs(left) > ROUNDING * total:
        settle(power, first, last, low, high, left)


@kernel
def settle(power: Floats, first: int, last: int, low: float, high: float, left: float) -> None:
    """Put what rounding left over on the largest step between its bounds."""
    largest = -1
    for step in range(first, last):
        if low < power[step] < high and (largest < 0 or power[step] > power[largest]):
            largest = step
    if largest >= 0:
        power[largest] = min(max(power[largest] + left, low), high)
