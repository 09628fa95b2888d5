"""The best answer of a car whose battery tapers: slowing down, or stopping and going on.

The answer without the curve comes first and is good for most cars. Where it asks for more than
the battery takes near the end, the level is sought again, backward from departure.
"""

from typing import NamedTuple

import numpy as np

from app.core.engine.arrays import STEP_H, THROTTLE, Floats
from app.core.engine.compiled import kernel
from app.core.engine.kernels_cars import Cars, Scratch
from app.core.engine.kernels_level import EXACT, ROUNDS
from app.core.engine.kernels_taper import at_once_bent, share_at

TOO_LITTLE, FITS, TOO_MUCH = -1, 0, 1
TIGHT = 1e-8  # of the energy: profiles are kept in float32


class Tail(NamedTuple):
    """One car that slows down: a handful of numbers, as calls pass every array one by one.

    ``stored`` is the charge at departure, ``knee`` that from which it slows down [kWh], ``gain``
    what a kW adds in a step [kWh]; ``goal`` is its energy [kW-steps].
    """

    stored: float
    size: float
    knee: float
    gain: float
    full: float
    floor: float
    goal: float
    knots: Floats
    shares: Floats


@kernel
def mind_curve(cars: Cars, car: int, count: int, floor: float, room: Scratch) -> None:
    """Answer again, as ``room.power`` is too much; below the lowest current only in the tail."""
    gain, size = cars.eta * STEP_H, cars.battery[car]
    tail = Tail(
        cars.soc0[car] + gain * cars.total[car],
        size,
        cars.knee * size,
        gain,
        cars.full[car],
        floor,
        cars.total[car],
        cars.knots,
        cars.shares,
    )
    rest, opened, power = room.rest[:count], room.sums[:count], room.power[:count]
    if cars.kind[car] == THROTTLE:
        found = _slow_down(tail, rest, opened, power)
    else:
        found = _stop_and_go(tail, rest, opened, power)
    if not found:
        at_once_bent(cars, car, count, room.power)


@kernel
def _level_of(tail: Tail, rest: Floats, power: Floats) -> float:
    """Return the level of an answer; NaN where no step lies between its bounds."""
    for step in range(rest.size):
        if tail.floor < power[step] < tail.full:
            return float(rest[step] + power[step])
    return np.nan


@kernel
def _slow_down(tail: Tail, rest: Floats, opened: Floats, power: Floats) -> bool:
    """Charge on over the same stretch, or a longer one where the tail needs it."""
    level = _level_of(tail, rest, power)
    stay = 0
    for step in range(rest.size):
        opened[step] = 0.0
        stay = step + 1 if power[step] > 0 else stay
    opened[:stay] = 1.0
    told = level_bent(tail, rest, opened, level, power)
    while told == TOO_LITTLE and stay < rest.size:
        opened[stay] = 1.0
        stay += 1
        told = level_bent(tail, rest, opened, level, power)
    return told == FITS


@kernel
def _stop_and_go(tail: Tail, rest: Floats, opened: Floats, power: Floats) -> bool:
    """Use the same steps, and more of the lowest ones where the tail needs them.

    Without a lowest current all steps are open, and the level under the curve is the answer.
    """
    level = _level_of(tail, rest, power)
    for step in range(rest.size):
        opened[step] = 1.0 if power[step] > 0 or tail.floor <= 0 else 0.0
    told = level_bent(tail, rest, opened, level, power)
    while told == TOO_LITTLE and _open_next(rest, opened):
        told = level_bent(tail, rest, opened, level, power)
    return told == FITS


@kernel
def _open_next(rest: Floats, opened: Floats) -> bool:
    """Open the lowest step that is still closed, of equal ones the earliest."""
    lowest = -1
    for step in range(rest.size):
        if opened[step] <= 0 and (lowest < 0 or rest[step] < rest[lowest]):
            lowest = step
    if lowest < 0:
        return False
    opened[lowest] = 1.0
    return True


@kernel
def _taken_at(
    tail: Tail, rest: Floats, opened: Floats, level: float, power: Floats
) -> tuple[float, float]:
    """Write the power at a level, backward from departure; return its sum and how fast it grows.

    A larger draw lowers the charge before it, which raises the ceiling there: the sum only rises.
    """
    stored, floor, full = tail.stored, tail.floor, tail.full
    total = slope = sunk = 0.0
    step = rest.size - 1
    while step >= 0 and stored > tail.knee:
        power[step] = 0.0
        if opened[step] > 0:
            most = full * share_at(tail.knots, tail.shares, stored / tail.size)
            least = min(floor, most)
            found, grows = level - rest[step], 1.0
            if found >= most or found <= least < floor:
                found = min(max(found, least), most)
                before = (stored - tail.gain) / tail.size
                ahead = full * share_at(tail.knots, tail.shares, before)
                grows = (ahead - most) / tail.gain * sunk
            elif found <= least:
                found, grows = least, 0.0
            power[step] = found
            total += found
            slope += grows
            stored -= tail.gain * found
            sunk += tail.gain * grows
        step -= 1
    between = 0
    for early in range(step + 1):
        found = level - rest[early]
        found = min(max(found, floor), full) if opened[early] > 0 else 0.0
        between += floor < found < full
        power[early] = found
        total += found
    return total, slope + between


@kernel
def _span(rest: Floats, opened: Floats, full: float) -> tuple[float, float]:
    bottom, top = np.inf, -np.inf
    for step in range(rest.size):
        if opened[step] > 0:
            bottom, top = min(bottom, rest[step]), max(top, rest[step])
    return bottom, top + full


@kernel
def level_bent(tail: Tail, rest: Floats, opened: Floats, guess: float, power: Floats) -> int:
    """Fill the opened steps (above 0) evenly under the curve; say whether they take the energy."""
    bottom, top = _span(rest, opened, tail.full)
    lower, upper, level = bottom, top, guess
    if not lower < level < upper:
        level = 0.5 * (lower + upper)
    for _ in range(ROUNDS):
        taken, slope = _taken_at(tail, rest, opened, level, power)
        missing = tail.goal - taken
        if abs(missing) < TIGHT * (1 + tail.goal):
            return FITS
        if missing > 0:
            if level >= top:
                return TOO_LITTLE
            lower = level
        else:
            if level <= bottom:
                return TOO_MUCH
            upper = level
        level = _step(level, missing, slope, lower, upper, bottom, top)
    return FITS


@kernel
def _step(
    level: float,
    missing: float,
    slope: float,
    lower: float,
    upper: float,
    bottom: float,
    top: float,
) -> float:
    """Go on by Newton's method; to an end where nobody has looked yet, else by halves."""
    new = level + missing / slope if slope > EXACT else np.inf
    if lower < new < upper:
        return new
    if missing > 0 and upper == top:
        return top
    if missing < 0 and lower == bottom:
        return bottom
    return 0.5 * (lower + upper)
