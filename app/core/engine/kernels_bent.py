"""The best answer of a car whose battery tapers: slowing down, or stopping and going on."""

import numpy as np

from app.core.engine.arrays import STEP_H, THROTTLE, Floats
from app.core.engine.compiled import kernel
from app.core.engine.kernels_cars import Cars, Scratch
from app.core.engine.kernels_level import EXACT, ROUNDS
from app.core.engine.kernels_respond import PATIENCE, rank
from app.core.engine.kernels_taper import above_curve, at_once_bent, most_at, share_at


@kernel
def _taken_at(
    cars: Cars,
    car: int,
    rest: Floats,
    opened: Floats,
    count: int,
    floor: float,
    level: float,
    power: Floats,
) -> tuple[float, float]:
    """Write the power at a level, backward from departure; return its sum and how fast it grows.

    A larger draw lowers the charge before it, which raises the ceiling there: the sum only rises.
    """
    gain = cars.eta * STEP_H
    stored = cars.soc0[car] + gain * cars.total[car]
    knee, full, size = cars.knee * cars.battery[car], cars.full[car], cars.battery[car]
    total = slope = sunk = 0.0
    for step in range(count - 1, -1, -1):
        power[step] = 0.0
        if opened[step] <= 0:
            continue
        most, rise = full, 0.0
        if stored > knee:
            most = most_at(cars, car, stored)
            ahead = full * share_at(cars, (stored - gain) / size)
            rise = max(ahead - most, 0.0) / gain * sunk
        least = min(floor, most)
        found, grows = level - rest[step], 1.0
        if found >= most:
            found, grows = most, rise
        elif found <= least:
            found, grows = least, rise if least < floor else 0.0
        power[step] = found
        total += found
        slope += grows
        stored -= gain * found
        sunk += gain * grows
    return total, slope


@kernel
def _span(rest: Floats, opened: Floats, count: int, full: float) -> tuple[float, float]:
    lower, upper = np.inf, -np.inf
    for step in range(count):
        if opened[step] > 0:
            lower, upper = min(lower, rest[step]), max(upper, rest[step])
    return lower, upper + full


@kernel
def level_bent(
    cars: Cars,
    car: int,
    rest: Floats,
    opened: Floats,
    count: int,
    floor: float,
    power: Floats,
) -> bool:
    """Fill the opened steps (above 0) evenly under the curve; False where that cannot be."""
    goal = cars.total[car]
    lower, upper = _span(rest, opened, count, cars.full[car])
    most, _ = _taken_at(cars, car, rest, opened, count, floor, upper, power)
    if most < goal * (1 - EXACT):
        return False
    least, _ = _taken_at(cars, car, rest, opened, count, floor, lower, power)
    if least > goal * (1 + EXACT):
        return False
    level = 0.5 * (lower + upper)
    for _ in range(ROUNDS):
        taken, slope = _taken_at(cars, car, rest, opened, count, floor, level, power)
        missing = goal - taken
        if abs(missing) < EXACT * (1 + goal):
            break
        if missing > 0:
            lower = level
        else:
            upper = level
        level += missing / slope if slope > 0 else upper - lower
        if not lower < level < upper:
            level = 0.5 * (lower + upper)
    return True


@kernel
def mind_curve(cars: Cars, car: int, count: int, floor: float, room: Scratch) -> None:
    """Answer again where ``room.power`` is too much; below the lowest current only in the tail."""
    if not above_curve(cars, car, count, room.power):
        return
    if cars.kind[car] == THROTTLE:
        _slow_down(cars, car, count, floor, room)
    else:
        _stop_and_go(cars, car, count, floor, room)


@kernel
def _slow_down(cars: Cars, car: int, count: int, floor: float, room: Scratch) -> None:
    total, opened = cars.total[car], room.sums
    fewest = at_once_bent(cars, car, count, room.power)
    stay = count
    if floor > 0:
        stay = min(count, max(fewest, int(total / floor + EXACT)))
    opened[:count] = 0.0
    opened[:stay] = 1.0
    while not level_bent(cars, car, room.rest, opened, count, floor, room.power):
        if stay <= fewest:
            at_once_bent(cars, car, count, room.power)
            return
        stay -= 1
        opened[stay] = 0.0


@kernel
def _stop_and_go(cars: Cars, car: int, count: int, floor: float, room: Scratch) -> None:
    """Without a lowest current the level under the curve is the answer.

    With one, the lowest steps are tried for every sensible number of them.
    """
    rest, opened, pool = room.rest, room.sums, room.spare
    fewest = at_once_bent(cars, car, count, room.power)
    opened[:count] = 1.0
    if not level_bent(cars, car, rest, opened, count, 0.0, room.power):
        at_once_bent(cars, car, count, room.power)
        return
    used = 0
    for step in range(count):
        pool[used] = rest[step]
        used += room.power[step] > EXACT
    if not _thin(cars, car, count, floor, room.power):
        return
    rank(pool, used, room.ranked)
    _try_fewer(cars, car, count, used, min(fewest, used), floor, room)


@kernel
def _try_fewer(
    cars: Cars, car: int, count: int, most: int, fewest: int, floor: float, room: Scratch
) -> None:
    rest, opened, best = room.rest, room.sums, room.squares
    lowest, worse = np.inf, 0
    for steps in range(most, fewest - 1, -1):
        _open(rest, count, room.ranked, steps, opened)
        if not level_bent(cars, car, rest, opened, count, floor, room.power):
            continue
        value = 0.0
        for step in range(count):
            value += room.power[step] * (2 * rest[step] + room.power[step])
        if value < lowest:
            lowest, worse = value, 0
            best[:count] = room.power[:count]
        else:
            worse += 1
            if worse == PATIENCE:
                break
    if lowest == np.inf:
        at_once_bent(cars, car, count, room.power)
    else:
        room.power[:count] = best[:count]


@kernel
def _open(rest: Floats, count: int, ranked: Floats, steps: int, opened: Floats) -> None:
    """Open the lowest steps; of equal ones the earliest."""
    limit = ranked[steps - 1]
    below = 0
    while ranked[below] < limit:
        below += 1
    equal = steps - below
    for step in range(count):
        chosen = rest[step] < limit
        if rest[step] == limit and equal > 0:
            chosen = True
            equal -= 1
        opened[step] = 1.0 if chosen else 0.0


@kernel
def _thin(cars: Cars, car: int, count: int, floor: float, power: Floats) -> bool:
    """Whether some step outside the tail gets less than the lowest current."""
    gain = cars.eta * STEP_H
    stored = cars.soc0[car] + gain * cars.total[car]
    for step in range(count - 1, -1, -1):
        least = min(floor, most_at(cars, car, stored))
        if EXACT < power[step] < least * (1 - EXACT):
            return True
        stored -= gain * power[step]
    return False
