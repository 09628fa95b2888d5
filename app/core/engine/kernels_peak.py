"""Lower what is left of a peak, car by car.

Turns end where no car can flatten its own stay any further; with a lowest current that need not
be the lowest peak. Here a car that stands in the peak may make its stay rougher, if only the peak
falls.
"""

import numpy as np

from app.core.engine.arrays import PAUSE, Floats, Halves
from app.core.engine.compiled import kernel
from app.core.engine.kernels_cars import Cars, Scratch
from app.core.engine.kernels_level import EXACT
from app.core.engine.kernels_respond import climb, rank, settle_used, take
from app.core.engine.kernels_turn import put_back, take_out

WORTH = 1e-6  # of the peak: what is less is not a lower peak


@kernel
def lowest_top(
    rest: Floats, count: int, floor: float, full: float, total: float, room: Scratch
) -> bool:
    """Write the answer with the lowest top over the stay; False where the energy does not split."""
    pool, ranked, sums = room.squares, room.ranked, room.sums
    pool[:count] = rest[:count]
    rank(pool, count, ranked)
    most = min(count, int(total / floor + EXACT))
    fewest = min(count, int(np.ceil(total / full - EXACT)))
    if most < fewest:
        return False
    sums[0] = 0.0
    for place in range(most):
        sums[place + 1] = sums[place] + ranked[place]
    lowest, best_steps, best_level = np.inf, 0, 0.0
    brim = edge = 0
    for steps in range(most, fewest - 1, -1):
        brim, edge = min(brim, steps), min(edge, steps)
        level, brim, edge = climb(ranked, sums, brim, edge, steps, floor, full, total)
        top = ranked[count - 1] if steps < count else -np.inf
        used = ranked[steps - 1] + floor if edge < steps else level
        top = max(top, used)
        if top < lowest:
            lowest, best_steps, best_level = top, steps, level
    take(rest, count, ranked, best_steps, best_level, floor, full, room.power)
    settle_used(room.power, count, floor, full, total)
    return True


@kernel
def _is_in(cars: Cars, car: int, top: int, profile: Halves, start: int) -> bool:
    """Whether a car that can stop draws power in the step of the peak."""
    if cars.kind[car] < PAUSE or cars.bent[car] or cars.floor[car] >= cars.full[car]:
        return False
    if cars.arrival[car] > top or cars.departure[car] <= top:
        return False
    return bool(profile[start + top - cars.arrival[car]] > 0)


@kernel
def lower_peak(cars: Cars, row: int, profile: Halves, shift: int, room: Scratch, most: int) -> int:
    """Let cars leave the peak while it falls, at most so many times; return how often it fell."""
    for fell in range(most):
        top = int(np.argmax(room.load))
        peak = room.load[top]
        gone = False
        for car in range(cars.first[row], cars.first[row + 1]):
            start = cars.start[car] - shift
            if cars.arrival[car] > top:
                break
            if not _is_in(cars, car, top, profile, start):
                continue
            found = take_out(cars, car, profile, start, room.load, room.rest)
            stay = cars.departure[car] - cars.arrival[car]
            floor, full = cars.floor[car], cars.full[car]
            if not lowest_top(room.rest, stay, floor, full, cars.total[car], room):
                continue
            high = np.max(room.rest[:stay] + room.power[:stay]) + found.shift
            if high < peak - WORTH * (1 + abs(peak)):
                put_back(cars, car, profile, start, room.load, room.power)
                gone = True
                break
        if not gone:
            return fell
    return most
