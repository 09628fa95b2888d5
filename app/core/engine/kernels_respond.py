"""The best answer of one car to the load it finds: slowing down, or stopping and going on."""

import numpy as np

from app.core.engine.arrays import Floats
from app.core.engine.compiled import kernel
from app.core.engine.kernels_level import EXACT, Found, fill, settle, water_level

FEW = 48
PATIENCE = 2


@kernel
def at_once(count: int, full: float, total: float, power: Floats) -> None:
    """Write full power from arrival until the energy is there."""
    for step in range(count):
        power[step] = min(full, total)
        total -= power[step]


@kernel
def slow_down(
    rest: Floats,
    count: int,
    floor: float,
    full: float,
    total: float,
    found: Found,
    power: Floats,
) -> None:
    """Answer of a car that can be slowed down to its lowest current, but never stopped."""
    stay = count
    if floor > 0:
        stay = min(count, max(1, int(total / floor + EXACT)))
    if total > full * stay:
        stay = min(count, int(np.ceil(total / full - EXACT)))
    for step in range(stay, count):
        power[step] = 0.0
    if total < floor * stay * (1 - EXACT):  # no way to keep the floor: the last step is exempt
        at_once(stay, full if total > floor else total, total, power)
        return
    level = water_level(rest, 0, stay, floor, full, total, found)
    fill(rest, 0, stay, floor, full, total, level, power)


@kernel
def stop_and_go(
    rest: Floats,
    count: int,
    floor: float,
    full: float,
    total: float,
    found: Found,
    power: Floats,
    ranked: Floats,
    sums: Floats,
    squares: Floats,
) -> None:
    """Answer of a car that can stop and go on: nothing, or at least its lowest current.

    Without the floor the water level is the answer. Where it asks for less than the floor, the
    k lowest steps are tried for every sensible k; for a fixed k they are optimal.
    """
    if 0 < total <= floor:
        _lowest_step(rest, count, total, power)
        return
    level = water_level(rest, 0, count, 0.0, full, total, found)
    pool = squares
    used, thin = _use(rest, count, level, floor, pool)
    if not thin:
        fill(rest, 0, count, 0.0, full, total, level, power)
        return
    rank(pool, used, ranked)
    most = min(used, int(total / floor + EXACT))
    fewest = min(used, int(np.ceil(total / full - EXACT)))
    if most < fewest or floor >= full:
        _brim(rest, count, full, total, power, ranked, fewest)
        return
    steps, level = _choose(ranked, most, fewest, floor, full, total, sums, squares)
    take(rest, count, ranked, steps, level, floor, full, power)
    settle_used(power, count, floor, full, total)


@kernel
def _lowest_step(rest: Floats, count: int, total: float, power: Floats) -> None:
    lowest = 0
    for step in range(count):
        power[step] = 0.0
        if rest[step] < rest[lowest]:
            lowest = step
    power[lowest] = total


@kernel
def _use(rest: Floats, count: int, level: float, floor: float, pool: Floats) -> tuple[int, bool]:
    """Gather the load of the steps below the level; say whether one would get too little."""
    used = 0
    thin = 0
    for step in range(count):
        power = level - rest[step]
        pool[used] = rest[step]
        used += power > 0
        thin += (power > EXACT) & (power < floor - EXACT)
    return used, thin > 0


@kernel
def rank(pool: Floats, count: int, ranked: Floats) -> None:
    """Copy values in rising order.

    A value's place is the number of lower ones: for few values that is faster than sorting, as
    it never branches. Equal values claim one place; the empty ones after it are theirs too.
    """
    ranked[:count] = -np.inf
    if count > FEW:
        ranked[:count] = pool[:count]
        ranked[:count].sort()
        return
    for one in range(count):
        place = 0
        for other in range(count):
            place += pool[other] < pool[one]
        ranked[place] = pool[one]
    for place in range(1, count):
        ranked[place] = max(ranked[place], ranked[place - 1])


@kernel
def _choose(
    ranked: Floats,
    most: int,
    fewest: int,
    floor: float,
    full: float,
    total: float,
    sums: Floats,
    squares: Floats,
) -> tuple[int, float]:
    """Find how many of the lowest steps to use, and the water level on them."""
    sums[0] = squares[0] = 0.0
    for place in range(most):
        sums[place + 1] = sums[place] + ranked[place]
        squares[place + 1] = squares[place] + ranked[place] * ranked[place]
    best = np.inf
    best_steps, best_level = most, 0.0
    brim = edge = worse = 0
    for steps in range(most, fewest - 1, -1):
        brim, edge = min(brim, steps), min(edge, steps)
        level, brim, edge = climb(ranked, sums, brim, edge, steps, floor, full, total)
        between = (edge - brim) * level * level - (squares[edge] - squares[brim])
        at_full = full * (brim * full + 2 * sums[brim])
        at_floor = floor * ((steps - edge) * floor + 2 * (sums[steps] - sums[edge]))
        value = between + at_full + at_floor
        if value < best:
            best, best_steps, best_level, worse = value, steps, level, 0
        else:
            worse += 1
            if worse == PATIENCE:
                break
    return best_steps, best_level


@kernel
def climb(
    ranked: Floats,
    sums: Floats,
    brim: int,
    edge: int,
    steps: int,
    floor: float,
    full: float,
    total: float,
) -> tuple[float, int, int]:
    """Raise the level: steps below ``brim`` are full, steps from ``edge`` on at the floor."""
    while True:
        off_floor = ranked[edge] + floor if edge < steps else np.inf
        to_full = ranked[brim] + full if brim < edge else np.inf
        level = min(off_floor, to_full)
        if level == np.inf:
            return ranked[steps - 1] + full, brim, edge
        fixed = brim * full + (steps - edge) * floor
        between = sums[edge] - sums[brim]
        if fixed + (edge - brim) * level - between >= total:
            break
        if off_floor <= to_full:
            edge += 1
        else:
            brim += 1
    if edge > brim:
        level = (total - fixed + between) / (edge - brim)
    return level, brim, edge


@kernel
def take(
    rest: Floats,
    count: int,
    ranked: Floats,
    steps: int,
    level: float,
    floor: float,
    full: float,
    power: Floats,
) -> None:
    """Use the lowest steps; of equal ones the earliest. Filled valleys are full of equal ones."""
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
        power[step] = min(max(level - rest[step], floor), full) if chosen else 0.0


@kernel
def _brim(
    rest: Floats,
    count: int,
    full: float,
    total: float,
    power: Floats,
    ranked: Floats,
    steps: int,
) -> None:
    """Use the fewest steps at full power, the remainder in the highest of them."""
    take(rest, count, ranked, steps, 0.0, full, full, power)
    highest = -1
    for step in range(count):
        if power[step] > 0 and (highest < 0 or rest[step] >= rest[highest]):
            highest = step
    power[highest] = total - full * (steps - 1)


@kernel
def settle_used(power: Floats, count: int, floor: float, full: float, total: float) -> None:
    """Make the energy exact, on a step that is used and has room."""
    left = total
    for step in range(count):
        left -= power[step]
    settle(power, 0, count, floor, full, left)
