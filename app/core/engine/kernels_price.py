"""Cars that look at the price alone: the cheapest quarter hours of the stay, the earliest first."""

import numpy as np

from app.core.engine.arrays import PAUSE, UNCONTROLLED, Floats, Longs
from app.core.engine.compiled import kernel
from app.core.engine.kernels_bent import TIGHT
from app.core.engine.kernels_cars import Account, Book, Cars, pages_for, scratch_for
from app.core.engine.kernels_level import EXACT, ROUNDS
from app.core.engine.kernels_rows import begin, close
from app.core.engine.kernels_taper import above_curve, at_once_bent, next_power


@kernel
def cheapest(
    order: Longs, count: int, floor: float, full: float, total: float, power: Floats
) -> None:
    """Answer of a car that can pause: full power in the cheapest steps, the rest in the next.

    A rest below the lowest current is raised to it, at the cost of the dearest full steps. Where
    these have too little to give, the rest stands as it is.
    """
    power[:count] = 0.0
    whole = min(count, int(total / full + EXACT))
    rest = total - whole * full
    for nth in range(whole):
        power[order[nth]] = full
    if rest <= EXACT * (1 + total) or whole == count:
        return
    power[order[whole]] = rest
    short = floor - rest
    if short <= 0 or short > whole * (full - floor):
        return
    power[order[whole]] = floor
    for nth in range(whole - 1, -1, -1):
        taken = min(short, full - floor)
        power[order[nth]] -= taken
        short -= taken


@kernel
def cheapest_stop(
    price: Floats,
    first: int,
    count: int,
    floor: float,
    full: float,
    total: float,
    ranked: Longs,
    power: Floats,
) -> None:
    """Answer of a car that cannot pause: on from arrival, never below the floor, until it stops.

    Every sensible stop is tried: floors on all steps but the first, the rest in the cheapest. The
    first best stop holds.
    """
    fewest = max(1, min(count, int(np.ceil(total / full - EXACT))))
    most = count if floor <= 0 else max(fewest, min(count, 1 + int(total / floor + EXACT)))
    best, best_stop, ground = np.inf, fewest, 0.0
    for stop in range(1, most + 1):
        place = stop - 1  # keep the steps so far in order of price, the earliest of equals first
        while place > 0 and price[first + ranked[place - 1]] > price[first + stop - 1]:
            ranked[place] = ranked[place - 1]
            place -= 1
        ranked[place] = stop - 1
        ground += floor * price[first + stop - 1] if stop > 1 else 0.0
        if stop < fewest:
            continue
        left = total - floor * (stop - 1)
        cost = ground + _top(price, first, ranked, stop, floor, full, left, power, False)  # noqa: FBT003
        if best == np.inf or cost < best - EXACT * (1 + abs(best)):
            best, best_stop = cost, stop
    power[:count] = 0.0
    power[1:best_stop] = floor
    place = 0
    for nth in range(most):  # drop the steps after the stop from the ranking
        if ranked[nth] < best_stop:
            ranked[place] = ranked[nth]
            place += 1
    left = total - floor * (best_stop - 1)
    _top(price, first, ranked, best_stop, floor, full, left, power, True)  # noqa: FBT003


@kernel
def _top(
    price: Floats,
    first: int,
    ranked: Longs,
    stop: int,
    floor: float,
    full: float,
    left: float,
    power: Floats,
    write: bool,  # noqa: FBT001  # compiled: no keywords only
) -> float:
    """Put what is above the floors into the cheapest steps; return what it costs."""
    cost = 0.0
    for nth in range(stop):
        step = ranked[nth]
        room = full if step == 0 else full - floor
        taken = min(room, left)
        cost += taken * price[first + step]
        left -= taken
        if write:
            power[step] += taken
        if left <= 0:
            break
    return cost


@kernel
def cheapest_bent(
    cars: Cars, car: int, order: Longs, count: int, floor: float, most: Floats, power: Floats
) -> None:
    """Answer of a car whose battery tapers: as many of the cheapest steps as fill it.

    The dearest of them gets what is left to get, its lowest current at least where the next
    dearest can make room. A car that cannot pause charges from arrival on.
    """
    total = cars.total[car]
    if cars.kind[car] < PAUSE:
        at_once_bent(cars, car, count, power)
        return
    few = 0
    most[:count] = 0.0
    taken = 0.0
    while few < count and taken < total * (1 - TIGHT):
        most[order[few]] = cars.full[car]
        few += 1
        if few * cars.full[car] >= total * (1 - TIGHT):  # fewer are not enough without the curve
            taken = _under(cars, car, count, most, power)
    last = order[few - 1]
    _trim(cars, car, last, 0.0, count, most, power)
    if few > 1 and EXACT < power[last] < min(floor, cars.full[car]) and most[last] < floor:
        kept = most[last]
        most[last] = floor
        _trim(cars, car, order[few - 2], floor, count, most, power)
        if _under(cars, car, count, most, power) > total * (1 + TIGHT):
            most[last], most[order[few - 2]] = kept, cars.full[car]
    _under(cars, car, count, most, power)


@kernel
def _trim(
    cars: Cars, car: int, step: int, least: float, count: int, most: Floats, power: Floats
) -> None:
    """Lower the limit of one step until the car gets what it came for and no more.

    What is taken rises with the limit: false position, by halves where that is slow.
    """
    goal = cars.total[car]
    low, high = least, most[step]
    over = _under(cars, car, count, most, power) - goal
    most[step] = low
    short = goal - _under(cars, car, count, most, power)
    for turn in range(ROUNDS):
        if short <= 0 or over <= TIGHT * (1 + goal):
            break
        share = 0.5 if turn % 3 == 2 else short / (short + over)  # noqa: PLR2004  # every third
        most[step] = low + share * (high - low)
        missing = goal - _under(cars, car, count, most, power)
        if missing > TIGHT * (1 + goal):
            low, short = most[step], missing
        else:
            high, over = most[step], max(-missing, 0.0)
    most[step] = low if short <= 0 else high


@kernel
def _under(cars: Cars, car: int, count: int, most: Floats, power: Floats) -> float:
    """Charge as soon as possible under a limit per step and the curve; return what is taken."""
    taken = 0.0
    for step in range(count):
        power[step] = min(most[step], next_power(cars, car, taken)) if most[step] > 0 else 0.0
        taken += power[step]
    return taken


@kernel
def price_rows(
    first: int, last: int, cars: Cars, price: Floats, base: Floats, book: Book, account: Account
) -> None:
    """Let every car of the rows ``first:last`` answer to the price, and to nothing else."""
    room = scratch_for(cars, first, last, base.shape[1])
    ranked = np.empty(room.rest.size + 1, np.int64)
    profile = pages_for(cars, first, last, book)
    for row in range(first, last):
        shift = begin(cars, row, profile, book, base, room.load)
        for car in range(cars.first[row], cars.first[row + 1]):
            if cars.kind[car] == UNCONTROLLED or cars.total[car] <= 0:
                continue
            arrival = cars.arrival[car]
            stay = cars.departure[car] - arrival
            floor, full, total = cars.floor[car], cars.full[car], cars.total[car]
            if cars.kind[car] >= PAUSE:
                order = np.argsort(price[arrival : arrival + stay], kind="mergesort")
                cheapest(order, stay, floor, full, total, room.power)
            else:
                cheapest_stop(price, arrival, stay, floor, full, total, ranked, room.power)
            if cars.bent[car] and above_curve(cars, car, stay, room.power):
                order = np.argsort(price[arrival : arrival + stay], kind="mergesort")
                cheapest_bent(cars, car, order, stay, floor, room.sums, room.power)
            start = cars.start[car] - shift
            for step in range(stay):
                profile[start + step] = room.power[step]
        close(cars, row, profile, shift, 1.0, account)
